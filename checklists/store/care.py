"""Care of a workspace: backups that were checked, checks, repair, and how much room is left.

Nothing here deletes a damaged file; `restoring` moves it aside as `store.db.damaged-<time>`, and while one lies there
no attachment file is swept away (its key may only be in the damaged database).
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checklists.errors import DamagedStoreError, DiskFullError, StorageError
from checklists.store import workspace as folders
from checklists.store.core import Core
from checklists.store.database import is_sound
from checklists.store.errors import BackupError
from checklists.store.files import Disk, SystemDisk, storage_error

KEEP_RECENT, KEEP_DAYS = 3, 7
WARN_BYTES, STOP_PHOTOS_BYTES = 500 * 1024 * 1024, 200 * 1024 * 1024
PHOTO_BYTES = 3 * 1024 * 1024
_STAMP = "%Y%m%dT%H%M%S"
_CLOUD = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud", "box sync")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a check found: `code` selects the words; `subject` is a table, page, file or record."""

    code: str
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """How much space is left. `level` is plenty, low or photos-stopped; answers can always be saved."""

    free: int
    level: str
    photos_left: int


@dataclass(frozen=True, slots=True)
class Backup:
    """A checked copy of the database."""

    path: Path
    made_at: datetime
    size: int


# --- room and place -------------------------------------------------------------------------------------------------


def room(folder: Path, photo_bytes: int = PHOTO_BYTES) -> Room:
    """Return what is left on the disk of the workspace."""
    free = folders.free_bytes(folder)
    level = "plenty" if free >= WARN_BYTES else "low" if free >= STOP_PHOTOS_BYTES else "photos-stopped"
    return Room(free, level, max(0, free - STOP_PHOTOS_BYTES) // photo_bytes)


def cloud_folder(folder: Path) -> str:
    """Return which syncing service the folder lies in, '' for none: such a service tears databases apart."""
    for part in folder.absolute().parts:
        lower = part.casefold()
        for name in _CLOUD:
            if lower == name or lower.startswith(f"{name} "):
                return part
    return ""


# --- backup ---------------------------------------------------------------------------------------------------------


def backups(folder: Path) -> tuple[Backup, ...]:
    """Return the rolling backups, the newest first."""
    found = []
    for path in (folder / "backups").glob("store-*.db"):
        with contextlib.suppress(ValueError, OSError):
            made = datetime.strptime(path.stem.removeprefix("store-"), _STAMP)  # noqa: DTZ007 - local by its name
            found.append(Backup(path, made, path.stat().st_size))
    return tuple(sorted(found, key=lambda b: b.path.name, reverse=True))


def back_up(core: Core, disk: Disk | None = None, seconds: float | None = None) -> Backup | None:
    """Make a checked copy of the database and thin the old ones; None where space is short.

    Attachment files never change once they are there, so the database is all that needs a copy here; a copy on
    another disk is `copy_to`. Raises `BackupError` (`what="time"` where it was broken off after `seconds`; the
    backups before it stay); the store itself is untouched.
    """
    disk, size = disk or SystemDisk(), (core.workspace / folders.DATABASE).stat().st_size
    if folders.free_bytes(core.workspace) < 3 * size:
        return None
    target = core.workspace / "backups" / f"store-{core.clock.now().strftime(_STAMP)}.db"
    _checked_copy(core, target, disk, seconds)
    for name in (folders.KEYS, folders.ABOUT):
        with contextlib.suppress(OSError):
            shutil.copyfile(core.workspace / name, core.workspace / "backups" / name)
    _thin(core.workspace)
    return next(b for b in backups(core.workspace) if b.path == target)


def _checked_copy(core: Core, target: Path, disk: Disk, seconds: float | None = None) -> None:
    temporary = target.with_name(target.name + ".tmp")
    end = None if seconds is None else time.monotonic() + seconds
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with core.db.within(seconds):
            core.db.copy_into(temporary)
        left = None if end is None else max(0.0, end - time.monotonic())
        if not is_sound(temporary, core.keys.database_key, left):
            raise BackupError("the copy is not sound", what="check", path=str(target))
        with temporary.open("r+b") as file:
            disk.sync(file)
        disk.rename(temporary, target)
        disk.sync_folder(target.parent)
    except (OSError, StorageError) as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, (BackupError, DiskFullError)):
            raise
        what = "time" if isinstance(error, StorageError) and error.data.get("what") == "time" else "write"
        raise BackupError(str(error), what=what, path=str(target)) from error


