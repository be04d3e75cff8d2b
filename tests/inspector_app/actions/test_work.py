"""What comes after an inspection: orders and their dates, the work list, laboratory results, last time, grounds."""

from datetime import datetime, timedelta

import pytest

from checklists.authoring.publishing import EditionError
from checklists.clock import BANGKOK
from checklists.errors import NotFoundError
from checklists.findings.last_time import Trend
from checklists.findings.orders import Hearing, Service
from checklists.model import Certainty, Verdict
from checklists.sealing import parse_envelope
from checklists.store import OrderStepError, OrderStepKind
from checklists.store.pulled import PulledRow
from inspector_app.actions.afterwards import earlier, orders, worklist
from inspector_app.actions.inspection import addenda, authority, records, statutory
from inspector_app.actions.reference import checklists as checklist_actions
from inspector_app.actions.reference import handbook
from tests.support.clock import FrozenClock
from tests.support.handbook_records import OFFICER, SITE

BY = {"person": "สมศรี"}


@pytest.fixture
def clock():
    return FrozenClock(datetime(2026, 11, 23, 10, tzinfo=BANGKOK))


@pytest.fixture
def sealed(desk):
    record_id = desk.begin(FA_A00="full", FA_B06="fail", FA_B06_note="ประตูล็อก", FA_G06="lab")
    desk.seal(record_id)
    return record_id


def drafted(desk, record_id, kind="s37", **more):
    order_id, _ = orders.begin(desk.store, record_id, kind, ids=desk.ids, **BY, **more)
    return order_id


def approved(desk, order_id):
    orders.amend(desk.store, order_id, reasons="เสี่ยง", hearing=Hearing(True, "รับทราบ"))
    for step in (OrderStepKind.APPROVED, OrderStepKind.NUMBERED, OrderStepKind.ISSUED):
        orders.step(desk.store, order_id, step, clock=desk.clock, **BY)


# --- orders ---


def test_an_order_is_not_approved_while_a_part_is_missing_and_not_amended_after(desk, sealed):
    order_id = drafted(desk, sealed)
    with pytest.raises(orders.OrderError) as error:
        orders.step(desk.store, order_id, OrderStepKind.APPROVED, clock=desk.clock, **BY)
    assert error.value.data["missing"] == "reasons, hearing"
    approved(desk, order_id)
    with pytest.raises(OrderStepError):
        orders.amend(desk.store, order_id, reasons="อื่น")


def test_a_hearing_says_something_or_why_there_was_none(desk, sealed):
    for empty in (Hearing(True, " "), Hearing(False, "", " ")):
        with pytest.raises(orders.OrderError):
            orders.amend(desk.store, drafted(desk, sealed), hearing=empty)


def test_the_due_date_counts_from_the_kind_of_service(desk, sealed):
    days = {"hand": "2026-11-30", "adult": "2026-11-30", "post": "2026-12-08", "posting": "2026-12-08"}
    for method, received in days.items():
        order_id = drafted(desk, sealed, days=10)
        approved(desk, order_id)
        done = orders.serve(desk.store, order_id, Service(method, "2026-11-30", "กมล"), clock=desk.clock, **BY)
        assert (done.received.due, done.due.start) == (received, received)
        assert (done.appeal is not None) == (method == "hand")  # else the day of knowing must be told
        assert orders.line(desk.store, order_id, clock=desk.clock).due == done.due.due


def test_the_appeal_counts_from_the_day_the_person_knew(desk, sealed):
    order_id = drafted(desk, sealed)
    approved(desk, order_id)
    service = Service("posting", "2026-11-30")
    done = orders.serve(desk.store, order_id, service, clock=desk.clock, known_on="2026-12-01", **BY)
    assert done.appeal.due == "2026-12-31"


def test_a_reference_that_is_not_certain_is_a_gap_until_it_is_confirmed(desk):
    record_id = desk.begin(FA_B05="100", FA_A09="40")
    desk.seal(record_id)
    order_id = drafted(desk, record_id)
    (clause,) = orders.paper(desk.store, order_id).clauses
    assert clause.laws == ()
    assert clause.gaps
    for law in clause.gaps:
        handbook.confirm(desk.store, law.law_id, officer="นิติกร", document="อก 1", date="2026-11-01")
    (clause,) = orders.paper(desk.store, order_id).clauses
    assert clause.gaps == ()
    assert {law.certainty for law in clause.laws} == {Certainty.CONFIRMED}


