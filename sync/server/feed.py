"""What the centre gives to laptops: one feed of changes per scope, in commit order, without gaps.

Each row carries its scope's number; a changed row takes a new one and leaves its old place, so a reader that asks for
everything above its cursor gets every row's latest state exactly once. Numbers come from a counter row taken in the
same transaction: a number can only be seen after all smaller ones (a serial or a timestamp loses rows, measured).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, select

from checklists.clock import stamp
from sync.protocol import EVERYWHERE, REGISTRY_SCOPE, TOMBSTONE_DAYS, Code, Collection, FeedRow
from sync.server.database import tables
from sync.server.database.upsert import put_rows, set_meta, take_numbers
from sync.server.problems import ProblemError

COUNTER = "inspections"
"""One counter per scope for records and feed alike: one lock, one order."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has read each scope of one server's data.

    `floors` names, for a scope that is being read from its beginning, how far tombstones were gone when that began:
    these cannot be missed by somebody who has no older rows.
    """

    server_id: str
    at: Mapping[str, int]
    floors: Mapping[str, int] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return it for the wire; the registry's is a bare number, because it becomes part of a file's name."""
        if set(self.at) == {REGISTRY_SCOPE}:
            return str(self.at[REGISTRY_SCOPE])
        members = [1, self.server_id, dict(self.at), dict(self.floors)]
        return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str, server_id: str) -> Cursor:
        """Read a cursor; "" is the beginning. Raises `ProblemError` 410 for another server's, 422 for no cursor."""
        if not text:
            return cls(server_id, {})
        if text.isascii() and text.isdigit():
            return cls(server_id, {REGISTRY_SCOPE: int(text[:18])})
        try:
            version, theirs, *numbers = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            at, floors = ({str(scope): min(int(n), 2**53) for scope, n in members.items()} for members in numbers)
        except (ValueError, TypeError, AttributeError) as error:
            raise ProblemError(422, Code.INVALID, "cursor") from error
        if version != 1 or theirs != server_id:
            raise ProblemError(410, Code.CURSOR_EXPIRED)
        return cls(server_id, at, floors)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, where the reader stands after them, and whether there is more."""

    rows: tuple[FeedRow, ...]
    cursor: Cursor
    more: bool


def write_rows(connection: Connection, scope: str, rows: Iterable[FeedRow], now: str) -> None:
    """Write rows that have their numbers already."""
    put_rows(
        connection,
        tables.feed,
        [
            {
                "scope": scope,
                "collection": str(row.collection),
                "id": row.id,
                "seq": row.seq,
                "about": row.about,
                "body": None if row.body is None else orjson.dumps(row.body).decode(),
                "at": now,
            }
            for row in rows
        ],
        key=("scope", "collection", "id"),
    )


def publish(connection: Connection, scope: str, rows: Sequence[FeedRow], now: str) -> int:
    """Number and write rows of a scope. Returns the last number."""
    if not rows:
        return 0
    first = take_numbers(connection, scope, COUNTER, len(rows))
    numbered = [FeedRow(r.collection, r.id, n, r.about, r.body) for n, r in enumerate(rows, first)]
    write_rows(connection, scope, numbered, now)
    return first + len(rows) - 1


def read(connection: Connection, cursor: Cursor, scopes: Sequence[str], collections: Iterable[str], limit: int) -> Page:
    """Return the next page of some scopes.

    Raises `ProblemError` 410 where tombstones that it needs are gone, or where it is ahead of all that this centre ever
    numbered: then it was got before the centre was restored. A relay numbers nothing, and may be behind its reader.
    """
    wanted, at, floors = set(collections), dict(cursor.at), dict(cursor.floors)
    rows: list[FeedRow] = []
    for scope in scopes:
        start, floor = at.get(scope, 0), _floor(connection, scope)
        if (0 < start < floor and floors.get(scope) != floor) or _is_ahead(connection, scope, start):
            raise ProblemError(410, Code.CURSOR_EXPIRED)
        if start == 0 and floor:
            floors[scope] = floor
        found = _read_scope(connection, scope, start, wanted, limit + 1 - len(rows))
        rows += found
        if len(rows) > limit:
            at[scope] = rows[limit - 1].seq if len(found) > 1 else start
            return Page(tuple(rows[:limit]), Cursor(cursor.server_id, at, floors), more=True)
        at[scope] = max([start, *(row.seq for row in found)])
    return Page(tuple(rows), Cursor(cursor.server_id, at, floors), more=False)


def _read_scope(connection: Connection, scope: str, start: int, wanted: set[str], limit: int) -> list[FeedRow]:
    feed = tables.feed
    query = (
        select(feed.c.collection, feed.c.id, feed.c.seq, feed.c.about, feed.c.body)
        .where((feed.c.scope == scope) & (feed.c.seq > start) & feed.c.collection.in_(wanted))
        .order_by(feed.c.seq)
        .limit(limit)
    )
    return [
        FeedRow(row.collection, row.id, row.seq, row.about, None if row.body is None else orjson.loads(row.body), scope)
        for row in connection.execute(query)
    ]


def has_left(cursor: Cursor, scope: str) -> bool:
    """Say whether a reader of `scope` has rows of another province: it was moved, and must start over to lose them."""
    return bool(set(cursor.at) - {EVERYWHERE, REGISTRY_SCOPE, scope})


def scopes_for(scope: str, collections: Iterable[str]) -> list[str]:
    """Return the scopes that hold these collections for a caller of `scope`."""
    wanted = set(collections)
    scopes = [REGISTRY_SCOPE] if Collection.REGISTRY in wanted else []
    if wanted - {Collection.REGISTRY}:
        scopes += sorted({EVERYWHERE, scope})
    return scopes


# --- tombstones -----------------------------------------------------------------------------------------------------


def _floor(connection: Connection, scope: str) -> int:
    value = connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == f"floor:{scope}")).scalar()
    return int(value or 0)


def last_number(connection: Connection, scope: str) -> int | None:
    """Return the last number that was given in a scope, None where this database numbers nothing in it."""
    counters = tables.counters
    where = (counters.c.scope == scope) & (counters.c.collection == COUNTER)
    found = connection.execute(select(counters.c.value).where(where)).scalar()
    return None if found is None else int(found)


def _is_ahead(connection: Connection, scope: str, start: int) -> bool:
    last = last_number(connection, scope)
    return last is not None and start > last


def begin_anew(connection: Connection, scope: str, number: int) -> None:
    """Drop a scope's rows up to a number, which a ready-made file holds: who is older gets 410 and takes the file."""
    table = tables.feed
    connection.execute(delete(table).where((table.c.scope == scope) & (table.c.seq <= number)))
    set_meta(connection, f"floor:{scope}", str(number))


