"""Reading what can be read of a damaged database into a new one; the damaged file is only read.

There is no `.recover` for encrypted files, so rows are walked from both ends of each table and, where rows have
numbers, damaged stretches are halved until only the damaged rows are left out. Rows that a good backup still has are
added. What is missing afterwards is told by `verify`, not hidden.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from checklists.errors import DamagedStoreError, StorageError
from checklists.store.driver import Db, Row, connect

_STEP = 256
_MOST_TRIES = 2000
_OWN = ("record_fts", "sqlite_")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Rows that came out per table, and the tables of which something could not be read."""

    rows: dict[str, int]
    damaged: tuple[str, ...]


class _Source:
    """The damaged database; opened anew after each error, because a failed read may leave a connection confused."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._db = connect(path, key, readonly=True)

    def rows(self, sql: str, params: tuple[object, ...] = ()) -> list[Row] | None:
        """Return rows, or None where they cannot be read."""
        try:
            return self._db.rows(sql, params)
        except StorageError:
            self._db.close()
            self._db = connect(self._path, self._key, readonly=True)
            return None

    def close(self) -> None:
        self._db.close()


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    sql: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    numbered: bool


def salvage(damaged: Path, key: bytes, target: Path, *, backup: Path | None = None) -> Salvaged:
    """Make `target` from what `damaged` still holds and what `backup` holds besides.

    Raises `DamagedStoreError` where not even the list of tables can be read and there is no backup.
    """
    target.unlink(missing_ok=True)
    sources = [s for s in (damaged, backup) if s is not None]
    schema = _first_schema(sources, key)
    out = connect(target, key)
    counted: dict[str, int] = {}
    lost: set[str] = set()
    try:
        out.rows("PRAGMA foreign_keys=OFF")
        tables = [sql for kind, name, sql in schema if kind == "table" and not name.startswith(_OWN)]
        for sql in tables:
            out.run(sql)
        for number, path in enumerate(sources):
            missing = _copy_all(path, key, out, counted)
            lost |= missing if number == 0 else set()
        _finish(out, schema)
        for pragma, value in _numbers(sources, key):
            out.run(f"PRAGMA {pragma}={value}")
    finally:
        out.close()
    return Salvaged(counted, tuple(sorted(lost)))


def _first_schema(paths: list[Path], key: bytes) -> list[tuple[str, str, str]]:
    for path in paths:
        with contextlib.suppress(StorageError):
            db = connect(path, key, readonly=True)
            try:
                found = db.rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
            finally:
                db.close()
            if found:
                return [(str(kind), str(name), str(sql)) for kind, name, sql in found]
    raise DamagedStoreError("no list of tables", kind="database", what="schema", path=str(paths[0]))


def _numbers(paths: list[Path], key: bytes) -> Iterator[tuple[str, int]]:
    for path in paths:
        with contextlib.suppress(StorageError):
            db = connect(path, key, readonly=True)
            try:
                yield from [(p, int(db.value(f"PRAGMA {p}"))) for p in ("application_id", "user_version")]
            finally:
                db.close()
            return


def _finish(out: Db, schema: list[tuple[str, str, str]]) -> None:
    """Make indexes, the search index, views and triggers, once the rows are in."""
    order = {"index": 0, "table": 1, "view": 2, "trigger": 3}
    for kind, name, sql in sorted(schema, key=lambda o: order[o[0]]):
        if kind != "table" or name == "record_fts":
            with contextlib.suppress(StorageError):  # a unique index over rows that damage made equal
                out.run(sql)
    out.run("INSERT INTO record_fts(record_fts) VALUES ('rebuild')")
    out.run(  # what has no receipt must still go, also where its row in the outbox was lost
        "INSERT OR IGNORE INTO outbox (revision_id, created_at) SELECT revision_id, sealed_at FROM revision "
        "WHERE revision_id NOT IN (SELECT revision_id FROM sent)"
    )


def _copy_all(path: Path, key: bytes, out: Db, counted: dict[str, int]) -> set[str]:
    """Copy every table; return the names of those that could not be read whole."""
    try:
        source = _Source(path, key)
    except StorageError:
        return {str(row[0]) for row in out.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    lost = set()
    try:
        for table in _tables(out):
            marks = ", ".join("?" * len(table.columns))
            before, whole = len_of(out, table), True
            with out.tx():
                for rows in _walk(source, table):
                    if rows is None:
                        whole = False
                    else:
                        out.many(f'INSERT OR IGNORE INTO "{table.name}" VALUES ({marks})', rows)
            counted[table.name] = counted.get(table.name, 0) + len_of(out, table) - before
            if not whole:
                lost.add(table.name)
    finally:
        source.close()
    return lost


def len_of(db: Db, table: _Table) -> int:
    return int(db.value(f'SELECT count(*) FROM "{table.name}"'))


def _tables(out: Db) -> Iterator[_Table]:
    for name, sql in out.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid"):
        if name.startswith(_OWN):
            continue
        info = out.rows(f'SELECT name, pk FROM pragma_table_xinfo("{name}") WHERE hidden = 0')
        key = tuple(str(r[0]) for r in sorted((r for r in info if r[1]), key=lambda r: r[1]))
        yield _Table(name, sql, tuple(str(r[0]) for r in info), key, "WITHOUT ROWID" not in sql.upper())


def _names(table: _Table) -> str:
    return ", ".join(f'"{c}"' for c in table.columns)


def _walk(source: _Source, table: _Table) -> Iterator[list[Row] | None]:
    """Yield stretches of rows from both ends, then by halves in between; None where something could not be read."""
    first = yield from _one_way(source, table, ">", "ASC")
    if first is None:
        return
    yield None
    last = yield from _one_way(source, table, "<", "DESC")
    if table.numbered and first and last:
        tries = [_MOST_TRIES]
        yield from _halve(source, table, int(str(first[0])) + 1, int(str(last[0])) - 1, tries)


def _halve(source: _Source, table: _Table, low: int, high: int, tries: list[int]) -> Iterator[list[Row] | None]:
    if low > high or tries[0] == 0:
        return
    rows = source.rows(f'SELECT {_names(table)} FROM "{table.name}" WHERE rowid BETWEEN ? AND ?', (low, high))
    if rows is not None or low == high:
        yield rows
        return
    tries[0] -= 1
    middle = (low + high) // 2
    yield from _halve(source, table, low, middle, tries)
    yield from _halve(source, table, middle + 1, high, tries)


def _one_way(
    source: _Source, table: _Table, sign: str, order: str
) -> Generator[list[Row] | None, None, tuple[object, ...] | None]:
    """Yield rows in order until they end or cannot be read; return None at the end, else the last key read."""
    key = ("rowid",) if table.numbered else tuple(f'"{c}"' for c in table.key)
    ordered = ", ".join(f"{c} {order}" for c in key)
    marks = ", ".join("?" * len(key))
    after: tuple[object, ...] = ()
    step = _STEP
    while True:
        where = f"WHERE ({', '.join(key)}) {sign} ({marks})" if after else ""
        rows = source.rows(
            f'SELECT {", ".join(key)}, {_names(table)} FROM "{table.name}" {where} ORDER BY {ordered} LIMIT {step}',
            after,
        )
        if rows is None:
            if step == 1:
                return after
            step //= 2
            continue
        yield [row[len(key) :] for row in rows]
        if len(rows) < step:
            return None
        after = rows[-1][: len(key)]
