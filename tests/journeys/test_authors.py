"""What an author of checklists does: send a workbook out, take it back with its changes, start a record on it."""

from __future__ import annotations

from pathlib import Path

from inspector_app import demo_data
from tests.support.command_line import CommandLine


def test_an_edited_workbook_is_taken_into_use_with_its_changes_in_sentences(
    inspector: CommandLine, tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    book_file = tmp_path / "แบบตรวจ.xlsx"
    inspector.json("checklists", "export", "minerals_act", "-o", book_file)
    book = load_workbook(book_file)
    page = book["items"]
    head = [cell.value for cell in page[1]]
    page.cell(2, head.index("severity") + 1).value = "minor"
    book.save(book_file)
    taken = inspector.json("checklists", "import", book_file)
    assert any("minor" in change["en"] for change in taken["changes"])
    assert taken["checklist"]["form_id"] == "minerals_act"


def test_a_foreign_xlsform_is_taken_into_use_and_can_be_started(inspector: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pond.md").write_text(
        "| survey | | | |\n| | type | name | label |\n| | integer | depth | Depth of the pond |\n"
        "| settings | | | |\n| | form_title | form_id | version |\n| | Pond | pond_survey | 1 |\n",
        encoding="utf-8",
    )
    assert inspector.json("checklists", "import", tmp_path / "pond.md")["changes"] == []
    site = demo_data.first_factory()
    record = inspector.json("new", "--checklist", "pond_survey", "--factory", site.registry_no)["record_id"]
    (tmp_path / "a.json").write_text('{"depth": 3}', encoding="utf-8")
    assert inspector.json("answer", record, tmp_path / "a.json")["changed"][0]["value"] == "3"
