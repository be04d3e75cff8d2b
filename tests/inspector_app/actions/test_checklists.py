"""Checking, exporting and comparing checklists, as their authors do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checklists.errors import AuthorError, NotFoundError
from inspector_app.actions.reference import checklists
from tests.support.command_line import run

TODAY = date(2026, 11, 22)
HANDBOOK = Path(__file__).resolve().parents[3] / "checklists" / "handbook"


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


MISTAKES = """
| survey | | | | | |
| | type | name | label | relevant | calculation |
| | text | a | A | ${b} = fooo(1) | |
| | text | b | B | | |
| | calculate | c | | | regx(${a}, 'x') |
"""


def test_what_the_engine_refuses_is_said_in_words_with_sheet_row_and_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text(MISTAKES.lstrip(), encoding="utf-8")
    remarks = checklists.check(tmp_path / "bad.md", today=TODAY).remarks
    first = next(r for r in remarks if "fooo" in r.words.en)
    assert (first.place["sheet"], first.place["row"], first.place["column"]) == ("survey", 2, "relevant")
    assert "floor" in first.suggestion.en
    assert first.words.th.startswith("ไม่มีฟังก์ชัน")
    assert any("regx" in r.words.en for r in remarks)


def test_sheets_that_cannot_be_converted_are_a_remark_with_their_row(tmp_path: Path) -> None:
    text = MISTAKES.replace("regx(${a}, 'x')", "").lstrip()
    (tmp_path / "bad.md").write_text(text, encoding="utf-8")
    result = run("checklists", "check", tmp_path / "bad.md", "--json")
    assert result.code == 4
    assert [r["place"]["row"] for r in result.json["remarks"] if r["severity"] == "error"] == [
        2,
        4,
    ]  # the linter sees what stands before the row that cannot be converted


def test_a_catalogue_is_checked_without_being_a_checklist() -> None:
    checked = checklists.check(HANDBOOK / "limits.yaml", today=TODAY)
    assert checked.good
    assert checked.pin is None


def test_an_authors_workbook_is_checked_too(tmp_path: Path) -> None:
    checklists.export("minerals_act", tmp_path / "m.xlsx")
    assert checklists.check(tmp_path / "m.xlsx", today=TODAY).good


def played(tmp_path: Path, steps: object) -> dict[str, object]:
    import json

    (tmp_path / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
    form = HANDBOOK / "factory_act_general.yaml"
    result = run("checklists", "try", form, "--steps", tmp_path / "steps.json", "--json")
    assert result.code == 0, result.err
    return result.json


def test_an_author_tries_answers_and_sees_what_changed_and_what_was_refused(tmp_path: Path) -> None:
    width = "/data/sec_b/fa_b05/fa_b05_x"
    steps = [{"do": "set", "path": width, "value": "120"}, {"do": "set", "path": width, "value": "wide"}]
    state = played(tmp_path, steps)
    first, second = state["steps"]  # type: ignore[misc]  # a list in the answer's JSON
    assert first["changed"][width] == "120"
    assert second["refused"] == "bad-value"
    assert state["values"][width] == "120"  # type: ignore[index]  # likewise
    assert width not in state["missing"]  # type: ignore[operator]  # likewise


def test_a_file_that_is_no_list_of_steps_is_an_authors_error(tmp_path: Path) -> None:
    (tmp_path / "steps.json").write_text('{"do": "set"}', encoding="utf-8")
    result = run(
        "checklists", "try", HANDBOOK / "minerals_act.yaml", "--steps", tmp_path / "steps.json", "--language", "en"
    )
    assert result.code == 4
    assert "no JSON list" in result.err


def test_an_id_used_twice_is_said_once_at_the_authors_line_and_in_both_languages(tmp_path: Path) -> None:
    text = (HANDBOOK / "machinery_registration.yaml").read_text("utf-8")
    (tmp_path / "twice.yaml").write_text(text.replace("- id: MC-A02\n", "- id: MC-A01\n", 1), "utf-8")
    checked = checklists.check(tmp_path / "twice.yaml", today=TODAY)
    assert not checked.good
    (remark,) = [one for one in checked.remarks if one.severity == "error"]
    assert "ซ้ำ" in remark.words.th
    assert remark.place["line"]
    assert "sheet" not in remark.place or not remark.place["sheet"]


def test_a_checklist_that_needs_a_file_beside_it_is_not_given_out(tmp_path: Path) -> None:
    """Only the checklist itself travels: no laptop and no phone could open it."""
    (tmp_path / "list.csv").write_text("name,label\nx,X\n", encoding="utf-8")
    form = tmp_path / "form.xml"
    form.write_text(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title>'
        '<model><instance><data id="f" version="1"><a/></data></instance>'
        '<instance id="list" src="jr://file-csv/list.csv"/><bind nodeset="/data/a" type="string"/></model></h:head>'
        '<h:body><select1 ref="/data/a"><label>a</label><itemset nodeset="instance(\'list\')/root/item">'
        '<value ref="name"/><label ref="label"/></itemset></select1></h:body></h:html>',
        encoding="utf-8",
    )
    with pytest.raises(checklists.NeedsFilesError) as refused:
        checklists.for_publishing(str(form))
    assert refused.value.data["file"] == "list.csv"
    assert checklists.for_publishing("factory_act_general")[0].form_id == "factory_act_general"