def test_every_paper_of_the_factory_act_can_be_drafted(desk, sealed):
    for kind in ("s37", "s37-seal", "s39", "s40-notice", "s20", "s28", "s33", "s43", "warning"):
        assert orders.paper(desk.store, drafted(desk, sealed, kind)).kind.kind_id == kind


def test_an_unknown_kind_or_finding_is_refused(desk, sealed):
    for more in ({"kind": "s99"}, {"finding_ids": ["FA-X"]}):
        with pytest.raises(NotFoundError):
            drafted(desk, sealed, **more)


# --- the work list ---


def test_a_finding_without_an_order_is_a_reinspection_until_it_is_looked_at_again(desk, sealed):
    tasks = worklist.todo(desk.store, clock=desk.clock)
    assert [task.kind for task in tasks] == ["reinspection", "lab"]
    again = desk.begin(FA_A00="full", FA_B06="pass")
    desk.clock.advance(timedelta(days=1).total_seconds())
    desk.seal(again)
    assert [task.kind for task in worklist.todo(desk.store, clock=desk.clock)] == ["lab"]


def test_an_order_takes_the_place_of_the_reinspection_and_is_overdue_after_its_day(desk, sealed):
    order_id = drafted(desk, sealed, days=10)
    approved(desk, order_id)
    orders.serve(desk.store, order_id, Service("hand", "2026-11-23"), clock=desk.clock, **BY)
    desk.clock.advance(timedelta(days=10).total_seconds())
    assert worklist.overdue(desk.store, clock=desk.clock) == ()
    desk.clock.advance(timedelta(days=1).total_seconds())
    (task,) = worklist.overdue(desk.store, clock=desk.clock)
    assert (task.kind, task.order_id, task.days_left) == ("order", order_id, -1)


# --- laboratory results ---


def result(value, **more):
    return addenda.LabResult("FA-G06", value, "ห้องปฏิบัติการตัวอย่าง", "L-1", "2026-12-01", **more)


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [("20", "", "pass"), ("๒๐.๑", "", "fail"), ("0.021", "g/L", "fail"), ("<2", "", "pass"), ("<50", "", None)],
)
def test_a_laboratory_result_is_judged_by_the_limit_of_the_day_of_sampling(desk, sealed, value, unit, verdict):
    desk.clock.advance(timedelta(days=30).total_seconds())
    done = addenda.add_result(desk.store, sealed, result(value, unit=unit), author=OFFICER, ids=desk.ids)
    assert done.measurement.verdict == (Verdict(verdict) if verdict else None)
    assert (done.finding is not None) == (verdict == "fail")
    envelope = parse_envelope(desk.store.records.sealed(done.addendum_id).envelope)
    assert (envelope["op"], envelope["about"]["record_id"]) == ("addendum", sealed)
    assert envelope["measurements"][0]["limit"]["maximum"] == 20
    assert envelope["overall"] == ("order" if verdict == "fail" else "pass")
    assert addenda.pending(desk.store, sealed) == ()


@pytest.mark.parametrize("wrong", [result("x"), result("5", unit="°C"), addenda.LabResult("FA-G06", "5", "", "", "")])
def test_a_result_that_cannot_be_is_refused(desk, sealed, wrong):
    with pytest.raises(addenda.LabResultError):
        addenda.add_result(desk.store, sealed, wrong, author=OFFICER, ids=desk.ids)
    assert len(addenda.pending(desk.store, sealed)) == 1


def test_a_value_that_waits_for_nothing_takes_no_result(desk, sealed):
    other = addenda.LabResult("FA-B05", "5", "x", "1", "2026-12-01")
    with pytest.raises(NotFoundError):
        addenda.add_result(desk.store, sealed, other, author=OFFICER, ids=desk.ids)


# --- last time, from the centre ---


def test_a_colleagues_inspection_stands_beside_each_item(desk):
    body = {
        "form_id": "factory_act_general",
        "sealed_at": "2026-05-05T10:00:00+07:00",
        "verdicts": {"FA-B06": "fail"},
        "findings": [{"item_id": "FA-B06", "fact": "ล็อก"}],
    }
    desk.store.pulled.apply_page([PulledRow("inspections", "r-9", 1, SITE.site_id, body)], "1")
    last = earlier.beside(desk.store, desk.open(desk.begin(FA_B06="pass")), clock=desk.clock)
    assert (last.origin, last.visited_on) == ("centre", "2026-05-05")
    assert last.items["FA-B06"].trend is Trend.BETTER
    assert last.items["FA-B06"].then.note == "ล็อก"


