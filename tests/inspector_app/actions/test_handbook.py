"""What the handbook does for an officer at work: warnings, papers, last time, versions, confirmations, editions."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from checklists.authoring import publishing
from checklists.clock import BANGKOK
from checklists.crypto import DeviceKey
from checklists.errors import NotFoundError, SealedRecordError
from checklists.findings import orders as papers
from checklists.findings.authority import Appointment
from checklists.findings.last_time import Trend
from checklists.loading import HANDBOOK, bundled, load_form
from checklists.model import Certainty, Overall, Visit
from checklists.store.pulled import PulledRow
from inspector_app.actions.afterwards import earlier, orders
from inspector_app.actions.inspection import authority, versions
from inspector_app.actions.reference import checklists as checklist_actions
from inspector_app.actions.reference import handbook
from inspector_app.reports import content
from tests.support import handbook_records
from tests.support.clock import FrozenClock

MORNING = datetime(2026, 11, 23, 10, tzinfo=BANGKOK)


@pytest.fixture
def clock():
    return FrozenClock(MORNING)


# --- before an officer begins ---------------------------------------------------------------------------------------


def warned(desk, form_id, clock=None):
    found = authority.warnings(desk.store, form_id, handbook_records.SITE, clock=clock or desk.clock)
    return [one.code for one in found]


def test_an_officer_without_an_appointment_under_the_act_is_warned(desk):
    assert warned(desk, "factory_act_general") == ["appointment"]


def test_an_appointment_covers_its_act_area_and_time_only(desk):
    covers = Appointment("fa2535", "1234", ("11",), "2026-01-01", "2026-12-31")
    authority.set_appointments(desk.store, [covers])
    assert authority.appointments(desk.store) == (covers,)
    assert warned(desk, "factory_act_general") == []
    assert "appointment" in warned(desk, "minerals_act")
    authority.set_appointments(desk.store, [replace(covers, provinces=("10",))])
    assert warned(desk, "factory_act_general") == ["appointment"]
    authority.set_appointments(desk.store, [replace(covers, valid_until="2026-06-30")])
    assert warned(desk, "factory_act_general") == ["appointment"]


def test_at_night_the_hours_of_entry_are_warned_of_and_the_ground_is_written_down(desk):
    authority.set_appointments(desk.store, [Appointment("fa2535")])
    night = FrozenClock(MORNING + timedelta(hours=12))
    assert warned(desk, "factory_act_general", night) == ["hours"]
    found = authority.warnings(desk.store, "factory_act_general", handbook_records.SITE, clock=night)
    visit = authority.with_ground(Visit("v", handbook_records.SITE), found, "ผู้ประกอบกิจการเปิดทำการกะดึก")
    assert "นอกเวลาที่เข้าตรวจได้" in visit.remarks
    assert visit.remarks.endswith("– ผู้ประกอบกิจการเปิดทำการกะดึก")


# --- papers ---------------------------------------------------------------------------------------------------------


def test_a_sealed_record_suggests_its_papers_with_dates(desk):
    record_id = desk.begin(FA_B06="fail", FA_B06_note="ประตูล็อก")
    desk.seal(record_id)
    found = orders.proposed(desk.store, record_id)
    assert found.overall is Overall.ORDER
    assert [order.kind.kind_id for order in found.orders] == ["s37", "visit-record"]
    order = found.order("s37")
    assert "ประตูล็อก" in order.clauses[0].fact
    assert {"service", "reasons", "hearing"} <= set(order.missing)
    finding_id, due = found.deadlines[0]
    assert finding_id == "FA-B06"
    assert due.start == "2026-11-23"
    assert str(order.days) in due.reason.th


def test_the_time_to_obey_counts_from_the_day_of_receipt(desk):
    record_id = desk.begin(FA_B06="fail", FA_B06_note="ประตูล็อก")
    desk.seal(record_id)
    service = papers.Service("hand", "2026-11-30", receiver="กมล")
    hearing = papers.Hearing(True, "รับทราบ")
    order = orders.proposed(desk.store, record_id, service=service, hearing=hearing, reasons="ขัดข้อ 5").order("s37")
    assert order.received.due == "2026-11-30"
    assert order.due.start == "2026-11-30"
    assert not {"service", "hearing", "reasons", "due"} & set(order.missing)


def test_a_record_without_findings_suggests_no_order(desk):
    record_id = desk.begin(FA_B06="pass")
    desk.seal(record_id)
    found = orders.proposed(desk.store, record_id)
    assert [order.kind.kind_id for order in found.orders] == ["visit-record"]
    with pytest.raises(NotFoundError):
        found.order("s37")


# --- last time ------------------------------------------------------------------------------------------------------


def test_the_last_visit_stands_beside_each_item(desk):
    first = desk.begin(FA_B06="fail", FA_B06_note="ล็อก", FA_B05="120", FA_A09="40")
    desk.seal(first)
    second = desk.begin(FA_B06="pass", FA_B05="100")
    last = earlier.beside(desk.store, desk.open(second))
    assert (last.record_id, last.visited_on) == (first, "2026-11-23")
    assert last.items["FA-B06"].trend is Trend.BETTER
    assert last.items["FA-B05"].trend is Trend.WORSE
    assert last.items["FA-B05"].difference == -20
    assert last.items["FA-A09"].trend is Trend.OPEN


def test_a_fact_may_be_carried_and_a_failure_never(desk):
    desk.seal(desk.begin(FA_B06="fail", FA_B06_note="ล็อก", FA_A09="40"))
    second = desk.open(desk.begin())
    last = earlier.beside(desk.store, second)
    values = {ref.path.rpartition("/")[2]: value for ref, value in earlier.carried(second, last, "FA-A09").items()}
    assert values["fa_a09_x"] == "40"
    assert values["fa_a09_note"] == "ยกมาจากการตรวจครั้งก่อน 2026-11-23"
    assert earlier.carried(second, last, "FA-B06") == {}


def test_a_site_that_was_never_inspected_has_no_last_time(desk):
    assert earlier.beside(desk.store, desk.open(desk.begin())) is None


# --- versions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def next_version(desk):
    """The inspection of mines as a later version."""
    text = (HANDBOOK / "minerals_act.yaml").read_text(encoding="utf-8")
    found = load_form(text.replace('version: "2569.1"', 'version: "2569.2"', 1))
    pin = checklist_actions.pin_of(found)
    desk.store.checklists.put(pin, found.xml)
    return pin


def test_a_draft_moves_to_a_newer_version_with_its_answers(desk, next_version):
    record_id = desk.begin("minerals_act", MI_A01="fail", MI_A01_note="หมดอายุ")
    before = desk.open(record_id).evaluate()
    report, _ = versions.move_to_version(desk.store, record_id, next_version.sha256, clock=desk.clock)
    assert not report.dropped
    assert any(ref.path.endswith("mi_a01_v") for ref in report.kept)
    after = desk.open(record_id)
    assert after.definition.version == next_version.version
    assert desk.store.records.summary(record_id).form.version == next_version.version
    assert [f.fact for f in after.evaluate().findings] == [f.fact for f in before.findings]


def test_a_move_can_be_looked_at_first_and_changes_nothing(desk, next_version):
    record_id = desk.begin("minerals_act", MI_A01="pass")
    move = versions.look_ahead(desk.store, record_id, next_version.sha256)
    assert move.pin == next_version
    assert desk.open(record_id).definition.version != next_version.version


def test_what_has_no_place_in_another_version_is_kept_aside(desk):
    record_id = desk.begin("minerals_act", MI_A01="fail", MI_A01_note="หมดอายุ")
    other = load_form("| survey |\n| | type | name | label |\n| | text | other | Other |\n")
    pin = checklist_actions.pin_of(other)
    desk.store.checklists.put(pin, other.xml)
    report, _ = versions.move_to_version(desk.store, record_id, pin.sha256, clock=desk.clock)
    assert "หมดอายุ" in {answer.value for answer in report.dropped}
    assert "หมดอายุ" in {answer.value for answer in desk.store.records.draft(record_id).aside}


def test_a_sealed_record_stays_on_its_version(desk, next_version):
    record_id = desk.begin("minerals_act", MI_A01="pass")
    desk.seal(record_id)
    with pytest.raises(SealedRecordError):
        versions.move_to_version(desk.store, record_id, next_version.sha256, clock=desk.clock)


# --- confirmations --------------------------------------------------------------------------------------------------

BY = {"officer": "นายกฎหมาย ตัวอย่าง", "position": "นิติกร", "document": "อก 0302/1", "date": "2026-11-20"}


def references(result):
    laws = {law for item in result.items for law in item.laws} | {law for f in result.findings for law in f.laws}
    limits = {item.limit for item in result.items if item.limit}
    return laws, limits


def test_a_confirmation_without_officer_document_or_date_is_none(desk):
    for name in ("officer", "document", "date"):
        with pytest.raises(handbook.UnnamedConfirmationError):
            handbook.confirm(desk.store, "fa2535-s23", **{**BY, name: " "})
    assert handbook.confirmations(desk.store) == ()


def test_only_what_the_handbook_has_can_be_confirmed(desk):
    with pytest.raises(NotFoundError):
        handbook.confirm(desk.store, "fa2535-s9999", **BY)


def test_a_confirmed_limit_and_law_are_certain_on_screen_and_in_the_record(desk):
    record_id = desk.begin(FA_B05="90")
    item = {i.item_id: i for i in desk.open(record_id).evaluate().items}["FA-B05"]
    assert item.limit.certainty is not Certainty.CONFIRMED
    handbook.confirm(desk.store, "exit-width", **BY)
    handbook.confirm(desk.store, "mr2-2535-c5-3", **BY)
    opened = desk.open(record_id)
    item = {i.item_id: i for i in opened.evaluate().items}["FA-B05"]
    assert item.limit.certainty is Certainty.CONFIRMED
    assert {law.certainty for law in item.laws if law.law_id == "mr2-2535-c5-3"} == {Certainty.CONFIRMED}
    entry = opened.catalogue.entry("mr2-2535-c5-3")
    assert (entry.confirmation.officer, entry.confirmation.document) == (BY["officer"], BY["document"])


def test_a_paper_is_no_draft_when_everything_it_uses_is_confirmed(desk):
    record_id = desk.begin(FA_B05="90")
    opened = desk.open(record_id)
    laws, limits = references(opened.evaluate())
    for entry_id in {law.law_id for law in laws} | {limit.limit_id for limit in limits}:
        handbook.confirm(desk.store, entry_id, **BY)
    handbook.confirm(desk.store, opened.outline.items[0].item_id, **BY)  # one item is not the whole checklist
    summary = desk.store.records.summary(record_id)
    assert not handbook.confirmed_pin(desk.store, summary.form, opened.outline).confirmed
    handbook.confirm(desk.store, "factory_act_general", **BY)
    pin = handbook.confirmed_pin(desk.store, summary.form, opened.outline)
    assert pin.confirmed

    def paper(opened, form):
        return content.from_draft(
            opened.evaluate(), visit=opened.visit, attachments=(), form=form, author=handbook_records.OFFICER,
            record_id=record_id, language="th", copy="office",
        )  # fmt: skip

    sure = desk.open(record_id)
    laws, limits = references(sure.evaluate())
    assert {one.certainty for one in laws | limits} == {Certainty.CONFIRMED}
    assert "รอหน่วยงานยืนยัน" in str(paper(opened, summary.form))
    assert "รอหน่วยงานยืนยัน" not in str(paper(sure, pin))


def test_a_later_confirmation_takes_the_place_of_an_earlier_one(desk):
    handbook.confirm(desk.store, "exit-width", **BY)
    handbook.confirm(desk.store, "exit-width", **{**BY, "document": "อก 0302/2"})
    assert [one.document for one in handbook.confirmations(desk.store)] == ["อก 0302/2"]


# --- editions from the centre ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys():
    return DeviceKey.generate(), DeviceKey.generate()


@pytest.fixture(scope="module")
def edition():
    content = bundled("minerals_act").xml
    manifest = publishing.edition(
        content, file="minerals_act.xml", entry_id="minerals_act", version="2", effective_from="2026-11-01",
        author="นายหนึ่ง", approver="นางสอง", document="อก 0302/9",
    )  # fmt: skip
    return manifest, content


def signed(manifest, keys):
    return manifest.signed("author", keys[0]).signed("approver", keys[1])


def test_an_edition_that_nobody_signed_is_refused(desk, edition):
    with pytest.raises(publishing.EditionError) as caught:
        handbook.take_edition(desk.store, *edition, clock=desk.clock)
    assert caught.value.data["kind"] == "unsigned"
    assert desk.store.checklists.list() == ()


def test_an_edition_is_taken_when_both_signers_are_trusted(desk, edition, keys):
    manifest = signed(edition[0], keys)
    with pytest.raises(publishing.EditionError) as caught:
        handbook.take_edition(desk.store, manifest, edition[1], clock=desk.clock)
    assert caught.value.data["kind"] == "unknown-signer"
    for key in keys:
        handbook.trust(desk.store, key.key_id, key.public_bytes)
    pin, _ = handbook.take_edition(desk.store, manifest, edition[1], clock=desk.clock)
    assert pin in desk.store.checklists.list()


@pytest.mark.parametrize("kind", ["changed", "recalled"])
def test_a_changed_or_recalled_edition_is_refused(desk, edition, keys, kind):
    for key in keys:
        handbook.trust(desk.store, key.key_id, key.public_bytes)
    manifest, xml = signed(edition[0], keys), edition[1]
    if kind == "changed":
        xml = xml + b" "
    else:
        recall = publishing.Recall("minerals_act", "2", "ผิดพลาด", "2026-11-20", "นางสอง").signed(keys[1])
        handbook.take_recall(desk.store, recall)
    with pytest.raises(publishing.EditionError) as caught:
        handbook.take_edition(desk.store, manifest, xml, clock=desk.clock)
    assert caught.value.data["kind"] == kind


def sent_by_the_centre(desk, pin, xml):
    desk.store.checklists.put(pin, xml)
    desk.store.pulled.apply_page([PulledRow("forms", pin.form_id, 1, "", pin.to_json())], "1")


def test_a_checklist_that_the_centre_sent_without_signatures_is_not_begun(desk, next_version):
    xml = desk.store.checklists.get(next_version.sha256)[1]
    handbook.refuse_unsigned(desk.store, next_version)  # imported by hand
    sent_by_the_centre(desk, next_version, xml)
    with pytest.raises(publishing.EditionError) as caught:
        handbook.refuse_unsigned(desk.store, next_version)
    assert caught.value.data["kind"] == "unsigned"


def test_a_signed_edition_may_be_begun_until_it_is_recalled(desk, next_version, keys):
    xml = desk.store.checklists.get(next_version.sha256)[1]
    sent_by_the_centre(desk, next_version, xml)
    for key in keys:
        handbook.trust(desk.store, key.key_id, key.public_bytes)
    manifest = publishing.edition(
        xml, file="m.xml", entry_id="minerals_act", version="2569.2", effective_from="2026-11-01",
        author="นายหนึ่ง", approver="นางสอง", document="อก 0302/9",
    )  # fmt: skip
    handbook.take_edition(desk.store, signed(manifest, keys), xml, clock=desk.clock)
    handbook.refuse_unsigned(desk.store, next_version)
    recall = publishing.Recall("minerals_act", "2569.2", "ผิดพลาด", "2026-11-22", "นางสอง")
    handbook.take_recall(desk.store, replace(recall, key_id=keys[0].key_id, value="00" * 64))
    handbook.refuse_unsigned(desk.store, next_version)  # a recall that nobody signed recalls nothing
    handbook.take_recall(desk.store, recall.signed(keys[1]))
    with pytest.raises(publishing.EditionError) as caught:
        handbook.refuse_unsigned(desk.store, next_version)
    assert caught.value.data["kind"] == "recalled"


def test_a_bundled_checklist_is_trusted_as_shipped(desk):
    handbook.refuse_unsigned(desk.store, checklist_actions.pin_of(bundled("minerals_act")))
