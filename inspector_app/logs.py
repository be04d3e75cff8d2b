"""The log file: what the program did and where it failed, never what an inspector wrote.

Rules: messages are our own English literals with ids, codes and numbers; exceptions are logged by type, code and place,
never by their text (it may hold a value); Thai text is cut out of whatever comes through, also from libraries.
A test plants a marker name in records and errors and looks for it in the log.
"""

from __future__ import annotations

import copy
import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from checklists.errors import InspectorError

LOGGER = "inspector"
_THAI = re.compile("[\u0e00-\u0e7f]+(?:[\\s\u200b]*[\u0e00-\u0e7f]+)*")
_MEGABYTE = 1_000_000


class SafeFormatter(logging.Formatter):
    """Formats without the text of exceptions and without Thai text."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        own = copy.copy(record)
        own.exc_text = None  # another handler may have left the full traceback there
        return _THAI.sub("‹text›", super().format(own))

    def formatException(  # noqa: N802 - the name that logging calls
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, error, trace = ei
        if kind is None:
            return ""
        code = f" code={error.code}" if isinstance(error, InspectorError) else ""
        frames = traceback.extract_tb(trace)
        places = "".join(f"\n    {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
        return f"  {kind.__module__}.{kind.__qualname__}{code}{places}"


class JsonFormatter(SafeFormatter):
    """One JSON object a line, for programs that gather logs; a message that is an object itself is spread out in it."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        message = _THAI.sub("‹text›", record.getMessage())
        try:
            spread = json.loads(message)
        except ValueError:
            spread = None
        told.update(spread if isinstance(spread, dict) else {"message": message})
        if record.exc_info:
            told["error"] = _THAI.sub("‹text›", self.formatException(record.exc_info)).strip()
        return json.dumps(told, ensure_ascii=False)


class _RotatingWhenNeeded(logging.Handler):
    """Opens its file at the first message: the first window does not wait for `logging.handlers` (sockets, pickle)."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._path = file
        self._file: logging.Handler | None = None
        self._closed = False  # another thread may still hold this handler in hand

    def emit(self, record: logging.LogRecord) -> None:
        if self._closed:
            return
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            self._file = RotatingFileHandler(self._path, maxBytes=_MEGABYTE, backupCount=4, encoding="utf-8")
            self._file.setFormatter(self.formatter)
        self._file.emit(record)

    def close(self) -> None:
        self.acquire()
        try:
            self._closed = True
            if self._file is not None:
                self._file.close()
        finally:
            self.release()
        super().close()


def configure(
    folder: Path, *, level: int = logging.INFO, name: str = "inspector.log", formatter: logging.Formatter | None = None
) -> logging.Handler:
    """Start logging to `folder`/`name` (5 files of 1 MB); return the handler, to be given to `stop`."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = _RotatingWhenNeeded(folder / name)
    handler.setFormatter(formatter or SafeFormatter())
    handler.setLevel(level)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level or level, level))
    return handler


def stop(handler: logging.Handler) -> None:
    """Detach and close what `configure` started."""
    logging.getLogger().removeHandler(handler)
    handler.close()
