"""A clock that stands still until a test moves it; the second implementation of `checklists.clock.Clock`."""

from __future__ import annotations

from datetime import datetime, timedelta


class FrozenClock:
    """Stands at `moment`; `advance` moves both times, `jump` only the wall clock, as a dead battery does."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._moment

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._moment += timedelta(seconds=seconds)
        self._monotonic += seconds

    def jump(self, seconds: float) -> None:
        self._moment += timedelta(seconds=seconds)
