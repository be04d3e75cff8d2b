"""Writing over key files so that what they held is gone: a removed person, an old passphrase, a retired laptop.

What flash cells and backups on other disks keep is beyond reach: `docs/threat-model.md`.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

from checklists.crypto.lockout import sync_folder


def copies(path: Path) -> list[Path]:
    """Return the file and the copies of it that lie in the same workspace (backups keep one beside themselves)."""
    return [p for p in (path, path.parent / "backups" / path.name) if p.exists()]


def replace(path: Path, text: str) -> None:
    """Replace the file and its copies durably; a kill leaves the old one or the new one. The old bytes are wiped."""
    for one in copies(path) or [path]:
        temporary = one.with_name(one.name + ".tmp")
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.ExitStack() as stack:
            old = None
            if os.name != "nt" and one.exists():  # Windows renames over no open file
                old = stack.enter_context(one.open("r+b"))
            temporary.replace(one)
            sync_folder(one.parent)
            if old is not None:
                _wipe(old)


def erase(path: Path) -> None:
    """Wipe and remove a file with its copies and what a kill may have left of them."""
    for one in copies(path):
        for file in (one, one.with_name(one.name + ".tmp")):
            if file.exists():
                with file.open("r+b") as handle:
                    _wipe(handle)
                file.unlink()
        sync_folder(one.parent)


def _wipe(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    file.write(os.urandom(size))
    file.flush()
    os.fsync(file.fileno())
