"""Too many calls are refused with a time after which they are taken indeed, whoever else calls meanwhile."""

from __future__ import annotations

import pytest

from sync.server.problems import ProblemError
from sync.server.wire import limiting
from sync.server.wire.limiting import Buckets, Rate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("per_second", [0.1, 0.7, 1.0, 3.0])
def test_who_waits_as_long_as_told_is_taken(per_second: float) -> None:
    clock = Clock()
    buckets = Buckets(Rate(per_second, burst=1), clock)
    buckets.take("laptop")
    clock.now = 0.05
    with pytest.raises(ProblemError) as refused:
        buckets.take("laptop")
    clock.now += int(refused.value.headers["retry-after"])
    buckets.take("laptop")


def test_made_up_names_give_nobody_a_second_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "MOST_KEYS", 100)
    buckets = Buckets(Rate(0.1, burst=3), Clock())
    for _ in range(3):
        buckets.take("guesser")
    for number in range(1_000):
        buckets.take(f"made-up-{number}")
    with pytest.raises(ProblemError):
        buckets.take("guesser")


def test_names_that_called_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "MOST_KEYS", 100)
    clock = Clock()
    buckets = Buckets(Rate(1, burst=3), clock)
    for number in range(1_000):
        clock.now += 1
        buckets.take(f"laptop-{number}")
    assert len(buckets._filled) <= 101
