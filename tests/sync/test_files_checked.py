"""After each run the centre is asked once more for every file of what it took: "12 of 12", or the missing names."""

from __future__ import annotations

import random

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from sync.client import Client
from sync.engine import SyncEngine
from sync.events import FilesChecked, SyncEvent, Trouble
from sync.protocol import MissingBlob
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record

PHOTOS = [photo(n, 5_000) for n in range(12)]


def run(outbox: MemoryOutbox, client: Client) -> tuple[FilesChecked, ...]:
    return SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run().files


def test_every_file_of_a_received_record_is_counted(outbox: MemoryOutbox, client: Client, key: DeviceKey) -> None:
    outbox.put(sealed_record(key, "rev-1", record_id="r-1", files=PHOTOS), PHOTOS)
    outbox.put(sealed_record(key, "rev-2", record_id="r-2"))
    assert run(outbox, client) == (FilesChecked("r-1", 12, 12),)


def test_a_file_that_the_centre_lost_is_named(outbox: MemoryOutbox, client: Client, key: DeviceKey) -> None:
    row = outbox.put(sealed_record(key, "rev-1", record_id="r-1", files=PHOTOS), PHOTOS)
    lost = row.blobs[3]
    ask = client.missing_blobs
    client.missing_blobs = lambda blobs: (*ask(blobs), MissingBlob(lost.sha256))  # type: ignore[method-assign]  # a centre that lost a file
    said: list[SyncEvent] = []
    engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1), emit=said.append)
    assert engine.run().files == (FilesChecked("r-1", 11, 12, (lost.name,)),)
    assert [e.detail for e in said if isinstance(e, Trouble)] == [lost.name]


def test_a_record_without_its_receipt_is_not_counted(outbox: MemoryOutbox, client: Client) -> None:
    stranger = DeviceKey.from_seed(b"\2" * 32)
    outbox.put(sealed_record(stranger, "rev-1", record_id="r-1", files=PHOTOS), PHOTOS)
    assert run(outbox, client) == ()
