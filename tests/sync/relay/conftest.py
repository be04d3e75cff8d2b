"""A centre, a relay of it as a process of its own, and two laptops of its office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest

from checklists.clock import BANGKOK
from sync.client import Session
from sync.protocol import Role
from sync.relay import NightWindow, RelayConfig
from sync.relay.app import Desk
from sync.relay.serving import open_desk, register
from tests.support.clock import FrozenClock
from tests.support.sync_relay import OfficeLaptop, RelayProcess, key_of
from tests.support.sync_server import RunningCentre

NIGHT = NightWindow(time(22), time(5))
DAY = datetime(2026, 11, 23, 10, tzinfo=BANGKOK)


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
def noon(centre: RunningCentre) -> FrozenClock:
    return FrozenClock(DAY)


@pytest.fixture
def desk(centre: RunningCentre, sessions: dict[int, Session], noon: FrozenClock, tmp_path: Path) -> Iterator[Desk]:
    """A relay whose forwarding is done by hand, with a night window, at ten in the morning."""
    config = RelayConfig(tmp_path / "relay", centre.url, night=NIGHT, clock=noon)
    register(config, centre.code(role=Role.RELAY))
    desk = open_desk(config)
    desk.forwarder.turn()
    yield desk
    desk.forwarder._client.close()
    desk.storage.close()


@pytest.fixture
def laptops(sessions: dict[int, Session], relay: RelayProcess) -> Iterator[list[OfficeLaptop]]:
    made = [OfficeLaptop(number, session, relay.url) for number, session in sessions.items()]
    for laptop in made:
        laptop.join()
    yield made
    for laptop in made:
        laptop.close()
