"""One entry an item becomes the rows of an XLSForm; wrong words are refused with the nearest right one."""

from datetime import datetime

import pytest
from pyxform.xls2xform import convert

from checklists.authoring import expand, read
from checklists.authoring.catalogue import Catalogue
from checklists.authoring.errors import ChecklistError
from checklists.authoring.names import stem
from checklists.clock import BANGKOK
from checklists.findings import evaluate
from checklists.items import outline
from checklists.loading import load_form
from checklists.model import Site, Visit
from checklists.session import ClientInfo, FormSession
from tests.support.clock import FrozenClock

NOW = datetime(2026, 11, 22, 10, tzinfo=BANGKOK)

HEAD = """checklist: example
version: "2026.10"
title_th: ตัวอย่าง
title_en: Example
sections:
  - id: A
    th: หมวด
    en: Section
    items:
"""


def rows(items):
    text = HEAD + "\n".join(f"      {line}" for line in items.strip().splitlines())
    sheets = expand(read(text))
    return {row["name"]: row for row in sheets["survey"] if "name" in row}, sheets


ITEM = "- {id: EX-A01, th: ข้อ, en: Item, severity: major, law: fa2535-s23%s}"


def test_an_item_becomes_a_group_with_verdict_reason_and_note():
    survey, sheets = rows(ITEM % "")
    assert survey["ex_a01"]["bind::insp:item"] == "EX-A01"
    assert survey["ex_a01_v"]["type"] == "select_one verdict"
    assert survey["ex_a01_reason"]["relevant"] == "${ex_a01_v} = 'na' or ${ex_a01_v} = 'cannot'"
    assert survey["ex_a01_note"]["required"] == "${ex_a01_v} = 'fail'"
    verdicts = [row["name"] for row in sheets["choices"] if row["list_name"] == "verdict"]
    assert verdicts == ["pass", "fail", "na", "cannot", "observe"]


@pytest.mark.parametrize(
    "rule, list_name, reasons",
    [
        ("allowed", "verdict", "${ex_a01_v} = 'cannot'"),
        ("justified", "verdict", "${ex_a01_v} = 'na' or ${ex_a01_v} = 'cannot'"),
        ("forbidden", "verdict_no_na", "${ex_a01_v} = 'cannot'"),
    ],
)
def test_the_rule_for_not_applicable_sets_keys_and_reasons(rule, list_name, reasons):
    survey, _ = rows(ITEM % f", na: {rule}")
    assert survey["ex_a01_v"]["type"] == f"select_one {list_name}"
    assert survey["ex_a01_reason"]["relevant"] in (reasons, "${ex_a01_v} = 'na' or ${ex_a01_v} = 'cannot'")


def test_a_number_has_a_value_a_way_round_and_no_verdict():
    survey, _ = rows(ITEM % ", kind: number, limit: exit-height, unit: cm")
    assert "ex_a01_v" not in survey
    assert survey["ex_a01_x"]["type"] == "decimal"
    assert survey["ex_a01_x"]["relevant"] == "${ex_a01_s} = ''"
    assert survey["ex_a01_x"]["bind::insp:role"] == "measure"
    assert survey["ex_a01_x"]["label::Thai (th)"] == "ค่าที่วัดได้ (ซม.)"
    assert "constraint" not in survey["ex_a01_x"]  # a legal limit is never a constraint


def test_a_date_judged_by_a_limit_can_be_missing_altogether():
    _, sheets = rows(ITEM % ", kind: date, limit: fire-drill-interval")
    words = {row["name"]: row["label::Thai (th)"] for row in sheets["choices"]}
    assert words["fail"] == "ไม่มีหรือไม่เคยดำเนินการ"


def test_references_to_items_become_references_to_nodes():
    survey, _ = rows(
        ITEM % "" + "\n" + "- {id: EX-A02, th: ก, en: A, law: x, when: \"${EX-A01} = 'fail' and ${EX-A01.note} != ''\"}"
    )
    assert survey["ex_a02"]["relevant"] == "${ex_a01_v} = 'fail' and ${ex_a01_note} != ''"


def test_evidence_follows_severity_unless_the_item_says():
    for severity, rule in [("critical", "required-on-fail"), ("major", "required-on-fail"), ("minor", "optional")]:
        survey, _ = rows(ITEM.replace("major", severity) % "")
        assert survey["ex_a01"]["bind::insp:evidence"] == rule
    survey, _ = rows(ITEM % ", evidence: none")
    assert survey["ex_a01"]["bind::insp:evidence"] == "none"


