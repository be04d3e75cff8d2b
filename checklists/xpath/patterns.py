"""Regular expressions of authors, compiled once and never allowed to run away.

`regex()` searches (docs/forms.md); authors anchor both ends. Matchers backtrack, so some patterns take for ever on some
texts. Every evaluation has a time limit; one that reaches it counts as no match and is told to the caller
(docs/adr/0012). What is refused at load is what is malformed, or too large to compile.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from checklists.xpath.errors import UnsafePatternError

MAX_PATTERN = 2_000
MAX_TEXT = 10_000
"""Longest text that is matched, in characters; longer ones do not match."""
MAX_COPIES = 10_000
"""Most times that counted repetitions inside one another may multiply: `(a{100}){100}`."""
TIME_LIMIT = 0.2
"""Seconds that one evaluation may take. Each time a pattern reaches its limit, the next one is half as long."""
LEAST_LIMIT = 0.005

_log = logging.getLogger(__name__)
_ENDLESS = re.compile(r"[*+]|\{\d*,\}")
_COUNTED = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_SKIP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


class Pattern:
    """One compiled pattern."""

    __slots__ = ("_limit", "_search", "costly", "source")

    def __init__(self, source: str, search: Callable[..., Any], *, costly: bool) -> None:
        self.source = source
        self.costly = costly  # a repeated group that itself repeats: may reach the limit
        self._search = search
        self._limit = TIME_LIMIT

    def found_in(self, text: str, ran_out: Callable[[str], None] | None = None) -> bool:
        """Say whether the pattern is somewhere in the text; calls `ran_out` with the pattern when time was up."""
        if len(text) > MAX_TEXT:
            return False
        try:
            return self._search(text, timeout=self._limit) is not None
        except TimeoutError:
            _log.warning("a pattern reached its time limit: %s on %d characters", self.source[:200], len(text))
            self._limit = max(LEAST_LIMIT, self._limit / 2)
            if ran_out is not None:
                ran_out(self.source)
            return False


@lru_cache(maxsize=512)
def pattern(source: str) -> Pattern:
    """Return the test that a pattern stands for. Raises `UnsafePatternError`."""
    import regex  # when the first form with a pattern is loaded: its tables take 50 ms

    copies, costly = _measured(source)
    if len(source) > MAX_PATTERN or copies > MAX_COPIES:
        raise UnsafePatternError("too large", pattern=source[:200], reason="costly")
    try:
        return Pattern(source, regex.compile(source).search, costly=costly)
    except (regex.error, OverflowError, RecursionError) as error:
        raise UnsafePatternError(str(error), pattern=source[:200], reason="malformed") from error


def _measured(source: str) -> tuple[int, bool]:
    """Return how often counted repetitions multiply, and whether a group that repeats is itself repeated."""
    groups: list[tuple[int, bool]] = [(1, False)]  # of each open group: copies inside it, whether it repeats
    at, most, costly = 0, 1, False
    while at < len(source):
        skip = _SKIP.match(source, at)
        character = source[at]
        at = skip.end() if skip else at + 1
        if character == "(" and not skip:
            groups.append((1, False))
            continue
        copies, repeats = 1, False
        if character == ")" and not skip and len(groups) > 1:
            copies, repeats = groups.pop()
        counted, endless = _COUNTED.match(source, at), _ENDLESS.match(source, at)
        costly = costly or (repeats and endless is not None)
        if counted:
            copies *= max(int(number) for number in ("1", counted[1], counted[2]) if number)
        outer, before = groups[-1]
        groups[-1] = (max(outer, copies), before or repeats or endless is not None)
        most = max(most, copies)
    return most, costly
