"""One writing process per workspace: a lock of the operating system on a file, gone when the process dies."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import IO

from checklists.errors import ReadOnlyStoreError, WorkspaceLockedError


class WriterLock:
    """Holds the lock from its making until `release`; the file also says who holds it, for the message."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        try:
            file = path.open("a+b")
        except OSError as error:
            raise ReadOnlyStoreError(str(error), path=str(path)) from error
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise WorkspaceLockedError("locked", path=str(path), **_holder(path)) from error
        self._file = file
        with contextlib.suppress(OSError):  # on a full disk the lock itself still holds
            who = path.with_name(path.name + ".who")
            who.write_text(json.dumps({"pid": os.getpid()}), "utf-8")

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._path.with_name(self._path.name + ".who").unlink(missing_ok=True)
            self._file.close()  # closing gives the lock back
            self._file = None


def _holder(path: Path) -> dict[str, object]:
    try:
        return {"pid": int(json.loads(path.with_name(path.name + ".who").read_text("utf-8"))["pid"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        # flock, not lockf: the lock belongs to the open file, so a second Store in this very process is refused too
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
