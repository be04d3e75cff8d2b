"""Real stores, the real centre, a lying line: both sides are equal after healing, whatever happened on the way.

The long form is `python bench/sync_whole.py --schedules 5000`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sync_whole import Templates
from tests.support.sync_whole_mistakes import MISTAKES
from tests.support.sync_whole_schedule import MEMORY, run_whole

SCHEDULES = 200
PIECES = 4
REGRESSIONS = (13, 33, 35)
"""Seeds that found something: 13 the registry's tombstones purged before its file had them, 33 and 35 a walk in pages
from the beginning that was told for ever to begin again."""

RECORDED = {
    "cursor-before-rows": 5,
    "forgets-where-a-walk-began": 33,
    "loses-files-at-a-restart": 1,
    "never-sweeps": 117,
    "purges-what-no-file-has": 13,
    "registry-always-from-the-file": 5,
    "row-before-form": 5,
    "starting-over-touches-ours": 131,
    "tells-nobody-of-the-purge": 30,
}
"""Where each mistake shows first; seeds change when the simulator does, then the search goes on."""
SEARCH = 150


@pytest.fixture(scope="module")
def templates() -> Iterator[Templates]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Templates.make(Path(name))


@pytest.mark.parametrize("piece", range(PIECES))
def test_nothing_is_lost_or_doubled_and_both_sides_are_equal(piece: int, templates: Templates) -> None:
    size = SCHEDULES // PIECES
    seeds = range(piece * size, (piece + 1) * size)
    bad = {o.seed: o.problems for o in (run_whole(seed, templates) for seed in seeds) if o.problems}
    assert bad == {}


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_what_once_went_wrong_stays_right(seed: int, templates: Templates) -> None:
    assert run_whole(seed, templates).problems == []


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_a_mistake_is_noticed(name: str, templates: Templates) -> None:
    build, planted = MISTAKES[name]
    with planted():
        assert any(run_whole(seed, templates, build).problems for seed in (RECORDED.get(name, 0), *range(SEARCH)))
