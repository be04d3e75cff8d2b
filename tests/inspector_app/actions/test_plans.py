"""The dry run says what would go, how much and for how long, by the speed that this laptop measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.store import Store
from inspector_app.actions.sending import plans, syncing
from sync.server.config import ServerConfig
from tests.support.store_workspace import answer, begin, content, new_store, photo
from tests.support.sync_outbox import photo as noise
from tests.support.sync_server import running_centre

PHOTO = noise(1, 500_000)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "w", SystemClock()) as store:
        begin(store)
        answer(store, 1, "pass")
        photo(store, "a-1", PHOTO, "r-1")
        store.records.finalise("r-1", content())
        yield store


def test_without_a_centre_everything_would_have_to_travel_and_the_reason_is_named(store: Store) -> None:
    plan = syncing.plan(store, clock=SystemClock())
    assert (plan.records, plan.files, plan.reached, plan.trouble) == (1, 1, "", "no-server")
    assert plan.rest == plan.size > len(PHOTO)
    assert (plan.measured, plan.seconds) == (False, round(plan.rest / plans.ASSUMED, 1))


def test_a_plan_sends_nothing_and_knows_what_the_centre_has(store: Store, tmp_path: Path) -> None:
    with running_centre(ServerConfig(tmp_path / "centre")) as centre:
        syncing.register(store, centre.url, centre.code(), clock=SystemClock())
        before = syncing.plan(store, clock=SystemClock())
        assert (before.reached, before.trouble) == ("centre", "")
        assert centre.centre.records.counts()["revisions_pending"] == 0
        syncing.sync_now(store, clock=SystemClock(), hold_files=True)
        after = syncing.plan(store, clock=SystemClock())
        assert (after.records, after.rest) == (1, before.rest)  # the text is there, its photo is not
        assert centre.centre.records.counts()["revisions_pending"] == 1
        assert syncing.sync_now(store, clock=SystemClock(), force=True).clean
        assert syncing.plan(store, clock=SystemClock()).records == 0
        assert syncing.plan(store, clock=SystemClock()).measured


def test_the_newest_measurement_counts_most_and_a_short_run_says_nothing(store: Store) -> None:
    def write(name: str, value: str) -> None:
        store.settings.set(name, value)

    plans.learn_speed(store, plans.LEAST - 1, 1.0, write)
    assert plans.speed_of(store) == (plans.ASSUMED, False)
    plans.learn_speed(store, 1_000_000, 10.0, write)
    assert plans.speed_of(store) == (100_000.0, True)
    plans.learn_speed(store, 1_000_000, 5.0, write)
    assert plans.speed_of(store) == (150_000.0, True)
