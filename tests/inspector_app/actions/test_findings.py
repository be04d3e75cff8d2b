"""Findings in the inspector's hands: merged, reworded, dropped with a reason, and what follows from it everywhere."""

from datetime import datetime

import pytest

from checklists.clock import BANGKOK
from checklists.errors import NotFoundError
from checklists.findings import FindingState, content_digest
from checklists.model import Overall, Severity
from checklists.sealing import parse_envelope
from inspector_app.actions.afterwards import orders
from inspector_app.actions.inspection import findings, records, sealing
from inspector_app.reports import content
from tests.support import handbook_records
from tests.support.clock import FrozenClock

BY = {"person": "สมศรี", "reason": "เหตุผล"}


@pytest.fixture
def clock():
    return FrozenClock(datetime(2026, 11, 23, 10, tzinfo=BANGKOK))


@pytest.fixture
def opened(desk):
    return desk.open(desk.begin(FA_B06="fail", FA_B06_note="ประตูล็อก", FA_B05="100", FA_A09="40"))


def states(opened):
    return {row.finding.finding_id: row.state.value for row in findings.listed(opened)}


def kept(opened):
    return [finding.finding_id for finding in opened.evaluate().findings]


def test_what_was_computed_stands_until_somebody_edits_it(opened):
    assert states(opened) == {"FA-B05": "kept", "FA-B06": "kept"}
    assert opened.evaluate().overall is Overall.ORDER


def test_a_merged_finding_holds_laws_facts_and_the_gravest_severity_of_all(desk, opened):
    opened, _ = findings.merge(desk.store, opened, ["FA-B05", "FA-B06"], clock=desk.clock, **BY)
    (whole,) = opened.evaluate().findings
    assert whole.finding_id == "FA-B05"
    assert whole.severity is Severity.CRITICAL
    assert "ประตูล็อก" in whole.fact
    assert "100" in whole.fact
    assert states(opened) == {"FA-B05": "merged", "FA-B06": "absorbed"}


def test_a_reworded_finding_counts_its_time_from_the_visit(desk, opened):
    told = {"fact": "ทางออกแคบ", "proposal": "ขยาย", "severity": "minor", "due_days": 10}
    opened, _ = findings.edit(desk.store, opened, "FA-B05", clock=desk.clock, **told, **BY)
    one = next(finding for finding in opened.evaluate().findings if finding.finding_id == "FA-B05")
    assert (one.fact, one.proposal.th, one.severity, one.due_date) == ("ทางออกแคบ", "ขยาย", "minor", "2026-12-03")


def test_a_dropped_finding_leaves_the_result_and_the_signatures_digest(desk, opened):
    before = content_digest(opened.evaluate())
    opened, _ = findings.drop(desk.store, opened, "FA-B06", clock=desk.clock, **BY)
    assert kept(opened) == ["FA-B05"]
    assert opened.evaluate().overall is Overall.CORRECT
    assert content_digest(opened.evaluate()) != before


def test_edits_are_there_again_when_the_draft_is_opened_and_can_be_taken_back(desk, opened):
    opened, _ = findings.drop(desk.store, opened, "FA-B06", clock=desk.clock, **BY)
    again = desk.open(opened.record_id)
    assert states(again)["FA-B06"] == "dropped"
    again, _ = findings.restore(desk.store, again, "FA-B06")
    assert kept(desk.open(opened.record_id)) == kept(again) == ["FA-B05", "FA-B06"]


def test_another_answer_brings_the_computed_finding_back(desk, opened):
    opened, _ = findings.drop(desk.store, opened, "FA-B05", clock=desk.clock, **BY)
    desk.answer(opened.record_id, FA_B05="90")
    assert states(desk.open(opened.record_id))["FA-B05"] == "kept"
    desk.answer(opened.record_id, FA_B05="100")
    assert states(desk.open(opened.record_id))["FA-B05"] == "dropped"


def test_nothing_is_dropped_without_a_reason_or_twice(desk, opened):
    with pytest.raises(findings.FindingEditError) as error:
        findings.drop(desk.store, opened, "FA-B06", person="x", reason=" ", clock=desk.clock)
    assert error.value.data["kind"] == "no-reason"
    opened, _ = findings.drop(desk.store, opened, "FA-B06", clock=desk.clock, **BY)
    for step in (findings.drop, findings.edit):
        with pytest.raises(NotFoundError):
            step(desk.store, opened, "FA-B06", clock=desk.clock, **BY)


@pytest.mark.parametrize("wrong", [{"severity": "huge"}, {"due_days": -1}])
def test_an_impossible_severity_or_time_is_refused(desk, opened, wrong):
    with pytest.raises(findings.FindingEditError):
        findings.edit(desk.store, opened, "FA-B05", clock=desk.clock, **wrong, **BY)


def test_the_envelope_report_and_orders_follow_and_a_correction_goes_on_from_there(desk, opened, monkeypatch):
    opened, _ = findings.drop(desk.store, opened, "FA-B05", clock=desk.clock, **BY)
    ready = sealed_anyway(desk, opened, monkeypatch)
    envelope = parse_envelope(desk.store.records.sealed(ready).envelope)
    assert [finding["finding_id"] for finding in envelope["findings"]] == ["FA-B06"]
    assert envelope["finding_edits"][0]["reason"] == "เหตุผล"
    assert findings.edits(desk.store, ready) == ()
    paper = content.from_envelope(envelope, copy="office")
    assert (len(paper.findings), paper.edited[0].label) == (1, "ตัดออก")
    (order,) = [one for one in orders.proposed(desk.store, ready).orders if one.kind.kind_id == "s37"]
    assert [clause.finding_id for clause in order.clauses] == ["FA-B06"]
    records.correct(desk.store, ready, reason="พิมพ์ผิด", author=handbook_records.OFFICER)
    assert [row.state for row in findings.listed(desk.open(ready))] == [FindingState.DROPPED, FindingState.KEPT]


def sealed_anyway(desk, opened, monkeypatch):
    """Seal although signatures and evidence are missing, which is another part's business."""
    evaluate = type(opened).evaluate
    monkeypatch.setattr(type(opened), "evaluate", lambda self, **_: _without_problems(evaluate(self)))
    sealing.finalise(desk.store, opened, clock=desk.clock)
    monkeypatch.undo()
    return opened.record_id


def _without_problems(result):
    from dataclasses import replace

    return replace(result, problems=())
