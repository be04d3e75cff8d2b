"""A real centre on a free port, a device key and its registered client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.crypto import DeviceKey
from sync.client import Client
from sync.server.config import ServerConfig
from tests.support.sync_outbox import MemoryOutbox
from tests.support.sync_server import RunningCentre, running_centre


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
