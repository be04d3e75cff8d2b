"""The few writes that differ between the two databases in spelling only."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server import tables


def insert_new(connection: Connection, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose key is not there yet."""
    values = [dict(rows)] if isinstance(rows, Mapping) else [dict(row) for row in rows]
    if values:
        connection.execute(_insert_new(table, connection.dialect.name), values)


@functools.cache
def _insert(table: Table, dialect: str) -> Any:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)


@functools.cache
def _insert_new(table: Table, dialect: str) -> Any:
    return _insert(table, dialect).on_conflict_do_nothing()


@functools.cache
def _put(table: Table, dialect: str, names: tuple[str, ...], key: tuple[str, ...]) -> Any:
    insert = _insert(table, dialect)
    new = {name: insert.excluded[name] for name in names if name not in key}
    return insert.on_conflict_do_update(index_elements=list(key), set_=new)


def set_meta(connection: Connection, name: str, value: str) -> None:
    insert_new(connection, tables.meta, {"name": name, "value": value})
    connection.execute(update(tables.meta).where(tables.meta.c.name == name).values(value=value))


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert rows; one whose key is there takes the new values."""
    if not rows:
        return
    statement = _put(table, connection.dialect.name, tuple(rows[0]), tuple(key))
    connection.execute(statement, [dict(r) for r in rows])


def take_numbers(connection: Connection, scope: str, collection: str, count: int) -> int:
    """Take `count` numbers of a scope's counter and return the first.

    The counter's row stays locked until the commit, so numbers become visible in their order: a reader that saw number
    n has seen all before it. Call it as late as possible in a step.
    """
    named = {"of": scope, "what": collection, "count": count}
    last = connection.execute(_BUMP, named).scalar()
    if last is None:
        insert_new(connection, tables.counters, {"scope": scope, "collection": collection, "value": 0})
        last = connection.execute(_BUMP, named).scalar_one()
    return int(last) - count + 1


_BUMP = (
    update(tables.counters)
    .where((tables.counters.c.scope == bindparam("of")) & (tables.counters.c.collection == bindparam("what")))
    .values(value=tables.counters.c.value + bindparam("count"))
    .returning(tables.counters.c.value)
)


def number_of(connection: Connection, scope: str, collection: str) -> int:
    """Return the last number taken, 0 where none was."""
    where = (tables.counters.c.scope == scope) & (tables.counters.c.collection == collection)
    return int(
        connection.execute(select(func.coalesce(func.max(tables.counters.c.value), 0)).where(where)).scalar_one()
    )
