"""What sync relies on, whichever outbox it works on: the store's or the one in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from checklists.errors import NotFoundError, SealError
from checklists.sealing import Receipt, Sealed, make_receipt, read_json
from sync.protocol import Outbox
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, content, new_store, photo
from tests.support.sync_outbox import MemoryOutbox, sealed_record

CENTRE_KEY = DeviceKey.from_seed(b"\7" * 32)
PHOTO = b"photo" * 100


@dataclass
class Case:
    """An outbox and a way to put one sealed record with a photo into it."""

    outbox: Outbox
    put: Callable[[str], Sealed]


def _memory() -> Case:
    outbox, key = MemoryOutbox(), DeviceKey.generate()

    def put(record_id: str) -> Sealed:
        sealed = sealed_record(key, f"rev-{record_id}", record_id=record_id, files=[PHOTO])
        outbox.put(sealed, [PHOTO])
        return sealed

    return Case(outbox, put)


@pytest.fixture(params=["memory", "store"])
def case(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock) -> Iterator[Case]:
    if request.param == "memory":
        yield _memory()
        return
    store = new_store(tmp_path / "workspace", clock)

    def put(record_id: str) -> Sealed:
        begin(store, record_id, f"v-{record_id}")
        photo(store, f"a-{record_id}", PHOTO, record_id)
        return store.records.finalise(record_id, content())[0]

    yield Case(store.outbox, put)
    store.close()


def receipt_for(sealed: Sealed) -> Receipt:
    return make_receipt(
        sealed,
        receipt_id=str(uuid.uuid4()),
        server_id="s-1",
        received_at="2026-11-22T12:00:00.000+07:00",
        seq=1,
        key=CENTRE_KEY,
    )


def revision_of(sealed: Sealed) -> str:
    return str(read_json(sealed.envelope)["revision_id"])


def test_a_sealed_record_waits_with_its_digest_and_its_files(case: Case) -> None:
    sealed = case.put("r-1")
    (row,) = case.outbox.pending()
    assert (row.record_id, row.revision_id, row.digest) == ("r-1", revision_of(sealed), sealed.digest)
    assert (row.base_revision_id, row.state, row.attempts, row.next_at) == (None, "waiting", 0, "")
    assert [(b.size, b.mime) for b in row.blobs] == [(len(PHOTO), "image/jpeg")]


def test_the_bytes_are_those_that_were_sealed_every_time(case: Case) -> None:
    sealed = case.put("r-1")
    revision_id = revision_of(sealed)
    assert case.outbox.sealed(revision_id) == case.outbox.sealed(revision_id) == sealed


def test_the_oldest_comes_first(case: Case) -> None:
    order = [revision_of(case.put(record_id)) for record_id in ("r-1", "r-2", "r-3")]
    assert [row.revision_id for row in case.outbox.pending()] == order


def test_a_file_can_be_read_from_any_place(case: Case) -> None:
    case.put("r-1")
    (blob,) = case.outbox.pending()[0].blobs
    file = case.outbox.open_blob(blob.sha256)
    try:
        assert file.read() == PHOTO
        file.seek(7)
        assert file.tell() == 7
        assert file.read(5) == PHOTO[7:12]
    finally:
        file.close()


def test_only_a_receipt_takes_a_row_away(case: Case) -> None:
    sealed = case.put("r-1")
    case.outbox.failed(revision_of(sealed), "offline", "", "")
    assert len(case.outbox.pending()) == 1
    case.outbox.acknowledge(receipt_for(sealed))
    assert list(case.outbox.pending()) == []


def test_the_same_receipt_twice_changes_nothing(case: Case) -> None:
    receipt = receipt_for(case.put("r-1"))
    case.outbox.acknowledge(receipt)
    case.outbox.acknowledge(receipt)
    assert list(case.outbox.pending()) == []


def test_a_receipt_for_other_bytes_is_refused_and_the_row_stays(case: Case) -> None:
    receipt = replace(receipt_for(case.put("r-1")), digest="0" * 64)
    with pytest.raises(SealError):
        case.outbox.acknowledge(receipt)
    assert len(case.outbox.pending()) == 1


def test_a_receipt_for_a_revision_that_we_do_not_have_is_refused(case: Case) -> None:
    receipt = replace(receipt_for(case.put("r-1")), revision_id="unknown")
    with pytest.raises(NotFoundError):
        case.outbox.acknowledge(receipt)


def test_a_failure_is_counted_with_its_reason_and_its_next_time(case: Case) -> None:
    revision_id = revision_of(case.put("r-1"))
    case.outbox.failed(revision_id, "busy", "later", "2026-11-22T12:00:00.000+07:00")
    case.outbox.failed(revision_id, "busy", "later", "2026-11-22T12:05:00.000+07:00")
    (row,) = case.outbox.pending()
    assert (row.attempts, row.last_error_code, row.last_error) == (2, "busy", "later")
    assert (row.next_at, row.state) == ("2026-11-22T12:05:00.000+07:00", "waiting")


def test_a_parked_row_and_one_in_conflict_stay_in_sight(case: Case) -> None:
    first, second = revision_of(case.put("r-1")), revision_of(case.put("r-2"))
    case.outbox.failed(first, "invalid", "", "", parked=True)
    case.outbox.failed(second, "conflict", "", "", conflict_head="rev-other")
    assert [row.state for row in case.outbox.pending()] == ["parked", "conflict"]


def test_what_does_not_exist_is_said_so(case: Case) -> None:
    with pytest.raises(NotFoundError):
        case.outbox.sealed("unknown")
    with pytest.raises(NotFoundError):
        case.outbox.open_blob("0" * 64)