def _thin(folder: Path) -> None:
    """Keep the newest few and the last one of each of the newest days."""
    every = backups(folder)
    keep = {b.path for b in every[:KEEP_RECENT]}
    days: dict[object, Path] = {}
    for backup in every:
        days.setdefault(backup.made_at.date(), backup.path)
    keep |= set(list(days.values())[:KEEP_DAYS])
    for backup in every:
        if backup.path not in keep:
            with contextlib.suppress(OSError):
                backup.path.unlink()


def copy_to(core: Core, target: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
    """Copy the whole workspace to another disk: checked database, key file, attachments. It stays encrypted.

    Raises `BackupError`, `DiskFullError`. What is there already (attachments never change) is not copied again.
    """
    try:
        folders.create(target, core.keys.workspace_id)
        _checked_copy(core, target / folders.DATABASE, SystemDisk())
        shutil.copyfile(core.workspace / folders.KEYS, target / folders.KEYS)
        named = [str(row[0]) for row in core.db.rows("SELECT file_name FROM blob")]
        for number, name in enumerate(named, 1):
            source, copy = core.files.path(name), target / "files" / name[:2] / name
            if not copy.exists() or copy.stat().st_size != source.stat().st_size:
                copy.parent.mkdir(parents=True, exist_ok=True)
                _durable_copy(source, copy)
            progress(number, len(named))
        SystemDisk().sync_folder(target)
    except OSError as error:
        known = storage_error(error, target)
        if isinstance(known, DiskFullError):
            raise known from error
        raise BackupError(str(error), what="write", path=str(target)) from error


def _durable_copy(source: Path, target: Path) -> None:
    """Copy by a temporary name and sync: a file of the right size is then whole, also after a power cut."""
    disk, temporary = SystemDisk(), target.with_name(target.name + ".tmp")
    shutil.copyfile(source, temporary)
    with temporary.open("r+b") as file:
        disk.sync(file)
    disk.rename(temporary, target)
    disk.sync_folder(target.parent)


# --- checks ---------------------------------------------------------------------------------------------------------


def quick_check(core: Core) -> tuple[Fault, ...]:
    """Check the database's pages and indexes quickly (1.8 s for 200 MB); may run in a reading thread."""
    try:
        found = core.db.rows("PRAGMA quick_check(20)")
    except DamagedStoreError as error:
        return (Fault("page", "store.db", str(error)),)
    return tuple(Fault("page", "store.db", str(row[0])) for row in found if row[0] != "ok")


def deep_check(core: Core, progress: Callable[[int, int], None] = lambda _done, _all: None) -> tuple[Fault, ...]:
    """Check everything that can be read: pages, their seals, references, search index, every attachment's bytes."""
    faults = list(_deep_database(core))
    try:
        blobs = core.db.rows("SELECT sha256, file_name, file_key, size FROM blob")
    except DamagedStoreError:
        return tuple(faults)
    for number, (sha256, name, key, size) in enumerate(blobs, 1):
        if code := _blob_fault(core, sha256, name, key, size):
            faults.append(Fault(code, sha256[:8], name))
        progress(number, len(blobs))
    return tuple(faults)


def _deep_database(core: Core) -> list[Fault]:
    try:
        # the page seals are read from the main file: without this a log of a killed program looks like damage
        core.db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = [Fault("page", "store.db", str(r[0])) for r in core.db.rows("PRAGMA integrity_check") if r[0] != "ok"]
        seals = [Fault("page-seal", "store.db", str(r[0])) for r in core.db.rows("PRAGMA cipher_integrity_check")]
        keys = [Fault("reference", str(r[0]), str(r[2])) for r in core.db.rows("PRAGMA foreign_key_check")]
    except DamagedStoreError as error:
        return [Fault("page", "store.db", str(error))]
    return [*pages, *seals, *keys]


def _blob_fault(core: Core, sha256: str, name: str, key: bytes, size: int) -> str:
    found, count = hashlib.sha256(), 0
    try:
        with core.files.open(name, key) as plain:
            while piece := plain.read(1024 * 1024):
                found.update(piece)
                count += len(piece)
    except DamagedStoreError as error:
        return "attachment-missing" if error.data.get("what") == "missing" else "attachment-changed"
    return "" if (found.hexdigest(), count) == (sha256, size) else "attachment-changed"


def repair(core: Core) -> tuple[Fault, ...]:
    """Rebuild indexes and the search index, which hold nothing of their own; return what is still wrong."""
    with contextlib.suppress(StorageError):
        core.db.run("REINDEX")
        core.db.run("INSERT INTO record_fts(record_fts) VALUES ('rebuild')")
    return quick_check(core)
