"""Brings the centre's tables up to date, step by step, inside one transaction; refuses a newer database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server.database import tables


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of the centre."""


def _first_tables(connection: Connection) -> None:
    tables.metadata.create_all(connection)


def _feed_reviews_snapshots(connection: Connection) -> None:
    for table in (tables.feed, tables.reviews, tables.snapshots):
        table.create(connection, checkfirst=True)


def _people(connection: Connection) -> None:
    tables.users.create(connection, checkfirst=True)


def _openrosa(connection: Connection) -> None:
    for table in (tables.openrosa_submissions, tables.openrosa_files):
        table.create(connection, checkfirst=True)


def _editions_and_ministry(connection: Connection) -> None:
    for table in (tables.signers, tables.editions, tables.ministry_queue):
        table.create(connection, checkfirst=True)


def _what_the_ministry_answered(connection: Connection) -> None:
    """Add the column where the table is of an earlier version; a new one has it."""
    table = tables.ministry_queue
    if "detail" not in {column["name"] for column in inspect(connection).get_columns(table.name)}:
        connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN detail VARCHAR(400) DEFAULT '' NOT NULL"))


STEPS: tuple[Callable[[Connection], None], ...] = (
    _first_tables,
    _feed_reviews_snapshots,
    _people,
    _openrosa,
    _editions_and_ministry,
    _what_the_ministry_answered,
)
"""Step n brings version n to n + 1. A released step never changes."""


def version_of(connection: Connection) -> int:
    if not inspect(connection).has_table("meta"):
        return 0
    found = connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == "schema")).scalar()
    return int(found or 0)


def migrate(connection: Connection) -> None:
    """Run the steps that this database has not seen."""
    version = version_of(connection)
    if version > len(STEPS):
        raise NewerDatabaseError(f"schema {version}, this program knows {len(STEPS)}")
    for step in STEPS[version:]:
        step(connection)
    if version == len(STEPS):
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(tables.meta).values(name="schema", value="0").on_conflict_do_nothing())
    connection.execute(update(tables.meta).where(tables.meta.c.name == "schema").values(value=str(len(STEPS))))
