"""How often somebody may call: a token bucket per device or address, in memory.

More than one process multiplies the limit; the reverse proxy's own limit stands before it there (docs/scale.md).
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from sync.protocol import Code
from sync.server.problems import ProblemError

MOST_KEYS = 20_000


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` calls in the long run, `burst` at once."""

    per_second: float
    burst: float


class Buckets:
    """Refuses with 429 and an honest Retry-After."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._filled: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one call. Raises `ProblemError` 429."""
        now = self._monotonic()
        left, at = self._filled.get(key, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - at) * self._rate.per_second)
        if left < 1:
            wait = (1 - left) / self._rate.per_second
            self._filled[key] = (left, now)
            raise ProblemError(429, Code.RATE_LIMITED, headers={"retry-after": str(max(1, math.ceil(wait)))})
        if len(self._filled) > MOST_KEYS:
            self._forget(now)
        self._filled[key] = (left - 1, now)

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full again; where all are in use, the fullest half.

        A spent one stays: who fills the table with made-up names gets no second burst for it.
        """
        full = {key: left + (now - at) * self._rate.per_second for key, (left, at) in self._filled.items()}
        kept = [key for key, left in full.items() if left < self._rate.burst]
        if len(kept) > MOST_KEYS // 2:
            kept = sorted(kept, key=full.__getitem__)[: MOST_KEYS // 2]
        self._filled = {key: self._filled[key] for key in kept}
