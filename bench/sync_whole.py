"""The long form of the simulator over real stores: `python bench/sync_whole.py --schedules 5000 [--first SEED]`.

Prints failing seeds as they come, then the count, and ends with 1 if there was one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.sync_whole import Templates
from tests.support.sync_whole_schedule import MEMORY, run_whole


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schedules", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    started, bad, calls, revisions = time.perf_counter(), 0, 0, 0
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        templates = Templates.make(Path(name))
        for seed in range(asked.first, asked.first + asked.schedules):
            outcome = run_whole(seed, templates)
            calls, revisions = calls + outcome.calls, revisions + outcome.revisions
            if outcome.problems:
                bad += 1
                print(f"seed {seed}: {'; '.join(outcome.problems)}", flush=True)
    seconds = time.perf_counter() - started
    print(f"{bad} bad of {asked.schedules} schedules, {revisions} revisions, {calls} calls, {seconds:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
