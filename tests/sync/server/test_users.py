"""People of the centre: codes and devices follow their person; who is shut out is out at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import wire_line
from sync.client import Client
from sync.errors import SignInError, SyncError
from sync.protocol import Role
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.people.users import SubjectTakenError, UnknownUserError
from tests.support.sync_outbox import sealed_record
from tests.support.sync_server import RunningCentre


def person_of(centre: RunningCentre, role: Role = Role.INSPECTOR, scope: str = "11") -> str:
    return centre.centre.users.add("สมศรี ใจดี", role, scope).user_id


def test_a_device_takes_role_and_province_from_the_person_of_its_code(centre: RunningCentre, key: DeviceKey) -> None:
    user_id = person_of(centre, Role.SUPERVISOR, "30")
    client = centre.client(key, person_id=user_id, role=Role.CENTRE, scope="00")
    assert (client.session.role, client.session.scope) == ("supervisor", "30")
    client.close()


def test_a_person_who_moves_takes_the_devices_along_at_once(centre: RunningCentre, key: DeviceKey) -> None:
    user_id = person_of(centre)
    client = centre.client(key, person_id=user_id)
    client.records()
    centre.centre.users.change(user_id, role=Role.AUDITOR, scope="12")
    with pytest.raises(SyncError) as refused:
        client.send_reviews([])
    assert refused.value.code == "forbidden"
    client.close()


def test_a_record_belongs_to_the_province_where_its_person_is_now(centre: RunningCentre, key: DeviceKey) -> None:
    user_id = person_of(centre)
    client = centre.client(key, person_id=user_id)
    for number, scope in enumerate(("11", "12")):
        centre.centre.users.change(user_id, role=Role.INSPECTOR, scope=scope)
        line = wire_line(sealed_record(key, f"rev-{number}", record_id=f"r-{number}")).encode()
        assert client.send_line(f"r-{number}", f"rev-{number}", line).status == 201
        assert [r["record_id"] for r in centre.centre.records.listing(scope, after=0, limit=9)] == [f"r-{number}"]
    client.close()


def test_a_disabled_person_is_out_with_every_device_and_every_unused_code(
    centre: RunningCentre, key: DeviceKey
) -> None:
    user_id = person_of(centre)
    client, unused = centre.client(key, person_id=user_id), centre.code(person_id=user_id)
    client.records()
    centre.centre.users.disable(user_id)
    with pytest.raises(SignInError):
        client.records()
    for _ in ("the code stays worthless", "also when the person comes back"):
        with pytest.raises(SyncError) as refused:
            client.register(unused, device_id="d-2", key=DeviceKey.generate())
        assert refused.value.code == "bad-code"
        centre.centre.users.enable(user_id)
    client.close()


@pytest.mark.skipif("INSPECTOR_TEST_DATABASE" in os.environ, reason="the other process opens the folder's SQLite")
def test_a_device_revoked_by_another_process_is_refused_with_its_very_next_call(
    centre: RunningCentre, client: Client
) -> None:
    """`inspector admin revoke` is not the process that listens and remembers."""
    client.records()
    data = centre.centre.config.data
    command = [sys.executable, "-m", "inspector_app", "admin", "revoke", "--data", str(data), client.session.device_id]
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).resolve().parents[3])
    with pytest.raises(SignInError):
        client.records()


def test_one_subject_of_an_issuer_is_one_person(tmp_path: Path) -> None:
    centre = Centre.open(ServerConfig(tmp_path))
    ours = centre.users.add("ก", Role.INSPECTOR, "11", issuer="https://id.example", subject="s-1")
    with pytest.raises(SubjectTakenError):
        centre.users.add("ข", Role.INSPECTOR, "11", issuer="https://id.example", subject="s-1")
    centre.users.add("ค", Role.INSPECTOR, "11")
    centre.users.add("ง", Role.INSPECTOR, "11")  # who has no subject does not stand in the way of others
    assert centre.users.of_subject("https://id.example", "s-1") == ours
    assert centre.users.of_subject("https://other.example", "s-1") is None
    centre.close()


@pytest.mark.parametrize("ending", ["", "nobody"])
def test_people_are_found_by_an_ending_that_only_one_has(ending: str, tmp_path: Path) -> None:
    centre = Centre.open(ServerConfig(tmp_path))
    user = centre.users.add("ก", Role.OFFICE, "11")
    assert centre.users.get(user.user_id[-6:]) == user
    with pytest.raises(UnknownUserError):
        centre.users.get(ending)
    centre.close()
