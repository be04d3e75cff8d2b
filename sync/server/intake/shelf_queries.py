"""What filing asks of the database and writes to it. Statements are made once: making them costs more than they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, bindparam, delete, select, update

from sync.protocol import RevisionState
from sync.server.database import tables
from sync.server.database.storage import RaceLostError
from sync.server.database.upsert import checked, insert, insert_new, select_any
from sync.server.intake.filing import Decision, Known, Line, Shelf
from sync.server.intake.rows import Arrived, DeviceOfKey, blob_rows, row_of


def find_key(connection: Connection, key_id: str) -> DeviceOfKey | None:
    row = connection.execute(
        select(tables.device_keys, tables.devices.c.scope, tables.devices.c.person_id)
        .join(tables.devices, tables.devices.c.device_id == tables.device_keys.c.device_id)
        .where(tables.device_keys.c.key_id == key_id)
    ).one_or_none()
    if row is None:
        return None
    return DeviceOfKey(row.device_id, bytes.fromhex(row.public_key), row.scope, row.person_id)


_REVISION = ("record_id", "revision_id", "digest", "state", "conflict_head", "receipt")


def load_shelf(connection: Connection, lines: Sequence[Line]) -> Shelf:
    """Read what is known around some lines: three queries, however many lines."""
    shelf = Shelf()
    ids = {i for line in lines for i in (line.revision_id, line.base_revision_id, *line.merges) if i}
    for found in select_any(connection, tables.revisions, _REVISION, ("revision_id", ids)):
        record_id, revision_id, digest, state, conflict_head, receipt = found
        kept = orjson.loads(receipt) if receipt else None
        shelf.revisions[revision_id] = Known(record_id, revision_id, digest, RevisionState(state), conflict_head, kept)
    records = {line.record_id for line in lines}
    heads = select_any(connection, tables.revisions, ("record_id", "revision_id"), ("record_id", records), head=True)
    shelf.heads = dict(heads)
    hashes = {blob.sha256 for line in lines for blob in line.blobs}
    if hashes:
        for scope in {line.scope for line in lines}:
            shelf.blobs |= present(connection, scope, hashes)
    return shelf


def present(connection: Connection, scope: str, hashes: Iterable[str]) -> dict[str, int]:
    rows = select_any(connection, tables.blobs, ("sha256", "size"), ("sha256", set(hashes)), scope=scope)
    return dict(rows)


def write_pending(connection: Connection, new: Sequence[tuple[Arrived, Decision]], now: str) -> None:
    if new:
        insert(connection, tables.revisions, [row_of(item, decision, now) for item, decision in new])
        insert_new(connection, tables.revision_blobs, [b for item, _ in new for b in blob_rows(item.line)])


def drop_pending(connection: Connection, lines: Sequence[Line]) -> None:
    """Take away the pending rows of revisions that are now written whole."""
    if lines:
        gone = delete(tables.revisions).where(
            (tables.revisions.c.record_id == bindparam("record")) & (tables.revisions.c.revision_id == bindparam("old"))
        )
        connection.execute(gone, [{"old": line.revision_id, "record": line.record_id} for line in lines])


def whole_with(connection: Connection, scope: str, sha256: str) -> list[dict[str, str]]:
    """Return which pending revisions of a scope with this file lack no other: {record, revision}.

    The file's own row is committed before this is asked, so of two last files at once the later one sees both.
    """
    return _whole_with(connection, _WAITING, scope, sha256)


def completed_by(connection: Connection, scope: str, sha256: str) -> list[Row[Any]]:
    """Return the rows of `whole_with`, locked: only one of two who both complete a revision files it."""
    found = _whole_with(connection, _WAITING_LOCKED, scope, sha256)
    return [connection.execute(_WHOLE_ROW, names).one() for names in found]


def _whole_with(connection: Connection, waiting: Select[Any], scope: str, sha256: str) -> list[dict[str, str]]:
    """Ask small questions first: most files wait for others."""
    rows = connection.execute(waiting, {"of": scope, "file": sha256}).all()
    named = [{"record": row.record_id, "revision": row.revision_id} for row in rows]
    return [names for names in named if not connection.execute(_LACKING, {**names, "of": scope}).first()]


_rev, _blob, _here = tables.revisions, tables.revision_blobs, tables.blobs
_WAITING = (
    select(_rev.c.record_id, _rev.c.revision_id)
    .join(_blob, (_blob.c.record_id == _rev.c.record_id) & (_blob.c.revision_id == _rev.c.revision_id))
    .where((_blob.c.sha256 == bindparam("file")) & (checked(_rev.c.scope) == bindparam("of")))
    .where(_rev.c.state == RevisionState.PENDING.value)
    .order_by(_rev.c.received_at, _rev.c.revision_id)
)
_WAITING_LOCKED = _WAITING.with_for_update(of=_rev)
_LACKING = (
    select(_blob.c.sha256)
    .outerjoin(_here, (_here.c.sha256 == _blob.c.sha256) & (_here.c.scope == bindparam("of")))
    .where((_blob.c.record_id == bindparam("record")) & (_blob.c.revision_id == bindparam("revision")))
    .where(_here.c.sha256.is_(None))
    .limit(1)
)
_WHOLE_ROW = select(_rev).where(
    (_rev.c.record_id == bindparam("record")) & (_rev.c.revision_id == bindparam("revision"))
)


def move_heads(connection: Connection, mine: Sequence[tuple[Arrived, Decision]]) -> None:
    """Take the head from its holder; one that is not the head any more means that a race was lost."""
    taken = {a.line.revision_id for a, _ in mine}
    for item, decision in mine:
        if decision.takes_head and decision.old_head and decision.old_head not in taken:
            where = (
                (tables.revisions.c.record_id == item.line.record_id)
                & (tables.revisions.c.revision_id == decision.old_head)
                & tables.revisions.c.head
            )
            if connection.execute(update(tables.revisions).where(where).values(head=False)).rowcount != 1:
                raise RaceLostError


def note_merges(connection: Connection, line: Line) -> None:
    for merged in line.merges:
        where = (tables.revisions.c.record_id == line.record_id) & (tables.revisions.c.revision_id == merged)
        connection.execute(update(tables.revisions).where(where).values(merged_by=line.revision_id))
