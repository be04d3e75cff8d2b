"""A keeper loads newer registries at the centre; laptops take the file once and what differs after that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector_app.cli import ExitCode
from tests.support.command_line import CommandLine, Result, run
from tests.support.served_centre import ServedCentre

COUNT = 60


def number(n: int) -> str:
    """Return a made-up old number: kind, group, running number, year, province."""
    return f"3-34(3)-{n}/54นบ"


def factory(n: int, **more: Any) -> dict[str, Any]:
    return {"old_no": number(n), "name_th": f"โรงงานตัวอย่าง {n}", "province": "นนทบุรี", "horsepower": 75.5, **more}


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return tmp_path / "registry.json"


def load(centre: ServedCentre, file: Path, rows: list[dict[str, Any]], *more: str) -> Result:
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return run("admin", "registry", "--data", centre.data, file, "--json", *more)


def loaded(centre: ServedCentre, file: Path, rows: list[dict[str, Any]], *more: str) -> dict[str, Any]:
    result = load(centre, file, rows, *more)
    assert result.code == 0, result.err
    return result.json


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["new"], told["changed"], told["gone"], told["unchanged"]


def names(inspector: CommandLine, old_no: str) -> list[str]:
    """Return what the laptop calls the factory with a number; nothing where it has none such."""
    found = inspector.json("factories", "search", old_no)["sites"]
    return [hit["site"]["name_th"] for hit in found if hit["site"]["old_no"] == old_no]


def test_a_newer_file_goes_out_as_what_differs_and_the_ready_made_file_stays(
    inspector: CommandLine, centre: ServedCentre, registry: Path
) -> None:
    first = loaded(centre, registry, [factory(n) for n in range(1, COUNT + 1)])
    assert (counts(first), first["file_made"]) == ((COUNT, 0, 0, 0), True)
    assert inspector.json("sync", "--server", centre.url, "--code", centre.code)["factories"] == COUNT
    newer = [factory(n) for n in range(3, COUNT + 2)]  # 1 and 2 are gone, 61 is new
    newer[0]["name_th"] = "โรงงานเปลี่ยนชื่อ"
    told = loaded(centre, registry, newer)
    assert (counts(told), told["file_made"]) == ((1, 1, 2, COUNT - 3), False)
    assert told["sha256"] == first["sha256"]
    inspector.json("sync")
    assert names(inspector, number(3)) == ["โรงงานเปลี่ยนชื่อ"]
    assert names(inspector, number(1)) == []
    assert names(inspector, number(COUNT + 1)) == [f"โรงงานตัวอย่าง {COUNT + 1}"]
    again = loaded(centre, registry, newer)
    assert counts(again) == (0, 0, 0, COUNT - 1)
    assert again["cursor"] == told["cursor"]


def test_a_bad_row_is_refused_by_its_line_and_takes_nothing_away(centre: ServedCentre, registry: Path) -> None:
    rows = [factory(n) for n in range(1, 31)]
    loaded(centre, registry, rows)
    rows[4]["name_th"] = ""
    rows.append({"name_th": "ไม่มีเลข"})
    told = loaded(centre, registry, rows)
    assert (counts(told), told["kept"]) == ((0, 0, 0, 29), 1)
    assert [(r["line"], r["codes"]) for r in told["refused_rows"]] == [(5, ["no-name"]), (31, ["no-number"])]
    spoken = run("admin", "registry", "--data", centre.data, registry, "--language", "th").out
    assert "แถว 31: - ไม่มีเลข: ไม่มีเลขทะเบียนที่ใช้ได้ ไม่รับ" in spoken
    assert "คงข้อมูลเดิมไว้" in spoken


def test_a_file_that_was_cut_is_refused_unless_the_keeper_says_that_they_are_gone(
    inspector: CommandLine, centre: ServedCentre, registry: Path
) -> None:
    rows = [factory(n) for n in range(1, COUNT + 1)]
    loaded(centre, registry, rows)
    refused = load(centre, registry, rows[:30])
    assert (refused.code, refused.error["error"]) == (ExitCode.AUTHOR, "registry-shrinks")
    told = loaded(centre, registry, rows[:30], "--fewer")
    assert (counts(told), told["file_made"]) == ((0, 0, 30, 30), True)  # half of it changed: a new file was due
    assert inspector.json("sync", "--server", centre.url, "--code", centre.code)["factories"] == 30


def test_a_new_ready_made_file_is_made_when_asked_and_laptops_still_take_what_differs(
    inspector: CommandLine, centre: ServedCentre, registry: Path
) -> None:
    rows = [factory(n) for n in range(1, COUNT + 1)]
    first = loaded(centre, registry, rows)
    inspector.json("sync", "--server", centre.url, "--code", centre.code)
    told = loaded(centre, registry, [*rows[1:], factory(99)], "--new-file")
    assert told["file_made"]
    assert told["sha256"] != first["sha256"]
    inspector.json("sync")
    assert (names(inspector, number(1)), names(inspector, number(99))) == ([], ["โรงงานตัวอย่าง 99"])
