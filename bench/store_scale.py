"""A workspace of many sealed records: opening, list page, jump to the end, filter, one record, backup, checks, memory.

    python -m bench.store_scale [RECORDS]

Every record has 100 answers and goes through the store's own steps (visit, draft, sealing, receipt); only the durable
commit is one for a thousand of them. The last 20 are drafts, 300 before them wait to be sent, the others have a
receipt.In brackets is the ratio to the first line of the group.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import AnswerRow, Draft, RecordState
from checklists.sealing import make_receipt
from checklists.store import Store
from tests.support import store_builders as make
from tests.support.store_workspace import content, new_store, reopen

ANSWERS, DRAFTS, WAITING, BATCH = 100, 20, 300, 1000
CENTRE = DeviceKey.from_seed(b"\x09" * 32)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder, clock = Path(temporary) / "w", SystemClock()
        fill(folder, count, clock)
        size = (folder / "store.db").stat().st_size
        print(f"database {size / 1e6:.0f} MB, {size / count / 1000:.1f} kB a record")
        base = timed("make an empty workspace", lambda: new_store(Path(temporary) / "empty", clock).close(), 0, 1)
        small = timed("open one of no records", lambda: reopen(Path(temporary) / "empty", clock).close(), base)
        timed("open this workspace", lambda: reopen(folder, clock).close(), small)
        with reopen(folder, clock, readonly=True) as store:
            read(store, count)
        with reopen(folder, clock) as store:
            base = timed("plain copy of the file", lambda: durable_copy(folder), 0, 1)
            timed("checked backup", store.back_up, base, 1)
            timed("quick check", store.quick_check, base, 1)
            timed("deep check", store.deep_check, base, 1)


def fill(folder: Path, count: int, clock: SystemClock) -> None:
    answers = tuple(AnswerRow(f"/data/sec/i{i}/i{i}_v", "", "pass") for i in range(ANSWERS))
    draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256, answers=answers)
    with new_store(folder, clock) as store:
        began, early = time.perf_counter(), 0
        for first in range(0, count, BATCH):
            with store._core.db.tx():
                for number in range(first, min(count, first + BATCH)):
                    _record(store, number, draft, left=count - number)
            early = early or peak()
        took = time.perf_counter() - began
    print(f"{count} records, {count * ANSWERS} answers made in {took:.0f} s")
    print(f"memory while making them: {peak() / early:.2f}x of the first {BATCH}")


def _record(store: Store, number: int, draft: Draft, *, left: int) -> None:
    store.visits.start(make.visit(f"v-{number}"))
    store.records.create(
        record_id=f"r-{number}", visit_id=f"v-{number}", form=make.PIN, draft=draft, author=make.OFFICER
    )
    if left <= DRAFTS:
        return
    sealed, _ = store.records.finalise(f"r-{number}", content())
    if left > DRAFTS + WAITING:
        store.outbox.acknowledge(
            make_receipt(
                sealed, receipt_id=f"q-{number}", server_id="s", received_at="2026-11-22", seq=number, key=CENTRE
            )
        )


def read(store: Store, count: int) -> None:
    records = store.records
    sent, waiting, drafts = [RecordState.SENT], [RecordState.SEALED], [RecordState.DRAFT]
    base = timed("first page of 50", lambda: records.list(limit=50), 0)
    timed("last page of 50", lambda: records.list(limit=50, offset=count - 50, of=count), base)
    for name, states in (("sent", sent), ("waiting", waiting), ("drafts", drafts)):
        of = records.count(states)
        timed(f"first page, {name}", lambda states=states: records.list(states, limit=50), base)
        last = max(0, of - 50)
        timed(f"last page, {name}", lambda s=states, o=last, of=of: records.list(s, limit=50, offset=o, of=of), base)
        timed(f"count, {name}", lambda states=states: records.count(states), base)
    timed("search that all match", lambda: records.search("แป้งมัน", limit=50), base)
    timed("search that none matches", lambda: records.search("ไม่มีโรงงานนี้", limit=50), base)
    timed("one sealed record opened", lambda: json.loads(records.sealed(f"r-{count // 2}").envelope), base)
    timed("one draft opened", lambda: records.draft(f"r-{count - 1}"), base)
    before = peak()
    for offset in range(0, count, 50):
        for summary in records.list(limit=50, offset=offset)[:5]:
            if summary.state is not RecordState.DRAFT:
                records.sealed(summary.record_id)
    print(f"memory after paging through everything and opening a tenth: {peak() / before:.2f}x")


def durable_copy(folder: Path) -> None:
    with (folder / "store.db").open("rb") as source, (folder / "copy").open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def timed(what: str, call: Callable[..., object], base: float, rounds: int = 5) -> float:
    best = min(once(call) for _ in range(rounds))
    print(f"{what:26} {best * 1000:9.2f} ms" + (f"  ({best / base:.2f}x)" if base else ""), flush=True)
    return best


def once(call: Callable[..., object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
