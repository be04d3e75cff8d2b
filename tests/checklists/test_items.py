"""What a form asks, read from bundled checklists and from anybody's XLSForm."""

import pytest

from checklists.items import outline, visit_preset
from checklists.loading import load_form
from checklists.model import Severity, Site, Verdict, Visit
from tests.support.handbook_player import asked


@pytest.fixture(scope="module")
def factory():
    return asked("factory_act_general")


def test_sections_and_items_stand_in_the_order_of_the_checklist(factory):
    assert [section.section_id for section in factory.sections] == list("ABCDEFGHIJK")
    assert len(factory.items) == 106
    assert factory.item("FA-B06").number == "B06"


def test_an_item_carries_everything_a_screen_needs(factory):
    item = factory.item("FA-B05")
    assert (item.kind, item.unit, item.parameter, item.severity) == ("number", "cm", "exit-width", Severity.MAJOR)
    assert item.title.en == "Narrowest exit width"
    assert item.help.th.startswith("วัดช่องเปิดสุทธิ")
    assert item.laws == ("mr2-2535-c5-3",)
    assert item.answer_path == "/data/sec_b/fa_b05/fa_b05_x"
    assert item.inputs == (("workers", "/data/sec_a/fa_a09/fa_a09_x"),)


def test_verdict_items_take_the_five_keys_and_no_more_than_allowed(factory):
    five = (Verdict.PASS, Verdict.FAIL, Verdict.NA, Verdict.CANNOT, Verdict.OBSERVE)
    assert factory.item("FA-A01").verdicts == five
    assert Verdict.NA not in factory.item("FA-B06").verdicts


def test_a_limit_chosen_by_a_case_is_found_by_its_computed_node(factory):
    assert factory.item("FA-B01").limit_path == "/data/sec_b/fa_b01/fa_b01_limit"


def test_every_item_has_words_in_both_languages_help_and_a_reference(factory):
    for item in factory.items:
        assert item.title.th, item.item_id
        assert item.title.en, item.item_id
        assert item.help.th, item.item_id
        assert item.help.en, item.item_id
        assert item.laws, item.item_id


def test_the_visit_fills_the_context():
    visit = Visit(
        "v", Site("s", registry_no="10120000325542", group="3", horsepower=75.0), started_at="2026-11-22T09:00:00"
    )
    preset = visit_preset(visit)
    assert preset["/data/visit/visit_date"] == "2026-11-22"
    assert preset["/data/visit/factory_group"] == "3"
    assert preset["/data/visit/licensed_hp"] == "75"
    assert preset["/data/visit/licensed_workers"] == ""


FOREIGN = """
| survey |
|        | type              | name  | label     |
|        | text              | owner | Who owns? |
|        | begin_group       | house | House     |
|        | select_one colour | paint | Colour?   |
|        | integer           | rooms | Rooms?    |
|        | end_group         |       |           |
|        | note              | bye   | Thanks    |
| choices |
|        | list_name | name | label |
|        | colour    | red  | Red   |
"""


def test_questions_of_a_foreign_form_become_items_without_a_verdict(tmp_path):
    file = tmp_path / "house.md"
    file.write_text(FOREIGN, encoding="utf-8")
    found = outline(load_form(file))
    assert [(item.item_id, item.kind) for item in found.items][:3] == [
        ("owner", "text"),
        ("house/paint", "choice"),
        ("house/rooms", "count"),
    ]
    assert all(item.verdict_path == "" for item in found.items)
    assert found.item("house/paint").choices[0].label.th == "Red"
