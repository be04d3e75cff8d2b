"""Sticks as they are: held by a scanner, pulled out, write-protected, spoilt, full of other laptops' bundles."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from inspector_app.actions.sending import bundles
from inspector_app.actions.serving.centre import NoCentreError
from inspector_app.i18n import Translator
from sync.bundle import export_bundle
from sync.bundle_format import MANIFEST, RECEIPTS, Part, read_manifest, stage, sticks, write_receipts
from sync.client import Client
from sync.errors import BundleError
from sync.protocol import Role
from sync.relay import spool
from sync.server.bundles import recipient_of
from sync.server.config import ServerConfig
from tests.support.clock import FrozenClock
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import RunningCentre, running_centre

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 1_500_000
"""Bytes of the largest file on these sticks, in place of FAT32's 4 GiB."""
Copy = Callable[[Path, Path, Part], None]


@pytest.fixture
def stick(tmp_path: Path, centre: RunningCentre, clock: FrozenClock) -> Path:
    """A stick with the bundles of two laptops, the first of three records with photos."""
    for number in (1, 2):
        key = DeviceKey.from_seed(bytes([number]) * 32)
        centre.client(key, device_id=f"d-{number}").close()
        outbox = MemoryOutbox()
        for name in "abc" if number == 1 else "d":
            photos = [photo(10 * ord(name) + n, 700_000) for n in range(2)]
            sealed = sealed_record(key, f"rev-{name}", record_id=f"r-{name}", files=photos, device_id=f"d-{number}")
            outbox.put(sealed, photos)
        export_bundle(
            outbox,
            tmp_path / "stick",
            recipient=recipient_of(centre.centre.config.data),
            key=key,
            device_id=f"d-{number}",
            officer=f"เจ้าหน้าที่ {number}",
            clock=clock,
            part_bytes=LIMIT,
        )
        clock.advance(1)
    return tmp_path / "stick"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sticks, "FIRST_PAUSE", 0.0)


def file(centre: RunningCentre, stick: Path) -> dict[str, bundles.Outcome]:
    return {o.folder: o for o in bundles.file_at_centre(centre.centre.config.data, stick)}


def first_and_second(stick: Path) -> tuple[Path, Path]:
    one, two = sorted(stick.iterdir(), key=lambda folder: read_manifest(folder).officer)
    return one, two


def test_no_file_is_larger_than_the_stick_can_hold_and_the_bundle_is_whole(stick: Path, centre: RunningCentre) -> None:
    one, _ = first_and_second(stick)
    parts = sorted(one.glob("part-*.bin"))
    assert len(parts) >= 3
    assert max(part.stat().st_size for part in parts) <= LIMIT
    assert file(centre, stick)[one.name].received == ("rev-a", "rev-b", "rev-c")


def test_a_file_that_a_scanner_holds_for_a_moment_is_tried_again(stick: Path, tmp_path: Path) -> None:
    one, _ = first_and_second(stick)
    waited: list[float] = []
    with holding(one, times=3):
        stage(one, tmp_path / "copy", waited.append)
    assert len(waited) == 3
    assert {f.name for f in (tmp_path / "copy").iterdir()} == {f.name for f in one.iterdir()}


def test_a_bundle_that_stays_held_is_given_up_by_name_and_the_others_are_taken(
    stick: Path, centre: RunningCentre
) -> None:
    one, two = first_and_second(stick)
    with holding(one, times=1000):
        done = file(centre, stick)
    assert (done[one.name].done, done[one.name].problem) == (False, "held")
    assert done[two.name].received == ("rev-d",)
    assert file(centre, stick)[one.name].received == ("rev-a", "rev-b", "rev-c")  # nothing is held any more


def test_a_glitch_while_reading_is_read_once_more(stick: Path, centre: RunningCentre) -> None:
    one, _ = first_and_second(stick)
    with glitch(one):
        assert file(centre, stick)[one.name].problem == ""


