"""The few statements that differ between the two databases in spelling only.

Those of the hot path go to the driver as text that is made once: SQLAlchemy would shape every statement and every row's
parameters anew, which costs more than storing them. Values must be what the driver takes as they are (text, numbers,
bytes, None).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

from sync.server.database import tables


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same members; a key that is there already is an error."""
    if rows:
        text = _insert_text(table, connection.dialect.name, tuple(rows[0]))
        _cursor(connection).executemany(text, rows)


def insert_new(connection: Connection, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose key is not there yet."""
    values = [dict(rows)] if isinstance(rows, Mapping) else [dict(row) for row in rows]
    if values:
        _cursor(connection).executemany(_insert_new_text(table, connection.dialect.name, tuple(values[0])), values)


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert rows; one whose key is there takes the new values."""
    if rows:
        text = _put_text(table, connection.dialect.name, tuple(rows[0]), tuple(key))
        _cursor(connection).executemany(text, rows)


def select_any(
    connection: Connection, table: Table, names: tuple[str, ...], among: tuple[str, Iterable[str]], **equal: str | bool
) -> list[tuple[Any, ...]]:
    """Return these columns of the rows whose column (the first of `among`) has one of the values, however many.

    `equal` names further columns and what must stand there.
    """
    column, values = among
    dialect = connection.dialect.name
    wanted = orjson.dumps(list(values)).decode() if dialect == "sqlite" else list(values)
    cursor = _cursor(connection)
    cursor.execute(_select_text(table.name, dialect, names, column, tuple(equal)), {"among": wanted, **equal})
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def checked(column: Column[str]) -> ColumnElement[str]:
    """Return a column to be compared after the rows were found by another one.

    SQLite, which knows nothing of the data, would else read all of a province to find one record or one file.
    """
    return column.concat("")


def _cursor(connection: Connection) -> Any:
    """Return the driver's cursor inside this connection's transaction."""
    return connection.connection.cursor()


@functools.cache
def _select_text(table: str, dialect: str, names: tuple[str, ...], column: str, equal: tuple[str, ...]) -> str:
    among = "in (select value from json_each(:among))" if dialect == "sqlite" else "= any(%(among)s)"
    further = "".join(
        f" and {name} = :{name}" if dialect == "sqlite" else f" and {name} = %({name})s" for name in equal
    )
    return f"select {', '.join(names)} from {table} where {column} {among}{further}"


def _insert(table: Table, dialect: str) -> Any:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)


def _text(statement: Any, dialect: str, names: tuple[str, ...]) -> str:
    spoken: Any = sqlite.dialect if dialect == "sqlite" else psycopg.dialect
    style = "named" if dialect == "sqlite" else "pyformat"
    return str(statement.compile(dialect=spoken(paramstyle=style), column_keys=list(names)))


@functools.cache
def _insert_text(table: Table, dialect: str, names: tuple[str, ...]) -> str:
    return _text(_insert(table, dialect), dialect, names)


@functools.cache
def _insert_new_text(table: Table, dialect: str, names: tuple[str, ...]) -> str:
    return _text(_insert(table, dialect).on_conflict_do_nothing(), dialect, names)


@functools.cache
def _put_text(table: Table, dialect: str, names: tuple[str, ...], key: tuple[str, ...]) -> str:
    statement = _insert(table, dialect)
    new = {name: statement.excluded[name] for name in names if name not in key}
    return _text(statement.on_conflict_do_update(index_elements=list(key), set_=new), dialect, names)


def set_meta(connection: Connection, name: str, value: str) -> None:
    insert_new(connection, tables.meta, {"name": name, "value": value})
    connection.execute(update(tables.meta).where(tables.meta.c.name == name).values(value=value))


def take_numbers(connection: Connection, scope: str, collection: str, count: int) -> int:
    """Take `count` numbers of a scope's counter and return the first.

    The counter's row stays locked until the commit, so numbers become visible in their order: a reader that saw number
    n has seen all before it. Call it as late as possible in a step.
    """
    named = {"of": scope, "what": collection, "count": count}
    bump = _bump_text(connection.dialect.name)
    cursor = _cursor(connection)
    cursor.execute(bump, named)
    last = cursor.fetchone()
    if last is None:
        insert_new(connection, tables.counters, {"scope": scope, "collection": collection, "value": 0})
        cursor.execute(bump, named)
        last = cursor.fetchone()
    cursor.close()
    return int(last[0]) - count + 1


@functools.cache
def _bump_text(dialect: str) -> str:
    counters = tables.counters
    statement = (
        update(counters)
        .where((counters.c.scope == bindparam("of")) & (counters.c.collection == bindparam("what")))
        .values(value=counters.c.value + bindparam("count", type_=counters.c.value.type))
        .returning(counters.c.value)
    )
    return _text(statement, dialect, ())


def number_of(connection: Connection, scope: str, collection: str) -> int:
    """Return the last number taken, 0 where none was."""
    where = (tables.counters.c.scope == scope) & (tables.counters.c.collection == collection)
    return int(
        connection.execute(select(func.coalesce(func.max(tables.counters.c.value), 0)).where(where)).scalar_one()
    )
