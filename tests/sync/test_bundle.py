"""An office without a line: records leave on a stick, receipts come back on it, and nothing is ever done twice."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from sync.bundle import Exported, export_bundle, preview, take_receipts
from sync.bundle_format import MANIFEST, PARTIAL, RECEIPTS, bundles_on, new_recipient, read_entries, read_manifest
from sync.client import Client
from sync.errors import BundleError
from sync.protocol import ReceiptKey
from sync.server.bundles import import_bundle, recipient_of
from sync.server.identity import receipt_keys
from tests.support.clock import FrozenClock
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import RunningCentre

PHOTOS = [photo(n, 700_000) for n in range(3)]


@pytest.fixture
def filled(outbox: MemoryOutbox, key: DeviceKey) -> MemoryOutbox:
    outbox.put(sealed_record(key, "rev-1", record_id="r-1", files=PHOTOS), PHOTOS)
    outbox.put(sealed_record(key, "rev-2", record_id="r-2"))
    return outbox


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def export(
    outbox: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, recipient: bytes, **more: int
) -> Exported:
    return export_bundle(
        outbox, stick, recipient=recipient, key=key, device_id="d-1", officer="สมศรี ใจดี", clock=clock, **more
    )


@pytest.fixture
def exported(
    filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, centre: RunningCentre, client: Client
) -> Exported:
    return export(filled, stick, key, clock, recipient_of(centre.centre.config.data))


def keys_of(centre: RunningCentre) -> tuple[ReceiptKey, ...]:
    return receipt_keys(centre.centre.storage)


def test_records_leave_on_a_stick_and_receipts_come_back(
    exported: Exported, filled: MemoryOutbox, centre: RunningCentre
) -> None:
    assert len(filled.pending()) == 2
    imported = import_bundle(centre.centre, exported.folder)
    assert set(imported.receipts) == {"rev-1", "rev-2"}
    taken = take_receipts(filled, exported.folder, server_id=centre.centre.server_id, keys=keys_of(centre))
    assert (taken.taken, taken.others, taken.refused) == (2, 0, 0)
    assert filled.pending() == ()


def test_importing_twice_is_harmless_and_gives_the_same_receipts(exported: Exported, centre: RunningCentre) -> None:
    first = import_bundle(centre.centre, exported.folder)
    again = import_bundle(centre.centre, exported.folder)
    assert again.receipts == first.receipts
    assert len(centre.centre.records.listing("00", after=0, limit=10)) == 2


def test_anybody_sees_who_and_how_much_but_not_what(exported: Exported) -> None:
    manifest = read_manifest(exported.folder)
    assert (manifest.officer, manifest.device_id) == ("สมศรี ใจดี", "d-1")
    assert (manifest.records, manifest.blobs) == (2, 3)
    content = b"".join(p.read_bytes() for p in exported.folder.iterdir())
    assert PHOTOS[0][:64] not in content
    assert "แป้งมัน".encode() not in content


def test_another_office_cannot_read_it(exported: Exported) -> None:
    other, _ = new_recipient()
    with pytest.raises(BundleError) as error:
        next(read_entries(exported.folder, exported.manifest, other))
    assert error.value.data["what"] == "recipient"


def test_the_preview_says_what_will_go(filled: MemoryOutbox) -> None:
    told = preview(filled.pending())
    assert (told.records, told.blobs, told.size) == (2, 3, 2_100_000)


def test_big_bundles_are_cut_into_parts(
    filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, centre: RunningCentre, client: Client
) -> None:
    recipient = recipient_of(centre.centre.config.data)
    exported = export(filled, stick, key, clock, recipient, part_bytes=1_100_000)
    assert len(exported.manifest.parts) == 2
    assert set(import_bundle(centre.centre, exported.folder).receipts) == {"rev-1", "rev-2"}


def test_a_spoilt_stick_gives_what_came_before_the_damage(exported: Exported, centre: RunningCentre) -> None:
    part = exported.folder / "part-0001.bin"
    data = bytearray(part.read_bytes())
    data[-10] ^= 1  # the last chunk: the second record's line lies there
    part.write_bytes(bytes(data))
    imported = import_bundle(centre.centre, exported.folder)
    assert imported.problem == "spoilt"
    assert "rev-2" not in imported.receipts


def test_a_part_that_is_missing_is_named(exported: Exported, centre: RunningCentre) -> None:
    (exported.folder / "part-0001.bin").unlink()
    imported_problem = import_bundle(centre.centre, exported.folder).problem
    assert imported_problem == "unreadable"


def test_a_manifest_that_was_changed_is_not_believed(exported: Exported, centre: RunningCentre) -> None:
    file = exported.folder / MANIFEST
    members = json.loads(file.read_text(encoding="utf-8"))
    members["officer"] = "ผู้อื่น"
    file.write_text(json.dumps(members), encoding="utf-8")
    with pytest.raises(BundleError) as error:
        import_bundle(centre.centre, exported.folder)
    assert error.value.data["what"] == "signature"


def test_a_bundle_of_a_laptop_that_nobody_knows_is_refused(
    filled: MemoryOutbox, stick: Path, clock: FrozenClock, centre: RunningCentre
) -> None:
    stranger = DeviceKey.generate()
    exported = export(filled, stick, stranger, clock, recipient_of(centre.centre.config.data))
    with pytest.raises(BundleError) as error:
        import_bundle(centre.centre, exported.folder)
    assert error.value.data["what"] == "unknown-device"


def test_many_laptops_on_one_stick_each_take_their_own_receipts(
    exported: Exported, stick: Path, filled: MemoryOutbox, clock: FrozenClock, centre: RunningCentre
) -> None:
    other_key, other = DeviceKey.generate(), MemoryOutbox()
    centre.client(other_key, device_id="d-2").close()
    other.put(sealed_record(other_key, "rev-9", record_id="r-9", device_id="d-2"))
    clock.advance(1)
    export(other, stick, other_key, clock, recipient_of(centre.centre.config.data))
    assert len(bundles_on(stick)) == 2
    for folder in bundles_on(stick):
        import_bundle(centre.centre, folder)
    taken = [
        take_receipts(other, folder, server_id=centre.centre.server_id, keys=keys_of(centre))
        for folder in bundles_on(stick)
    ]
    assert [(t.taken, t.others) for t in taken] == [(0, 2), (1, 0)]


def test_a_forged_receipt_is_refused(exported: Exported, filled: MemoryOutbox, centre: RunningCentre) -> None:
    import_bundle(centre.centre, exported.folder)
    file = exported.folder / RECEIPTS
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0]["received_at"] = "2020-01-01T00:00:00+07:00"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    taken = take_receipts(filled, exported.folder, server_id=centre.centre.server_id, keys=keys_of(centre))
    assert (taken.taken, taken.refused) == (1, 1)


def test_a_record_whose_photo_cannot_be_read_stays_behind_and_is_named(
    filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, centre: RunningCentre, client: Client
) -> None:
    del filled.files[next(iter(filled.files))]
    exported = export(filled, stick, key, clock, recipient_of(centre.centre.config.data))
    assert exported.left_behind == ("r-1",)
    assert exported.manifest.records == 1


def test_a_stick_that_cannot_be_written_is_said_and_leaves_nothing(
    filled: MemoryOutbox, tmp_path: Path, key: DeviceKey, clock: FrozenClock
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(BundleError) as error:
        export(filled, blocked, key, clock, new_recipient()[1])
    assert error.value.data["what"] == "unwritable"


@pytest.mark.parametrize(
    ("number", "what"),
    [
        pytest.param(errno.ENOSPC, "stick-full", id="full"),
        pytest.param(errno.EFBIG, "stick-full", id="a file larger than FAT32 holds"),
        pytest.param(errno.EROFS, "write-protected", id="write-protected"),
        pytest.param(errno.EIO, "stick-gone", id="pulled out"),
        pytest.param(errno.ENOENT, "stick-gone", id="pulled out, its folder empty"),
    ],
)
def test_a_stick_that_fails_while_it_is_written_is_said_and_keeps_what_stood_there(
    number: int,
    what: str,
    filled: MemoryOutbox,
    stick: Path,
    key: DeviceKey,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = export(filled, stick, key, clock, new_recipient()[1])

    def fail(_parts: object, _data: bytes) -> None:
        raise OSError(number, "stick")

    monkeypatch.setattr("sync.bundle_format.parts._Parts.put", fail)
    clock.advance(1)
    with pytest.raises(BundleError) as error:
        export(filled, stick, key, clock, new_recipient()[1])
    assert error.value.data["what"] == what
    assert [folder.name for folder in stick.iterdir()] == [before.folder.name]
    assert len(filled.pending()) == 2


def test_a_photo_that_the_disk_lost_a_piece_of_keeps_only_its_own_record_behind(
    filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, centre: RunningCentre, client: Client
) -> None:
    """It opens, and shows only while it is read; by then half of its record would be on the stick."""
    name = next(iter(filled.files))
    filled.files[name] = filled.files[name][:-1] + b"?"
    exported = export(filled, stick, key, clock, recipient_of(centre.centre.config.data))
    assert (exported.left_behind, exported.manifest.records) == (("r-1",), 1)
    assert len(import_bundle(centre.centre, exported.folder).receipts) == 1


def test_what_is_called_written_lies_on_the_stick(
    filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part and the manifest are flushed to the medium before the bundle gets its name, and then the name."""
    flushed: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    export(filled, stick, key, clock, new_recipient()[1], part_bytes=1_500_000)
    assert flushed == ["part-0001.bin", "part-0002.bin", MANIFEST, stick.name]