def test_a_whole_earlier_record_that_was_fetched_ahead_says_more_and_the_newest_counts(desk, sealed):
    extract = parse_envelope(desk.store.records.sealed(sealed).envelope)
    told = {"extract": extract, "sealed_at": "2026-12-24T10:00:00.000+07:00"}
    desk.store.pulled.apply_page([PulledRow("earlier", "r-9", 1, SITE.site_id, told)], "1")
    last = earlier.beside(desk.store, desk.open(desk.begin(FA_B06="fail", FA_B06_note="ยังล็อก")), clock=desk.clock)
    assert (last.record_id, last.origin) == ("r-9", "centre")
    assert last.items["FA-B06"].trend is Trend.UNCHANGED
    assert [finding.finding_id for finding in last.open_findings] == ["FA-B06"]


def test_what_a_phone_sent_is_told_apart_because_no_laptop_signed_it(desk, sealed):
    extract = parse_envelope(desk.store.records.sealed(sealed).envelope) | {"source": {"kind": "openrosa"}}
    told = {"extract": extract, "sealed_at": "2026-12-24T10:00:00.000+07:00"}
    desk.store.pulled.apply_page([PulledRow("earlier", "r-9", 1, SITE.site_id, told)], "1")
    assert earlier.beside(desk.store, desk.open(desk.begin()), clock=desk.clock).origin == "phone"


# --- power, steps, editions ---


def test_going_on_at_night_is_warned_of_until_a_ground_of_that_night_is_given(desk):
    record_id = desk.begin()
    authority.set_appointments(desk.store, [])
    desk.clock.advance(timedelta(hours=12).total_seconds())
    found = authority.for_record(desk.store, record_id, clock=desk.clock)
    assert [one.code for one in found] == ["appointment", "hours"]
    visit_id = desk.store.records.summary(record_id).visit_id
    with pytest.raises(authority.NoGroundError):
        authority.record_ground(desk.store, visit_id, found, " ", clock=desk.clock, **BY)
    authority.record_ground(desk.store, visit_id, found, "โรงงานทำงานกะดึก", clock=desk.clock, **BY)
    assert authority.for_record(desk.store, record_id, clock=desk.clock) == ()
    assert "โรงงานทำงานกะดึก" in desk.store.visits.get(visit_id).remarks
    desk.clock.advance(timedelta(days=1).total_seconds())
    assert len(authority.for_record(desk.store, record_id, clock=desk.clock)) == 2


def test_a_step_of_entry_says_where_the_sun_stood_and_an_empty_step_is_refused(desk):
    visit_id = desk.store.records.summary(desk.begin()).visit_id
    statutory.add_step(desk.store, visit_id, "entry", note="", clock=desk.clock, **BY)
    (step,) = statutory.steps(desk.store, visit_id)
    assert step.note.startswith("พระอาทิตย์ขึ้น 06:")
    with pytest.raises(statutory.NothingWrittenError):
        statutory.add_step(desk.store, visit_id, "card-shown", note=" ", clock=desk.clock, **BY)


def test_what_was_confirmed_reaches_every_record_that_is_opened(desk):
    record_id = desk.begin(FA_B05="100", FA_A09="40")
    handbook.confirm(desk.store, "exit-width", officer="นิติกร", document="อก 1", date="2026-11-01")
    finding = next(one for one in desk.open(record_id).evaluate().findings if one.item_id == "FA-B05")
    assert finding.measurement.limit.certainty is Certainty.CONFIRMED


def test_a_checklist_that_the_centre_sent_unsigned_is_not_started(desk):
    from checklists.loading import HANDBOOK

    text = (HANDBOOK / "opoai_c_followup.yaml").read_text(encoding="utf-8")
    file = desk.store.workspace / "own.yaml"
    file.write_text(text.replace("checklist: opoai_c_followup", "checklist: opoai_own"), encoding="utf-8")
    pin = checklist_actions.import_file(desk.store, file).pin
    desk.store.pulled.apply_page([PulledRow("forms", pin.form_id, 1, "", pin.to_json())], "1")
    with pytest.raises(EditionError):
        records.start(desk.store, site=SITE, form_id=pin.form_id, team=(OFFICER,), clock=desk.clock, ids=desk.ids)
