"""How far this laptop's clock is off is measured at the centre, told where it matters, and stands in what is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.sealing import read_json
from checklists.store import Store
from inspector_app.actions.sending import syncing
from sync.events import Connected, SyncEvent
from sync.server.config import ServerConfig
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, content, new_store
from tests.support.sync_server import RunningCentre, running_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(ServerConfig(tmp_path / "centre")) as running:
        yield running


def laptop(folder: Path, minutes: float) -> tuple[Store, FrozenClock]:
    clock = FrozenClock(SystemClock().now() + timedelta(minutes=minutes))
    return new_store(folder, clock), clock


def sealed_offset(store: Store) -> int | None:
    begin(store)
    sealed, _ = store.records.finalise("r-1", content())
    offset: int | None = read_json(sealed.envelope)["clock"]["offset_ms"]
    return offset


@pytest.mark.parametrize(("minutes", "told"), [(17, 17), (-17, 17), (4, 0), (0, 0)])
def test_a_clock_that_is_minutes_off_is_told_and_stands_in_the_next_record(
    tmp_path: Path, centre: RunningCentre, minutes: int, told: int
) -> None:
    store, clock = laptop(tmp_path / "w", minutes)
    events: list[SyncEvent] = []
    with store:
        syncing.register(store, centre.url, centre.code(), clock=clock)
        syncing.sync_now(store, clock=clock, emit=events.append)
        (connected,) = (event for event in events if isinstance(event, Connected))
        assert connected.clock_off_minutes == told
        offset = sealed_offset(store)
    assert offset == connected.clock_offset_ms
    assert offset is not None
    assert abs(offset + minutes * 60_000) < 30_000


def test_a_laptop_that_never_reached_the_centre_says_that_it_does_not_know(tmp_path: Path) -> None:
    store, _ = laptop(tmp_path / "w", 0)
    with store:
        assert sealed_offset(store) is None


def test_when_the_centres_rows_were_fetched_is_kept(tmp_path: Path, centre: RunningCentre) -> None:
    store, clock = laptop(tmp_path / "w", 0)
    with store:
        syncing.register(store, centre.url, centre.code(), clock=clock)
        assert store.settings.get(syncing.FETCHED) is None
        syncing.sync_now(store, clock=clock, should_stop=lambda: True)
        assert store.settings.get(syncing.FETCHED) is None
        syncing.sync_now(store, clock=clock)
        assert store.settings.get(syncing.FETCHED) == clock.now().isoformat(timespec="milliseconds")
