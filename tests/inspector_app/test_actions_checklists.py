"""Checking, exporting and comparing checklists, as their authors do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checklists.errors import AuthorError, NotFoundError
from inspector_app.actions import checklists
from tests.support.command_line import run

TODAY = date(2026, 11, 22)
HANDBOOK = Path(__file__).resolve().parents[2] / "checklists" / "handbook"


def test_every_bundled_checklist_is_listed_as_a_draft_until_confirmed() -> None:
    pins = checklists.bundled()
    assert "factory_act_general" in {pin.form_id for pin in pins}
    assert all(pin.title.th and pin.title.en and not pin.confirmed for pin in pins)


def test_a_bundled_checklist_passes_its_own_check() -> None:
    checked = checklists.check(HANDBOOK / "factory_act_general.yaml", today=TODAY)
    assert checked.good
    assert checked.items >= 100


def test_a_mistake_is_told_with_its_line_in_both_languages_and_refuses_the_file(tmp_path: Path) -> None:
    text = (
        (HANDBOOK / "minerals_act.yaml").read_text(encoding="utf-8").replace("severity: major", "severity: terrible", 1)
    )
    (tmp_path / "minerals_act.yaml").write_text(text, encoding="utf-8")
    result = run("checklists", "check", tmp_path / "minerals_act.yaml")
    assert result.code == 4
    assert "terrible" in result.out + result.err
    assert "บรรทัดที่" in result.out + result.err
    assert "line" in result.out + result.err


def test_what_cannot_be_read_as_a_checklist_is_an_authors_error(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_text("no checklist", encoding="utf-8")
    with pytest.raises(AuthorError):
        checklists.check(tmp_path / "x.jpg", today=TODAY)


def test_a_form_that_the_engine_refuses_is_not_good(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<html/>", encoding="utf-8")
    checked = checklists.check(tmp_path / "x.xml", today=TODAY)
    assert not checked.good
    assert checked.pin is None


def test_an_exported_workbook_comes_back_unchanged_and_an_edit_is_named(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    checklists.export("minerals_act", tmp_path / "m.xlsx")
    assert checklists.compare(tmp_path / "m.xlsx") == ("minerals_act", (), ())
    book = load_workbook(tmp_path / "m.xlsx")
    page = book["items"]
    head = [cell.value for cell in page[1]]
    page.cell(2, head.index("severity") + 1).value = "minor"
    book.save(tmp_path / "m.xlsx")
    _, changes, _ = checklists.compare(tmp_path / "m.xlsx")
    assert len(changes) == 1
    assert "minor" in changes[0].en


def test_an_unknown_checklist_cannot_be_exported(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        checklists.export("no_such", tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()
