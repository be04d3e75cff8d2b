"""Opening the database of a workspace: every way it can be found, and what is done about each.

A kill at any step leaves something that the next start opens: an empty file is made anew, a half-made database has no
applied step, the numbers in its header are set on every open, and the snapshot before a migration is written to a
temporary name, checked and renamed, or taken over when a good one is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from checklists.errors import DamagedStoreError, NewerWorkspaceError, ReadOnlyStoreError
from checklists.store.driver import Db, connect, connect_unwritable, our_errors
from checklists.store.errors import ForeignFileError
from checklists.store.files import Disk
from checklists.store.schema import APPLICATION_ID, STEPS
from checklists.store.shim import Migrations

QUICK_CHECK_BYTES = 16 * 1024 * 1024
"""After an unclean end a database up to this size is checked at once (about 0.15 s), a larger one in the background."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database; `unclean` says that the last end was a kill or a power cut."""

    db: Db
    fresh: bool
    unclean: bool


def _migrations(db: Db) -> Migrations:
    steps = Migrations("store")
    for name, function in STEPS:
        steps(name=name)(_as_step(db, name, function))
    return steps


def _as_step(db: Db, name: str, function: Callable[[Db], None]) -> Callable[[object], None]:
    def step(_: object) -> None:  # sqlite-utils hands over its own view of the same connection
        function(db)

    step.__name__ = name
    return step


def open_database(path: Path, key: bytes, *, backups: Path, disk: Disk) -> Opened:
    """Open for writing: make, check or migrate. The caller holds the workspace's lock and has checked the key."""
    fresh = not path.exists() or path.stat().st_size == 0
    unclean = _log_is_left(path)
    db = connect(path, key)
    try:
        with our_errors():
            _refuse_foreign_and_newer(db, fresh=fresh)
            if unclean and path.stat().st_size <= QUICK_CHECK_BYTES:
                _require_sound(db)
            _migrate(db, backups=backups, disk=disk)
            _set_numbers(db)
        if fresh:  # a new log's creation is durable only when its folder is
            db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            disk.sync_folder(path.parent)
    except BaseException:
        db.close()
        raise
    return Opened(db, fresh, unclean)


def open_reading(path: Path, key: bytes) -> Opened:
    """Open beside a writer, or in a folder that may only be read. Nothing is written.

    Raises `ReadOnlyStoreError` where a writer must migrate it first.
    """
    if not path.exists() or path.stat().st_size == 0:
        raise DamagedStoreError("no database", kind="database", what="missing", path=str(path))
    db = _connect_reading(path, key)
    try:
        with our_errors():
            _refuse_foreign_and_newer(db, fresh=False)
            _refuse_unmigrated(db)
    except BaseException:
        db.close()
        raise
    return Opened(db, fresh=False, unclean=False)


def _connect_reading(path: Path, key: bytes) -> Db:
    try:
        return connect(path, key, readonly=True)
    except ReadOnlyStoreError:
        return connect_unwritable(path, key)


def _refuse_unmigrated(db: Db) -> None:
    if _migrations(db).pending(db.tables):
        raise ReadOnlyStoreError("must be migrated by a writer first", what="migration", path=str(db.path))


def _log_is_left(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _refuse_foreign_and_newer(db: Db, *, fresh: bool) -> None:
    application, version = db.value("PRAGMA application_id"), db.value("PRAGMA user_version")
    steps = _migrations(db)
    applied = {step.name for step in steps.applied(db.tables)}
    # killed in its very making, a database may hold the list of steps and nothing else
    tables = db.value("SELECT count(*) FROM sqlite_master WHERE tbl_name <> ?", (steps.migrations_table,))
    if application not in (0, APPLICATION_ID) or (not fresh and tables and not applied):
        raise ForeignFileError("application id", file=str(db.path))
    unknown = applied - {name for name, _ in STEPS}
    if version > len(STEPS) or unknown:
        raise NewerWorkspaceError("schema", path=str(db.path), version=version, unknown=sorted(unknown))


def _require_sound(db: Db) -> None:
    if db.value("PRAGMA quick_check(1)") != "ok":
        raise DamagedStoreError("quick_check", kind="database", what="page", path=str(db.path))


def _migrate(db: Db, *, backups: Path, disk: Disk) -> None:
    steps = _migrations(db)
    pending = steps.pending(db.tables)
    if not pending:
        return
    if steps.applied(db.tables):
        snapshot(db, backups / f"before-v{len(STEPS)}.db", disk=disk)
    db.rows("PRAGMA foreign_keys=OFF")  # a table that others reference cannot be rebuilt otherwise
    try:
        steps.apply(db.tables)
        if db.rows("PRAGMA foreign_key_check"):
            raise DamagedStoreError("foreign keys after migration", kind="database", what="foreign-keys")
    finally:
        db.rows("PRAGMA foreign_keys=ON")


def _set_numbers(db: Db) -> None:
    if db.value("PRAGMA application_id") != APPLICATION_ID:
        db.run(f"PRAGMA application_id={APPLICATION_ID}")
    if db.value("PRAGMA user_version") != len(STEPS):
        db.run(f"PRAGMA user_version={len(STEPS)}")


def snapshot(db: Db, target: Path, *, disk: Disk) -> None:
    """Write a checked copy of the database beside it; a good one that is there already is kept."""
    if target.exists() and is_sound(target, db.key):
        return
    temporary = target.with_name(target.name + ".tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.unlink(missing_ok=True)
    db.copy_into(temporary)
    if not is_sound(temporary, db.key):
        temporary.unlink(missing_ok=True)
        raise DamagedStoreError("snapshot", kind="backup", what="page", path=str(target))
    with temporary.open("r+b") as file:
        disk.sync(file)
    disk.rename(temporary, target)
    disk.sync_folder(target.parent)


def is_sound(path: Path, key: bytes, seconds: float | None = None) -> bool:
    """Say whether a database file opens by the key and passes `quick_check`.

    With `seconds` it is broken off after so long: `StorageError` with `what="time"`.
    """
    try:
        db = connect(path, key, readonly=True)
    except (DamagedStoreError, ReadOnlyStoreError):
        return False
    try:
        with db.within(seconds):
            return bool(db.value("PRAGMA quick_check(1)") == "ok")
    except DamagedStoreError:
        return False
    finally:
        db.close()
