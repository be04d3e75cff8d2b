"""What a session never does more of, and how it says so."""

from __future__ import annotations

from checklists.errors import AnswerError

MAX_ROWS = 10_000
"""Most rows of one repeat; a count question answered with a million must not take the memory of the laptop."""

MAX_STEPS = 2_000_000
"""Most rules that one change may run; only rules that feed each other over rows without end come near."""

MAX_ROUNDS = 100
"""Most rounds of value-changed actions that set off one another."""


class TooManyRowsError(AnswerError):
    """A repeat would get more rows than a session holds; `path` and `most` in data."""

    code = "too-many-rows"


class NeverSettlesError(AnswerError):
    """Rules or actions of the form set each other off without end; `path` in data."""

    code = "never-settles"
