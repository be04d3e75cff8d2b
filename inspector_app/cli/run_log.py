"""What a run of sending did, line by line: a text file to keep."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from checklists.clock import Clock, stamp


class RunLog:
    """Adds lines of time, kind, record and words to a file as they come, so that a run that was ended tells all it did.

    Without a file nothing is kept. Raises `OSError` at once where the file cannot be written.
    """

    def __init__(self, clock: Clock, file: Path | None) -> None:
        self._clock = clock
        self._out = file.open("a", encoding="utf-8") if file is not None else None

    def note(self, kind: str, text: str, record: str = "") -> None:
        if self._out is not None:
            self._out.write("\t".join((stamp(self._clock.now()), kind, record, text)) + "\n")
            self._out.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is not None:
            self._out.close()
