"""A centre, a relay of it as a process of its own, and two laptops of its office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client import Session
from sync.protocol import Role
from tests.support.sync_relay import OfficeLaptop, RelayProcess, key_of
from tests.support.sync_server import RunningCentre


@pytest.fixture
def sessions(centre: RunningCentre) -> dict[int, Session]:
    """Register two laptops at the centre, as they are before they come to an office."""
    found = {}
    for number in (1, 2):
        client = centre.client(key_of(number), device_id=f"laptop-{number}")
        found[number] = client.session
        client.close()
    return found


@pytest.fixture
def relay(centre: RunningCentre, tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        yield relay.start(centre.code(role=Role.RELAY))


@pytest.fixture
def laptops(sessions: dict[int, Session], relay: RelayProcess) -> Iterator[list[OfficeLaptop]]:
    made = [OfficeLaptop(number, session, relay.url) for number, session in sessions.items()]
    for laptop in made:
        laptop.join()
    yield made
    for laptop in made:
        laptop.close()
