"""Regular expressions of authors, compiled once and kept from running away.

`regex()` searches (docs/forms.md); authors anchor both ends. Python's matcher backtracks, so a pattern with a repeated
group that itself repeats without bound (`(a+)+`) is refused at load instead of hanging at an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from checklists.xpath.errors import UnsafePatternError

MAX_PATTERN = 2_000
MAX_TEXT = 10_000
"""Longest text that is matched, in characters; longer ones do not match."""

_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}|\{\d*,\d{3,}\}|\{\d{3,}\}")
_SKIP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


@lru_cache(maxsize=512)
def pattern(source: str) -> Callable[[str], bool]:
    """Return the test that a pattern stands for. Raises `UnsafePatternError`."""
    if len(source) > MAX_PATTERN or _repeats_within_repeat(source):
        raise UnsafePatternError("too costly", pattern=source[:200], reason="costly")
    try:
        search = re.compile(source).search
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePatternError(str(error), pattern=source[:200], reason="malformed") from error
    return lambda text: len(text) <= MAX_TEXT and search(text) is not None


def _repeats_within_repeat(source: str) -> bool:
    """Say whether a group that holds an unbounded repetition (or alternatives) is itself repeated without bound."""
    open_groups: list[bool] = []
    at = 0
    while at < len(source):
        skip = _SKIP.match(source, at)
        if skip:
            at = skip.end()
            continue
        character = source[at]
        if character == "(":
            open_groups.append(False)
        elif character == ")" and open_groups:
            risky = open_groups.pop()
            repeated = _UNBOUNDED.match(source, at + 1) is not None
            if risky and repeated:
                return True
            if open_groups and (risky or repeated):
                open_groups[-1] = True
        elif open_groups and (_UNBOUNDED.match(source, at) or character == "|"):
            open_groups[-1] = True
        at += 1
    return False
