"""Sending beside the window: one thread per run with a reading store of its own; the runner hands writes to the writer.

The window hears of a run only by signals on the main thread. Nothing here decides what is sent; `sync.engine` does.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from checklists.clock import Clock
from checklists.model import Changes
from inspector_app.gui.line_watch import LineWatch
from inspector_app.gui.refresh import RefreshHub
from sync.events import Connected, Received, RecordState, RunFinished, RunStarted, SyncEvent, SyncReport, Trouble

if TYPE_CHECKING:
    from checklists.store import Store

HISTORY = 200
"""Events kept for the log on screen; the log file has all."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the centre had for this laptop after sending: rows of any kind, and new checklists among them."""

    rows: int
    forms: int
    changes: Changes = Changes()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True, slots=True)
class RegistryProgress:
    """How far the registry's file is, in bytes."""

    done: int
    size: int


@dataclass(frozen=True, slots=True)
class RegistryFetched:
    """The registry is as new as the centre's; `changed` says whether anything came, `count` how many factories."""

    changed: bool
    count: int
    changes: Changes = Changes()  # noqa: RUF009 - a frozen value


class Job(StrEnum):
    """What a run is for."""

    SEND = "send"
    TEXT = "text"  # photos wait: the line is metered
    BY_ITSELF = "by-itself"  # nobody asked for it now: waiting times are kept
    BY_ITSELF_TEXT = "by-itself-text"
    REGISTRY = "registry"

    @property
    def text_only(self) -> bool:
        return self in (Job.TEXT, Job.BY_ITSELF_TEXT)

    @property
    def by_itself(self) -> bool:
        return self in (Job.BY_ITSELF, Job.BY_ITSELF_TEXT)


News = SyncEvent | Fetched | RegistryProgress | RegistryFetched
Runner = Callable[["Store", Callable[[News], None], Callable[[], bool], Job], object]


class SyncWorker(QObject):
    """Runs sync when asked; `news` carries every `SyncEvent`, `state_changed` says to read the properties again."""

    news = Signal(object)
    state_changed = Signal()
    closing = Signal()
    _emitted = Signal(object)

    def __init__(
        self,
        open_store: Callable[[], Store],
        runner: Runner,
        *,
        clock: Clock,
        refresh: RefreshHub,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_store, self._runner = open_store, runner
        self._clock, self._refresh = clock, refresh
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.job = Job.SEND
        self.line = LineWatch(self)
        self.line.changed.connect(self.state_changed)
        self.through_relay = False
        self.clock_off_minutes = 0
        self.connected: bool | None = None  # None: not tried since the window opened
        self.trouble: Trouble | None = None
        self.error: BaseException | None = None
        self.report: SyncReport | None = None
        self.last_receipt_at: datetime | None = None
        self.finished_at: datetime | None = None
        self.history: deque[tuple[datetime, News]] = deque(maxlen=HISTORY)
        self.progress: dict[str, RecordState] = {}
        self.under_way: set[str] = set()  # records of this run, or of the last one
        self.received: dict[str, Received] = {}
        self._emitted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        return self._thread is not None

    @property
    def stopping(self) -> bool:
        return self.running and self._stop.is_set()

    def start(self, job: Job = Job.SEND) -> bool:
        """Begin a run; False when one is running already."""
        if self._thread is not None:
            return False
        self.job = job
        self._stop.clear()
        self.trouble = self.error = self.report = None
        self._thread = threading.Thread(target=self._run, name="inspector-sync", daemon=False)
        self._thread.start()
        self.state_changed.emit()
        return True

    def pause(self) -> None:
        """Stop the run at the next safe place; what was sent stays sent, the rest goes on from there next time."""
        self._stop.set()
        self.state_changed.emit()

    def close(self) -> None:
        """Stop and wait; called while the window closes."""
        self.closing.emit()
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    # --- in the sync thread

    def _run(self) -> None:
        store: Store | None = None
        try:
            store = self._open_store()
            self._runner(store, self._emitted.emit, self._stop.is_set, self.job)
            self._emitted.emit(None)
        except Exception as error:  # noqa: BLE001 - every error of a run is shown in words, none may end the window
            self._emitted.emit(error)
        finally:
            if store is not None:
                store.close()

    # --- on the main thread

    def _deliver(self, message: News | BaseException | None) -> None:
        if message is None or isinstance(message, BaseException):
            self._ended(message)
            return
        self._remember(message)
        if isinstance(message, Connected):
            self.connected, self.through_relay = True, message.relay
            self.clock_off_minutes = message.clock_off_minutes
        elif isinstance(message, Received):
            self.last_receipt_at = self._clock.now()
        elif isinstance(message, Trouble):
            self.trouble = message
            if not message.record_id:
                self.connected = False
        elif isinstance(message, RunFinished):
            self.report = message.report
        elif isinstance(message, RunStarted):
            self.trouble = None
            self.under_way.clear()
        elif isinstance(message, (Fetched, RegistryFetched)):
            self._refresh.publish(message.changes)
        record_id = getattr(message, "record_id", "")
        if record_id:
            self._refresh.publish(Changes.of("outbox", record_id, cause="sync"))
        if isinstance(message, Received):
            self._refresh.publish(Changes.of("record", record_id, cause="sync"))
        self.news.emit(message)
        self.state_changed.emit()

    def _remember(self, message: News) -> None:
        """Keep what the sync screen shows, so that it may be opened after the run. Mere byte counts are no history."""
        if isinstance(message, RecordState):
            before = self.progress.get(message.record_id)
            self.under_way.add(message.record_id)
            self.progress[message.record_id] = message
            if before is not None and before.state == message.state:
                return
        elif isinstance(message, Received):
            self.received[message.record_id] = message
        elif isinstance(message, RegistryProgress):
            return
        self.history.appendleft((self._clock.now(), message))

    def _ended(self, error: BaseException | None) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self.error = error
        if error is not None:
            self.connected = False
        self.finished_at = self._clock.now()
        self._refresh.publish(Changes.of("sync", "run"))
        self.state_changed.emit()
