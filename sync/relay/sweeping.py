"""What a relay does not keep: content whose way has ended, and files that nothing names any more.

A line's content goes as soon as its laptop is given the centre's receipt (`shelf`), and some days after that receipt
where the laptop does not come for it. What the centre refused or keeps beside another, and what never became whole
here, goes some weeks after it came: its laptop has it, and brings it once more where it is to go again. Receipts stay.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, select, update

from checklists.clock import Clock, stamp
from sync.protocol import WAITING, Collection
from sync.relay import spool
from sync.relay.mirror import bodies
from sync.relay.tables import carried, carried_blobs
from sync.server.database.storage import Storage
from sync.server.files.blobs import BlobFolder, is_hash

ENDED_DAYS = 30
STRAY_DAYS = 30
"""After this long a file that nothing names, or a part that nobody goes on with, goes."""


def sweep(storage: Storage, blobs: BlobFolder, *, clock: Clock, keep_days: int) -> int:
    """Drop content whose time is over, then files that only such lines name. Returns how many lines were emptied.

    Files go inside a write transaction: a line that arrives meanwhile is looked at after it, and asks for its file.
    """
    now = clock.now()
    before, ended = stamp(now - timedelta(days=keep_days)), stamp(now - timedelta(days=ENDED_DAYS))
    old = (carried.c.receipt != "") & (carried.c.receipted_at < before) & carried.c.line.is_not(None)
    emptied = storage.write(lambda c: c.execute(update(carried).where(old).values(line=None)).rowcount)
    over = (carried.c.receipt == "") & ((carried.c.state != WAITING) | (carried.c.relayed == ""))
    storage.write(lambda c: _forget(c, over & (carried.c.arrived_at < ended)))
    storage.write(lambda c: _unlink(c, blobs))
    return emptied


def _forget(connection: Connection, which: ColumnElement[bool]) -> None:
    gone = select(carried.c.revision_id).where(which)
    # their files are no line's then; `sweep_strays` finds them
    connection.execute(delete(carried_blobs).where(carried_blobs.c.revision_id.in_(gone)))
    connection.execute(delete(carried).where(which))


def _unlink(connection: Connection, blobs: BlobFolder) -> None:
    needed = (
        select(carried_blobs.c.sha256)
        .join(carried, carried.c.revision_id == carried_blobs.c.revision_id)
        .where(carried.c.line.is_not(None))
    )
    query = select(carried_blobs.c.sha256).where(carried_blobs.c.sha256.not_in(needed)).distinct()
    for sha256 in connection.execute(query).scalars():
        blobs.path(sha256).unlink(missing_ok=True)


def sweep_strays(storage: Storage, data: Path, *, now: float | None = None) -> int:
    """Drop files that neither a line nor a checklist names and parts that nobody goes on with. Returns how many.

    Copies of sticks whose reading was killed go after a day.
    """
    before = (time.time() if now is None else now) - STRAY_DAYS * 86400

    def step(connection: Connection) -> int:
        named = set(connection.execute(select(carried_blobs.c.sha256)).scalars())
        named |= {str(body["sha256"]) for body in bodies(connection, Collection.FORMS)}
        strays = [path for path in _files(data / "blobs") if path.name not in named]
        old = [path for path in (*strays, *_files(data / "parts")) if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    for copy in data.glob(f"{spool.COPY}*"):
        if copy.stat().st_mtime < before + (STRAY_DAYS - 1) * 86400:
            shutil.rmtree(copy, ignore_errors=True)
    return storage.write(step)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*/*") if is_hash(path.name))
