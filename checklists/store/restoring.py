"""Putting a backup in the place of the database, in steps that a kill cannot leave half done.

1. The backup is copied beside the database and synced. 2. A note says what is going on: from now on every opening
finishes the restore (`finish`). 3. The old database with its log is moved aside, never deleted. 4. The copy takes its
place. 5. The opening writes it into the audit chain and removes the note.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from checklists.clock import Clock
from checklists.crypto import WorkspaceKeys
from checklists.errors import DamagedStoreError
from checklists.store import workspace as folders
from checklists.store.database import is_sound
from checklists.store.errors import BackupError
from checklists.store.files import SystemDisk, patiently, storage_error
from checklists.store.lock import WriterLock

_STAMP = "%Y%m%dT%H%M%S"
_COPY = folders.DATABASE + ".restored"


def restore(folder: Path, keys: WorkspaceKeys, backup: Path, *, clock: Clock) -> Path:
    """Put a backup in the place of the database; the old one is moved aside, never deleted. Returns where it went.

    The next opening writes the restore into the audit chain (`Store.open` finds the note left here). Raises
    `BackupError` where the backup is not sound, `WorkspaceLockedError` while a window is open.
    """
    if not is_sound(backup, keys.database_key):
        raise BackupError("not sound", what="check", path=str(backup))
    lock = WriterLock(folder / folders.LOCK)
    try:
        aside = _free_name(folder, clock)
        shutil.copyfile(backup, folder / _COPY)
        _sync(folder / _COPY)
        _write_note(folder, {"from": backup.name, "aside": aside.name})
        finish(folder)
    except OSError as error:
        raise storage_error(error, folder) from error
    finally:
        lock.release()
    return aside


def finish(folder: Path) -> None:
    """Finish a restore that was begun and cut off, if there is one. The caller holds the workspace's lock."""
    note, copy = folder / folders.RESTORED, folder / _COPY
    if not note.exists():
        copy.unlink(missing_ok=True)  # cut off while it was copied: nothing else had happened
        return
    if copy.exists():
        _move_aside(folder, folder / json.loads(note.read_text("utf-8"))["aside"])
        SystemDisk().sync_folder(folder)
        SystemDisk().rename(copy, folder / folders.DATABASE)
        SystemDisk().sync_folder(folder)


def refuse_missing(folder: Path) -> None:
    """Refuse to begin an empty database where one has been. Raises `DamagedStoreError`."""
    path = folder / folders.DATABASE
    if path.exists() and path.stat().st_size > 0:
        return
    if has_quarantine(folder) or any((folder / "backups").glob("*.db")) or any((folder / "files").glob("??/*")):
        raise DamagedStoreError("no database", kind="database", what="missing", path=str(path))


def quarantine(folder: Path, clock: Clock) -> Path:
    """Move the database with its log aside; returns the new name of the main file."""
    aside = _free_name(folder, clock)
    _move_aside(folder, aside)
    return aside


def has_quarantine(folder: Path) -> bool:
    return any(folder.glob(f"{folders.DATABASE}.damaged-*"))


def _free_name(folder: Path, clock: Clock) -> Path:
    first = folder / f"{folders.DATABASE}.damaged-{clock.now().strftime(_STAMP)}"
    aside, number = first, 1
    while aside.exists():
        number += 1
        aside = first.with_name(f"{first.name}-{number}")
    return aside


def _move_aside(folder: Path, aside: Path) -> None:
    for tail in ("-wal", "-shm", ""):  # the main file last: what was moved before it belongs to it
        old, target = folder / (folders.DATABASE + tail), aside.with_name(aside.name + tail)
        if old.exists():
            patiently(lambda old=old, target=target: old.replace(target))  # type: ignore[misc]  # bound in the loop


def _write_note(folder: Path, note: dict[str, str]) -> None:
    temporary = folder / (folders.RESTORED + ".tmp")
    temporary.write_text(json.dumps(note), "utf-8")
    _sync(temporary)
    SystemDisk().rename(temporary, folder / folders.RESTORED)
    SystemDisk().sync_folder(folder)


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        SystemDisk().sync(file)
