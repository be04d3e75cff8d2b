"""A centre of an earlier version opens with what it holds; one of a later version is left alone."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from sync.protocol import Role
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.database import migrations, tables

CAME_WITH = {
    3: ("users",),
    4: ("openrosa_submissions", "openrosa_files"),
    5: ("signers", "editions", "ministry_queue"),
}
"""Tables by the schema version that brought them."""


def as_of(centre: Centre, version: int, without: Sequence[str]) -> None:
    """Make the database look as an earlier (or later) program left it."""

    def step(connection: Connection) -> None:
        for name in without:
            tables.metadata.tables[name].drop(connection)
        connection.execute(text("update meta set value = :v where name = 'schema'"), {"v": str(version)})

    centre.storage.write(step)


@pytest.mark.parametrize("version", range(2, len(migrations.STEPS)))
def test_an_older_centre_gets_the_new_tables_and_keeps_its_devices(version: int, tmp_path: Path) -> None:
    old = Centre.open(ServerConfig(tmp_path))
    code, server_id = old.make_code(scope="11"), old.server_id
    later = [name for number, names in CAME_WITH.items() if number > version for name in names]
    as_of(old, version, later)
    old.close()
    new = Centre.open(ServerConfig(tmp_path))
    found = new.storage.read(lambda c: set(inspect(c).get_table_names()))
    assert set(later) <= found
    assert new.server_id == server_id
    assert new.storage.read(lambda c: c.execute(tables.codes.select()).one()).scope == "11"
    assert code
    assert new.users.add("สมศรี", Role.OFFICE, "11") in new.users.all()
    new.close()
    again = Centre.open(ServerConfig(tmp_path))
    assert len(again.users.all()) == 1
    again.close()


def test_the_ministrys_queue_of_an_earlier_version_gets_its_new_column_and_keeps_its_rows(tmp_path: Path) -> None:
    old = Centre.open(ServerConfig(tmp_path))
    row = {"revision_id": "rev-1", "record_id": "r-1", "state": "waiting", "attempts": 1, "next_at": ""}
    row |= {"queued_at": "", "changed_at": ""}
    old.storage.write(lambda c: c.execute(tables.ministry_queue.insert().values(row)))
    old.storage.write(lambda c: c.execute(text("ALTER TABLE ministry_queue DROP COLUMN detail")))
    as_of(old, 5, ())
    old.close()
    new = Centre.open(ServerConfig(tmp_path))
    kept = new.storage.read(lambda c: c.execute(tables.ministry_queue.select()).one())
    assert (kept.revision_id, kept.attempts, kept.detail) == ("rev-1", 1, "")
    new.close()


def test_a_newer_centre_is_not_opened_and_no_connection_to_it_stays(tmp_path: Path) -> None:
    newer = Centre.open(ServerConfig(tmp_path))
    as_of(newer, len(migrations.STEPS) + 1, ())
    newer.close()
    with pytest.raises(migrations.NewerDatabaseError):
        Centre.open(ServerConfig(tmp_path))
    gc.collect()  # psycopg warns of a connection that was left open, and a warning is an error here
