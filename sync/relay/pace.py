"""How fast and when a relay forwards: a cap on the office's line, and a window at night for the heavy part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time

from checklists.clock import BANGKOK
from sync.errors import BadAddressError
from sync.transport import Body, Request, Response, Transport

PIECE = 16 * 1024


class CappedTransport:
    """Sends request bodies no faster than `bytes_per_second`; 0 is without a cap. Answers are not held back."""

    def __init__(self, inner: Transport, bytes_per_second: float, wait: Callable[[float], object]) -> None:
        self._inner = inner
        self._rate = bytes_per_second
        self._wait = wait

    def send(self, request: Request) -> Response:
        if self._rate > 0 and request.body is not None:
            request = replace(request, body=_Slow(request.body, self._rate, self._wait))
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()


class _Slow:
    """A body whose pieces are small and each followed by the time that it may take."""

    def __init__(self, body: bytes | Body, rate: float, wait: Callable[[float], object]) -> None:
        self._body = body
        self._at = 0
        self._rate = rate
        self._wait = wait

    def __len__(self) -> int:
        return len(self._body)

    def read(self, size: int = -1, /) -> bytes:
        wanted = PIECE if size < 0 else min(size, PIECE)
        if isinstance(self._body, bytes):
            piece = self._body[self._at : self._at + wanted]
            self._at += len(piece)
        else:
            piece = self._body.read(wanted)
        if piece:
            self._wait(len(piece) / self._rate)
        return piece


@dataclass(frozen=True, slots=True)
class NightWindow:
    """From `start` to `end` in Thai time, over midnight too. Outside of it files of ordinary records wait."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> NightWindow:
        """Read `22:00-05:00`. Raises `BadAddressError` where it is not that."""
        try:
            start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise BadAddressError(what="night", night=text) from error
        return cls(start, end)

    def is_open(self, now: datetime) -> bool:
        at = now.astimezone(BANGKOK).time()
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end
