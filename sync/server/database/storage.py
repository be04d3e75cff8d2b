"""The centre's database behind SQLAlchemy Core: opening, durability, transactions that may be run again.

SQLite is written through ONE connection under a lock and read through others, with `synchronous=FULL` and write-ahead
log. The driver is sqlcipher3 without a key, because it carries SQLite 3.53.4; the standard library's here is older than
3.51.3 and has the WAL-reset bug, with which a receipt could outlive the record that it names. The log keeps its usual
1,000 pages: a longer one grows for longer, and a commit that makes a file grow takes four times as long (measured).
PostgreSQL needs no lock: `write` runs its step again on serialisation failures, deadlocks and a lost race for a unique
index, so a step reads, decides and writes, and has no other effect.
"""

from __future__ import annotations

import contextlib
import errno
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from sync.server.database import migrations

T = TypeVar("T")

MAX_TRIES = 60
FIRST_WITHOUT_WAL_BUG = (3, 51, 3)


class RaceLostError(Exception):
    """A step found that another one changed what it had read; `Storage.write` runs it again."""


class Storage:
    """One database. `write` and `read` may be called from any thread."""

    def __init__(self, writer: Engine, reader: Engine, *, single_writer: bool) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = threading.Lock() if single_writer else None
        self._kept: Connection | None = None
        self._random = random.Random()  # noqa: S311 - jitter, not a secret

    @classmethod
    def open(cls, data: Path, url: str = "") -> Storage:
        """Open `url` (PostgreSQL) or the SQLite file in the data folder, and bring its tables up to date.

        Raises `NewerDatabaseError`; nothing stays open then.
        """
        storage = cls._postgresql(url) if url else cls._sqlite(data / "centre.db")
        with closed_on_error(storage):
            storage.write(migrations.migrate)
        return storage

    @classmethod
    def _sqlite(cls, file: Path) -> Storage:
        from sqlcipher3 import dbapi2

        if tuple(int(n) for n in dbapi2.sqlite_version.split(".")) < FIRST_WITHOUT_WAL_BUG:
            raise RuntimeError(f"SQLite {dbapi2.sqlite_version} has the WAL-reset bug")

        def connect(*, read_only: bool) -> Any:
            connection = dbapi2.connect(str(file), check_same_thread=False, isolation_level=None, timeout=10)
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=full")
            connection.execute("pragma foreign_keys=on")
            if read_only:
                connection.execute("pragma query_only=on")
            return connection

        writer = create_engine(
            "sqlite://", module=dbapi2, creator=lambda: connect(read_only=False), poolclass=StaticPool
        )
        reader = create_engine(
            "sqlite://", module=dbapi2, creator=lambda: connect(read_only=True), poolclass=QueuePool, pool_size=4
        )
        event.listen(writer, "begin", lambda c: c.connection.execute("begin immediate"))
        event.listen(reader, "begin", lambda c: c.connection.execute("begin"))
        return cls(writer, reader, single_writer=True)

    @classmethod
    def _postgresql(cls, url: str) -> Storage:
        engine = create_engine(url, pool_size=8, max_overflow=8)
        return cls(engine, engine, single_writer=False)

    def write(self, step: Callable[[Connection], T], *, durable: bool = True) -> T:
        """Run `step` in one transaction, again where a race was lost; its result counts only after the commit.

        One that is not durable survives the end of the process at once and a power cut from the next durable one on.
        """
        if self._lock is None:
            return self._write(step if durable else _asynchronous(step))
        with self._lock:
            if self._kept is None:
                self._kept = self._writer.connect()
            with contextlib.nullcontext() if durable else _unsynced(self._kept):
                return self._write(step)

    def _write(self, step: Callable[[Connection], T]) -> T:
        for attempt in range(MAX_TRIES):
            try:
                if self._kept is not None:
                    with self._kept.begin():
                        return step(self._kept)
                with self._writer.begin() as connection:
                    return step(connection)
            except Exception as error:
                if attempt == MAX_TRIES - 1 or not _is_race(error):
                    raise
            time.sleep(self._random.uniform(0, min(0.2, 0.002 * 2**attempt)))
        raise RuntimeError("unreachable")

    def read(self, step: Callable[[Connection], T]) -> T:
        with self._reader.begin() as connection:
            return step(connection)

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._writer.dispose()
        self._reader.dispose()


@contextlib.contextmanager
def closed_on_error(storage: Storage) -> Iterator[None]:
    """Close a storage where what is built on it fails: nobody else would, and its connections would stay open."""
    try:
        yield
    except BaseException:
        storage.close()
        raise


@contextlib.contextmanager
def _unsynced(sqlite: Connection) -> Iterator[None]:
    """Leave out the sync of SQLite's log after the commits of a block."""
    driver: Any = sqlite.connection.driver_connection
    driver.execute("pragma synchronous=normal")
    try:
        yield
    finally:
        driver.execute("pragma synchronous=full")


def _asynchronous(step: Callable[[Connection], T]) -> Callable[[Connection], T]:
    """Return the step with PostgreSQL's commit answering before its log is synced."""

    def unsynced(postgresql: Connection) -> T:
        postgresql.exec_driver_sql("set local synchronous_commit to off")
        return step(postgresql)

    return unsynced


def _is_race(error: Exception) -> bool:
    """Tell a lost race (unique index, serialisation failure 40001, deadlock 40P01) from a fault.

    The hot path hands statements to the driver itself, so an error may be the driver's or SQLAlchemy's around it.
    """
    driver = getattr(error, "orig", error)
    if isinstance(error, RaceLostError) or any(kind.__name__ == "IntegrityError" for kind in type(driver).__mro__):
        return True
    return getattr(driver, "sqlstate", "") in ("40001", "40P01")


def is_full(error: Exception) -> bool:
    """Tell a full disk from a fault: the system's own errors, SQLite's SQLITE_FULL, PostgreSQL's 53100."""
    driver = getattr(error, "orig", error)
    if isinstance(driver, OSError):
        return driver.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(driver, "sqlstate", "") == "53100" or "database or disk is full" in str(driver)
