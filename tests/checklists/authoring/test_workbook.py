"""Authors who live in Excel: out, back, damage noticed, and a diff an official can read."""

import copy
from datetime import datetime

import pytest
from openpyxl import load_workbook

from checklists.authoring import expand, load_yaml, read
from checklists.authoring.catalogue import HANDBOOK
from checklists.authoring.comparing import diff
from checklists.authoring.coverage import checklist_files
from checklists.authoring.workbook import dump, export, import_

CHECKLISTS = checklist_files()


@pytest.mark.parametrize("file", CHECKLISTS, ids=lambda path: path.stem)
def test_a_checklist_comes_back_from_excel_as_it_went(file, tmp_path):
    checklist = load_yaml(file)
    export(checklist, tmp_path / "x.xlsx")
    back = import_(tmp_path / "x.xlsx")
    assert back.issues == ()
    assert diff(checklist, back.content) == ()
    assert expand(back.content) == expand(checklist)


@pytest.mark.parametrize("name", ["laws", "limits", "phrases", "factors", "deadlines", "orders"])
def test_a_catalogue_comes_back_from_excel_as_it_went(name, tmp_path):
    content = load_yaml(HANDBOOK / f"{name}.yaml")
    export(content, tmp_path / "x.xlsx")
    back = import_(tmp_path / "x.xlsx")
    assert back.issues == ()
    assert back.content == content


def test_yaml_written_from_a_workbook_reads_as_the_same_checklist(tmp_path):
    checklist = load_yaml(HANDBOOK / "minerals_act.yaml")
    assert read(dump(checklist)) == checklist


@pytest.fixture
def workbook(tmp_path):
    file = tmp_path / "x.xlsx"
    export(load_yaml(HANDBOOK / "limits.yaml"), file)
    return file


def damaged(file, value, *, column="from"):
    book = load_workbook(file)
    page = book["limits"]
    place = [cell.value for cell in page[1]].index(column) + 1
    page.cell(4, place).value = value
    book.save(file)
    return [(i.code, i.sheet, i.row, i.column) for i in import_(file).issues]


def test_a_date_that_excel_made_is_noticed(workbook):
    assert damaged(workbook, datetime(1992, 1, 1)) == [("damaged", "limits", 4, "from")]


def test_a_number_that_lost_its_zeros_is_noticed(workbook):
    assert damaged(workbook, 50, column="min") == [("damaged", "limits", 4, "min")]


def test_thai_digits_in_a_number_are_read_and_mentioned(workbook):
    assert damaged(workbook, "๕๐", column="min") == [("damaged", "limits", 4, "min")]
    assert import_(workbook).content["limits"][2]["min"] == "50"


def test_merged_cells_are_noticed(workbook):
    book = load_workbook(workbook)
    book["limits"].merge_cells("A5:B6")
    book.save(workbook)
    assert "merged" in [issue.code for issue in import_(workbook).issues]


def test_the_difference_between_two_versions_reads_as_sentences():
    old = load_yaml(HANDBOOK / "minerals_act.yaml")
    new = copy.deepcopy(old)
    items = new["sections"][0]["items"]
    items[0]["severity"] = "major"
    del items[1]
    items[1]["help_en"] = ""
    changes = diff(old, new)
    assert [(c.kind, c.entry, c.key) for c in changes] == [
        ("changed", "MI-A01", "severity"),
        ("changed", "MI-A03", "help_en"),
        ("removed", "MI-A02", ""),
    ]
    assert changes[0].words.th == "MI-A01 ความร้ายแรง: “critical” → “major”"
    assert changes[2].words.en.startswith("Removed MI-A02: ทำเหมืองเฉพาะชนิดแร่")
