"""Short forms of the campaigns: kill storm, power cuts of database and attachments, each with planted mistakes.

Long forms: `python -m tests.support.store_storm FOLDER 10000`, `… store_power FOLDER --images=3000`,
`… store_tamper FOLDER 1000`, `… store_full FOLDER`, `… store_plug FOLDER --cuts=40`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import store_plug, store_power, store_secrets
from tests.support.store_full import fill_at_every_write
from tests.support.store_tamper import tamper

forks = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills by signal")


def storm(folder: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.store_storm", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=110)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@forks
def test_a_storm_of_kills_loses_nothing_acknowledged(tmp_path: Path) -> None:
    report = storm(tmp_path, "15", "--seed=5")
    assert (report["faults"], report["first_faults"]) == (0, [])
    assert report["acknowledged"] > 50


@forks
def test_the_storm_sees_an_acknowledgement_before_the_commit(tmp_path: Path) -> None:
    assert storm(tmp_path, "10", "--early")["faults"] > 0


def test_a_power_cut_loses_nothing_acknowledged(tmp_path: Path) -> None:
    assert store_power.cut_database(tmp_path / "w", 60) == {"images": 60, "whole": 60, "lost": 0, "damaged": 0}


def test_the_simulated_disk_sees_what_synchronous_normal_loses(tmp_path: Path) -> None:
    report = store_power.cut_database(tmp_path / "w", 30, synchronous="NORMAL")
    assert report["lost"] > 5
    assert report["damaged"] == 0


def test_the_simulated_disk_sees_what_synchronous_off_damages(tmp_path: Path) -> None:
    assert store_power.cut_database(tmp_path / "w", 20, synchronous="OFF")["damaged"] > 5


def test_a_power_cut_leaves_every_acknowledged_photo_whole(tmp_path: Path) -> None:
    report = store_power.cut_files(tmp_path / "w", 8)
    assert report["images"] > 100
    assert report["lost"] == 0


@pytest.mark.parametrize("mistake", ["sync", "sync_folder"])
def test_a_forgotten_sync_of_a_photo_is_caught(tmp_path: Path, mistake: str) -> None:
    assert store_power.cut_files(tmp_path / "w", 4, without=mistake)["lost"] > 0


def test_a_changed_byte_is_found_and_named_wherever_it_is(tmp_path: Path) -> None:
    report = tamper(tmp_path / "w", 60)
    assert report["unnoticed"] == []
    assert report["tried"] == 60


def test_no_marker_is_readable_in_any_file_during_work_and_after(tmp_path: Path) -> None:
    report = store_secrets.run(tmp_path)
    assert report["found"] == []
    assert (report["steps"], report["markers"]) == (11, 9)


def test_a_temporary_file_that_is_written_plain_is_caught(tmp_path: Path) -> None:
    assert "backed up: caption utf-8 in temp/preview.tmp" in store_secrets.run(tmp_path, leak=True)["found"]


def test_a_full_disk_at_any_write_loses_nothing_and_work_goes_on(tmp_path: Path) -> None:
    report = fill_at_every_write(tmp_path / "w", step=4)
    assert report["faults"] == []
    assert report["refused"] > 10


# --- the plug, under the whole program: root, loop devices ---


def plug(folder: Path, *words: str) -> dict[str, Any]:
    if missing := store_plug.why_not():
        pytest.skip(f"not run: power cut on a loop image: {missing}")
    command = [sys.executable, "-m", "tests.support.store_plug", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=110)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.heavy
def test_a_plug_that_is_pulled_loses_nothing_acknowledged(tmp_path: Path) -> None:
    report = plug(tmp_path, "--cuts=6")
    assert (report["cuts_with_faults"], report["first_faults"]) == (0, [])
    assert report["acknowledged"] > 30


@pytest.mark.heavy
@pytest.mark.parametrize("mistake", ["sync", "normal"])
def test_the_plug_shows_a_forgotten_sync(tmp_path: Path, mistake: str) -> None:
    assert plug(tmp_path, "--cuts=4", f"--mistake={mistake}")["cuts_with_faults"] > 0
