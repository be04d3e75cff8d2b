"""The program is killed between any two writes of a short inspection: every acknowledged answer is there.

The long form kills at every write (`python -m tests.support.store_kill FOLDER`); here at every seventh.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def run(folder: Path, *more: str, campaign: str = "store_kill") -> dict[str, Any]:
    """Run the campaign in a process of its own: it forks, and a fork needs a process with one thread."""
    command = [sys.executable, "-m", f"tests.support.{campaign}", str(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=110)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")
def test_no_kill_loses_an_acknowledged_answer(tmp_path: Path) -> None:
    report = run(tmp_path, "--step=7")
    assert report["faults"] == []
    assert report["kills"] > 40
    assert report["acknowledged"] > 100


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")
def test_the_harness_sees_an_acknowledgement_that_comes_too_early(tmp_path: Path) -> None:
    assert any("answers lost" in fault for fault in run(tmp_path, "--step=7", "--early")["faults"])


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")
def test_a_kill_while_opening_migrating_restoring_or_changing_keys_leaves_before_or_after(tmp_path: Path) -> None:
    report = run(tmp_path, "--step=8", campaign="store_care_kill")
    assert report["faults"] == []
    assert set(report["kills"]) == {"open", "migrate", "restore", "passphrase", "recovery", "registry"}
    assert sum(report["kills"].values()) > 20


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")
def test_the_harness_sees_a_key_file_that_is_written_over_in_place(tmp_path: Path) -> None:
    assert run(tmp_path, "--story=passphrase", "--hasty", campaign="store_care_kill")["faults"]
