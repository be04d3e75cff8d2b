"""Saving and tasks: nothing is said to be safe before it is, and nothing outlives the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from checklists.errors import DiskFullError
from checklists.model import AnswerRow, Changes, NodeRef
from inspector_app.gui.refresh import RefreshHub
from inspector_app.gui.saving import RecordSaver, SavedState, Saver
from inspector_app.gui.tasks import Tasks
from tests.support.clock import FrozenClock


class HeldWriter:
    """A writer whose commits are acknowledged when the test says so."""

    def __init__(self) -> None:
        self.steps: list[tuple[Callable[[Any], Any], Future[Any]]] = []

    def submit(self, step: Callable[[Any], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self.steps.append((step, future))
        return future

    def drain(self, timeout: float | None = None) -> None:
        self.acknowledge()

    def acknowledge(self, store: Any = None) -> None:
        for step, future in self.steps:
            try:
                future.set_result(step(store))
            except Exception as error:
                future.set_exception(error)
        self.steps.clear()


@pytest.fixture
def writer() -> HeldWriter:
    return HeldWriter()


@pytest.fixture
def hub(qtbot: QtBot) -> RefreshHub:
    return RefreshHub()


@pytest.fixture
def saver(writer: HeldWriter, clock: FrozenClock, hub: RefreshHub) -> Saver:
    return Saver(writer, clock, hub)


def test_the_state_follows_the_acknowledgement(saver: Saver, writer: HeldWriter, qtbot: QtBot) -> None:
    assert saver.state is SavedState.NOTHING
    saver.submit(lambda _: None)
    saver.submit(lambda _: None)
    assert (saver.state, saver.waiting) == (SavedState.SAVING, 2)
    writer.acknowledge()
    qtbot.waitUntil(lambda: saver.state is SavedState.SAVED)
    assert saver.saved_at is not None


def test_callbacks_come_in_order_on_the_main_thread(saver: Saver, writer: HeldWriter, qtbot: QtBot) -> None:
    done: list[tuple[int, bool]] = []
    for number in range(5):
        saver.submit(
            lambda _, n=number: n, lambda n: done.append((n, threading.current_thread() is threading.main_thread()))
        )
    thread = threading.Thread(target=writer.acknowledge)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(done) == 5)
    assert done == [(n, True) for n in range(5)]


def test_changes_in_a_result_reach_whoever_listens(
    saver: Saver, writer: HeldWriter, hub: RefreshHub, qtbot: QtBot
) -> None:
    heard: list[Changes] = []
    hub.changed.connect(heard.append)
    saver.submit(lambda _: ("x", Changes.of("record", "r-1")))
    saver.submit(lambda _: Changes.of("visit", "v-1"))
    writer.acknowledge()
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert [c.items for c in heard] == [{("record", "r-1")}, {("visit", "v-1")}]


def test_a_failure_stays_until_a_later_step_succeeds(saver: Saver, writer: HeldWriter, qtbot: QtBot) -> None:
    def full(_: Any) -> None:
        raise DiskFullError("full")

    failed: list[BaseException] = []
    saver.submit(full, on_failed=failed.append)
    writer.acknowledge()
    qtbot.waitUntil(lambda: saver.state is SavedState.FAILED)
    assert isinstance(failed[0], DiskFullError)
    saver.submit(lambda _: None)
    writer.acknowledge()
    qtbot.waitUntil(lambda: saver.state is SavedState.SAVED)


def test_drain_delivers_everything(saver: Saver) -> None:
    done: list[int] = []
    saver.submit(lambda _: 1, done.append)
    assert saver.drain(1)
    assert done == [1]


def test_a_record_saver_hands_over_answers_cursor_and_progress(saver: Saver, writer: HeldWriter, qtbot: QtBot) -> None:
    calls: list[tuple[Any, Any]] = []

    class Records:
        def save_answers(self, *positional: Any, **named: Any) -> Changes:
            calls.append((positional, named))
            return Changes()

    class Store:
        records = Records()

    class ChangeSet:
        answers = (AnswerRow("/data/a", "", "pass"),)
        rows = ()
        removed_rows = ()

    record = RecordSaver(saver, "r-1")
    record.save(ChangeSet(), cursor=NodeRef("/data/a"), progress=(1, 54, 0))
    with qtbot.waitSignal(record.saved):
        writer.acknowledge(Store())
    positional, named = calls[0]
    assert positional == ("r-1", ChangeSet.answers)
    assert named["cursor"] == NodeRef("/data/a")
    assert named["progress"] == (1, 54, 0)


def test_a_task_runs_beside_and_answers_on_the_main_thread(qtbot: QtBot) -> None:
    tasks = Tasks()
    said: list[tuple[bool, bool]] = []

    def main() -> bool:
        return threading.current_thread() is threading.main_thread()

    tasks.run(main, lambda ran: said.append((ran, main())))
    qtbot.waitUntil(lambda: bool(said))
    assert said == [(False, True)]
    tasks.close()


def test_a_cancelled_task_says_nothing(qtbot: QtBot) -> None:
    tasks, release, said = Tasks(), threading.Event(), []
    task = tasks.run(lambda: release.wait(5), said.append)
    task.cancel()
    release.set()
    qtbot.waitUntil(lambda: tasks.running == 0)
    assert said == []
    tasks.close()


def test_closing_waits_for_what_runs_and_drops_what_has_not_begun(qtbot: QtBot) -> None:
    tasks, release, ran = Tasks(), threading.Event(), []
    for number in range(6):
        tasks.run(lambda n=number: (release.wait(5), ran.append(n)))
    threading.Timer(0.05, release.set).start()
    tasks.close()
    assert len(ran) < 6
    assert not [t for t in threading.enumerate() if t.name.startswith("inspector-task")]
    assert tasks.run(lambda: 1).cancelled


def test_an_error_nobody_asked_for_is_not_swallowed(qtbot: QtBot) -> None:
    tasks = Tasks()

    def broken() -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        tasks.run(broken)
        qtbot.waitUntil(lambda: tasks.running == 0)
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    tasks.close()
