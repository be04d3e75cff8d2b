"""Attachment files in a folder: parts that grow, whole files named by their SHA-256.

The offset of a part IS the size of its file: no side-car can disagree with it after a crash. Bytes are synced before an
offset is told; a whole file is hashed before it is renamed into place, so nothing under `blobs/` is ever wrong. Parts
belong to one device, so nobody learns from an offset what others have sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

_HEX64 = re.compile(r"[0-9a-f]{64}")
_READ = 1024 * 1024


def is_hash(text: str) -> bool:
    return _HEX64.fullmatch(text) is not None


class BlobFolder:
    """The folder store. Knows no scopes and no database: who may see a file is decided by its callers."""

    def __init__(self, data: Path) -> None:
        self._blobs = data / "blobs"
        self._parts = data / "parts"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._parts.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        return self._blobs / sha256[:2] / sha256

    def part(self, device_id: str, sha256: str) -> Path:
        owner = hashlib.sha256(device_id.encode()).hexdigest()[:32]
        return self._parts / owner / sha256

    def offset(self, device_id: str, sha256: str) -> int:
        """Return how many bytes of a part lie here."""
        try:
            return self.part(device_id, sha256).stat().st_size
        except OSError:
            return 0

    def open_part(self, device_id: str, sha256: str) -> BinaryIO:
        """Open a part to append to it, unbuffered."""
        part = self.part(device_id, sha256)
        part.parent.mkdir(parents=True, exist_ok=True)
        return part.open("ab", buffering=0)

    def discard(self, device_id: str, sha256: str) -> None:
        self.part(device_id, sha256).unlink(missing_ok=True)

    def keep(self, device_id: str, sha256: str, *, seen: str = "") -> bool:
        """Move a part whose hash is right into place, durably; discard one whose hash is wrong and say False.

        `seen` is the hash that the caller took of all its bytes while it wrote them; without it the part is read again.
        """
        part, target = self.part(device_id, sha256), self.path(sha256)
        if (seen or hash_of(part)) != sha256:
            self.discard(device_id, sha256)
            return False
        is_first = _make_folder(target.parent)
        part.replace(target)
        sync_folder(target.parent)
        if is_first:
            sync_folder(self._blobs)
        return True

    def size(self, sha256: str) -> int:
        """Return how large a whole file is. Raises `OSError` where it is not here."""
        return self.path(sha256).stat().st_size

    def local(self, sha256: str) -> tuple[Path, bool]:
        """Return where a whole file can be read, and whether the reader must delete it afterwards."""
        return self.path(sha256), False


def _make_folder(folder: Path) -> bool:
    """Make one of the 256 folders. Says whether its own name must be made durable too: only the first time."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def hash_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_READ):
            digest.update(piece)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
