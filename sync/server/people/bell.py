"""A bell between the processes on one data folder: rung when somebody was shut out, heard by the centre at once.

`inspector admin revoke` is another process than the centre that listens. It rings after its commit; the centre looks at
the bell (one `stat`) before it believes what it remembers of a caller.
"""

from __future__ import annotations

from pathlib import Path

FILE = "bell"

State = tuple[int, int]


class Bell:
    """Any process, any thread."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE

    def state(self) -> State:
        """Return what changes with every ring; (0, 0) where it never rang."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)

    def ring(self) -> None:
        """Make every process on this folder ask the database anew. A byte more is a change on any clock."""
        with self._file.open("ab", buffering=0) as file:
            file.write(b".")