def purge(connection: Connection, now: datetime) -> int:
    """Drop tombstones older than 400 days; a cursor from before them gets 410 from then on. Returns how many.

    The registry's stay until its file has taken them in: who is sent to the file must find the way on from there.
    """
    table = tables.feed
    in_file = (table.c.scope != REGISTRY_SCOPE) | (table.c.seq <= _snapshot_number(connection))
    old = table.c.body.is_(None) & (table.c.at < stamp(now - timedelta(days=TOMBSTONE_DAYS))) & in_file
    highest = select(table.c.scope, func.max(table.c.seq)).where(old).group_by(table.c.scope)
    for scope, seq in connection.execute(highest).all():
        set_meta(connection, f"floor:{scope}", str(seq))
    return connection.execute(delete(table).where(old)).rowcount


def _snapshot_number(connection: Connection) -> int:
    """Return the number up to which the registry's file has everything, 0 where there is no file."""
    query = select(tables.snapshots.c.cursor).where(tables.snapshots.c.collection == Collection.REGISTRY.value)
    cursor = connection.execute(query).scalar() or ""
    return int(cursor) if cursor.isdigit() else 0


def row_json(row: FeedRow, *, with_scope: bool = False) -> dict[str, Any]:
    """Return a row as it stands on the wire; relays keep a copy of the feed and are told the scope."""
    members: dict[str, Any] = {"c": row.collection, "id": row.id, "seq": row.seq, "about": row.about}
    if with_scope:
        members["s"] = row.scope
    return {**members, "op": "del"} if row.body is None else {**members, "op": "put", "d": row.body}
