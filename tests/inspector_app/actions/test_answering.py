"""What people write as an answer, and what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from checklists.errors import AnswerError
from checklists.items import ChecklistOutline, FieldDef, ItemDef, SectionDef
from checklists.model import NodeRef, Verdict, Words
from checklists.session import Choice, NodeView
from inspector_app.actions.inspection.answering import Resolver

VERDICTS = (Choice("pass", "ผ่าน"), Choice("fail", "ไม่ผ่าน"), Choice("na", "ไม่เกี่ยวข้อง"), Choice("cannot", "ตรวจไม่ได้"))
SKIPS = (Choice("na", "ไม่เกี่ยวข้อง"), Choice("cannot", "ตรวจไม่ได้"))
B = "/data/sec_b"


def view(path: str, *, control: str = "input", data_type: str = "string", choices: tuple[Choice, ...] = ()) -> NodeView:
    fixed: dict[str, Any] = dict.fromkeys(("appearance", "value", "error", "label", "hint"), "")
    return NodeView(
        NodeRef(path), path, path.rsplit("/", 1)[-1], "question", control, data_type,
        typed=None, relevant=True, required=False, readonly=False, valid=True, choices=choices, insp={}, **fixed,
    )  # fmt: skip


VIEWS = {
    v.path: v
    for v in (
        view(f"{B}/fa_b06/fa_b06_v", control="select1", choices=VERDICTS),
        view(f"{B}/fa_b06/fa_b06_note"),
        view(f"{B}/fa_b06/fa_b06_reason"),
        view(f"{B}/fa_b05/fa_b05_s", control="select1", choices=SKIPS),
        view(f"{B}/fa_b05/fa_b05_x", data_type="decimal"),
        view(f"{B}/fa_b04/fa_b04_x", data_type="int"),
        view(f"{B}/fa_c07/fa_c07_x", data_type="date"),
        view(f"{B}/fa_c07/fa_c07_certificate"),
        view(f"{B}/kinds", control="select", choices=(Choice("a", "น้ำ"), Choice("b", "อากาศ"), Choice("c", "เสียง"))),
    )
}


def item(item_id: str, **more: Any) -> ItemDef:
    stem = item_id.lower().replace("-", "_")
    paths = {
        "verdict_path": "_v",
        "skip_path": "_s",
        "value_path": "_x",
        "note_path": "_note",
        "reason_path": "_reason",
    }
    have = {name: f"{B}/{stem}/{stem}{end}" for name, end in paths.items() if f"{B}/{stem}/{stem}{end}" in VIEWS}
    return ItemDef(item_id, item_id[3:], f"{B}/{stem}", "verdict", Words(item_id), **{**have, **more})


CERTIFICATE = FieldDef("certificate", f"{B}/fa_c07/fa_c07_certificate", Words("ใบรับรอง"), "text")
ITEMS = (
    item("FA-B06"),
    item("FA-B05", verdicts=(Verdict.NA, Verdict.CANNOT)),
    item("FA-B04"),
    item("FA-C07", field_defs=(CERTIFICATE,)),
)
OUTLINE = ChecklistOutline("f", "1", Words("x"), (SectionDef("B", Words("B"), B, ITEMS),))


def resolved(answers: Mapping[str, object]) -> dict[str, str]:
    resolver = Resolver(OUTLINE, list(VIEWS), VIEWS.__getitem__, today=date(2026, 11, 22))
    return {s.path.rsplit("/", 1)[-1]: s.value for s in resolver.settings(answers)}


@pytest.mark.parametrize(
    "key", ["FA-B06", "fa-b06", "B06", " b06 ", "FA-B06.verdict", "fa_b06_v", f"{B}/fa_b06/fa_b06_v"]
)
def test_an_item_answers_to_its_id_number_node_name_and_path(key: str) -> None:
    assert resolved({key: "pass"}) == {"fa_b06_v": "pass"}


@pytest.mark.parametrize("value", ["fail", "FAIL", "ไม่ผ่าน", "2", 2, "๒", " ไม่ผ่าน "])
def test_a_verdict_may_be_a_word_in_both_languages_or_its_key(value: object) -> None:
    assert resolved({"B06": value}) == {"fa_b06_v": "fail"}


def test_notes_reasons_and_fields_stand_behind_a_point_or_in_an_object() -> None:
    assert resolved({"B06": {"verdict": "fail", "note": "ประตูล็อก"}, "FA-C07.certificate": "12/69"}) == {
        "fa_b06_v": "fail",
        "fa_b06_note": "ประตูล็อก",
        "fa_c07_certificate": "12/69",
    }


def test_verdicts_come_first_whatever_the_order_in_the_file() -> None:
    assert list(resolved({"B06.note": "x", "B06": "fail"})) == ["fa_b06_v", "fa_b06_note"]


@pytest.mark.parametrize(
    ("value", "stored"), [(95, "95"), ("๑,๒๓๔.๕", "1234.5"), ("1,250", "1250"), (0.1, "0.1"), ("1e2", "100")]
)
def test_numbers_are_read_with_thai_digits_and_separators_and_clear_a_skip(value: object, stored: str) -> None:
    assert resolved({"B05": value}) == {"fa_b05_s": "", "fa_b05_x": stored}


@pytest.mark.parametrize("value", ["ตรวจไม่ได้", "cannot"])
def test_a_measured_item_may_be_skipped_by_a_word(value: str) -> None:
    assert resolved({"B05": value}) == {"fa_b05_s": "cannot"}


def test_a_number_of_a_measured_item_is_never_taken_for_a_verdict_key() -> None:
    assert resolved({"B05": 3}) == {"fa_b05_s": "", "fa_b05_x": "3"}


@pytest.mark.parametrize("value", ["12 ม.ค. 2569", "12/1/2569", "2026-01-12", "๑๒ มกราคม ๒๕๖๙"])
def test_dates_of_either_era_are_stored_as_iso(value: str) -> None:
    assert resolved({"C07": value}) == {"fa_c07_x": "2026-01-12"}


def test_several_choices_are_a_list_or_blank_separated_by_value_or_label() -> None:
    assert resolved({"kinds": ["a", "เสียง"]}) == {"kinds": "a c"}
    assert resolved({"kinds": "a b"}) == {"kinds": "a b"}
    assert resolved({"kinds": "น้ำ"}) == {"kinds": "a"}


@pytest.mark.parametrize("value", [None, "", []])
def test_nothing_is_a_blank_answer(value: object) -> None:
    assert resolved({"B06": value}) == {"fa_b06_v": ""}


def test_text_is_cleaned() -> None:
    assert resolved({"B06.note": " นํ้า\u200bเสีย "}) == {"fa_b06_note": "น้ำเสีย"}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"FA-B60": "pass"}, "unknown-item"),
        ({"FA-B06.notes": "x"}, "unknown-item"),
        ({"no_such_node": "x"}, "unknown-item"),
        ({"/data/nowhere": "x"}, "unknown-item"),
        ({"B06": "ใช่"}, "unknown-choice"),
        ({"B06": ["pass", "fail"]}, "unknown-choice"),
        ({"B05": "กว้าง"}, "bad-number"),
        ({"B05": True}, "bad-number"),
        ({"B05": "NaN"}, "bad-number"),
        ({"B04": "2.5"}, "bad-number"),
        ({"C07": "31 ก.พ. 2569"}, "bad-date"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(answers: Mapping[str, object], code: str) -> None:
    with pytest.raises(AnswerError) as caught:
        resolved(answers)
    assert caught.value.code == code


def test_a_wrong_id_gets_the_nearest_one_and_a_wrong_part_the_parts_there_are() -> None:
    with pytest.raises(AnswerError) as caught:
        resolved({"FA-B60": "pass"})
    assert "FA-B06" in str(caught.value.data["suggestion"])
    with pytest.raises(AnswerError) as caught:
        resolved({"FA-B06.notes": "x"})
    assert "FA-B06.note" in str(caught.value.data["suggestion"])
