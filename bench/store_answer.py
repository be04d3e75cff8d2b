"""One answer durable on disk, against the same bytes committed by plain sqlite3 with FULL. Floor: p50 at most 2 times.

    python -m bench.store_answer [ROUNDS]          (from the root of the project)

"Same bytes": the answer's row, the draft's cursor and progress, the record's time once a minute and the audit entry, in
one transaction on tables of the same shape without triggers, hashing or encryption. Rounds of both are interleaved.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checklists.clock import SystemClock
from checklists.model import AnswerRow, NodeRef
from tests.support.store_workspace import begin, new_store

TABLES = """
CREATE TABLE answer (record_id TEXT, path TEXT, row TEXT, value TEXT, PRIMARY KEY (record_id, path, row)) WITHOUT ROWID;
CREATE TABLE draft (record_id TEXT PRIMARY KEY, cursor_path TEXT, cursor_row TEXT, answered INTEGER, total INTEGER,
  failed INTEGER) WITHOUT ROWID;
CREATE TABLE record (record_id TEXT PRIMARY KEY, updated_at TEXT);
CREATE INDEX record_list ON record(updated_at DESC, record_id DESC);
CREATE TABLE audit (seq INTEGER PRIMARY KEY, at TEXT, actor TEXT, action TEXT, entity TEXT, entity_id TEXT, body TEXT,
  prev TEXT, hash TEXT);
INSERT INTO draft VALUES ('r-1', '', '', 0, 0, 0);
INSERT INTO record VALUES ('r-1', '');
"""


def plain(folder: Path) -> Callable[[int], None]:
    db = sqlite3.connect(folder / "plain.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA wal_autocheckpoint=400")
    db.executescript(TABLES)
    body, name = '{"at":"/data/sec_b/fa_b05/fa_b05_v","n":1,"sha256":"' + "a" * 64 + '"}', "b" * 64

    def step(number: int) -> None:
        at = f"2026-11-22T10:{number // 60 % 60:02}:{number % 60:02}.000+07:00"
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT OR REPLACE INTO answer VALUES ('r-1', ?, '', 'pass')", (path(number),))
        progress = (path(number), number % 100)
        db.execute("UPDATE draft SET cursor_path = ?, cursor_row = '', answered = ?, total = 100, failed = 1", progress)
        if number % 60 == 0:
            db.execute("UPDATE record SET updated_at = ?", (at,))
        row = (at, "p", "answer", "record", "r-1", body, name, name)
        db.execute("INSERT INTO audit VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("COMMIT")

    return step


def ours(folder: Path) -> Callable[[int], None]:
    store = new_store(folder / "w", SystemClock())
    begin(store)

    def step(number: int) -> None:
        row = AnswerRow(path(number), "", "pass")
        store.records.save_answers("r-1", [row], cursor=NodeRef(row.path), progress=(number % 100, 100, 1))

    return step


def path(number: int) -> str:
    return f"/data/sec_b/fa_b{number % 100:02}/fa_b{number % 100:02}_v"


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        steps = {"plain sqlite3 FULL": plain(folder), "store, encrypted": ours(folder)}
        times: dict[str, list[float]] = {name: [] for name in steps}
        for number in range(rounds):
            for name, step in steps.items():
                began = time.perf_counter()
                step(number)
                times[name].append(time.perf_counter() - began)
    cuts = {name: statistics.quantiles(sorted(t)[: len(t)], n=100) for name, t in times.items()}
    base = cuts["plain sqlite3 FULL"]
    for name, cut in cuts.items():
        p50, p99 = cut[49], cut[98]
        middle, tail = f"{p50 * 1000:6.2f} ms ({p50 / base[49]:.2f}x)", f"{p99 * 1000:6.2f} ms ({p99 / base[98]:.2f}x)"
        print(f"{name:22} p50 {middle}  p99 {tail}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
