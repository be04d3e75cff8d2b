"""The database driver behind a small typed surface: sqlcipher3 under sqlite-utils.

This is the only module that talks to the driver: others use `Db`, whose errors are ours. Rules kept here: `BEGIN
IMMEDIATE` outside, savepoints inside; results are whole lists (a half-read cursor pins the log); the driver's own error
classes never leave this module.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from checklists.errors import (
    DamagedStoreError,
    DiskFullError,
    ReadOnlyStoreError,
    SealedRecordError,
    StorageError,
)
from checklists.store.errors import BusyStoreError, ForeignFileError
from checklists.store.shim import Database, driver

Row = tuple[Any, ...]
Params = Sequence[Any]

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "checkpoint_fullfsync=ON",  # macOS: a flush that reaches the platter
    "temp_store=MEMORY",
    "wal_autocheckpoint=400",  # pages; stalls p99.9 stay below 10 ms (facts/store 3)
    "journal_size_limit=8388608",
    "trusted_schema=OFF",
)

# primary result codes of SQLite (sqlite3.h)
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_INTERRUPT = 9
_STEPS_BETWEEN_LOOKS = 1000
"""Steps of SQLite's machine between two looks at the time: well below a millisecond."""
_IOERR_SHMSIZE = 10 | (19 << 8)
_IOERR_WRITE = 10 | (3 << 8)


def translate(error: Exception) -> StorageError:
    """Return our error for one of the driver's."""
    code = int(getattr(error, "sqlite_errorcode", 0) or 0)
    detail = f"{type(error).__name__}: {error}"
    primary = code & 0xFF
    if str(error).startswith("sealed:"):  # our own triggers say so
        return SealedRecordError(detail)
    if primary == _FULL or code == _IOERR_SHMSIZE:
        return DiskFullError(detail)
    if primary in {_CORRUPT, _NOTADB}:
        return DamagedStoreError(detail, kind="database", what="page")
    if primary in {_READONLY, _CANTOPEN}:
        return ReadOnlyStoreError(detail)
    if primary in {_BUSY, _LOCKED}:
        return BusyStoreError(detail)
    if primary == _INTERRUPT:
        return StorageError(detail, what="time")
    if primary == _IOERR:
        return StorageError(detail, what="io", sqlite_code=code)
    return StorageError(detail, sqlite_code=code)


@contextlib.contextmanager
def our_errors() -> Iterator[None]:
    """Translate the driver's errors of a block that works through sqlite-utils itself."""
    try:
        yield
    except driver.Error as error:
        raise translate(error) from error


