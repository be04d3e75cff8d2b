"""The office copy says how an award's points came about, and what the officer did with findings; the factory's not."""

from __future__ import annotations

import pytest

from checklists.findings import EditKind, FindingEdit
from checklists.loading import bundled_ids
from checklists.model import Officer, to_json
from checklists.numbers import mask_person_number, person_check_digit
from inspector_app.reports import content
from tests.support.handbook_player import play, scripts


def paper(checklist: str, number: int = 1, *, copy: str = "office") -> content.ReportContent:
    _name, script, good = list(scripts(checklist))[number]
    played = play(checklist, script, good)
    pin = next(pin for pin in bundled_ids() if pin.form_id == checklist)
    who = Officer("p1", "นางสาวตัวอย่าง ใจดี")
    return content.from_draft(
        played.result(), visit=played.visit, attachments=(), form=pin, author=who, record_id="r", copy=copy
    )


def test_the_four_dimensions_and_their_total_stand_with_every_item_that_gave_points() -> None:
    rows = paper("four_dimensions").points
    assert [row.points for row in rows] == ["25/25", "0/25", "25/25", "25/25", "75/100"]
    assert "FD-A01 4/4" in rows[0].trace
    assert "เงื่อนไขบังคับ" in rows[1].trace  # FD-B03 failed: the dimension is zero, and it is said why
    assert (rows[-1].total, rows[-1].grade) == (True, "ดี")


def test_green_industry_names_its_level() -> None:
    rows = paper("green_industry").points
    assert rows[-1].total
    assert rows[-1].grade


def test_a_checklist_without_points_has_no_such_part() -> None:
    assert paper("minerals_act").points == ()


@pytest.mark.parametrize("checklist", ["four_dimensions", "green_industry"])
def test_the_factorys_copy_shows_no_points(checklist: str) -> None:
    assert paper(checklist, copy="factory").points == ()


def test_a_dropped_finding_is_on_paper_with_its_reason() -> None:
    edit = FindingEdit(
        EditKind.DROP, ("FA-B06",), ("ประตูล็อก",), "ซ่อมแล้วระหว่างตรวจ", "สมศรี", "2026-11-22T10:00:00+07:00"
    )
    step = {"kind": "card-shown", "at": "2026-11-22T09:00:00+07:00", "person": "สมศรี", "note": "บัตร 1234"}
    members = {"finding_edits": to_json([edit]), "visit_steps": [step], "record_id": "r"}
    made = content.from_envelope(members, copy="office")
    assert [(fact.label, fact.value) for fact in made.edited] == [
        ("ตัดออก", "FA-B06 – ซ่อมแล้วระหว่างตรวจ (สมศรี)\nประตูล็อก")
    ]
    assert made.steps[0].label == "แสดงบัตรประจำตัวพนักงานเจ้าหน้าที่"
    factory = content.from_envelope(members, copy="factory")
    assert (factory.edited, factory.steps) == ((), ())


def test_a_citizens_number_in_any_text_is_masked_on_paper() -> None:
    number = "110170020345" + person_check_digit("110170020345")
    members = {
        "record_id": "r",
        "visit": {"site": {"site_id": "s", "operator": f"นายตัวอย่าง {number}"}, "remarks": number},
    }
    made = content.from_envelope(members, copy="office")
    assert number not in repr((made.site, made.remarks))
    assert mask_person_number(number) in repr(made.site)
