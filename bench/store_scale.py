"""A workspace of many sealed records: opening, first list page, jump to the end, filter, search, one record.

python -m bench.store_scale [RECORDS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checklists.clock import SystemClock
from checklists.model import AnswerRow, Draft, RecordState
from tests.support import store_builders as make
from tests.support.store_workspace import content, new_store, reopen


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder, clock = Path(temporary) / "w", SystemClock()
        answers = tuple(AnswerRow(f"/data/sec/i{i}/i{i}_v", "", "pass") for i in range(100))
        draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256, answers=answers)
        with new_store(folder, clock) as store:
            began = time.perf_counter()
            with store._core.db.tx():  # one transaction only to fill it quickly
                for number in range(count):
                    store.visits.start(make.visit(f"v-{number}"))
                    store.records.create(
                        record_id=f"r-{number}", visit_id=f"v-{number}", form=make.PIN, draft=draft, author=make.OFFICER
                    )
                    store.records.finalise(f"r-{number}", content())
            print(f"{count} records of {len(answers)} answers made in {time.perf_counter() - began:.0f} s")
        size = (folder / "store.db").stat().st_size
        print(f"database {size / 1e6:.0f} MB, {size / count / 1000:.1f} kB a record")
        base = timed("open an empty workspace", lambda: new_store(Path(temporary) / "empty", clock).close(), 0)
        timed("open this workspace", lambda: reopen(folder, clock).close(), base)
        with reopen(folder, clock, readonly=True) as store:
            base = timed("first page of 50", lambda: store.records.list(limit=50), 0)
            timed("last page of 50", lambda: store.records.list(limit=50, offset=count - 50), base)
            timed("page of 50 waiting", lambda: store.records.list([RecordState.SEALED], limit=50), base)
            timed("count waiting", lambda: store.records.count([RecordState.SEALED]), base)
            timed("search by name", lambda: store.records.search("แป้งมัน", limit=50), base)
            timed("one record's bytes", lambda: store.records.sealed(f"r-{count // 2}"), base)


def timed(what: str, call: Callable[[], object], base: float) -> float:
    best = min(once(call) for _ in range(1 if "empty" in what else 5))
    print(f"{what:26} {best * 1000:8.2f} ms" + (f"  ({best / base:.2f}x)" if base else ""))
    return best


def once(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
