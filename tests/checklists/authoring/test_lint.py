"""What an author is told before a wrong checklist or catalogue can do harm: place, words, suggestion."""

import pytest

from checklists.authoring import read
from checklists.authoring.catalogue import HANDBOOK, Catalogue
from checklists.authoring.lint import (
    is_catalogue,
    lint,
    lint_checklist,
    lint_laws,
    lint_limits,
    lint_markdown,
    lint_results,
    lint_sheets,
)

TODAY = "2026-11-22"

CHECKLIST = """checklist: example
version: "1"
title_th: ตัวอย่าง
title_en: Example
sections:
  - id: A
    th: หมวด
    en: Section
    items:
      - id: EX-A01
        th: ข้อหนึ่ง
        en: One
        help_th: ดู
        help_en: Look
        severity: minor
        law: fa2535-s23
      - id: EX-A02
        kind: number
        th: ค่า
        en: Value
        help_th: วัด
        help_en: Measure
        severity: major
        law: mr2-2535-c5-3
        limit: exit-height
        unit: cm
"""

LAWS = """laws:
  - {id: act, kind: act, th: พ.ร.บ., en: Act, from: "1992", source: S1, certainty: A}
  - {id: old, kind: act, th: เก่า, en: Old, from: "1970", until: "1991-12-31", source: S1, certainty: A}
"""

LIMIT = "{id: x, parameter: p, th: ค่า, en: Value, max: '5', unit: cm, law: act, from: '1992', source: S1, certainty: A}"


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.bundled()


def checklist_issues(text, catalogue):
    return list(lint_checklist(read(text, file="x.yaml"), catalogue, on=TODAY, file="x.yaml"))


def limit_issues(*entries):
    text = "limits:\n" + "".join(f"  - {entry}\n" for entry in entries)
    return list(lint_limits(read(text)["limits"], read(LAWS)["laws"]))


def codes(issues):
    return [issue.code for issue in issues]


