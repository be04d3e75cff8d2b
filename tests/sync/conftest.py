"""A real centre on a free port, a device key and its registered client.

The centres of these tests keep their rows in SQLite. With `INSPECTOR_TEST_DATABASE=read-committed` (or `serializable`)
in the environment every one of them gets an empty PostgreSQL database of that isolation instead:

    INSPECTOR_TEST_DATABASE=serializable python -m pytest tests/sync -m "not long"
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.store import Store
from sync.client import Client
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from tests.support import sync_postgres
from tests.support.openrosa_central import running_central
from tests.support.openrosa_play import Play
from tests.support.store_workspace import new_store
from tests.support.sync_outbox import MemoryOutbox
from tests.support.sync_server import RunningCentre, running_centre

DATABASE = os.environ.get("INSPECTOR_TEST_DATABASE", "")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    lacking = sync_postgres.missing()
    if lacking:
        pytest.skip(f"not run: needs {lacking}")
    with sync_postgres.cluster() as url:
        yield url


@pytest.fixture(autouse=bool(DATABASE))
def on_postgresql(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open every centre that names no database on one of its own; the same data folder is the same database."""
    made: dict[Path, str] = {}
    open_as_told = Centre.open

    def opened(config: ServerConfig) -> Centre:
        folder = config.data.resolve()
        if not config.database and folder not in made:
            name = f"centre_{uuid.uuid4().hex}"
            made[folder] = sync_postgres.fresh_database(postgresql, name, serializable=DATABASE == "serializable")
        return open_as_told(config if config.database else replace(config, database=made[folder]))

    monkeypatch.setattr(Centre, "open", opened)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(ServerConfig(tmp_path / "centre")) as running:
        yield running


@pytest.fixture
def key() -> DeviceKey:
    return DeviceKey.from_seed(b"\1" * 32)


@pytest.fixture
def client(centre: RunningCentre, key: DeviceKey) -> Iterator[Client]:
    client = centre.client(key)
    yield client
    client.close()


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An encrypted workspace of a laptop."""
    with new_store(tmp_path / "w", SystemClock()) as store:
        yield store


@pytest.fixture
def play(outbox: MemoryOutbox, key: DeviceKey) -> Iterator[Play]:
    with running_central() as central:
        yield Play(central, outbox, key)