def test_what_stands_before_the_damage_is_taken_and_the_rest_is_told(stick: Path, centre: RunningCentre) -> None:
    one, _ = first_and_second(stick)
    last = max(one.glob("part-*.bin"))
    data = bytearray(last.read_bytes())
    data[-10] ^= 1
    last.write_bytes(data)
    outcome = file(centre, stick)[one.name]
    assert outcome.problem == "spoilt"
    assert outcome.received == ("rev-a", "rev-b")
    assert outcome.pending == ("rev-c",)
    assert {json.loads(line)["revision_id"] for line in (one / RECEIPTS).read_text().splitlines()} == {"rev-a", "rev-b"}


def test_a_stick_that_cannot_be_written_is_taken_in_and_its_receipts_come_the_next_time(
    stick: Path, centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = first_and_second(stick)
    real = Path.open

    def read_only(path: Path, mode: str = "r", *more: object, **how: object) -> object:
        if "w" in mode and stick in path.parents:
            raise OSError(errno.EROFS, "read-only")
        return real(path, mode, *more, **how)  # type: ignore[call-overload]  # passed through

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", read_only)
        outcome = file(centre, stick)[one.name]
        assert (outcome.done, outcome.problem) == (True, "receipts-not-written")
        with pytest.raises(BundleError) as told:
            write_receipts(one, [{"revision_id": "rev-a", "server_id": "s"}])
        assert told.value.data["what"] == "write-protected"
    assert file(centre, stick)[one.name].problem == ""
    assert (one / RECEIPTS).is_file()


def test_a_stick_that_was_pulled_out_is_told_as_gone(stick: Path, tmp_path: Path) -> None:
    one, _ = first_and_second(stick)
    stick.rename(tmp_path / "in the pocket")
    with pytest.raises(BundleError) as told:
        stage(one, tmp_path / "copy", lambda _s: None)
    assert told.value.data["what"] == "stick-gone"
    with pytest.raises(BundleError):
        bundles.found(stick)


def test_a_relay_keeps_sticks_for_the_centre_and_gives_the_receipts_back(
    stick: Path, centre: RunningCentre, tmp_path: Path, relay_client: Client
) -> None:
    data = relay_folder(tmp_path)
    found = bundles.found(stick)
    assert [one.state for one in spool.take_in(data, found, SystemClock())] == [spool.TAKEN, spool.TAKEN]
    assert [one.state for one in spool.take_in(data, found, SystemClock())] == [spool.KNOWN, spool.KNOWN]
    assert spool.waiting(data) == 2
    assert spool.forward(data, relay_client, lambda: False) == 2
    assert (spool.waiting(data), spool.forward(data, relay_client, lambda: False)) == (0, 0)
    assert [one.state for one in spool.take_in(data, found, SystemClock())] == [spool.BACK, spool.BACK]
    assert all((folder / RECEIPTS).is_file() for folder in found)
    assert centre.centre.records.counts()["revisions_accepted"] == 4


def test_a_bundle_of_another_centre_is_refused_by_name_and_the_relay_goes_on(stick: Path, tmp_path: Path) -> None:
    with running_centre(ServerConfig(tmp_path / "other")) as other:
        client = other.client(DeviceKey.from_seed(b"\7" * 32), device_id="relay-2", role=Role.RELAY)
        data, found = relay_folder(tmp_path), bundles.found(stick)
        spool.take_in(data, found, SystemClock())
        assert spool.forward(data, client, lambda: False) == 2
        assert {one.state for one in spool.take_in(data, found, SystemClock())} == {spool.REFUSED}
        client.close()


def relay_folder(tmp_path: Path) -> Path:
    (tmp_path / "relay").mkdir()
    return tmp_path / "relay"


@pytest.fixture
def relay_client(centre: RunningCentre) -> Iterator[Client]:
    client = centre.client(DeviceKey.from_seed(b"\6" * 32), device_id="relay-1", role=Role.RELAY)
    yield client
    client.close()


class holding:  # noqa: N801 - reads as a word
    """While the block runs, the first `times` copies out of a folder find their file held by another program."""

    def __init__(self, folder: Path, *, times: int) -> None:
        self._folder, self._left = folder, times

    def __enter__(self) -> None:
        self._real: Copy = sticks._copy
        sticks._copy = self._held

    def __exit__(self, *_error: object) -> None:
        sticks._copy = self._real

    def _held(self, folder: Path, target: Path, part: Part) -> None:
        if folder == self._folder and self._left:
            self._left -= 1
            raise PermissionError(errno.EACCES, "held")
        self._real(folder, target, part)


class glitch:  # noqa: N801
    """While the block runs, the first look at a copied part of this folder finds wrong bytes."""

    def __init__(self, folder: Path) -> None:
        self._left = 1

    def __enter__(self) -> None:
        self._real = sticks.part_is_whole
        sticks.part_is_whole = self._seen

    def __exit__(self, *_error: object) -> None:
        sticks.part_is_whole = self._real

    def _seen(self, file: Path, part: Part) -> bool:
        if self._left:
            self._left = 0
            file.write_bytes(b"")
            return False
        return self._real(file, part)


# --- what the clerk sees, and what stays behind


def test_a_spoilt_manifest_hides_no_other_bundle(stick: Path) -> None:
    one, two = first_and_second(stick)
    (one / MANIFEST).write_bytes(b"\xff" + (one / MANIFEST).read_bytes())
    seen = {s.folder: s for s in bundles.inspect(stick)}
    assert (seen[one.name].manifest, seen[one.name].problem) == (None, "manifest")
    assert seen[two.name].manifest is not None
    assert seen[two.name].problem == ""


def test_the_officer_that_the_clerk_sees_is_the_one_whose_laptop_signed(stick: Path) -> None:
    one, _ = first_and_second(stick)
    text = (one / MANIFEST).read_text(encoding="utf-8")
    (one / MANIFEST).write_text(text.replace("เจ้าหน้าที่ 1", "เจ้าหน้าที่ 7"), encoding="utf-8")
    assert [s.problem for s in bundles.inspect(stick) if s.folder == one.name] == ["signature"]


def test_a_part_that_is_not_there_is_seen_before_the_stick_travels(stick: Path) -> None:
    one, _ = first_and_second(stick)
    (one / "part-0002.bin").unlink()
    assert [s.problem for s in bundles.inspect(stick) if s.folder == one.name] == ["unreadable"]


def test_an_import_that_was_killed_leaves_nothing_once_it_is_done_again(stick: Path, centre: RunningCentre) -> None:
    data, (one, _) = centre.centre.config.data, first_and_second(stick)
    half = data / f"stick-{one.name}"  # where the copy stood when the process died
    half.mkdir()
    (half / "part-0001.bin").write_bytes(b"half")
    assert file(centre, stick)[one.name].whole
    assert [path.name for path in data.iterdir() if path.name.startswith(("stick", "tmp"))] == []


def test_a_computer_without_room_is_told_and_the_stick_is_not_blamed(
    stick: Path, centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_folder: Path, _target: Path, _part: Part) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(sticks, "_copy", full)
    assert {o.problem for o in file(centre, stick).values()} == {"disk-full"}


def test_a_folder_without_a_centre_is_refused_and_founds_none(stick: Path, tmp_path: Path) -> None:
    with pytest.raises(NoCentreError):
        bundles.file_at_centre(tmp_path / "typo", stick)
    assert not (tmp_path / "typo").exists()


def test_every_trouble_with_a_bundle_has_words_of_its_own() -> None:
    """A word that is missing is told as a mistake of the program."""
    texts = Translator("th")
    said = re.compile(r'BundleError\((?:.*?)what="([a-z-]+)"|what = "([a-z-]+)"(?: if \w+ else "([a-z-]+)")?')
    files = [*(ROOT / "sync").rglob("*.py"), *(ROOT / "inspector_app/actions/sending").glob("*.py")]
    sources = [file.read_text(encoding="utf-8") for file in files]
    words = {w for source in sources if "BundleError" in source for found in said.findall(source) for w in found if w}
    assert {"empty", "disk-full", "stick-gone"} <= words
    assert sorted(w for w in words if not texts.has(f"errors.bundle.{w}.todo")) == []
