"""What a run of sending did, line by line: a text file to keep."""

from __future__ import annotations

from pathlib import Path

from checklists.clock import Clock, stamp


class RunLog:
    """Collects lines of time, kind, record and words."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: list[str] = []

    def note(self, kind: str, text: str, record: str = "") -> None:
        self._lines.append("\t".join((stamp(self._clock.now()), kind, record, text)))

    def write(self, file: Path) -> None:
        """Add this run to the file. Raises `OSError`."""
        with file.open("a", encoding="utf-8") as out:
            out.writelines(line + "\n" for line in self._lines)
