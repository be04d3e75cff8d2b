"""The few writes that differ between the two databases in spelling only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server import tables


def insert_new(connection: Connection, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose key is not there yet."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = [dict(rows)] if isinstance(rows, Mapping) else [dict(row) for row in rows]
    if values:
        connection.execute(insert(table).on_conflict_do_nothing(), values)


def set_meta(connection: Connection, name: str, value: str) -> None:
    insert_new(connection, tables.meta, {"name": name, "value": value})
    connection.execute(update(tables.meta).where(tables.meta.c.name == name).values(value=value))


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert rows; one whose key is there takes the new values."""
    if not rows:
        return
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)
    new = {name: insert.excluded[name] for name in rows[0] if name not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=new), [dict(r) for r in rows])


def take_numbers(connection: Connection, scope: str, collection: str, count: int) -> int:
    """Take `count` numbers of a scope's counter and return the first.

    The counter's row stays locked until the commit, so numbers become visible in their order: a reader that saw number
    n has seen all before it. Call it as late as possible in a step.
    """
    where = (tables.counters.c.scope == scope) & (tables.counters.c.collection == collection)
    bump = update(tables.counters).where(where).values(value=tables.counters.c.value + count)
    if connection.execute(bump).rowcount == 0:
        insert_new(connection, tables.counters, {"scope": scope, "collection": collection, "value": 0})
        connection.execute(bump)
    last = connection.execute(select(tables.counters.c.value).where(where)).scalar_one()
    return int(last) - count + 1


def number_of(connection: Connection, scope: str, collection: str) -> int:
    """Return the last number taken, 0 where none was."""
    where = (tables.counters.c.scope == scope) & (tables.counters.c.collection == collection)
    return int(
        connection.execute(select(func.coalesce(func.max(tables.counters.c.value), 0)).where(where)).scalar_one()
    )
