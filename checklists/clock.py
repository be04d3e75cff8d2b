"""Time and time-ordered ids.

Every part that needs the time is handed a `Clock`; only `SystemClock` asks the operating system.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

BANGKOK = timezone(timedelta(hours=7))
"""Thailand has one zone, UTC+07:00, without summer time."""


class Clock(Protocol):
    """Where the program takes its time from; the system's, or a frozen one in tests."""

    def now(self) -> datetime:
        """Return the wall clock as an aware time in Bangkok's zone."""

    def monotonic(self) -> float:
        """Return seconds that never jump; used to notice that the wall clock did."""


class SystemClock:
    """The clock of this laptop."""

    def now(self) -> datetime:
        return datetime.now(tz=BANGKOK)

    def monotonic(self) -> float:
        return time.monotonic()


def stamp(moment: datetime) -> str:
    """Return RFC 3339 text with milliseconds and offset, e.g. `2026-11-22T10:42:07.120+07:00`."""
    return moment.isoformat(timespec="milliseconds")


class IdMaker:
    """Makes UUIDv7 ids (RFC 9562) that never go backwards within one process, even when the clock does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> str:
        """Return the next id as lower-case text."""
        millis = int(self._clock.now().astimezone(UTC).timestamp() * 1000)
        random_bits = int.from_bytes(os.urandom(10), "big") & ((1 << 74) - 1)
        with self._lock:
            value = (millis << 74) | random_bits
            if value >> 74 <= self._last >> 74:
                value = self._last + 1 + (random_bits >> 42)
            self._last = value
        high, low = value >> 62, value & ((1 << 62) - 1)
        number = ((high >> 12) << 80) | (0x7 << 76) | ((high & 0xFFF) << 64) | (0b10 << 62) | low
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