def test_what_a_pulled_stick_left_half_written_goes_with_the_next_export_of_the_same_laptop(
    filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, others = stick / f"01a-d-1{PARTIAL}", stick / f"01a-d-2{PARTIAL}"
    for folder in (half, others):
        folder.mkdir(parents=True)
    export(filled, stick, key, clock, new_recipient()[1])
    assert not half.exists()
    assert others.exists()


def test_the_same_receipt_in_two_bundles_counts_once_and_is_known_ever_after(
    exported: Exported, filled: MemoryOutbox, stick: Path, key: DeviceKey, clock: FrozenClock, centre: RunningCentre
) -> None:
    clock.advance(1)
    again = export(filled, stick, key, clock, recipient_of(centre.centre.config.data))
    for folder in (exported.folder, again.folder):
        import_bundle(centre.centre, folder)
    told = [
        take_receipts(filled, folder, server_id=centre.centre.server_id, keys=keys_of(centre))
        for folder in (exported.folder, again.folder)
    ]
    assert [(t.taken, t.known) for t in told] == [(2, 0), (0, 2)]


@pytest.mark.parametrize("place", [pytest.param(0, id="bracket"), pytest.param(50, id="no UTF-8 any more")])
def test_a_spoilt_receipt_is_refused_and_the_others_are_taken(
    place: int, exported: Exported, filled: MemoryOutbox, centre: RunningCentre
) -> None:
    import_bundle(centre.centre, exported.folder)
    receipts = exported.folder / RECEIPTS
    spoilt = bytearray(receipts.read_bytes())
    spoilt[place] ^= 0x80
    receipts.write_bytes(spoilt)
    taken = take_receipts(filled, exported.folder, server_id=centre.centre.server_id, keys=keys_of(centre))
    assert (taken.taken, taken.refused) == (1, 1)


def test_receipts_that_a_scanner_holds_are_not_called_missing(
    exported: Exported, filled: MemoryOutbox, centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_file: Path) -> bytes:
        raise OSError(errno.EACCES, "held")

    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(BundleError) as error:
        take_receipts(
            filled, exported.folder, server_id=centre.centre.server_id, keys=keys_of(centre), wait=lambda _seconds: None
        )
    assert error.value.data["what"] == "held"


def test_a_bundle_that_is_spoilt_after_it_was_taken_in_loses_no_receipt(
    exported: Exported, filled: MemoryOutbox, centre: RunningCentre
) -> None:
    import_bundle(centre.centre, exported.folder)
    part = exported.folder / exported.manifest.parts[0].name
    part.write_bytes(b"?" + part.read_bytes()[1:])
    assert import_bundle(centre.centre, exported.folder).problem == "spoilt"
    assert take_receipts(filled, exported.folder, server_id=centre.centre.server_id, keys=keys_of(centre)).taken == 2


def test_a_bundle_that_brought_nothing_has_no_receipts(exported: Exported, centre: RunningCentre) -> None:
    part = exported.folder / exported.manifest.parts[0].name
    part.write_bytes(b"?" + part.read_bytes()[1:])
    import_bundle(centre.centre, exported.folder)
    assert not (exported.folder / RECEIPTS).exists()
