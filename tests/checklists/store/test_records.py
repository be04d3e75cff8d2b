"""Records: every answer is there after any end, sealing is all or nothing, what is sealed never changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from checklists.errors import NotFoundError, SealedRecordError
from checklists.model import AnswerRow, Draft, NodeRef, RecordState, RepeatRow, VisitOutcome
from checklists.sealing import parse_envelope, verify
from checklists.store import SealContent, StaleContentError, Store
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import answer, begin, content, photo, reopen, whole_inspection


def test_a_draft_goes_on_exactly_where_it_stood(store: Store, folder: Path, clock: FrozenClock) -> None:
    begin(store)
    rows = (RepeatRow("row-1", "/data/r", "", 1), RepeatRow("row-2", "/data/r", "", 2))
    answers = (AnswerRow("/data/a", "", "pass"), AnswerRow("/data/r/x", "row-2", "๑๒ ตัน"))
    store.records.save_answers("r-1", answers, rows=rows, cursor=NodeRef("/data/r/x", "row-2"), language="en")
    store.close()
    with reopen(folder, clock) as again:
        draft = again.records.draft("r-1")
    assert draft == Draft(
        make.PIN.form_id, make.PIN.version, make.PIN.sha256, "en", NodeRef("/data/r/x", "row-2"), answers, rows
    )


def test_an_answer_given_again_replaces_the_first(store: Store) -> None:
    begin(store)
    answer(store, 1, "pass")
    answer(store, 1, "fail")
    assert [a.value for a in store.records.draft("r-1").answers] == ["fail"]


def test_a_removed_row_takes_its_answers_with_it(store: Store) -> None:
    begin(store)
    row = RepeatRow("row-1", "/data/r", "", 1)
    store.records.save_answers("r-1", [AnswerRow("/data/r/x", "row-1", "1")], rows=[row])
    store.records.save_answers("r-1", removed_rows=["row-1"])
    draft = store.records.draft("r-1")
    assert (draft.answers, draft.rows) == ((), ())


def test_answers_kept_aside_by_an_upgrade_stay_with_the_draft(store: Store) -> None:
    store.visits.start(make.visit())
    aside = (AnswerRow("/data/gone", "", "old"),)
    draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256, aside=aside)
    store.records.create(record_id="r-1", visit_id="v-1", form=make.PIN, draft=draft, author=make.OFFICER)
    assert store.records.draft("r-1").aside == aside


def test_progress_is_shown_in_the_list(store: Store, clock: FrozenClock) -> None:
    begin(store)
    clock.advance(60)
    store.records.save_answers("r-1", [AnswerRow("/data/a", "", "1")], progress=(12, 54, 2))
    row = store.records.summary("r-1")
    assert (row.answered, row.total, row.failed) == (12, 54, 2)
    assert row.updated_at > row.created_at


def test_a_record_that_is_not_there_is_named(store: Store) -> None:
    for ask in (store.records.draft, store.records.summary, store.records.sealed, store.records.findings):
        with pytest.raises(NotFoundError):
            ask("nothing")
    with pytest.raises(NotFoundError):
        store.records.save_answers("nothing", [AnswerRow("/a", "", "1")])


# --- sealing ---


def test_sealing_freezes_everything_into_one_signed_envelope(store: Store) -> None:
    sealed = whole_inspection(store)
    verify(sealed, store.keys.device_key.public_bytes)
    envelope = parse_envelope(sealed.envelope)
    assert [a["value"] for a in envelope["answers"]] == ["pass", "fail", "na"]
    assert [a["exhibit"] for a in envelope["attachments"]] == ["จ.1", ""]
    assert envelope["visit"]["site"]["name_th"] == make.SITE.name_th
    assert envelope["form"]["sha256"] == make.PIN.sha256
    assert envelope["device_id"] == store.keys.device_id
    assert store.records.sealed("r-1") == sealed


def test_sealing_writes_findings_counts_and_outbox_row(store: Store) -> None:
    whole_inspection(store)
    assert [f.finding_id for f in store.records.findings("r-1")] == ["f-1"]
    row = store.records.summary("r-1")
    assert (row.state, row.photos) == (RecordState.SEALED, 1)
    assert [o.record_id for o in store.outbox.pending()] == ["r-1"]


def test_the_audit_position_is_bound_into_the_envelope(store: Store) -> None:
    sealed = whole_inspection(store)
    position = parse_envelope(sealed.envelope)["audit"]
    entries = store.audit.entries()
    assert entries[position["seq"] - 1].hash == position["head"]
    assert entries[position["seq"]].body["digest"] == sealed.digest


def test_a_sealed_record_takes_no_answer_and_no_photo(store: Store) -> None:
    whole_inspection(store)
    with pytest.raises(SealedRecordError):
        answer(store, 1, "pass")
    with pytest.raises(SealedRecordError):
        photo(store, "late")
    with pytest.raises(SealedRecordError):
        store.attachments.update("r-1-photo", caption="อื่น")
    with pytest.raises(SealedRecordError):
        store.records.finalise("r-1", content())


def test_nothing_is_sealed_where_the_result_came_from_other_answers(store: Store) -> None:
    begin(store)
    answer(store, 1, "pass")
    stale = SealContent(make.result(), "<data/>", answers=())
    with pytest.raises(StaleContentError):
        store.records.finalise("r-1", stale)
    assert store.records.summary("r-1").state is RecordState.DRAFT


def test_a_step_that_fails_in_the_middle_leaves_the_draft_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(store)
    answer(store, 1, "pass")
    head = store.audit.head()
    monkeypatch.setattr(store._revisions, "_write_parts", lambda what: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.records.finalise("r-1", content())
    assert store.records.draft("r-1").answers
    assert store.outbox.pending() == ()
    assert store.audit.head() == head


SEALED_TABLES = {
    "revision": "overall = 'pass'",
    "section_result": "failed = 0",
    "finding": "severity = 'minor'",
    "measurement": "value = '1'",
    "revision_attachment": "body = '{}'",
    "audit": "actor = 'x'",
}


@pytest.mark.parametrize("table", SEALED_TABLES)
def test_triggers_hold_what_is_sealed_even_against_sql(store: Store, table: str) -> None:
    whole_inspection(store)
    db = store._core.db
    for statement in (f"UPDATE {table} SET {SEALED_TABLES[table]}", f"DELETE FROM {table}"):
        with pytest.raises(SealedRecordError):
            db.run(statement)
    with pytest.raises(SealedRecordError):
        db.run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if table == "audit" else f"DELETE FROM {table}")


def test_a_revision_cannot_be_replaced(store: Store) -> None:
    whole_inspection(store)
    columns = "revision_id, record_id, number, op, reason, size, digest, signature, key_id, audit_seq, device_seq"
    with pytest.raises(SealedRecordError):
        store._core.db.run(
            f"INSERT OR REPLACE INTO revision ({columns}, author, sealed_at, overall, province_code, body_z) "
            f"SELECT {columns}, author, sealed_at, overall, province_code, x'00' FROM revision"
        )


# --- corrections ---


def test_a_correction_is_a_new_revision_with_a_reason(store: Store) -> None:
    first = whole_inspection(store)
    store.records.begin_correction("r-1", reason="อ่านมิเตอร์ผิด", author=make.OFFICER)
    assert store.records.summary("r-1").state is RecordState.DRAFT
    assert store.attachments.next_exhibit("r-1") == "จ.2"
    answer(store, 2, "pass")
    second, _ = store.records.finalise("r-1", content())
    one, two = store.records.revisions("r-1")
    assert (two.number, two.base_revision_id, two.reason) == (2, one.revision_id, "อ่านมิเตอร์ผิด")
    assert store.records.sealed("r-1", one.revision_id) == first
    assert [a["value"] for a in parse_envelope(second.envelope)["answers"]] == ["pass", "pass", "na"]
    assert [a.attachment_id for a in store.attachments.list("r-1")] == ["r-1-photo", "r-1-sign"]


def test_a_correction_without_a_reason_is_refused(store: Store) -> None:
    whole_inspection(store)
    with pytest.raises(ValueError, match="reason"):
        store.records.begin_correction("r-1", reason=" ", author=make.OFFICER)


def test_a_correction_given_up_leaves_the_sealed_record(store: Store) -> None:
    sealed = whole_inspection(store)
    store.records.begin_correction("r-1", reason="x", author=make.OFFICER)
    photo(store, "new", b"another")
    store.records.discard_draft("r-1", "ไม่ต้องแก้")
    assert store.records.sealed("r-1") == sealed
    assert store.records.summary("r-1").state is RecordState.SEALED
    assert store.attachments.open(store.attachments.list("r-1")[0].sha256).read()


def test_a_draft_given_up_leaves_the_lists(store: Store) -> None:
    begin(store)
    photo(store)
    store.records.discard_draft("r-1", "เริ่มผิดโรงงาน")
    assert store.records.list() == ()
    assert store.records.count() == 0


# --- visits without an inspection ---


def test_a_visit_that_found_the_gate_closed_is_sealed_by_itself(store: Store) -> None:
    visit = make.visit()
    store.visits.start(visit)
    closed = make.visit(outcome=VisitOutcome.CLOSED, remarks="โรงงานปิด")
    sealed, _ = store.records.seal_visit(closed, record_id="r-9", author=make.OFFICER)
    envelope = parse_envelope(sealed.envelope)
    assert (envelope["op"], envelope["form"], envelope["visit"]["outcome"]) == ("visit", None, "closed")
    assert store.records.summary("r-9").state is RecordState.SEALED
    assert [o.record_id for o in store.outbox.pending()] == ["r-9"]


# --- lists ---


def test_lists_show_the_last_changed_first_by_state_and_page(store: Store, clock: FrozenClock) -> None:
    for number in range(1, 6):
        clock.advance(60)
        begin(store, f"r-{number}", f"v-{number}")
    clock.advance(60)
    store.records.finalise("r-2", content())
    assert [r.record_id for r in store.records.list()] == ["r-2", "r-5", "r-4", "r-3", "r-1"]
    assert [r.record_id for r in store.records.list(limit=2, offset=3)] == ["r-3", "r-1"]
    assert [r.record_id for r in store.records.list([RecordState.SEALED])] == ["r-2"]
    assert store.records.count([RecordState.DRAFT]) == 4
    assert store.records.count([RecordState.SENT]) == 0
    assert store.records.count([]) == 0
    assert [r.record_id for r in store.records.list(visit_id="v-3")] == ["r-3"]


@pytest.mark.parametrize("states", [None, (RecordState.DRAFT,), (RecordState.SEALED, RecordState.SENT)])
def test_the_far_half_read_from_its_end_is_the_same_list(
    store: Store, clock: FrozenClock, states: tuple[RecordState, ...] | None
) -> None:
    for number in range(9):
        clock.advance(60)
        begin(store, f"r-{number}", f"v-{number}")
    for number in (2, 3, 7):
        store.records.finalise(f"r-{number}", content())
    every, of = store.records.list(states), store.records.count(states)
    assert len(every) == of
    for offset in range(of + 2):
        for limit in (1, 2, 5, 20):
            page = store.records.list(states, limit=limit, offset=offset, of=of)
            assert page == every[offset : offset + limit]


def test_a_changed_visit_shows_in_its_drafts_but_not_in_what_is_sealed(store: Store) -> None:
    begin(store, "r-1", "v-1")
    store.records.finalise("r-1", content())
    begin(store, "r-2", "v-2")
    moved = make.SITE.__class__("s-2", name_th="ที่ใหม่")
    for visit_id in ("v-1", "v-2"):
        store.visits.update(make.visit(visit_id, site=moved))
    assert store.records.summary("r-2").site.name_th == "ที่ใหม่"
    assert store.records.summary("r-1").site.name_th == make.SITE.name_th
