"""What a workspace meets out there: cut files, copies of an open one, scanners, a dead clock, read-only disks."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from checklists.clock import BANGKOK
from checklists.errors import DamagedStoreError, StorageError, WorkspaceLockedError
from checklists.model import RecordState
from checklists.store import Store, files
from tests.support import store_io
from tests.support.clock import FrozenClock
from tests.support.store_workspace import answer, begin, content, new_store, photo, reopen, whole_inspection

# --- cut files ---


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.7, 0.999])
def test_a_database_that_was_cut_is_called_damaged_and_never_changed(
    store: Store, folder: Path, clock: FrozenClock, part: float
) -> None:
    for number in range(20):
        whole_inspection(store, f"r-{number}", f"v-{number}")
    assert store.back_up() is not None
    store.close()
    path = folder / "store.db"
    whole = path.read_bytes()
    cut = whole[: round(len(whole) * part) // 512 * 512]
    path.write_bytes(cut)
    for readonly in (True, False):
        try:
            with reopen(folder, clock, readonly=readonly) as opened:
                assert cut, "an empty database is not begun anew where one has been"
                assert opened.deep_check() != ()
        except DamagedStoreError:
            pass
    assert path.read_bytes()[: len(cut)] == cut


def test_an_attachment_that_was_cut_is_named_and_the_rest_is_read(store: Store, folder: Path) -> None:
    begin(store)
    whole, cut = photo(store, "a-1", b"one " * 9000), photo(store, "a-2", b"two " * 9000)
    name = store._core.db.value("SELECT file_name FROM blob WHERE sha256 = ?", (cut.sha256,))
    file = folder / "files" / name[:2] / name
    for size in (file.stat().st_size - 1, 100, 0):
        with file.open("r+b") as handle:
            handle.truncate(size)
        assert [(f.code, f.subject) for f in store.deep_check()] == [("attachment-changed", cut.sha256[:8])]
    with store.attachments.open(whole.sha256) as plain:
        assert plain.read() == b"one " * 9000


# --- copies ---


def test_a_workspace_that_was_copied_while_open_opens_with_all_that_was_acknowledged(
    store: Store, folder: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    begin(store)
    for number in range(1, 30):
        answer(store, number, "pass")
        if number % 10 == 0:
            shutil.copytree(folder, tmp_path / f"copy-{number}")
    for number in (10, 20):
        with reopen(tmp_path / f"copy-{number}", clock) as copy:
            assert len(copy.records.draft("r-1").answers) == number
            assert copy.deep_check() == ()
            assert copy.audit.verify().good
    answer(store, 30, "pass")  # the copies took nothing from the one that is open


def test_two_windows_the_second_one_reads_and_is_told_who_writes(
    store: Store, folder: Path, clock: FrozenClock
) -> None:
    begin(store)
    with pytest.raises(WorkspaceLockedError) as error:
        reopen(folder, clock)
    assert isinstance(error.value.data["pid"], int)
    with reopen(folder, clock, readonly=True) as second:
        assert second.records.count() == 1


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
def test_a_folder_that_may_only_be_read_is_read_and_nothing_is_written(killed: bool) -> None:
    assert store_io.readonly(killed=killed) == {"faults": [], "writing": "read-only", "reading": "verified"}


# --- a scanner that holds files (Windows) ---


class Held:
    """Lets a call fail so many times as Windows does for a file that somebody else holds."""

    def __init__(self, times: int, call: Callable[..., object], winerror: int = 32) -> None:
        self.left, self._call, self._winerror = times, call, winerror

    def __call__(self, *args: object, **more: object) -> object:
        if self.left:
            self.left -= 1
            error = PermissionError(13, "held")
            error.winerror = self._winerror  # type: ignore[attr-defined]  # only Windows sets it by itself
            raise error
        return self._call(*args, **more)


@pytest.mark.parametrize("winerror", [5, 32])
def test_a_file_that_a_scanner_holds_for_a_moment_is_written_read_and_removed(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    begin(store)
    waited: list[float] = []
    monkeypatch.setattr(files.time, "sleep", waited.append)
    for name in ("replace", "open", "unlink"):
        held = Held(3, getattr(Path, name), winerror)
        monkeypatch.setattr(Path, name, lambda self, *a, held=held, **more: held(self, *a, **more))
        if name == "replace":
            kept = photo(store, "a-1", b"seen by a scanner")
        elif name == "open":
            with store.attachments.open(kept.sha256) as plain:
                assert plain.read() == b"seen by a scanner"
        else:
            store.attachments.remove("a-1")
        assert held.left == 0
    assert not list((folder / "files").glob("??/*"))
    assert sum(waited) < 1


def test_a_file_that_stays_held_is_told_and_nothing_is_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(store)
    answer(store, 1, "pass")
    monkeypatch.setattr(files.time, "sleep", lambda _seconds: None)
    with monkeypatch.context() as patch:
        held = Held(1000, Path.replace)
        patch.setattr(Path, "replace", lambda self, target: held(self, target))
        with pytest.raises(StorageError):
            store.attachments.write_file(io.BytesIO(b"held for good"), mime="image/jpeg")
    assert [a.value for a in store.records.draft("r-1").answers] == ["pass"]
    photo(store, "a-1", b"held for good")


# --- the clock ---


def test_work_done_with_a_clock_in_1970_is_kept_and_the_jump_is_told(folder: Path, clock: FrozenClock) -> None:
    dead = FrozenClock(datetime(1970, 1, 1, 7, 0, tzinfo=BANGKOK))
    with new_store(folder, dead) as store:
        begin(store)
        answer(store, 1, "pass")
        store.records.finalise("r-1", content())
    with reopen(folder, clock) as today:  # a new battery
        begin(today, "r-2", "v-2")
        assert today.records.summary("r-1").state is RecordState.SEALED
        assert [r.record_id for r in today.records.list()] == ["r-2", "r-1"]
    with reopen(folder, dead) as again:  # and dead once more
        answer(again, 1, "fail", "r-2")
        assert [e.action for e in again.audit.entries()].count("clock-jump") == 1
        assert again.audit.verify().good
        assert again.back_up() is not None