@pytest.mark.parametrize(
    "extra, key, suggestion",
    [
        (", sevrity: x", "sevrity", "severity"),
        (", kind: nummber", "kind", "number"),
        (", na: forbiden", "na", "forbidden"),
    ],
)
def test_a_wrong_word_is_refused_with_the_nearest_one(extra, key, suggestion):
    with pytest.raises(ChecklistError) as caught:
        rows(ITEM % extra)
    assert caught.value.data["where"] == "EX-A01"
    assert caught.value.data["key"] == key
    assert caught.value.data["suggestion"] == suggestion


def test_a_reference_that_leads_nowhere_is_refused():
    with pytest.raises(ChecklistError) as caught:
        rows(ITEM % ', when: "${EX-B09} > 1"')
    assert caught.value.data["name"] == "EX-B09"


def test_a_field_may_not_take_the_name_of_a_part():
    with pytest.raises(ChecklistError):
        rows(ITEM % ", fields: [{name: note, th: ก, en: A}]")


def test_every_scalar_stays_text():
    _, sheets = rows(ITEM % "")
    assert sheets["settings"][0]["version"] == "2026.10"
    assert read("a: no\nb: 01\nc: 2026-11-22") == {"a": "no", "b": "01", "c": "2026-11-22"}


def test_a_key_twice_is_refused_with_its_line():
    with pytest.raises(ChecklistError) as caught:
        read("a: 1\na: 2\n", file="x.yaml")
    assert (caught.value.data["file"], caught.value.data["line"]) == ("x.yaml", 2)


def test_pyxform_takes_the_rows_without_a_warning_but_the_one_about_photos():
    _, sheets = rows(ITEM % ", kind: number, limit: exit-height, unit: cm")
    warnings = convert(sheets).warnings
    assert [text for text in warnings if "max-pixels" not in text] == []


def test_expanding_changes_nothing_in_the_checklist():
    checklist = read(HEAD + "      " + ITEM % "")
    before = repr(checklist)
    assert expand(checklist) == expand(checklist)
    assert repr(checklist) == before


@pytest.mark.parametrize("item_id, name", [("FA-B05", "fa_b05"), ("FA-A08b", "fa_a08b"), ("GI-L1-01", "gi_l1_01")])
def test_ids_become_names(item_id, name):
    assert stem(item_id) == name


@pytest.mark.parametrize("text", ["checklist: x", HEAD.replace("title_th: ตัวอย่าง\n", "") + "      " + ITEM % ""])
def test_a_missing_key_is_named(text):
    with pytest.raises(ChecklistError) as caught:
        expand(read(text))
    assert caught.value.data["key"] in ("sections", "title_th")


LIVE = (
    HEAD.replace("sections:", "scoring: weighted\nsections:")
    + """      - {id: EX-A01, kind: count, th: ก, en: A, severity: major, law: fa2535-s23}
      - id: EX-A02
        kind: count
        th: ข
        en: B
        severity: major
        law: fa2535-s23
        fail_when: ${EX-A02} > 2 * ${EX-A01}
        points: if(${EX-A01} > 10, 5, 3)
"""
)


@pytest.mark.parametrize(
    ("first", "second", "verdict", "weight"),
    [("5", "10", "pass", 3), ("5", "11", "fail", 3), ("11", "22", "pass", 5), ("11", "23", "fail", 5)],
)
def test_a_condition_of_failure_and_a_weight_may_be_expressions(first, second, verdict, weight):
    definition = load_form(LIVE)
    session = FormSession(definition, clock=FrozenClock(NOW), client=ClientInfo("d"))
    for name, value in (("ex_a01", first), ("ex_a02", second)):
        session.set_value(f"/data/sec_a/{name}/{name}_x", value)
    catalogue = Catalogue.bundled()
    result = evaluate(
        session, outline(definition, catalogue), catalogue, visit=Visit("v", Site("s"), started_at="2026-11-22")
    )
    item = next(item for item in result.items if item.item_id == "EX-A02")
    assert item.verdict == verdict
    (part,) = [part for score in result.scores for part in score.parts if part.item_id == "EX-A02"]
    assert part.possible == weight
