"""The window asks for the centre by itself: at what moments, how often, and when it leaves everybody in peace."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from checklists.clock import stamp
from checklists.model import Changes
from checklists.store import Store
from inspector_app.actions.sending import syncing
from inspector_app.gui.line_watch import Reachability
from inspector_app.gui.refresh import RefreshHub
from inspector_app.gui.sync_schedule import SyncSchedule
from inspector_app.gui.sync_worker import Job, News, SyncWorker
from sync.client import Session
from sync.errors import WrongServerError
from sync.events import Connected, RunFinished, RunStarted, SyncReport, Trouble
from sync.plan import PROBE_CAP, PROBE_FIRST
from sync.protocol import Tokens
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, content, new_store

OFFLINE = (
    RunStarted(1, 0, 0),
    Trouble("offline", action="again"),
    RunFinished(SyncReport(waiting=1, trouble="offline")),
)
STUCK = (RunStarted(1, 0, 0), Connected("", ""), RunFinished(SyncReport(waiting=1)))


class NoStore:
    def close(self) -> None:
        pass


@dataclass
class Laptop:
    """A registered laptop with a schedule; `says` are the news of each run to come."""

    store: Store
    clock: FrozenClock
    qtbot: QtBot
    parent: QObject = field(default_factory=QObject)
    jobs: list[Job] = field(default_factory=list)
    says: tuple[News, ...] = OFFLINE
    fails: BaseException | None = None

    def __post_init__(self) -> None:
        self.refresh = RefreshHub(self.parent)
        opened = cast("Callable[[], Store]", NoStore)
        self.sync = SyncWorker(opened, self._run, clock=self.clock, refresh=self.refresh, parent=self.parent)
        self.schedule = SyncSchedule(
            self.sync, self.store, clock=self.clock, random=random.Random(1), refresh=self.refresh
        )

    def _run(self, _store: Store, emit: Callable[[News], None], _stop: Callable[[], bool], job: Job) -> object:
        self.jobs.append(job)
        for news in self.says:
            emit(news)
        if self.fails is not None:
            raise self.fails
        return None

    @property
    def seconds(self) -> float | None:
        """How long the schedule waits now; None where it waits for nothing."""
        timer = self.schedule.timer
        return timer.interval() / 1000 if timer.isActive() else None

    def ring(self) -> None:
        """Let the time be over and wait for the run that it begins."""
        assert self.seconds is not None
        self.clock.advance(self.seconds)
        self.schedule.timer.stop()
        self.schedule.timer.timeout.emit()
        self.ended()

    def ended(self) -> None:
        self.qtbot.waitUntil(lambda: not self.sync.running)

    def fetched(self) -> None:
        self.store.settings.set(syncing.FETCHED, stamp(self.clock.now()))

    def seal(self, record_id: str = "r-1") -> None:
        begin(self.store, record_id, f"v-{record_id}")
        self.store.records.finalise(record_id, content())


@pytest.fixture
def laptop(tmp_path: Path, clock: FrozenClock, qtbot: QtBot) -> Iterator[Laptop]:
    with new_store(tmp_path / "w", clock) as store:
        session = Session(url="http://127.0.0.1:9", server_id="s", tokens=Tokens("a", "r", 900))
        store.settings.set(syncing.SETTING, session.to_text())
        laptop = Laptop(store, clock, qtbot)
        yield laptop
        laptop.sync.close()


def about(seconds: float) -> object:
    """A quarter of jitter each way."""
    return pytest.approx(seconds, rel=0.25)


def test_a_window_that_was_opened_asks_after_a_minute_because_nothing_was_fetched_yet(laptop: Laptop) -> None:
    assert laptop.seconds == about(PROBE_FIRST)
    laptop.ring()
    assert laptop.jobs == [Job.BY_ITSELF]


def test_it_asks_less_and_less_often_down_to_every_quarter_of_an_hour(laptop: Laptop) -> None:
    laptop.seal()
    waited = []
    for _ in range(7):
        waited.append(laptop.seconds)
        laptop.ring()
    assert waited == [about(s) for s in (60, 120, 240, 480, PROBE_CAP, PROBE_CAP, PROBE_CAP)]
    assert len(set(waited[4:])) == 3


def test_a_centre_that_is_there_and_takes_nothing_is_asked_less_and_less_often_too(laptop: Laptop) -> None:
    laptop.seal()
    laptop.says = STUCK
    laptop.ring()
    laptop.ring()
    assert laptop.seconds == about(240)


def test_nothing_is_asked_where_nothing_waits_and_all_is_fresh(laptop: Laptop) -> None:
    laptop.fetched()
    laptop.schedule.arm()
    assert laptop.seconds is None


def test_what_was_fetched_grows_old(laptop: Laptop) -> None:
    laptop.fetched()
    laptop.clock.advance(4 * 3600)
    laptop.schedule.arm()
    assert laptop.seconds == about(60)


def test_a_record_that_was_sealed_begins_it_anew(laptop: Laptop) -> None:
    laptop.ring()
    laptop.ring()
    laptop.fetched()
    laptop.schedule.arm()
    assert laptop.seconds is None
    laptop.seal()
    laptop.refresh.publish(Changes.of("outbox", "r-1"))
    laptop.qtbot.waitUntil(lambda: laptop.seconds is not None)
    assert laptop.seconds == about(60)


def test_a_record_that_needs_a_person_is_no_reason_to_ask(laptop: Laptop) -> None:
    laptop.fetched()
    laptop.seal()
    (row,) = laptop.store.outbox.pending()
    laptop.store.outbox.failed(row.revision_id, "invalid", "", "", parked=True)
    laptop.schedule.arm()
    assert laptop.seconds is None


def test_a_network_that_appears_is_asked_within_seconds(laptop: Laptop) -> None:
    laptop.ring()
    laptop.sync.line.note_reachability(Reachability.Disconnected)
    laptop.sync.line.note_reachability(Reachability.Online)
    assert laptop.seconds is not None
    assert laptop.seconds < 10


def test_a_busy_centre_is_not_asked_before_it_said(laptop: Laptop) -> None:
    laptop.seal()
    busy = SyncReport(waiting=1, trouble="busy", retry_at=stamp(laptop.clock.now() + timedelta(minutes=40)))
    laptop.says = (RunStarted(1, 0, 0), Trouble("busy", action="again"), RunFinished(busy))
    laptop.sync.start()
    laptop.ended()
    assert laptop.seconds == pytest.approx(2400, abs=1)


@pytest.mark.parametrize(
    ("code", "action"),
    [("sign-in", "sign-in"), ("proxy-login", "sign-in"), ("certificate", "sign-in"), ("update-needed", "stop")],
)
def test_where_a_person_must_act_it_waits_for_them_or_for_another_network(
    laptop: Laptop, code: str, action: str
) -> None:
    laptop.seal()
    laptop.says = (RunStarted(1, 0, 0), Trouble(code, action=action), RunFinished(SyncReport(waiting=1, trouble=code)))
    laptop.ring()
    assert laptop.seconds is None
    laptop.sync.line.note_reachability(Reachability.Disconnected)
    laptop.sync.line.note_reachability(Reachability.Online)
    assert laptop.seconds is not None
    laptop.ring()
    assert laptop.seconds is None
    laptop.says = STUCK
    laptop.sync.start()
    laptop.ended()
    assert laptop.seconds is not None


def test_a_run_that_failed_in_the_program_is_not_begun_again_by_itself(laptop: Laptop) -> None:
    laptop.seal()
    laptop.fails = WrongServerError()
    laptop.ring()
    assert laptop.seconds is None


def test_on_a_metered_line_text_goes_once_and_photos_wait_for_the_person(laptop: Laptop) -> None:
    laptop.fetched()
    laptop.seal()
    laptop.sync.line.note_metered(True)
    laptop.says = STUCK
    laptop.ring()
    assert laptop.jobs == [Job.BY_ITSELF_TEXT]
    assert laptop.seconds is None
    laptop.sync.line.note_metered(False)
    assert laptop.seconds is not None
    laptop.ring()
    assert laptop.jobs[1:] == [Job.BY_ITSELF]


def test_a_laptop_that_is_not_registered_asks_nobody(laptop: Laptop) -> None:
    laptop.store.settings.forget(syncing.SETTING)
    laptop.schedule.arm()
    assert laptop.seconds is None


def test_nothing_is_asked_after_the_window_was_locked(laptop: Laptop) -> None:
    laptop.seal()
    laptop.schedule.arm()
    laptop.sync.close()
    assert laptop.seconds is None
