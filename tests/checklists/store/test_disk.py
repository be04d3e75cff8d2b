"""Errors of a real disk: calls that fail, a file system that is full."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import store_io

pytestmark = pytest.mark.heavy


def run(folder: Path, word: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.store_io", str(folder), word, "--steps=8"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=110)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("failure", list(store_io.FAILURES))
def test_calls_that_fail_at_random_lose_nothing_and_work_goes_on(tmp_path: Path, failure: str) -> None:
    if missing := store_io.fiu_is_missing():
        pytest.skip(f"not run: failing calls of the disk: {missing}")
    report = run(tmp_path, f"--fail={failure}")
    assert report["faults"] == []
    assert report["acknowledged"] == 48


def test_a_full_file_system_is_told_the_reserve_saves_and_work_goes_on(tmp_path: Path) -> None:
    if missing := store_io.root_is_missing():
        pytest.skip(f"not run: a full file system: {missing}")
    report = run(tmp_path, "--full")
    assert report["faults"] == []
    assert report["photos"] > 10
    assert report["answers"] > 10
