"""The outbox: a row leaves only with a receipt that names the digest of its exact bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.crypto import DeviceKey
from checklists.errors import NotFoundError, SealedRecordError, SealError
from checklists.model import RecordState
from checklists.sealing import Receipt, Sealed, make_receipt
from checklists.store import Store
from tests.support import store_builders as make
from tests.support.store_workspace import answer, content, whole_inspection

CENTRE = DeviceKey.from_seed(b"\x09" * 32)


def receipt(sealed: Sealed, receipt_id: str = "q-1") -> Receipt:
    return make_receipt(
        sealed, receipt_id=receipt_id, server_id="s-1", received_at="2026-11-22T12:00:00.000+07:00", seq=1, key=CENTRE
    )


def test_a_sealed_record_waits_with_all_its_blobs(store: Store) -> None:
    sealed = whole_inspection(store)
    (row,) = store.outbox.pending()
    assert (row.digest, row.state, row.attempts, row.next_at) == (sealed.digest, "waiting", 0, "")
    assert store.outbox.sealed(row.revision_id) == sealed
    with store.outbox.open_blob(row.blobs[0].sha256) as blob:
        assert len(blob) == row.blobs[0].size


def test_the_same_photo_twice_is_sent_once(store: Store) -> None:
    whole_inspection(store)
    store.records.begin_correction("r-1", reason="x", author=make.OFFICER)
    store.records.finalise("r-1", content())
    one, two = store.outbox.pending()
    assert two.base_revision_id == one.revision_id
    assert one.blobs == two.blobs


def test_a_receipt_that_names_the_digest_makes_it_sent(store: Store) -> None:
    sealed = whole_inspection(store)
    changes = store.outbox.acknowledge(receipt(sealed))
    assert changes.touches("record", "outbox", "receipt")
    assert store.outbox.pending() == ()
    row = store.records.summary("r-1")
    assert (row.state, row.receipt_id) == (RecordState.SENT, "q-1")
    assert store.records.count([RecordState.SENT]) == 1
    assert store.outbox.receipts("r-1") == (receipt(sealed),)


def test_the_same_receipt_twice_changes_nothing(store: Store) -> None:
    sealed = whole_inspection(store)
    store.outbox.acknowledge(receipt(sealed))
    entries = store.audit.head().seq
    store.outbox.acknowledge(receipt(sealed))
    assert store.audit.head().seq == entries


def test_a_receipt_for_other_bytes_sends_nothing(store: Store) -> None:
    sealed = whole_inspection(store)
    with pytest.raises(SealError):
        store.outbox.acknowledge(replace(receipt(sealed), digest="00" * 32))
    with pytest.raises(NotFoundError):
        store.outbox.acknowledge(replace(receipt(sealed), revision_id="other"))
    assert store.records.summary("r-1").state is RecordState.SEALED
    assert len(store.outbox.pending()) == 1


def test_a_row_cannot_be_taken_out_without_a_receipt(store: Store) -> None:
    whole_inspection(store)
    with pytest.raises(SealedRecordError):
        store._core.db.run("DELETE FROM outbox")


def test_a_failure_is_kept_with_its_reason_and_next_time(store: Store) -> None:
    whole_inspection(store)
    (row,) = store.outbox.pending()
    store.outbox.failed(row.revision_id, "timeout", "ไม่มีคำตอบ", "2026-11-22T13:00:00.000+07:00")
    store.outbox.failed(row.revision_id, "invalid", "ข้อ 3", "", parked=True)
    (row,) = store.outbox.pending()
    assert (row.attempts, row.state, row.last_error_code, row.last_error) == (2, "parked", "invalid", "ข้อ 3")
    assert store.outbox.counts() == {"waiting": 0, "parked": 1, "conflict": 0}


def test_a_conflict_names_the_centres_head_and_stays(store: Store) -> None:
    whole_inspection(store)
    (row,) = store.outbox.pending()
    store.outbox.failed(row.revision_id, "conflict", "", "", conflict_head="rev-x")
    (row,) = store.outbox.pending()
    assert (row.state, row.conflict_head) == ("conflict", "rev-x")


def test_a_corrected_record_is_sent_only_when_its_newest_revision_is(store: Store) -> None:
    first = whole_inspection(store)
    store.outbox.acknowledge(receipt(first))
    store.records.begin_correction("r-1", reason="x", author=make.OFFICER)
    answer(store, 1, "fail")
    second, _ = store.records.finalise("r-1", content())
    assert store.records.summary("r-1").state is RecordState.SEALED
    store.outbox.acknowledge(receipt(second, "q-2"))
    assert store.records.summary("r-1").state is RecordState.SENT
