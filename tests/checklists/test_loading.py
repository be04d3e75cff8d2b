"""Forms come from any source, and mistakes in them name their sheet and row."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from checklists import loading, xlsform
from checklists.errors import NotFoundError
from checklists.xform import FormDefinition, FormError

MD = """
| survey |
| | type | name | label | calculation |
| | integer | a | A | |
| | begin group | g | G | |
| | calculate | b | | {expression} |
| | end group | | | |
"""


def workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def md(expression: str) -> str:
    return MD.format(expression=expression)


def problem_of(source):
    with pytest.raises(FormError) as caught:
        loading.load_form(source)
    return caught.value.problems[0]


@pytest.mark.parametrize("path", loading.checklist_files(), ids=lambda path: path.stem)
def test_a_bundled_checklist_ships_compiled_as_it_would_be_compiled_now(path: Path):
    fresh = loading.compiled_text(path)
    pin = next(p for p in loading.bundled_ids() if p.sha256 == loading.sha256_of(fresh))
    assert (loading.COMPILED / f"{pin.form_id}-{pin.version}.xml").read_text(encoding="utf-8") == fresh
    assert loading.bundled(pin.form_id, pin.version).sha256 == pin.sha256


def test_opening_a_bundled_checklist_does_not_import_pyxform():
    import subprocess
    import sys

    code = (
        "import sys; from checklists import loading; loading.bundled(loading.bundled_ids()[0].form_id);"
        "sys.exit('pyxform' in sys.modules or 'openpyxl' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_an_unknown_checklist_is_not_found():
    with pytest.raises(NotFoundError):
        loading.bundled("no_such_checklist")


def test_the_same_form_comes_from_markdown_a_workbook_csv_yaml_rows_and_xml(tmp_path: Path):
    rows = [["type", "name", "label"], ["integer", "a", "A"]]
    xlsx = tmp_path / "x.xlsx"
    xlsx.write_bytes(workbook(rows))
    csv = "survey,,,\n,type,name,label\n,integer,a,A\n"
    xml = xlsform.convert({"survey": [dict(zip(rows[0], rows[1], strict=True))]}).xform
    sources = [xlsx, workbook(rows), csv, "| survey |\n| | type | name | label |\n| | integer | a | A |\n", xml]
    assert [[q.path for q in loading.load_form(source).questions] for source in sources] == [["/data/a"]] * len(sources)


def test_a_mistake_in_an_expression_names_its_row_and_what_is_near():
    problem = problem_of(md("concatt(${a})"))
    assert (problem.code, problem.sheet, problem.row) == ("xpath-unknown-function", "survey", 4)
    assert problem.data["suggestion"] == "concat"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 + + ${a})", "xpath-syntax"),
        ("if(${a}, 1)", "xpath-argument-count"),
        ("count('x')", "xpath-not-nodes"),
        ("instance('nowhere')/root/item/x", "xpath-unknown-instance"),
        ("regex(${a}, '(a+')", "xpath-regex"),
        ("regex(${a}, '[')", "xpath-regex"),
        ("${b} + 1", "cycle"),
        ("/data/no/such/path", "unknown-path"),
    ],
)
def test_what_pyxform_lets_through_is_refused_at_load(expression, code):
    assert problem_of(md(expression)).code == code


def test_a_repeat_that_counts_its_own_rows_is_refused_with_the_paths():
    source = """
| survey |
| | type | name | label | calculation | repeat_count |
| | begin repeat | r | R | | ${n} |
| | text | x | X | | |
| | end repeat | | | | |
| | calculate | n | | count(${x}) + 1 | |
"""
    problem = problem_of(source)
    assert problem.code == "count-cycle"
    assert set(problem.data["paths"]) >= {"/data/r", "/data/n"}


def test_a_mistake_of_the_sheet_itself_names_the_row():
    with pytest.raises(xlsform.SheetError) as caught:
        loading.load_form("| survey |\n| | type | name | label |\n| | integer | a | A |\n| | no_such_type | b | B |\n")
    assert (caught.value.data["sheet"], caught.value.data["row"]) == ("survey", 3)


def test_external_files_are_found_beside_the_form_and_their_absence_is_named(tmp_path: Path):
    form = tmp_path / "f.md"
    form.write_text(
        "| survey |\n| | type | name | label |\n| | select_one_from_file m.csv | m | M |\n", encoding="utf-8"
    )
    assert problem_of(form).data["file"] == "m.csv"
    (tmp_path / "m.csv").write_bytes("name,label\na,ก\n".encode("cp874"))
    assert loading.load_form(form).questions[0].choices_in("th") == (("a", "ก", {}),)


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(xlsform.SheetError) as caught:
        loading.load_form(bomb)
    assert caught.value.data["reason"] == "zip-bomb"


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"\xff\xfe\x00", b"", b"survey\n,"]
)
def test_damaged_files_are_errors_for_the_author(content: bytes):
    from checklists.errors import AuthorError

    with pytest.raises(AuthorError):
        loading.load_form(content)


def test_a_form_is_identified_by_the_hash_of_its_text():
    xml = xlsform.convert({"survey": [{"type": "text", "name": "a", "label": "A"}]}).xform
    one, two = FormDefinition.from_xform(xml), FormDefinition.from_xform(xml.encode())
    assert one.sha256 == two.sha256 == loading.sha256_of(xml)
