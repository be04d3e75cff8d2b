"""Draft orders as data: always drafts, uncertain references as gaps, dates from the kind of service."""

from dataclasses import replace
from datetime import date

import pytest

from checklists.authoring.catalogue import Catalogue
from checklists.authoring.errors import CatalogueError
from checklists.findings.deadlines import Deadlines
from checklists.findings.last_time import Trend, carry_forward, compare
from checklists.findings.orders import Hearing, Service, draft, is_overdue, merged, order_kinds, proposed_kinds
from checklists.model import Overall, Severity
from tests.support.handbook_player import play, scripts

CATALOGUE = Catalogue.bundled()
DEADLINES = Deadlines(CATALOGUE)
KINDS = order_kinds()


def inspection(**answers):
    _name, script, good = next(iter(scripts("factory_act_general")))
    return play(
        "factory_act_general", {**script, "answers": {k.replace("_", "-"): v for k, v in answers.items()}}, good
    )


@pytest.fixture
def findings():
    played = inspection()
    played.put("FA-A07", "fail")
    played.put("FA-A07.note", "ขยายโรงงานโดยไม่ได้รับอนุญาต")
    played.put("FA-B06", "fail")
    played.put("FA-B06.note", "ประตูล็อก")
    return played.result().findings


def test_an_order_states_facts_ground_remedy_and_the_appeal(findings):
    order = draft(KINDS["s37"], findings[:1], catalogue=CATALOGUE, deadlines=DEADLINES, days=15, reasons="เสี่ยงอันตราย")
    assert order.status == "draft"
    assert order.clauses[0].fact == "ขยายโรงงานโดยไม่ได้รับอนุญาต"
    assert [law.law_id for law in order.clauses[0].laws] == ["fa2535-s18"]
    assert "ภายใน 15 วัน" in order.text.th
    assert "เว้นแต่รัฐมนตรีจะสั่งเป็นอย่างอื่น" in order.appeal.th


def test_an_uncertain_reference_becomes_a_gap_and_is_named_as_missing(findings):
    order = draft(KINDS["s37"], findings, catalogue=CATALOGUE, deadlines=DEADLINES)
    assert order.clauses[1].laws == ()
    assert [law.law_id for law in order.clauses[1].gaps] == ["mr2-2535-c5-3"]
    assert "law" in order.missing


def test_the_due_date_counts_from_the_kind_of_service(findings):
    by_hand = Service("hand", "2026-11-23", receiver="ผู้จัดการ")
    by_post = Service("post", "2026-11-23")
    hand, post = (
        draft(KINDS["s37"], findings, catalogue=CATALOGUE, deadlines=DEADLINES, service=service, days=30)
        for service in (by_hand, by_post)
    )
    assert (hand.received.due, hand.due.due) == ("2026-11-23", "2026-12-23")
    assert (post.received.due, post.due.due) == ("2026-11-30", "2026-12-30")


def test_the_person_is_heard_or_the_reason_why_not_is_there(findings):
    common = {"catalogue": CATALOGUE, "deadlines": DEADLINES}
    assert "hearing" in draft(KINDS["s37"], findings, **common).missing
    assert "hearing" in draft(KINDS["s37"], findings, **common, hearing=Hearing(False)).missing
    assert "hearing" not in draft(KINDS["s37"], findings, **common, hearing=Hearing(False, "", "เร่งด่วน")).missing


def test_no_order_without_a_finding():
    with pytest.raises(CatalogueError):
        draft(KINDS["s37"], (), catalogue=CATALOGUE, deadlines=DEADLINES)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_order_rests_on_a_law_of_the_catalogue_and_has_words(kind):
    assert CATALOGUE.entry(kind.law_id)
    assert kind.title.th
    assert kind.title.en
    assert kind.text.th
    assert ("appeal" in kind.parts) <= bool(kind.appeal.th)


@pytest.mark.parametrize(
    "checklist, overall, kinds",
    [
        ("factory_act_general", Overall.ORDER, ["s37", "visit-record"]),
        ("factory_act_general", Overall.PASS, ["visit-record"]),
        ("minerals_act", Overall.CORRECT, ["s129", "warning", "visit-record"]),
        ("industrial_product_standards", Overall.IMPROVE, ["warning", "tisi-result", "visit-record"]),
        ("opoai_c_followup", Overall.PASS, ["visit-record"]),
    ],
)
def test_a_result_suggests_papers_and_the_officer_decides(checklist, overall, kinds):
    assert [kind.kind_id for kind in proposed_kinds(checklist, overall, KINDS)] == kinds


def test_findings_are_merged_with_their_laws_and_exhibits(findings):
    one, two = (replace(f, exhibits=(e,)) for f, e in zip(findings[:2], ("จ.1", "จ.2"), strict=True))
    (both,) = merged((one, two), into=one, fact="รวมสองข้อ")
    assert both.fact == "รวมสองข้อ"
    assert both.exhibits == ("จ.1", "จ.2")
    assert {law.law_id for law in both.laws} == {"fa2535-s18", "mr2-2535-c5-3"}
    assert both.severity is Severity.CRITICAL


def test_an_order_is_overdue_the_day_after():
    assert not is_overdue("2026-11-22", date(2026, 11, 22))
    assert is_overdue("2026-11-21", date(2026, 11, 22))


# --- last time ------------------------------------------------------------------------------------------------------


def test_each_item_is_better_worse_or_unchanged_than_last_time():
    then = inspection()
    then.put("FA-B06", "fail")
    then.put("FA-B05", "100")
    now = inspection()
    now.put("FA-B07", "fail")
    found = {one.item_id: one for one in compare(now.result(), then.result().sections)}
    assert found["FA-B06"].trend is Trend.BETTER
    assert found["FA-B07"].trend is Trend.WORSE
    assert found["FA-B09"].trend is Trend.UNCHANGED
    assert (found["FA-B05"].trend, found["FA-B05"].difference) == (Trend.BETTER, 20)


def test_facts_are_carried_forward_with_a_mark_and_verdicts_are_not():
    items = {item.item_id: item for item in inspection().result().items}
    assert carry_forward(items["FA-A09"], sealed_on="22 พ.ย. 2568") == {
        "value": "40",
        "note": "ยกมาจากการตรวจครั้งก่อน 22 พ.ย. 2568",
    }
    assert carry_forward(items["FA-B06"], sealed_on="22 พ.ย. 2568") == {}
