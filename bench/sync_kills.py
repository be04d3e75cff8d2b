"""The long form of the real-process campaign: `python bench/sync_kills.py --schedules 500 [--first SEED] [--relay]`.

With `--relay` two laptops send through an office's relay that is killed too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support import sync_campaign, sync_relay_campaign
from tests.support.sync_server import CentreProcess


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schedules", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--relay", action="store_true")
    asked = parser.parse_args()
    run_schedule = sync_relay_campaign.run_schedule if asked.relay else sync_campaign.run_schedule
    results = []
    with tempfile.TemporaryDirectory() as folder, CentreProcess(Path(folder) / "centre") as centre:
        for seed in range(asked.first, asked.first + asked.schedules):
            results.append(run_schedule(seed, Path(folder), centre))
            if results[-1].problems:
                print(f"seed {seed}: {results[-1].problems}", flush=True)
    bad = sum(1 for r in results if r.problems)
    needed, sent = sum(r.bytes_needed for r in results), sum(r.bytes_up for r in results)
    print(f"{bad} bad of {len(results)} schedules, {sum(r.revisions for r in results)} revisions, ", end="")
    print(f"{sum(r.kills for r in results)} kills, {sum(r.connections for r in results)} connections, ", end="")
    print(f"bytes sent / needed = {sent / max(needed, 1):.3f}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
