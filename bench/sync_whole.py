"""The long form of the simulator over real stores: `python bench/sync_whole.py --schedules 5000 [--first SEED]`.

With `--office` an office relay stands between the laptops and the centre. Prints failing seeds as they come, then the
count and the rate, and ends with 1 if there was one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.sync_office import OfficeTemplates
from tests.support.sync_office_schedule import run_office
from tests.support.sync_whole import Templates
from tests.support.sync_whole_schedule import MEMORY, run_whole


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schedules", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--office", action="store_true", help="with an office relay in between")
    asked = parser.parse_args()
    started, bad, calls, revisions = time.perf_counter(), 0, 0, 0
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        run = _office(Path(name)) if asked.office else _straight(Path(name))
        for seed in range(asked.first, asked.first + asked.schedules):
            outcome = run(seed)
            calls, revisions = calls + outcome.calls, revisions + outcome.revisions
            if outcome.problems:
                bad += 1
                print(f"seed {seed}: {'; '.join(outcome.problems)}", flush=True)
    seconds = time.perf_counter() - started
    told = f"{bad} bad of {asked.schedules} schedules, {revisions} revisions, {calls} calls"
    print(f"{told}, {seconds:.0f} s, {asked.schedules / seconds:.1f} schedules/s")
    return 1 if bad else 0


class Outcome(Protocol):
    """What a schedule of either kind amounts to."""

    problems: list[str]
    calls: int
    revisions: int


def _straight(folder: Path) -> Callable[[int], Outcome]:
    templates = Templates.make(folder)
    return lambda seed: run_whole(seed, templates)


def _office(folder: Path) -> Callable[[int], Outcome]:
    templates = OfficeTemplates.make(folder)
    return lambda seed: run_office(seed, templates)


if __name__ == "__main__":
    sys.exit(main())
