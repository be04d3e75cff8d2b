"""From answers to findings, measurements, scores and problems, on the general factory inspection."""

from dataclasses import replace

import pytest

from checklists.authoring.catalogue import Catalogue
from checklists.findings import content_digest, judge
from checklists.findings.judging import add_months, as_date
from checklists.findings.making import limit_words
from checklists.findings.results import ResultRule, overall
from checklists.model import (
    Attachment,
    AttachmentKind,
    Certainty,
    Overall,
    ProblemKind,
    Refusal,
    Severity,
    Verdict,
)
from tests.support.handbook_player import begin, play, scripts

CHECKLIST = "factory_act_general"


@pytest.fixture
def clean():
    name, script, good = next(iter(scripts(CHECKLIST)))
    assert name.startswith("a clean short visit")
    return play(CHECKLIST, script, good)


def photo(item_id, exhibit="จ.1"):
    return Attachment("a", "r", AttachmentKind.PHOTO, "00", 1, "image/jpeg", "0.jpg", item_id=item_id, exhibit=exhibit)


def signature(role, bound_to):
    return Attachment("s", "r", AttachmentKind.SIGNATURE, "00", 1, "image/png", "s.png", role=role, bound_to=bound_to)


def kinds(result):
    return [(problem.kind.value, problem.item_id, problem.blocking) for problem in result.problems]


# --- measured values ------------------------------------------------------------------------------------------------


def test_a_value_over_the_limit_is_stored_and_becomes_a_finding_with_a_copy_of_the_limit(clean):
    clean.put("FA-B05", "90")
    result = clean.result()
    assert clean.session.node(clean.outline.by_id["FA-B05"].value_path).valid
    finding = result.findings[0]
    assert finding.item_id == "FA-B05"
    assert finding.fact == "ความกว้างทางออกที่แคบที่สุด 90 ซม. ต่ำกว่าเกณฑ์ไม่น้อยกว่า 110 ซม."
    limit = finding.measurement.limit
    assert (limit.minimum, limit.unit, limit.certainty, limit.law.law_id) == (110, "cm", Certainty.B, "mr2-2535-c5-3")


def test_a_computed_limit_shows_its_formula_with_the_numbers_put_in(clean):
    clean.put("FA-A09", "120")
    limit = next(item for item in clean.result().items if item.item_id == "FA-B05").limit
    assert limit.minimum == 250
    assert limit.formula.th == "110 ซม. และเพิ่ม 2 ซม. ต่อคนที่เกิน 50 คน (คนงาน 120 คน)"
    assert limit_words(limit).th == "ไม่น้อยกว่า 250 ซม."
    assert limit_words(limit).en == "at least 250 cm"


def test_every_measured_number_is_a_row_with_a_stable_parameter(clean):
    rows = {m.parameter: (m.value, m.unit, m.verdict) for m in clean.result().measurements}
    assert rows["exit-width"] == ("120", "cm", Verdict.PASS)
    assert rows["workers"] == ("40", "คน", None)
    assert "boiler-inspection-date" not in rows


def test_a_value_that_waits_for_the_laboratory_is_pending_and_does_not_block():
    played = begin(CHECKLIST, group="3", type_code="22")
    played.put("FA-A00", "full")
    played.put("FA-G06", "lab")
    result = played.result()
    pending = [m for m in result.measurements if m.parameter == "water-bod"]
    assert [(m.value, m.verdict) for m in pending] == [("", Verdict.LAB)]
    assert ("pending-lab", "FA-G06", False) in kinds(result)
    assert "FA-G06" not in {f.item_id for f in result.findings}


def test_a_fact_has_no_verdict_and_no_verdict_keys():
    item = begin(CHECKLIST).outline.by_id["FA-G04"]
    assert item.verdict_path == ""
    assert Verdict.PASS not in item.verdicts
    assert Verdict.OBSERVE not in item.verdicts


# --- what is missing ------------------------------------------------------------------------------------------------


def test_an_unanswered_item_is_named_with_the_node_to_jump_to():
    problem = begin(CHECKLIST, group="3").result().problems[0]
    assert (problem.kind, problem.item_id, problem.path) == (
        ProblemKind.MISSING,
        "FA-A01",
        "/data/sec_a/fa_a01/fa_a01_v",
    )
    assert problem.message.th == "ยังไม่ได้บันทึก: ใบอนุญาต (ร.ง.4) แสดงไว้ในที่เปิดเผยและเห็นได้ง่าย"


