"""What is fetched ahead reaches a laptop that sees nothing but its relay; the relay fetches it once for all."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from checklists.clock import SystemClock
from checklists.sealing import digest
from checklists.store import Store
from inspector_app.actions.factories import ahead
from sync.client import Session
from sync.engine import SyncEngine
from sync.errors import RefusedError
from sync.prefetch import Prefetch
from sync.protocol import Role
from sync.pull import Pull
from sync.server.database import tables
from sync.server.publishing import publish_assignments
from tests.support.photos import large
from tests.support.sync_outbox import MemoryOutbox, sealed_record
from tests.support.sync_relay import OfficeLaptop, RelayProcess, key_of, patiently
from tests.support.sync_server import RunningCentre

COLLEAGUE = 5


@pytest.fixture
def site(centre: RunningCentre) -> str:
    """Let a colleague who never comes to this office send three visits of one site. Returns its id."""
    key, outbox = key_of(COLLEAGUE), MemoryOutbox()
    client = centre.client(key, device_id="d-5")
    for number in range(3):
        photo = large(number)
        line = sealed_record(key, f"rev-{number}", record_id=f"r-{number}", files=[photo], device_id="d-5")
        outbox.put(line, [photo])
        assert SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run().clean
    client.close()
    (row, *_) = centre.centre.records.listing("00", after=0, limit=1)
    return str(row["site_id"])


def test_an_assigned_sites_last_visits_come_through_the_relay_with_small_pictures(
    centre: RunningCentre, sessions: dict[int, Session], store: Store, site: str, tmp_path: Path
) -> None:
    publish_assignments(centre.centre, "00", [{"id": "a-1", "site_id": site}])
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        laptop = OfficeLaptop(1, sessions[1], relay.url)
        laptop.join()
        fetched: list[int] = []

        def come() -> bool:
            Pull(store.pulled, store.checklists, laptop.client).run()
            fetched.append(ahead.fetch(store, store.pulled, laptop.client, lambda: False))
            return sum(fetched) == 2

        patiently(come)
        extracts = ahead.earlier(store, site)
        assert {extract["record_id"] for extract in extracts} == {"r-1", "r-2"}
        assert all(extract["format"].startswith("inspector-factory-extract/") for extract in extracts)
        pictures = ahead.thumbnails(store, site)
        assert set(pictures) == {digest(large(1)), digest(large(2))}
        for picture in pictures.values():
            with Image.open(io.BytesIO(picture)) as opened:
                assert max(opened.size) <= 320
        with pytest.raises(RefusedError):  # the photo itself is nobody's to read here
            laptop.client.fetch_blob(digest(large(1)), io.BytesIO())
        with pytest.raises(RefusedError):
            laptop.client.record("r-of-nobody")
        laptop.close()


def test_what_only_a_laptop_plans_is_fetched_when_it_asks_and_stays_for_the_next(
    centre: RunningCentre, sessions: dict[int, Session], store: Store, site: str, tmp_path: Path
) -> None:
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        laptop, other = (OfficeLaptop(number, sessions[number], relay.url) for number in (1, 2))
        laptop.join()
        fetched: list[int] = []

        def come() -> bool:
            Pull(store.pulled, store.checklists, laptop.client).run()
            fetched.append(Prefetch(store.pulled, laptop.client).run([site]))
            return sum(fetched) == 2

        patiently(come)
        assert fetched[0] == 0  # nobody had asked before
        centre.centre.gate.revoke(relay_of(centre))
        other.join()
        assert other.client.record("r-2")["revisions"][0]["revision_id"] == "rev-2"
        for one in (laptop, other):
            one.close()


def relay_of(centre: RunningCentre) -> str:
    """Return the device id of the centre's one relay."""
    devices = centre.centre.storage.read(lambda c: c.execute(tables.devices.select()).all())
    return next(str(row.device_id) for row in devices if row.role == Role.RELAY.value)
