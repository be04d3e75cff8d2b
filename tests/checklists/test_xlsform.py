"""XLSForm rows become XForms; every node can be traced back to its row."""

from __future__ import annotations

import pytest

from checklists import xlsform

SURVEY = [
    {"type": "begin group", "name": "g", "label": "G"},
    {"type": "text", "name": "a", "label": "A"},
    {"type": "begin repeat", "name": "r", "label": "R", "repeat_count": "2"},
    {"type": "integer", "name": "b", "label": "B"},
    {"type": "end repeat"},
    {"type": "end group"},
]


def test_every_node_knows_its_sheet_and_row():
    found = xlsform.convert({"survey": SURVEY})
    assert {path: place[1] for path, place in found.rows.items()} == {
        "/data/g": 2, "/data/g/a": 3, "/data/g/r": 4, "/data/g/r_count": 4, "/data/g/r/b": 5,
    }  # fmt: skip
    assert found.place("/data/g/r/b/deeper") == ("survey", 5)
    assert found.place("/elsewhere") == ("", 0)


def test_blank_rows_of_a_sheet_count():
    found = xlsform.convert({"survey": [SURVEY[1], {}, {"type": "text", "name": "z", "label": "Z"}]})
    assert found.place("/data/z") == ("survey", 4)


def test_the_sheets_are_kept_for_the_linter():
    found = xlsform.convert({"survey": SURVEY, "settings": [{"form_id": "f", "version": "3"}]})
    assert found.headers["survey"][:3] == ("type", "name", "label")
    assert found.sheets["settings"][0]["form_id"] == "f"


@pytest.mark.parametrize(
    "survey",
    [
        [{"type": "text", "name": "a b", "label": "A"}],
        [{"type": "text", "name": "a", "label": "A"}, {"type": "text", "name": "a", "label": "A"}],
        [{"type": "begin group", "name": "g", "label": "G"}],
        [{"type": "text", "name": "a", "label": "${nowhere}"}],
        [],
    ],
)
def test_what_cannot_be_converted_is_an_error_for_the_author(survey):
    with pytest.raises(xlsform.SheetError):
        xlsform.convert({"survey": survey})