@pytest.mark.parametrize("verdict, kind", [("na", "reason"), ("cannot", "reason"), ("fail", "note")])
def test_a_reason_or_note_that_the_verdict_wants_is_a_problem(clean, verdict, kind):
    clean.put("FA-B07", verdict)
    assert (kind, "FA-B07", True) in kinds(clean.result())


def test_a_failed_critical_or_major_item_needs_evidence(clean):
    clean.put("FA-B06", "fail")
    clean.put("FA-B06.note", "ล็อก")
    assert kinds(clean.result()) == [("evidence", "FA-B06", True)]
    result = clean.result((photo("FA-B06"),))
    assert kinds(result) == []
    assert result.findings[0].exhibits == ("จ.1",)


def test_an_observation_without_words_is_mentioned_and_does_not_block(clean):
    clean.put("FA-B09", "observe")
    assert kinds(clean.result()) == [("note", "FA-B09", False)]
    assert clean.result().overall is Overall.PASS


def test_a_date_after_the_visit_is_a_slip_and_not_a_finding(clean):
    clean.put("FA-D09", "2027-02-01")
    result = clean.result()
    assert [(p.kind, p.item_id) for p in result.problems] == [(ProblemKind.INVALID, "FA-D09")]
    assert "กรุณาตรวจปี พ.ศ." in result.problems[0].message.th
    assert result.findings == ()


# --- signatures -----------------------------------------------------------------------------------------------------


def test_officer_and_guide_sign_what_they_have_seen(clean):
    assert kinds(clean.result(signatures=True)) == [("signature", "FA-K06", True)] * 2
    digest = content_digest(clean.result())
    signed = (signature("officer", digest), signature("guide", digest))
    assert kinds(clean.result(signed, signatures=True)) == []


def test_a_change_after_signing_voids_the_signature(clean):
    digest = content_digest(clean.result())
    signed = (signature("officer", digest), signature("guide", digest))
    clean.put("FA-B04", "2")
    problems = clean.result(signed, signatures=True).problems
    assert [p.kind for p in problems] == [ProblemKind.SIGNATURE] * 2
    assert "ไม่มีผลแล้ว" in problems[0].message.th


def test_a_refusal_of_the_guide_stands_for_the_signature_until_something_changes(clean):
    digest = content_digest(clean.result())
    refusal = Refusal("guide", "นายตัวอย่าง", "ไม่ประสงค์ลงนาม", "ร.ต.อ. พยาน", bound_to=digest)
    clean.visit = replace(clean.visit, refusals=(refusal,))
    signed = (signature("officer", digest),)
    assert kinds(clean.result(signed, signatures=True)) == []
    clean.put("FA-B04", "2")
    assert len(clean.result(signed, signatures=True).problems) == 2


def test_signing_does_not_change_the_content_signed(clean):
    before = content_digest(clean.result())
    assert content_digest(clean.result((signature("officer", before),))) == before
    clean.put("FA-B09.note", "แก้คำ")
    assert content_digest(clean.result()) != before


def test_the_same_answers_give_the_same_result(clean):
    assert clean.result() == clean.result()


# --- judging --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.bundled()


@pytest.mark.parametrize(
    "limit_id, value, verdict",
    [
        ("effluent-ph", "5.5", Verdict.PASS),
        ("effluent-ph", "9.0", Verdict.PASS),
        ("effluent-ph", "5.49", Verdict.FAIL),
        ("effluent-ph", "9.01", Verdict.FAIL),
        ("effluent-bod", "20", Verdict.PASS),
        ("effluent-bod", "20.001", Verdict.FAIL),
        ("exit-count", "1", Verdict.FAIL),
        ("factory-number-14", "10120000325542", Verdict.PASS),
        ("factory-number-14", "10120000325541", Verdict.FAIL),
        ("wpms-threshold", "9000", None),  # a threshold switches a duty on; it never fails
        ("waste-storage-days", "9000", None),  # the number in force today still has to be read
        ("effluent-bod", "", None),
        ("effluent-bod", "NaN", None),
    ],
)
def test_a_value_is_judged_by_the_limit_in_force(catalogue, limit_id, value, verdict):
    judgement = judge(value, catalogue.limit_entry(limit_id, "2026-11-22"), on="2026-11-22")
    assert (judgement.verdict if judgement else None) is verdict


