"""What the keepers of the centre see of its devices."""

from __future__ import annotations

from sync.client import Client
from tests.support.sync_server import RunningCentre


def test_a_registered_device_is_listed_and_a_revoked_one_stays_with_its_time(
    centre: RunningCentre, client: Client
) -> None:
    (device,) = centre.centre.gate.devices()
    assert (device.device_id, device.role, device.scope, device.revoked_at) == ("d-1", "inspector", "00", "")
    centre.centre.gate.revoke(client.session.device_id)
    (device,) = centre.centre.gate.devices()
    assert device.revoked_at
