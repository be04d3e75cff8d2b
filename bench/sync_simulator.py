"""The long form of the sync simulator: `python bench/sync_simulator.py --schedules 200000 [--first SEED]`.

Prints failing seeds as they come, then the count, and ends with 1 if there was one.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.sync_simulator import run_schedule


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schedules", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    started, bad, calls = time.perf_counter(), 0, 0
    for seed in range(asked.first, asked.first + asked.schedules):
        outcome = run_schedule(seed)
        calls += outcome.calls
        if outcome.problems:
            bad += 1
            print(f"seed {seed}: {'; '.join(outcome.problems)}", flush=True)
    seconds = time.perf_counter() - started
    rate = asked.schedules / seconds
    print(f"{bad} bad of {asked.schedules} schedules, {calls} calls, {seconds:.0f} s ({rate:.0f}/s)")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