@pytest.mark.parametrize(
    "unit, value, verdict", [("mg/L", "20", "pass"), ("g/L", "0.02", "pass"), ("µg/L", "20001", "fail")]
)
def test_a_value_in_another_unit_of_the_same_kind_is_converted_first(catalogue, unit, value, verdict):
    entry = catalogue.limit_entry("effluent-bod", "2026-11-22")
    assert judge(value, entry, on="2026-11-22", unit=unit).verdict.value == verdict


@pytest.mark.parametrize(
    "reported, on, verdict",
    [
        ("2026-04-30", "2026-11-22", "pass"),
        ("2026-05-01", "2026-11-22", "fail"),  # late
        ("2025-04-30", "2026-11-22", "fail"),  # the round of 2569 is missing
        ("2025-04-30", "2026-04-29", "pass"),  # that round is not due yet
        ("2026-02-01", "2026-03-01", "pass"),  # the next round, sent early
    ],
)
def test_a_yearly_report_must_cover_the_last_round_that_was_due(catalogue, reported, on, verdict):
    entry = catalogue.limit_entry("chemical-report-due", on)
    assert judge(reported, entry, on=on).verdict.value == verdict


@pytest.mark.parametrize(
    "day, months, later",
    [("2025-11-22", 12, "2026-11-22"), ("2026-08-31", 6, "2027-02-28"), ("2024-02-29", 12, "2025-02-28")],
)
def test_months_are_counted_by_the_calendar(day, months, later):
    assert add_months(as_date(day), months) == as_date(later)


def test_a_repealed_limit_judges_only_its_own_time(catalogue):
    assert catalogue.limit("odour-fence", "2025-05-24").maximum == 15
    assert catalogue.limit("odour-fence", "2025-05-25").maximum is None


@pytest.mark.parametrize(
    "standard, day, proposed",
    [
        ("factory-act-2535", "2026-11-23", Overall.ORDER),
        ("complaints", "2026-11-23", Overall.ORDER),
        ("complaints", "", Overall.ORDER),
        ("minerals-act-2560", "2026-11-23", Overall.CORRECT),
        ("", "2026-11-23", Overall.CORRECT),
    ],
)
def test_who_may_propose_an_order_stands_in_the_handbook(clean, standard, day, proposed):
    clean.put("FA-B05", "90")
    critical = replace(clean.result().findings[0], severity=Severity.CRITICAL)
    assert overall([critical], standard, on=day) is proposed


def test_the_result_is_proposed_by_the_rule_in_force_on_the_day_of_the_visit(clean):
    clean.put("FA-B05", "90")
    findings = clean.result().findings
    old, new = (
        ResultRule(said, Severity.MAJOR, frozenset({"*"}), said, start, end)
        for said, start, end in ((Overall.CORRECT, "", "2026-12-31"), (Overall.IMPROVE, "2027-01-01", ""))
    )
    assert overall(findings, "complaints", on="2026-12-31", rules=(old, new)) is Overall.CORRECT
    assert overall(findings, "complaints", on="2027-01-01", rules=(old, new)) is Overall.IMPROVE


def test_an_order_under_s_37_is_proposed_by_the_factory_act_only():
    mine = begin("minerals_act")
    mine.put("MI-B02", "fail")
    mine.put("MI-B02.note", "ถนนถูกปิด")
    result = mine.result()
    assert result.overall is Overall.CORRECT
    assert result.findings[0].proposal.th.startswith("เสนอสั่งการตามมาตรา 129")
    assert "37" not in result.findings[0].proposal.th


# --- points ---------------------------------------------------------------------------------------------------------


def test_every_share_leads_to_items_and_the_version_of_the_checklist(clean):
    clean.put("FA-B07", "fail")
    result = clean.result()
    score = next(score for score in result.scores if score.dimension == "B")
    failed = [part.item_id for part in score.parts if part.got == 0]
    assert failed == ["FA-B07"]
    assert score.got == sum(part.got or 0 for part in score.parts)
    assert score.possible == sum(part.possible for part in score.parts)
    assert score.rule_version == f"{CHECKLIST} {clean.outline.version}"


def test_a_checklist_without_classes_has_no_total(clean):
    assert "total" not in {score.dimension for score in clean.result().scores}