class Db:
    """One connection, for one thread."""

    def __init__(
        self, path: Path, connection: Any, key: bytes = b"", *, afterwards: Callable[[], None] = lambda: None
    ) -> None:
        self.path, self.key, self._afterwards = path, key, afterwards
        self._connection = connection
        self.undone = 0  # transactions rolled back so far: what was remembered before is void
        self.tables = Database(connection, strict=True, execute_plugins=False)

    # reading

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Return all rows."""
        try:
            found: list[Row] = self._connection.execute(sql, params).fetchall()
        except driver.Error as error:
            raise translate(error) from error
        return found

    def row(self, sql: str, params: Params = ()) -> Row | None:
        """Return the first row, or None."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first member of the first row, or None."""
        found = self.row(sql, params)
        return None if found is None else found[0]

    # writing

    def run(self, sql: str, params: Params = ()) -> int:
        """Run one statement; return how many rows it changed."""
        try:
            return int(self._connection.execute(sql, params).rowcount)
        except driver.Error as error:
            raise translate(error) from error

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement for each row of parameters."""
        try:
            self._connection.executemany(sql, rows)
        except driver.Error as error:
            raise translate(error) from error

    def script(self, sql: str) -> None:
        """Run several statements one by one, inside the running transaction where there is one."""
        for statement in _statements(sql):
            self.run(statement)

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def tx(self) -> _Transaction:
        """Run the block as one transaction: all or nothing, durable when the block is left. May be nested."""
        return _Transaction(self)

    def undo(self, outer: bool) -> None:
        """Take back the transaction, or the step inside it."""
        self.undone += 1
        # after SQLITE_FULL or IOERR SQLite may have rolled back by itself already
        with contextlib.suppress(driver.Error):
            if self.in_transaction:
                self._connection.execute("ROLLBACK" if outer else "ROLLBACK TO step")
                if not outer:
                    self._connection.execute("RELEASE step")

    @contextlib.contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Break off a statement of the block that runs longer: `StorageError` with `what="time"`. None: no limit."""
        if seconds is None:
            yield
            return
        end = time.monotonic() + seconds
        self._connection.set_progress_handler(lambda: time.monotonic() >= end, _STEPS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            self._connection.set_progress_handler(None, 0)

    def copy_into(self, path: Path) -> None:
        """Write a consistent copy with the same key; works from a reading connection beside a writer too."""
        reading = bool(self.value("PRAGMA query_only"))
        if reading:  # SQLite takes the copy for a write, though nothing of this database changes
            self.rows("PRAGMA query_only=OFF")
        try:
            self.run("VACUUM INTO ?", (str(path),))
        finally:
            if reading:
                self.rows("PRAGMA query_only=ON")

    def close(self) -> None:
        with contextlib.suppress(driver.Error):
            self._connection.close()
        self._afterwards()


class _Transaction:
    """A block that is one transaction, or a step inside a running one."""

    __slots__ = ("_db", "_outer")

    def __init__(self, db: Db) -> None:
        self._db, self._outer = db, True

    def __enter__(self) -> None:
        self._outer = not self._db.in_transaction
        self._db.run("BEGIN IMMEDIATE" if self._outer else "SAVEPOINT step")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            self._db.undo(self._outer)
            return
        try:
            self._db.run("COMMIT" if self._outer else "RELEASE step")
        except BaseException:
            self._db.undo(self._outer)
            raise


def _statements(sql: str) -> Iterator[str]:
    """Split a script at the lines that end a statement (a semicolon inside a trigger does not)."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if driver.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def _open(path: str, *, uri: bool, busy_seconds: float) -> Any:
    # isolation_level=None: transactions begin and end where this module says
    return driver.connect(path, timeout=busy_seconds, isolation_level=None, uri=uri, cached_statements=512)


def connect(path: Path, key: bytes, *, readonly: bool = False, cache_kib: int = 32_000, busy_seconds: float = 5) -> Db:
    """Open or create an encrypted database by its raw key.

    Raises `DamagedStoreError` where it does not read; the caller has checked the key by its check value before.
    """
    pragmas = (*PRAGMAS, f"cache_size=-{cache_kib}", *(("query_only=ON",) if readonly else ()))
    return Db(path, _keyed(str(path), key, pragmas, busy_seconds=busy_seconds), key)


def connect_unwritable(path: Path, key: bytes) -> Db:
    """Open a database in a folder that may only be read: SQLite's log needs a file of its own beside it otherwise.

    Where a log was left, a copy is read (encrypted as it is, in a private folder, gone at closing), else the file
    itself, which nobody can change meanwhile.
    """
    log = path.with_name(path.name + "-wal")
    if not log.exists() or log.stat().st_size == 0:
        pragmas = ("temp_store=MEMORY", "trusted_schema=OFF", "query_only=ON")
        return Db(path, _keyed(f"{path.absolute().as_uri()}?immutable=1", key, pragmas, uri=True), key)
    folder = tempfile.TemporaryDirectory(prefix="inspector-")
    try:
        for file in (path, log):
            shutil.copyfile(file, Path(folder.name) / file.name)
        copy = _keyed(str(Path(folder.name) / path.name), key, (*PRAGMAS, "query_only=ON"))
    except BaseException:
        folder.cleanup()
        raise
    return Db(path, copy, key, afterwards=folder.cleanup)


def _keyed(name: str, key: bytes, pragmas: Sequence[str], *, uri: bool = False, busy_seconds: float = 5) -> Any:
    connection = None
    try:
        connection = _open(name, uri=uri, busy_seconds=busy_seconds)
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except driver.Error as error:
        if connection is not None:
            connection.close()
        raise translate(error) from error
    return connection


def connect_plain(path: Path, *, create: bool = False) -> Db:
    """Open a plain database (the registry is public data); read-only unless it is made here."""
    mode = "rwc" if create else "ro"
    try:
        connection = _open(f"{path.absolute().as_uri()}?mode={mode}", uri=True, busy_seconds=5)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA temp_store=MEMORY").fetchall()
        connection.execute("PRAGMA trusted_schema=OFF").fetchall()
    except driver.Error as error:
        with contextlib.suppress(UnboundLocalError, driver.Error):
            connection.close()
        raise ForeignFileError(str(error), file=str(path)) from error
    return Db(path, connection)
