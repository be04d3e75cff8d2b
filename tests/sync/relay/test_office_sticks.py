"""A stick for the office: its relay opens it, holds the records for the centre, and gives receipts back by stick."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from sync.bundle import believe_office, export_bundle, office_word, take_receipts
from sync.bundle_format import MANIFEST, RECEIPTS, Office, bundles_on, new_recipient, read_manifest
from sync.client import Session
from sync.errors import BundleError
from sync.protocol import Role
from sync.relay import RelayConfig, office_of, spool
from sync.relay.app import Desk
from sync.relay.serving import open_desk, register
from sync.server.identity import receipt_keys
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_relay import key_of
from tests.support.sync_server import RunningCentre

CLOCK = SystemClock()
NAME = "สอจ.สมุทรปราการ"


@pytest.fixture
def desk(centre: RunningCentre, sessions: dict[int, Session], tmp_path: Path) -> Iterator[Desk]:
    """The relay of the office whose laptops 1 and 2 the centre knows; it forwards when it is told to."""
    config = RelayConfig(tmp_path / "relay", centre.url, name=NAME)
    register(config, centre.code(role=Role.RELAY))
    desk = open_desk(config)
    desk.forwarder.turn()
    yield desk
    desk.storage.close()


@pytest.fixture
def office(desk: Desk) -> Office:
    return office_of(desk.config.data)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def outbox_of(number: int, *names: str, size: int = 300_000) -> MemoryOutbox:
    outbox = MemoryOutbox()
    for name in names:
        files = [photo(100 * number + ord(name), size)]
        sealed = sealed_record(
            key_of(number), f"rev-{name}", record_id=f"r-{name}", files=files, device_id=f"laptop-{number}"
        )
        outbox.put(sealed, files)
    return outbox


def export(outbox: MemoryOutbox, stick: Path, number: int, office: Office, **more: object) -> Path:
    """Write the laptop's stick for this office; returns the bundle's folder."""
    values = {"part_bytes": 1 << 30, **more}
    return export_bundle(
        outbox,
        stick,
        recipient=bytes.fromhex(office.bundle_key),
        office=office.called,
        key=key_of(number),
        device_id=f"laptop-{number}",
        officer=f"เจ้าหน้าที่ {number}",
        clock=CLOCK,
        **values,  # type: ignore[arg-type]  # one number
    ).folder


def take_in(desk: Desk, stick: Path) -> list[spool.Spooled]:
    return list(spool.take_in(desk.config.data, bundles_on(stick), CLOCK, lambda _seconds: None))


def receipts(centre: RunningCentre, outbox: MemoryOutbox, folder: Path, office: Office) -> tuple[int, int, int]:
    told = take_receipts(
        outbox,
        folder,
        server_id=centre.centre.server_id,
        keys=receipt_keys(centre.centre.storage),
        office=office,
        clock=CLOCK,
    )
    return told.taken, told.relayed, told.refused


def test_records_are_held_first_and_the_centres_receipts_travel_back_on_the_next_round(
    desk: Desk, office: Office, stick: Path, centre: RunningCentre
) -> None:
    outbox = outbox_of(1, "a", "b")
    folder = export(outbox, stick, 1, office)
    (first,) = take_in(desk, stick)
    assert (first.state, first.held, first.received, first.problem) == (spool.OPENED, 2, 0, "")
    assert receipts(centre, outbox, folder, office) == (0, 2, 0)
    assert {row.last_error_code for row in outbox.pending()} == {"relayed"}
    desk.forwarder.turn()
    (second,) = take_in(desk, stick)
    assert (second.held, second.received) == (0, 2)
    assert receipts(centre, outbox, folder, office) == (2, 0, 0)
    assert outbox.pending() == ()
    assert len(centre.centre.records.listing("00", after=0, limit=10)) == 2


def test_taking_in_twice_is_harmless_and_keeps_one_copy(desk: Desk, office: Office, stick: Path) -> None:
    folder = export(outbox_of(1, "a"), stick, 1, office)
    take_in(desk, stick)
    first = (folder / RECEIPTS).read_text(encoding="utf-8")
    (again,) = take_in(desk, stick)
    assert (again.held, again.problem) == (1, "")
    assert (folder / RECEIPTS).read_text(encoding="utf-8") == first


def test_the_clerk_sees_laptop_officer_counts_and_addressee_and_nothing_else(office: Office, stick: Path) -> None:
    folder = export(outbox_of(1, "a"), stick, 1, office)
    manifest = read_manifest(folder)
    assert (manifest.office, manifest.officer, manifest.device_id) == (NAME, "เจ้าหน้าที่ 1", "laptop-1")
    assert (manifest.records, manifest.blobs) == (1, 1)
    content = b"".join(file.read_bytes() for file in folder.iterdir())
    assert "แป้งมัน".encode() not in content
    assert b"r-a" not in content


def test_many_laptops_and_both_addressees_on_one_stick(
    desk: Desk, office: Office, stick: Path, centre: RunningCentre
) -> None:
    export(outbox_of(1, "a"), stick, 1, office)
    to_centre = replace(office, name="", relay_id="", bundle_key=desk.forwarder._client.session.bundle_key)
    export(outbox_of(2, "b"), stick, 2, to_centre)
    assert sorted(one.state for one in take_in(desk, stick)) == [spool.OPENED, spool.TAKEN]
    desk.forwarder.look_again()
    desk.forwarder.turn()
    assert sorted(one.state for one in take_in(desk, stick)) == [spool.OPENED, spool.BACK]
    listed = {r["revision_id"] for r in centre.centre.records.listing("00", after=0, limit=10)}
    assert listed == {"rev-a", "rev-b"}


def test_a_bundle_for_another_office_is_told_by_that_offices_name_and_the_others_are_taken(
    desk: Desk, office: Office, stick: Path
) -> None:
    other = replace(office, name="สอจ.ระยอง", bundle_key=new_recipient()[1].hex())
    export(outbox_of(1, "a"), stick, 1, other)
    export(outbox_of(2, "b"), stick, 2, office)
    found = {one.officer or one.office: one for one in take_in(desk, stick)}
    assert (found["สอจ.ระยอง"].state, found["สอจ.ระยอง"].problem) == (spool.PROBLEM, "for-office")
    assert found["เจ้าหน้าที่ 2"].held == 1


def change_officer(folder: Path) -> None:
    members = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**members, "officer": "ผู้อื่น"}), encoding="utf-8")


def shut_out(desk: Desk) -> None:
    desk.gate.learn((), "2026-11-22T10:00:00+07:00")


def test_a_manifest_that_was_changed_is_not_believed(desk: Desk, office: Office, stick: Path) -> None:
    change_officer(export(outbox_of(1, "a"), stick, 1, office))
    assert [one.problem for one in take_in(desk, stick)] == ["signature"]


def test_a_laptop_that_the_centre_shut_out_gets_nothing_onto_the_shelf(desk: Desk, office: Office, stick: Path) -> None:
    export(outbox_of(1, "a"), stick, 1, office)
    shut_out(desk)
    assert [one.problem for one in take_in(desk, stick)] == ["unknown-device"]


def test_a_spoilt_stick_gives_what_came_before_the_damage(desk: Desk, office: Office, stick: Path) -> None:
    folder = export(outbox_of(1, "a", "b", size=1_500_000), stick, 1, office, part_bytes=2_500_000)
    last = max(folder.glob("part-*.bin"))
    data = bytearray(last.read_bytes())
    data[-10] ^= 1
    last.write_bytes(data)
    (told,) = take_in(desk, stick)
    assert (told.held, told.pending, told.problem) == (1, 1, "spoilt")
    assert len((folder / RECEIPTS).read_text(encoding="utf-8").splitlines()) == 1


def test_a_receipt_that_only_claims_to_be_the_offices_is_refused(
    desk: Desk, office: Office, stick: Path, centre: RunningCentre
) -> None:
    outbox = outbox_of(1, "a")
    folder = export(outbox, stick, 1, office)
    take_in(desk, stick)
    line = json.loads((folder / RECEIPTS).read_text(encoding="utf-8"))
    (folder / RECEIPTS).write_text(json.dumps({**line, "server_id": centre.centre.server_id}), encoding="utf-8")
    assert receipts(centre, outbox, folder, office) == (0, 0, 1)
    assert [row.last_error_code for row in outbox.pending()] == [""]


def test_a_write_protected_stick_is_taken_in_and_its_receipts_come_the_next_time(
    desk: Desk, office: Office, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = export(outbox_of(1, "a"), stick, 1, office)
    with monkeypatch.context() as patch:
        patch.setattr(spool, "write_receipts", write_protected)
        assert [(one.held, one.problem) for one in take_in(desk, stick)] == [(1, "receipts-not-written")]
    assert not (folder / RECEIPTS).exists()
    assert [(one.held, one.problem) for one in take_in(desk, stick)] == [(1, "")]
    assert (folder / RECEIPTS).is_file()


def write_protected(*_given: object) -> None:
    raise BundleError(what="write-protected")


# --- a laptop that never reached the relay


def test_an_offices_file_is_believed_by_its_word_alone(office: Office, tmp_path: Path) -> None:
    file, word = tmp_path / "samut.office.json", office_word(office)
    office.write(file)
    assert believe_office(file, word.lower(), centre_id=office.centre_id) == office
    replace(office, bundle_key=new_recipient()[1].hex()).write(file)
    with pytest.raises(BundleError) as told:
        believe_office(file, word, centre_id=office.centre_id)
    assert told.value.data["what"] == "office-word"


@pytest.mark.parametrize(
    ("text", "centre_id", "what"),
    [
        pytest.param("{}", "", "office-file", id="no office at all"),
        pytest.param("[", "", "office-file", id="cut short"),
        pytest.param("", "another", "office-centre", id="forwards to another centre"),
    ],
)
def test_a_file_that_does_not_fit_is_told(office: Office, tmp_path: Path, text: str, centre_id: str, what: str) -> None:
    file = tmp_path / "x.office.json"
    office.write(file)
    if text:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(BundleError) as told:
        believe_office(file, office_word(office), centre_id=centre_id or office.centre_id)
    assert told.value.data["what"] == what
