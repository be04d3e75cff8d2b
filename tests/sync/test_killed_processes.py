"""Laptop and centre as real processes, killed at random bytes, over a line that is reset both ways.

The long form is `python bench/sync_kills.py --schedules 500`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sync_campaign import run_schedule
from tests.support.sync_server import CentreProcess

SCHEDULES = 20
WASTE = 1.15
"""Bytes sent per byte needed, with everything around them: a centre that is killed on a busy machine loses what lies in
its socket buffers. The long form holds 1.05; sending files from their start again would be far above this."""


@pytest.mark.timeout(900)
def test_nothing_is_lost_doubled_or_corrupt_when_processes_are_killed(tmp_path: Path) -> None:
    with CentreProcess(tmp_path / "centre") as centre:
        results = [run_schedule(seed, tmp_path, centre) for seed in range(SCHEDULES)]
    assert {r.seed: r.problems for r in results if r.problems} == {}
    assert sum(r.kills for r in results) > 0
    assert sum(r.bytes_up for r in results) <= WASTE * sum(r.bytes_needed for r in results)
