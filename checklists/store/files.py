"""Attachment files: encrypted, written to a temporary name, synced, renamed, folder synced; only then named by a row.

The reverse order would leave rows without files; this one leaves only orphans, which `sweep` removes after a while. The
few calls on the disk go through `Disk`, so that tests can record them and make the images a power cut would leave.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from checklists.crypto import DecryptingReader, encrypt, hidden_name, new_file_key
from checklists.errors import DamagedStoreError, DiskFullError, ReadOnlyStoreError, StorageError

T = TypeVar("T")

GRACE_SECONDS = 3600
"""An orphan younger than this may belong to a photo whose row is about to be written."""

_ENOSPC = {28, 122}  # ENOSPC, EDQUOT
_DENIED = {13, 30}  # EACCES, EROFS
_SHARING = {5, 32}  # Windows: access denied, sharing violation (a virus scanner holds the file)


class Disk(Protocol):
    """The calls that make a file durable; two implementations: the system's, and one that records (tests)."""

    def make_folder(self, folder: Path) -> None: ...

    def create(self, path: Path) -> BinaryIO: ...

    def sync(self, file: BinaryIO) -> None: ...

    def rename(self, old: Path, new: Path) -> None: ...

    def sync_folder(self, folder: Path) -> None: ...


class SystemDisk:
    """This laptop's disk."""

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def create(self, path: Path) -> BinaryIO:
        return path.open("xb")

    def sync(self, file: BinaryIO) -> None:
        file.flush()
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)  # plain fsync does not reach the platter there
        else:
            os.fsync(file.fileno())

    def rename(self, old: Path, new: Path) -> None:
        patiently(lambda: old.replace(new))

    def sync_folder(self, folder: Path) -> None:
        if os.name == "nt":
            return  # a folder cannot be flushed there; the file system's journal orders the rename
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def patiently(step: Callable[[], T], tries: int = 8) -> T:
    """Run a step again while a virus scanner holds the file (Windows); up to about 2.5 s."""
    for number in range(tries):
        try:
            return step()
        except OSError as error:
            if getattr(error, "winerror", None) not in _SHARING or number == tries - 1:
                raise
            time.sleep(0.01 * 2**number)
    raise StorageError("unreachable")


def storage_error(error: OSError, path: Path) -> StorageError:
    """Return our error for one of the system's."""
    if error.errno in _ENOSPC:
        return DiskFullError(str(error), path=str(path))
    if error.errno in _DENIED:
        return ReadOnlyStoreError(str(error), path=str(path))
    return StorageError(str(error), path=str(path), what="io")


@dataclass(frozen=True, slots=True)
class StagedFile:
    """An encrypted file that is durably in place but that no row names yet."""

    sha256: str
    size: int
    mime: str
    file_name: str
    file_key: bytes


class AttachmentFiles:
    """The folder `files/` of a workspace; safe to use from several threads, knows no database."""

    def __init__(self, workspace: Path, name_key: bytes, disk: Disk | None = None) -> None:
        self._root, self._temporary = workspace / "files", workspace / "tmp"
        self._name_key, self._disk = name_key, disk or SystemDisk()

    def path(self, file_name: str) -> Path:
        return self._root / file_name[:2] / file_name

    def write(self, source: BinaryIO, *, mime: str) -> StagedFile:
        """Encrypt a stream into its place and make it durable. Raises `DiskFullError`, `ReadOnlyStoreError`."""
        salt, key = secrets.token_bytes(16), new_file_key()
        temporary = self._temporary / secrets.token_hex(16)
        try:
            if not self._temporary.is_dir():
                self._disk.make_folder(self._temporary)
            with self._disk.create(temporary) as target:
                sha256, size = encrypt(source, target, key)
                self._disk.sync(target)
            name = hidden_name(self._name_key, sha256, salt)
            final = self.path(name)
            if not final.parent.is_dir():
                self._disk.make_folder(final.parent)
                self._disk.sync_folder(self._root)
            self._disk.rename(temporary, final)
            self._disk.sync_folder(final.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise storage_error(error, temporary) from error
        return StagedFile(sha256, size, mime, name, key)

    def open(self, file_name: str, file_key: bytes) -> DecryptingReader:
        """Open a file for reading its plain bytes. Raises `DamagedStoreError` where it is gone or not whole."""
        path = self.path(file_name)
        try:
            source = patiently(lambda: path.open("rb"))
        except OSError as error:
            raise DamagedStoreError(str(error), kind="attachment", file=file_name, what="missing") from error
        return DecryptingReader(source, file_key, name=file_name)

    def exists(self, file_name: str) -> bool:
        return self.path(file_name).is_file()

    def remove(self, file_name: str) -> None:
        """Remove a file that no row names any more; one that is held is left to the sweep."""
        with contextlib.suppress(OSError):
            patiently(lambda: self.path(file_name).unlink(missing_ok=True))

    def sweep(self, named: Iterable[str], now: float, grace_seconds: float = GRACE_SECONDS) -> int:
        """Remove temporaries and files that no row names once they are older than the grace; return how many."""
        keep, gone = set(named), 0
        found = [*self._root.glob("??/*"), *self._temporary.glob("*")]
        for path in found:
            with contextlib.suppress(OSError):
                if path.name not in keep and now - path.stat().st_mtime > grace_seconds:
                    path.unlink()
                    gone += 1
        return gone
