"""Two laptops, a relay and a centre as processes that are killed, over two lines that are reset.

The long form is `python bench/sync_kills.py --relay --schedules 200`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sync_relay_campaign import run_schedule
from tests.support.sync_server import CentreProcess

SCHEDULES = 1


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_and_relayed_is_never_called_received(tmp_path: Path) -> None:
    with CentreProcess(tmp_path / "centre") as centre:
        results = [run_schedule(seed, tmp_path, centre) for seed in range(SCHEDULES)]
    assert {r.seed: r.problems for r in results if r.problems} == {}
    assert sum(r.kills for r in results) > 0
    assert sum(r.relayed for r in results) > 0