@pytest.mark.parametrize("file", sorted(HANDBOOK.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_bundled_handbook_is_clean(file):
    assert lint(file, on=TODAY) == ()


def test_a_good_checklist_has_no_issue(catalogue):
    assert checklist_issues(CHECKLIST, catalogue) == []


@pytest.mark.parametrize(
    "old, new, code, line",
    [
        ("severity: minor", "severty: minor", "unknown-key", 15),
        ("severity: minor", "severity: small", "unknown-word", 15),
        ("id: EX-A02", "id: EX-A01", "id-twice", 17),
        ("id: EX-A02", "id: A2", "bad-id", 17),
        ("law: fa2535-s23", "law: fa2535-s32", "unknown-law", 10),
        ("law: fa2535-s23", "law: mr-odour-2548", "repealed-law", 10),
        ("law: fa2535-s23", "law: ''", "no-law", 10),
        ("limit: exit-height", "limit: exit-hight", "unknown-limit", 17),
        ("unit: cm", "unit: dB(A)", "unit", 17),
        ("unit: cm", "unit: centimetre", "unknown-unit", 17),
        ("en: Value", "en: ''", "missing-key", 17),
        ("help_en: Look", "help_en: ''", "language", 10),
        ("th: ข้อหนึ่ง", "th: คำให้การของโรงงาน", "wording", 10),
        ("unit: cm", "unit: cm\n        when: ${EX-A09} > 1", "unknown-reference", 17),
        ("unit: cm", "unit: cm\n        when: regex(${EX-A01}, '[0-9]')", "regex", 17),
        ('version: "1"', 'version: "1"\nretired: EX-A02', "id-retired", 18),
        ("unit: cm", "unit: cm\n        when: ${EX-A01} = 'pass' and", "xpath", 17),
        ("unit: cm", "unit: cm\n        when: selectd(${EX-A01}, 'pass')", "unknown-function", 17),
        ("unit: cm", "unit: cm\n        when: ${EX-A01} div 0 > 1", "division-by-zero", 17),
        ("unit: cm", "unit: cm\n        limit_min: of_limit(toilet, ${EX-A01})", "unknown-limit", 17),
        ("unit: cm", "unit: cm\n        limit_min: of_limit(exit-height, ${EX-A01})", "no-steps", 17),
    ],
)
def test_each_mistake_is_named_with_its_line(catalogue, old, new, code, line):
    assert old in CHECKLIST
    found = checklist_issues(CHECKLIST.replace(old, new, 1), catalogue)
    assert (code, line) in [(issue.code, issue.line) for issue in found]
    assert all(issue.message.th and issue.message.en for issue in found)


def test_a_misspelt_word_gets_the_nearest_one_as_suggestion(catalogue):
    found = checklist_issues(CHECKLIST.replace("severity: minor", "severty: minor"), catalogue)
    assert found[0].suggestion.en == "Did you mean “severity”?"
    assert found[0].suggestion.th == "หมายถึง “severity” หรือไม่"


def test_points_of_a_section_must_add_up(catalogue):
    text = CHECKLIST.replace("sections:", "scoring: weighted\nsections:").replace(
        "    en: Section", "    en: Section\n    points: '25'"
    )
    assert "points" in codes(checklist_issues(text, catalogue))


def test_a_good_limit_has_no_issue():
    assert limit_issues(LIMIT) == []


@pytest.mark.parametrize(
    "old, new, code",
    [
        ("source: S1", "source: ''", "no-source"),
        ("unit: cm", "unit: ''", "no-unit"),
        ("unit: cm", "unit: furlong", "unknown-unit"),
        ("max: '5'", "max: five", "bad-number"),
        ("max: '5'", "min: '6', max: '5'", "bounds-reversed"),
        ("max: '5', ", "", "no-bound"),
        ("law: act", "law: act2", "unknown-law"),
        ("law: act", "law: old", "repealed-law"),
        ("from: '1992'", "from: '1992', until: '1990'", "dates-reversed"),
        ("from: '1992'", "from: 2535/1/1", "bad-date"),
        ("certainty: A", "certainty: sure", "unknown-word"),
        ("certainty: A", "certainty: confirmed", "missing-key"),
    ],
)
def test_each_mistake_of_a_limit_is_named(old, new, code):
    assert old in LIMIT
    assert code in codes(limit_issues(LIMIT.replace(old, new, 1)))


@pytest.mark.parametrize(
    "keys, code",
    [
        ("steps: '15=1 40=2', every: '50', more: '1'", "steps-not-told"),
        ("steps: '40=2 15=1', beyond: '3'", "bad-steps"),
        ("steps: '15=1', every: '0', more: '1'", "bad-steps"),
        ("steps: '15=1'", "bad-steps"),
        ("every: '50'", "bad-steps"),
        ("exchange: five", "bad-number"),
    ],
    ids=["words-differ", "falling", "every-none", "nothing-above", "no-steps", "no-number"],
)
def test_each_mistake_of_a_number_in_steps_is_named(keys, code):
    found = limit_issues(LIMIT.replace("max: '5'", f"max: '5', {keys}"))
    assert code in codes(found)
    assert all(issue.message.th and issue.message.en for issue in found)


def test_two_limits_in_force_at_once_are_refused():
    other = LIMIT.replace("max: '5'", "max: '6'").replace("from: '1992'", "from: '2000-01-01'")
    found = limit_issues(LIMIT, other)
    assert codes(found) == ["two-in-force"]
    assert found[0].line == 3
    ended = LIMIT.replace("from: '1992'", "from: '1992', until: '1999-12-31'")
    assert limit_issues(ended, other) == []


RULE = (
    "{id: order, severity: critical, th: สั่ง, en: Order, standards: mine, otherwise: correct, law: fa2535-s37, "
    "from: '1992', source: S1, certainty: A}"
)


def result_issues(catalogue, *rules):
    text = "results:\n" + "".join(f"  - {rule}\n" for rule in rules)
    return list(lint_results(read(text)["results"], catalogue, {"mine"}))


@pytest.mark.parametrize(
    "old, new, code",
    [
        ("id: order", "id: ordr", "unknown-word"),
        ("severity: critical", "severity: grave", "unknown-word"),
        ("standards: mine", "standards: mine mein", "unknown-word"),
        ("otherwise: correct", "otherwise: pas", "unknown-word"),
        ("otherwise: correct, ", "", "missing-key"),
        ("law: fa2535-s37", "law: fa2535-s73", "unknown-law"),
        ("source: S1", "source: ''", "no-source"),
        ("from: '1992'", "from: 2535/1/1", "bad-date"),
    ],
)
def test_each_mistake_of_a_rule_for_the_result_is_named(catalogue, old, new, code):
    assert result_issues(catalogue, RULE) == []
    assert old in RULE
    found = result_issues(catalogue, RULE.replace(old, new, 1))
    assert [(issue.code, issue.line) for issue in found] == [(code, 2)]


def test_two_rules_for_one_severity_at_once_are_refused(catalogue):
    assert codes(result_issues(catalogue, RULE, RULE.replace("1992", "2000"))) == ["two-in-force"]


def test_a_law_twice_and_a_law_without_source_are_refused():
    text = LAWS + "  - {id: act, kind: act, th: ก, en: A, from: '1992', source: '', certainty: A}\n"
    assert sorted(codes(lint_laws(read(text)["laws"]))) == ["id-twice", "no-source"]


def test_a_file_that_is_no_yaml_is_one_issue_with_its_line(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text("a: 1\nb: [1\n", encoding="utf-8")
    assert [(issue.code, issue.line > 0) for issue in lint(file, on=TODAY)] == [("not-readable", True)]


# --- sheets ---------------------------------------------------------------------------------------------------------


def sheet_issues(rows, settings=None):
    return [(i.code, i.row, i.column) for i in lint_sheets({"survey": rows, "settings": [settings or {}]})]


def test_a_misspelt_header_is_found_before_its_rule_is_lost():
    assert sheet_issues([{"type": "text", "name": "a", "label": "A", "relevent": "1"}]) == [("header", 1, "relevent")]


def test_an_undeclared_namespace_is_found():
    row = {"type": "text", "name": "a", "label": "A", "bind::insp:item": "1"}
    assert sheet_issues([row]) == [("namespace", 1, "bind::insp:item")]
    assert sheet_issues([row], {"namespaces": 'insp="urn:x"'}) == []


def test_a_row_that_lacks_a_language_is_found():
    rows = [{"type": "text", "name": "a", "label::Thai (th)": "ก", "label::English (en)": ""}]
    assert sheet_issues(rows) == [("language-cell", 2, "label::English (en)")]
    rows[0]["label::English (en)"] = "-"
    assert sheet_issues(rows) == [("dash", 2, "label::English (en)")]


def test_a_column_that_lacks_a_language_is_found():
    row = {"type": "text", "name": "a", "label::Thai (th)": "ก", "label::English (en)": "A", "hint::Thai (th)": "ดู"}
    (found,) = lint_sheets({"survey": [row], "settings": [{}]})
    assert (found.code, found.row, found.column) == ("language-column", 1, "hint")
    assert found.suggestion.en == "Please add hint::English (en)"


def test_columns_for_notes_are_left_alone():
    assert sheet_issues([{"type": "text", "name": "a", "label": "A", "notes": "ask Somchai"}]) == []


EXPRESSIONS = [
    ("constraint", "regex(., '[0-9]+')", "regex", "warning", "Write it as ^(…)$"),
    ("constraint", ". > 1 and", "xpath", "error", "Look at brackets, quotes and operators"),
    ("relevant", "selectd(${a}, 'x')", "unknown-function", "error", "Did you mean “selected”?"),
    ("relevant", "${day} > ${dey}", "unknown-question", "error", "Did you mean “day”?"),
    ("relevant", "${a}", "bare-condition", "warning", "Write ${a} != ''"),
    ("required", "${a} > 1 or not(${a})", "bare-condition", "warning", "Write ${a} != ''"),
    ("calculation", "3 div 0", "division-by-zero", "warning", "Look at the divisor first: if(x != 0, y div x, '')"),
    ("calculation", "${day} + 30", "date-arithmetic", "warning", "Wrap it in date(…)"),
    ("calculation", "format-date(${day} + 30, '%d')", "date-arithmetic", "warning", "Wrap it in date(…)"),
    ("calculation", "if(${a} > 1, today() - 7, '')", "date-arithmetic", "warning", "Wrap it in date(…)"),
    ("calculation", "ceiling(${a} div 2)", "not-everywhere", "warning", "Use “int(… + 1)”"),
    ("bind::insp:fail-when", "${a} <", "xpath", "error", "Look at brackets, quotes and operators"),
    ("bind::insp:weight", "summ(${a})", "unknown-function", "error", "Did you mean “sum”?"),
    ("default", "uuuid()", "unknown-function", "error", "Did you mean “uuid”?"),
]


def survey_with(column, expression):
    first = {"type": "date", "name": "day", "label": "Day"}
    rows = [first, {"type": "integer", "name": "a", "label": "A"}]
    rows.append({"type": "text", "name": "b", "label": "B", column: expression})
    return {"survey": rows, "settings": [{"namespaces": 'insp="urn:x"'}]}


@pytest.mark.parametrize("column, expression, code, severity, hint", EXPRESSIONS)
def test_an_expression_is_judged_in_its_sheet_row_and_column_with_a_suggestion(
    column, expression, code, severity, hint
):
    found = [one for one in lint_sheets(survey_with(column, expression), file="x.xlsx") if one.code == code]
    assert [(i.file, i.sheet, i.row, i.column, i.severity) for i in found] == [
        ("x.xlsx", "survey", 4, column, severity)
    ]
    assert found[0].suggestion.en == hint
    assert found[0].message.th != found[0].message.en
    assert found[0].suggestion.th != ""


@pytest.mark.parametrize(
    "column, expression",
    [
        ("relevant", "${a} != '' and not(${a} > 3)"),
        ("required", "yes"),
        ("calculation", "date(${day} + 30)"),
        ("calculation", "format-date(date(today() - 7), '%d')"),
        ("calculation", "today() - ${day}"),
        ("relevant", "${day} + 30 < today()"),
        ("calculation", "${a} div ${a}"),
        ("constraint", "regex(., '^[0-9]+$')"),
        ("default", "see page 3 (of 5)"),
        ("default", "${last-saved#a}"),
        ("bind::insp:limit-min", "110 + 2 * ${a}"),
    ],
)
def test_a_good_expression_has_no_issue(column, expression):
    assert list(lint_sheets(survey_with(column, expression))) == []


def test_markdown_whose_rows_are_lost_is_found():
    assert [i.line for i in lint_markdown("| survey |\n| --- | --- |\n")] == [2]
    assert list(lint_markdown("| survey |\n|---|---|\n")) == []


def test_catalogues_are_told_from_checklists():
    assert is_catalogue(HANDBOOK / "limits.yaml")
    assert not is_catalogue(HANDBOOK / "minerals_act.yaml")
