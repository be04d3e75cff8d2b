"""The folder of a workspace: what lies where, and what it says of itself (`workspace.json`, nothing secret)."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from checklists.errors import NewerWorkspaceError, NotAWorkspaceError, StorageError
from checklists.store.files import SystemDisk, storage_error

FORMAT = "inspector-workspace/"
VERSION = 1
RESERVE_BYTES = 32 * 1024 * 1024
"""Freed when the disk is full, so that the open draft can still be saved and sealed."""

KEYS, DATABASE, LOCK, RESERVE, ABOUT = "keys.json", "store.db", "lock", "reserve.bin", "workspace.json"
RESTORED = "restored.json"
FOLDERS = ("registry", "files", "tmp", "backups")


def create(folder: Path, workspace_id: str) -> None:
    """Make the folders and `workspace.json`, durably; what is there already stays."""
    disk = SystemDisk()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        about = folder / ABOUT
        if not about.exists():
            temporary = about.with_name(ABOUT + ".tmp")
            temporary.write_text(json.dumps({"format": f"{FORMAT}{VERSION}", "workspace_id": workspace_id}), "utf-8")
            with temporary.open("r+b") as file:
                disk.sync(file)
            disk.rename(temporary, about)
        disk.sync_folder(folder)
    except OSError as error:
        raise storage_error(error, folder) from error


def check(folder: Path, workspace_id: str) -> None:
    """Check that the folder is the workspace of these keys.

    Raises `NotAWorkspaceError` (`missing` names what is not there), `NewerWorkspaceError`.
    """
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        kind, version = str(about["format"]).rsplit("/", 1)
        number, found_id = int(version), about["workspace_id"]
    except FileNotFoundError as error:
        raise NotAWorkspaceError("no workspace.json", path=str(folder), missing=ABOUT) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAWorkspaceError(str(error), path=str(folder), missing=ABOUT) from error
    if f"{kind}/" != FORMAT:
        raise NotAWorkspaceError("another kind", path=str(folder), missing="")
    if number > VERSION:
        raise NewerWorkspaceError("workspace", path=str(folder), version=number)
    if found_id != workspace_id:
        raise NotAWorkspaceError("keys of another workspace", path=str(folder), missing="", other_keys=True)


def keep_reserve(folder: Path, size: int = RESERVE_BYTES) -> bool:
    """Make the reserve file where it is missing and there is plenty of space; say whether it is there."""
    path = folder / RESERVE
    if not size or (path.exists() and path.stat().st_size >= size):
        return bool(size)
    try:
        if free_bytes(folder) < 8 * size:
            return path.exists()
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
    except OSError:
        return False
    return True


def free_reserve(folder: Path) -> bool:
    """Give the reserve's space back to the disk; say whether there was any."""
    path = folder / RESERVE
    with contextlib.suppress(OSError):
        path.unlink()
        return True
    return False


def free_bytes(folder: Path) -> int:
    """Return what is free on the disk for this person."""
    if hasattr(os, "statvfs"):
        told = os.statvfs(folder)
        return told.f_bavail * told.f_frsize
    import shutil

    return shutil.disk_usage(folder).free


def require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise NotAWorkspaceError("no folder", path=str(folder), missing=str(folder))


__all__ = ["StorageError", "check", "create", "free_bytes", "free_reserve", "keep_reserve", "require_folder"]
