"""The engine against a real centre: what an inspector relies on when the screen says *sent*."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.sealing import verify_receipt, wire_line
from sync.client import Client
from sync.engine import SyncEngine
from sync.events import Received, RecordState, SyncEvent
from sync.protocol import Code, LineResult
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import RunningCentre


@pytest.fixture
def events() -> list[SyncEvent]:
    return []


@pytest.fixture
def engine(outbox: MemoryOutbox, client: Client, events: list[SyncEvent]) -> SyncEngine:
    return SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1), emit=events.append)


def test_a_record_without_files_gets_a_receipt_that_names_its_digest(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, client: Client
) -> None:
    row = outbox.put(sealed_record(key))
    report = engine.run()
    assert (report.sent, report.waiting, report.trouble) == (1, 0, "")
    receipt = outbox.receipts["rev-1"]
    assert receipt.digest == row.digest
    verify_receipt(receipt, bytes.fromhex(client.session.receipt_keys[0].public_key))


def test_text_goes_before_files_and_the_receipt_comes_with_the_last_file(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, events: list[SyncEvent], centre: RunningCentre
) -> None:
    files = [photo(n, 300_000) for n in range(3)]
    outbox.put(sealed_record(key, files=files), files)
    report = engine.run()
    assert report.sent == 1
    states = [e.state for e in events if isinstance(e, RecordState)]
    assert states.index("pending") < states.index("sending-files") < states.index("received")
    assert [e.record_id for e in events if isinstance(e, Received)] == ["r-1"]
    for data in files:
        sha256 = sealed_hash(data)
        assert centre.centre.blobs.path(sha256).read_bytes() == data


def sealed_hash(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def test_the_same_line_again_gets_the_same_receipt(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, client: Client
) -> None:
    outbox.put(sealed_record(key))
    engine.run()
    first = outbox.receipts.pop("rev-1")
    assert engine.run().sent == 1
    assert outbox.receipts["rev-1"] == first
    assert len(client.records()) == 1


def test_members_that_nobody_here_knows_are_kept_byte_for_byte_and_given_back(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, client: Client
) -> None:
    sealed = sealed_record(key, of_a_later_program={"ก": [1, 2]})
    outbox.put(sealed)
    assert engine.run().sent == 1
    (revision,) = client.record("r-1")["revisions"]
    assert revision["line"].encode() == wire_line(sealed).encode()


def test_a_chain_is_sent_parent_first_in_one_run(engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey) -> None:
    outbox.put(sealed_record(key, "rev-3", base="rev-2", op="record", reason="แก้ไข"))
    outbox.put(sealed_record(key, "rev-2", base="rev-1", op="record", reason="แก้ไข"))
    outbox.put(sealed_record(key, "rev-1"))
    assert engine.run().sent == 3


def test_two_edits_of_one_base_are_both_kept_and_one_is_shown_as_conflict(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, client: Client
) -> None:
    for revision_id, base in (("rev-1", None), ("rev-2a", "rev-1"), ("rev-2b", "rev-1")):
        outbox.put(sealed_record(key, revision_id, base=base))
    report = engine.run()
    assert (report.sent, report.conflicts) == (2, 1)
    assert outbox.conflict_heads == {"rev-2b": "rev-2a"}
    kept = {r["revision_id"]: r["state"] for r in client.record("r-1")["revisions"]}
    assert kept == {"rev-1": "accepted", "rev-2a": "accepted", "rev-2b": "conflict"}


def test_a_record_that_the_centre_refuses_is_parked_and_the_rest_goes_on(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey
) -> None:
    outbox.put(sealed_record(key, "rev-1", device_id="another-device"))
    outbox.put(sealed_record(key, "rev-2", record_id="r-2"))
    report = engine.run()
    assert (report.sent, report.parked) == (1, 1)
    assert outbox.rows["rev-1"].last_error_code == "invalid"


def test_what_was_refused_goes_when_a_person_asks_after_it_was_put_right_at_the_centre(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.put(sealed_record(key))
    refusal = (LineResult("rev-1", 403, Code.NOT_ASSIGNED),)
    with monkeypatch.context() as patched:
        patched.setattr(type(centre.centre.records), "file_lines", lambda *_: refusal)
        assert engine.run().parked == 1
    assert (engine.run().sent, engine.run().parked) == (0, 1)
    assert engine.run(force=True).sent == 1


def test_a_hundred_and_fifty_records_go_in_two_batches(
    engine: SyncEngine, outbox: MemoryOutbox, key: DeviceKey, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(150):
        outbox.put(sealed_record(key, f"rev-{n:03}", record_id=f"r-{n:03}"))
    sizes = _count_batches(client, monkeypatch)
    assert engine.run().sent == 150
    assert sizes == [100, 50]


def _count_batches(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sizes: list[int] = []
    original: Callable[..., object] = client.send_lines

    def counting(lines: list[bytes]) -> object:
        sizes.append(len(lines))
        return original(lines)

    monkeypatch.setattr(client, "send_lines", counting)
    return sizes
