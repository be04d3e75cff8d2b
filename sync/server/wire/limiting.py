"""How often somebody may call: a token bucket per device or address, in memory.

More than one process multiplies the limit; the reverse proxy's own limit stands before it there (docs/scale.md).
"""

from __future__ import annotations

import ipaddress
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
            raise ProblemError(429, Code.RATE_LIMITED, headers={"retry-after": str(max(1, round(wait)))})
        if len(self._filled) > MOST_KEYS:
            self._filled.clear()
        self._filled[key] = (left - 1, now)
