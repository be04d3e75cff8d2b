"""Opening, locking, reading beside a writer, and what each wrong folder or file is answered with."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from checklists.errors import (
    DamagedStoreError,
    NewerWorkspaceError,
    NotAWorkspaceError,
    ReadOnlyStoreError,
    StorageError,
    WorkspaceLockedError,
)
from checklists.store import ForeignFileError, Store, StoreWriter, database, schema
from checklists.store.driver import connect
from checklists.store.files import SystemDisk
from tests.support.clock import FrozenClock
from tests.support.store_workspace import answer, begin, new_keys, new_store, reopen, whole_inspection

# --- one writer, many readers ---


def test_a_second_writer_is_refused(store: Store, folder: Path, clock: FrozenClock) -> None:
    with pytest.raises(WorkspaceLockedError) as error:
        reopen(folder, clock)
    assert isinstance(error.value.data["pid"], int)


def test_the_lock_is_free_again_after_closing(store: Store, folder: Path, clock: FrozenClock) -> None:
    store.close()
    reopen(folder, clock).close()


def test_a_reader_beside_the_writer_sees_what_was_committed(store: Store, folder: Path, clock: FrozenClock) -> None:
    with reopen(folder, clock, readonly=True) as reader:
        begin(store)
        answer(store, 1, "pass")
        assert [a.value for a in reader.records.draft("r-1").answers] == ["pass"]


def test_a_reader_cannot_write(store: Store, folder: Path, clock: FrozenClock) -> None:
    begin(store)
    with reopen(folder, clock, readonly=True) as reader, pytest.raises(ReadOnlyStoreError):
        answer(reader, 1, "pass")


def test_closing_twice_is_harmless(store: Store) -> None:
    store.close()
    store.close()
    assert store.closed


def test_a_clean_end_leaves_no_log_and_an_open_one_is_noticed(folder: Path, clock: FrozenClock) -> None:
    new_store(folder, clock).close()
    assert not (folder / "store.db-wal").exists()
    with reopen(folder, clock) as again:
        assert again.unclean_end is False


# --- what is wrong with a folder ---


def test_a_folder_that_is_no_workspace(tmp_path: Path, clock: FrozenClock) -> None:
    keys = new_keys(tmp_path / "w")
    for folder in (tmp_path / "w", tmp_path / "missing"):
        with pytest.raises(NotAWorkspaceError):
            Store.open(folder, keys, clock=clock)


def test_the_keys_of_another_workspace(store: Store, folder: Path, tmp_path: Path, clock: FrozenClock) -> None:
    store.close()
    with pytest.raises(NotAWorkspaceError) as error:
        Store.open(folder, new_keys(tmp_path / "other"), clock=clock)
    assert error.value.data["other_keys"] is True


def test_a_newer_workspace_is_refused(store: Store, folder: Path, clock: FrozenClock) -> None:
    store.close()
    about = json.loads((folder / "workspace.json").read_text())
    (folder / "workspace.json").write_text(json.dumps({**about, "format": "inspector-workspace/2"}))
    with pytest.raises(NewerWorkspaceError):
        reopen(folder, clock)


@pytest.mark.parametrize(
    "change", ["PRAGMA user_version=99", "UPDATE _sqlite_migrations SET name = 'm099_future' WHERE name = 'm001_first'"]
)
def test_a_newer_database_is_refused_and_left_alone(
    store: Store, folder: Path, clock: FrozenClock, change: str
) -> None:
    whole_inspection(store)
    store._core.db.run(change)
    key = store.keys.database_key
    store.close()
    before = (folder / "store.db").read_bytes()
    with pytest.raises(NewerWorkspaceError):
        reopen(folder, clock)
    with pytest.raises(NewerWorkspaceError):
        reopen(folder, clock, readonly=True)
    assert (folder / "store.db").read_bytes() == before
    connect(folder / "store.db", key).close()


def test_a_foreign_database_is_refused(store: Store, folder: Path, clock: FrozenClock) -> None:
    store._core.db.run("PRAGMA application_id=7")
    store.close()
    with pytest.raises(ForeignFileError):
        reopen(folder, clock)


@pytest.mark.parametrize("damage", [b"", b"rubbish " * 600])
def test_a_damaged_first_page_is_not_called_a_wrong_passphrase(
    store: Store, folder: Path, clock: FrozenClock, damage: bytes
) -> None:
    whole_inspection(store)
    store.close()
    path = folder / "store.db"
    data = path.read_bytes()
    path.write_bytes(damage + data[max(len(damage), 1) :])
    with pytest.raises(DamagedStoreError):
        reopen(folder, clock)


def test_a_flipped_byte_in_a_page_is_noticed_when_it_is_read(store: Store, folder: Path, clock: FrozenClock) -> None:
    whole_inspection(store)
    store.close()
    path = folder / "store.db"
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 + 100] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedStoreError):
        reopen(folder, clock)


def test_an_empty_database_file_is_made_anew(folder: Path, clock: FrozenClock) -> None:
    new_store(folder, clock).close()
    (folder / "store.db").write_bytes(b"")
    with reopen(folder, clock) as again:
        assert again.records.list() == ()


# --- migration ---


@pytest.fixture
def second_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def apply() -> None:
        step = ("m902_more", lambda db: db.script("CREATE TABLE more (id TEXT PRIMARY KEY) STRICT;"))
        monkeypatch.setattr(database, "STEPS", (*schema.STEPS, step))

    return apply


def test_an_older_workspace_is_migrated_after_a_checked_snapshot(
    store: Store, folder: Path, clock: FrozenClock, second_step: Callable[[], None]
) -> None:
    sealed = whole_inspection(store)
    store.close()
    second_step()
    with reopen(folder, clock) as again:
        assert again.records.sealed("r-1") == sealed
        assert again._core.db.value("SELECT count(*) FROM more") == 0
    before = folder / "backups" / f"before-v{len(schema.STEPS) + 1}.db"
    assert database.is_sound(before, store.keys.database_key)


def test_a_reader_does_not_migrate(
    store: Store, folder: Path, clock: FrozenClock, second_step: Callable[[], None]
) -> None:
    store.close()
    second_step()
    with pytest.raises(ReadOnlyStoreError):
        reopen(folder, clock, readonly=True)


def test_a_step_that_fails_changes_nothing(
    store: Store, folder: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = whole_inspection(store)
    store.close()

    def broken(db: object) -> None:
        db.script("CREATE TABLE half (id TEXT) STRICT;\nSELECT nonsense;")  # type: ignore[attr-defined]

    with monkeypatch.context() as patch:
        patch.setattr(database, "STEPS", (*schema.STEPS, ("m902_broken", broken)))
        with pytest.raises(StorageError):
            reopen(folder, clock)
    with reopen(folder, clock) as again:
        assert again.records.sealed("r-1") == sealed
        assert not again._core.db.value("SELECT count(*) FROM sqlite_master WHERE name = 'half'")


def test_a_left_over_snapshot_does_not_block_the_start(
    store: Store, folder: Path, clock: FrozenClock, second_step: Callable[[], None]
) -> None:
    store.close()
    target = folder / "backups" / f"before-v{len(schema.STEPS) + 1}.db"
    target.with_name(target.name + ".tmp").write_bytes(b"half")
    target.write_bytes(b"half")
    second_step()
    reopen(folder, clock).close()
    assert database.is_sound(target, store.keys.database_key)


def test_a_good_snapshot_is_kept(store: Store, folder: Path) -> None:
    target = folder / "backups" / "kept.db"
    database.snapshot(store._core.db, target, disk=SystemDisk())
    made = target.stat().st_mtime_ns
    begin(store)
    database.snapshot(store._core.db, target, disk=SystemDisk())
    assert target.stat().st_mtime_ns == made


# --- the writer thread ---


def test_steps_run_in_one_thread_in_order(folder: Path, clock: FrozenClock) -> None:
    new_store(folder, clock).close()
    writer = StoreWriter(lambda: reopen(folder, clock))
    seen: list[int] = []
    threads: set[str] = set()
    writer.submit(begin)
    for number in range(50):

        def step(store: Store, number: int = number) -> None:
            answer(store, number, "pass")
            seen.append(number)
            threads.add(threading.current_thread().name)

        writer.submit(step)
    writer.drain(10)
    writer.close()
    assert seen == list(range(50))
    assert threads == {"store-writer"}
    with reopen(folder, clock) as again:
        assert len(again.records.draft("r-1").answers) == 50


def test_closing_finishes_what_was_handed_over(folder: Path, clock: FrozenClock) -> None:
    new_store(folder, clock).close()
    writer = StoreWriter(lambda: reopen(folder, clock))
    futures = [writer.submit(begin), writer.submit(lambda s: answer(s, 1, "pass"))]
    writer.close()
    writer.close()
    assert all(f.done() for f in futures)
    with pytest.raises(StorageError):
        writer.submit(lambda s: None)


def test_a_failing_step_does_not_stop_the_next(folder: Path, clock: FrozenClock) -> None:
    new_store(folder, clock).close()
    writer = StoreWriter(lambda: reopen(folder, clock))
    failed = writer.submit(lambda s: answer(s, 1, "pass", "nothing"))
    good = writer.submit(begin)
    writer.close()
    assert isinstance(failed.exception(), StorageError)
    assert good.exception() is None


def test_the_writer_tells_why_it_cannot_open(store: Store, folder: Path, clock: FrozenClock) -> None:
    with pytest.raises(WorkspaceLockedError):
        StoreWriter(lambda: reopen(folder, clock))
