"""Ten thousand seeded schedules of everything that can go wrong on the way, and proof that they would notice.

Zero failures in 10,000 bound the rate of bad schedules below 3 in 10,000 (95 %). The long form is
`python bench/sync_simulator.py --schedules 200000`.
"""

from __future__ import annotations

import pytest

from tests.support.sync_mistakes import CENTRE_MISTAKES, CLIENT_MISTAKES
from tests.support.sync_simulator import run_schedule

SCHEDULES = 10_000
PIECES = 8
REGRESSIONS = (20, 50)
"""Seeds that once found something (so far only planted mistakes)."""

RECORDED = {"append-anywhere": 20, "conflict-not-sticky": 37}
"""Where the less obvious mistakes show first; seeds change when the simulator does, then the search below goes on."""
SEARCH = 2_000


@pytest.mark.parametrize("piece", range(PIECES))
def test_every_revision_arrives_once_and_whole_whatever_the_line_does(piece: int) -> None:
    size = SCHEDULES // PIECES
    bad = {o.seed: o.problems for o in map(run_schedule, range(piece * size, (piece + 1) * size)) if o.problems}
    assert bad == {}


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_what_once_went_wrong_stays_right(seed: int) -> None:
    assert run_schedule(seed).problems == []


@pytest.mark.parametrize("name", sorted(CLIENT_MISTAKES))
def test_a_mistake_in_the_client_is_noticed(name: str) -> None:
    build = CLIENT_MISTAKES[name]
    assert any(run_schedule(seed, build=build).problems for seed in (RECORDED.get(name, 0), *range(SEARCH)))


@pytest.mark.parametrize("name", CENTRE_MISTAKES)
def test_a_mistake_in_the_centre_is_noticed(name: str) -> None:
    mistakes = frozenset({name})
    assert any(run_schedule(seed, mistakes).problems for seed in (RECORDED.get(name, 0), *range(SEARCH)))


def test_at_least_twelve_mistakes_are_planted() -> None:
    assert len(CLIENT_MISTAKES) + len(CENTRE_MISTAKES) >= 12
