"""What `inspector checklists check` says of an XLSForm: every mistake with sheet, row, column and what to do."""

from datetime import date

import pytest

from inspector_app.actions.reference import checklists

TODAY = date(2026, 11, 22)


def remarks(tmp_path, text):
    file = tmp_path / "form.md"
    file.write_text(text.strip(), encoding="utf-8")
    return checklists.check(file, today=TODAY)


def places(checked):
    return [(r.severity, r.place.get("sheet"), r.place.get("row"), r.place.get("column")) for r in checked.remarks]


def form(column, value):
    return f"""
| survey |
| | type | name | label | {column} |
| | integer | a | A | |
| | integer | b | B | {value} |
"""


@pytest.mark.parametrize(
    "column, value",
    [
        ("relevant", "${c} > 1"),
        ("relevant", "${a} > "),
        ("calculation", "selectd(${a}, 1)"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_once_with_its_place(tmp_path, column, value):
    checked = remarks(tmp_path, form(column, value))
    assert not checked.good
    errors = [r for r in checked.remarks if r.severity == "error" and r.place.get("column") == column]
    assert [(r.place["sheet"], r.place["row"]) for r in errors] == [("survey", 3)]
    assert errors[0].suggestion.th
    assert errors[0].suggestion.en
    assert errors[0].words.th != errors[0].words.en


def test_a_circle_of_questions_is_refused_with_the_names_in_it(tmp_path):
    text = """
| survey |
| | type | name | label | calculation |
| | calculate | a | | ${b} + 1 |
| | calculate | b | | ${a} + 1 |
| | text | c | C | |
"""
    checked = remarks(tmp_path, text)
    assert not checked.good
    circle = next(r for r in checked.remarks if r.severity == "error")
    assert "/data/a" in circle.words.en
    assert "/data/b" in circle.words.en
    assert circle.place["sheet"] == "survey"
    assert circle.place["row"] in (2, 3)
    assert circle.suggestion.th


def test_an_undeclared_namespace_is_refused_with_its_column(tmp_path):
    checked = remarks(tmp_path, form("bind::insp:item", "B1"))
    assert ("error", "survey", 1, "bind::insp:item") in places(checked)


def test_lost_rows_of_a_markdown_table_are_refused(tmp_path):
    checked = remarks(
        tmp_path, "| survey |\n| | type | name | label |\n| --- | --- | --- | --- |\n| | text | a | A |\n"
    )
    assert not checked.good
    assert [r.place["line"] for r in checked.remarks if r.place.get("line")] == [3]


SCORED = """
| survey |
| | type | name | label | bind::insp:item | bind::insp:weight | bind::insp:role | calculation |
| | select_one ok | a | A | A1 | 10 | item | |
| | select_one ok | b | B | B1 | 5 | item | |
| | calculate | total | | | | score | {formula} |
| choices |
| | list_name | name | label | outcome | score |
| | ok | good | Good | conform | 1 |
| | ok | half | Half | observe | 0.5 |
| | ok | bad | Bad | nonconform | 0 |
| settings |
| | form_id | version | namespaces | attribute::insp:scoring |
| | x | 1 | insp="urn:th:moi:inspection:1" | weighted |
"""


def formula(points):
    """Return a sum of the points of both questions, as authors write it."""
    parts = [
        f"if(${{{name}}} = 'good', {full}, if(${{{name}}} = 'half', {half}, 0))"
        for name, (full, half) in points.items()
    ]
    return SCORED.format(formula=" + ".join(parts))


def test_a_total_that_the_form_calculates_as_we_do_is_in_order(tmp_path):
    checked = remarks(tmp_path, formula({"a": (10, 5), "b": (5, 2.5)}))
    assert checked.good
    assert checked.remarks == ()


def test_a_total_that_differs_is_named_with_its_row_and_the_answers_that_show_it(tmp_path):
    checked = remarks(tmp_path, formula({"a": (10, 5), "b": (5, 3)}))
    (remark,) = checked.remarks
    assert not checked.good
    assert (remark.place["sheet"], remark.place["row"], remark.place["column"]) == ("survey", 4, "calculation")
    assert remark.words.en == (
        "The form's own score total (3) is not that of the inspection (2.5) with the answers B1 = half"
    )
    assert "insp:weight" in remark.suggestion.th
