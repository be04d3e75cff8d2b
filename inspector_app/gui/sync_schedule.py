"""When the window asks for the centre by itself: after a network appeared, and every 1 to 15 minutes while it matters.

It matters while a record waits that time alone can help, or while what the centre gives was not fetched for hours;
after that nothing is asked. A try is a run like that of F5, and begins with the sign of life that alone proves that the
centre is there; it keeps the waiting times that F5 passes over, and on a metered line photos wait for the person. Where
a person must act first (sign-in, certificate, update) it waits for them, or for another network.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from checklists.clock import Clock
from checklists.model import Changes
from inspector_app.actions.sending import syncing
from inspector_app.gui.refresh import RefreshHub
from inspector_app.gui.sync_worker import Job, News, SyncWorker
from sync.errors import Action
from sync.events import RunStarted, Trouble
from sync.plan import Random, probe_seconds
from sync.protocol import WAITING

if TYPE_CHECKING:
    from checklists.store import Store

FRESH = timedelta(hours=4)
"""As long as this what was fetched counts as fresh."""
SETTLES = (2.0, 6.0)
"""Seconds from a network's first sign until it is asked: addresses and names must be there."""
NEEDS_A_PERSON = frozenset({Action.SIGN_IN.value, Action.STOP.value})


class SyncSchedule(QObject):
    """One timer beside the worker. `store` is the main thread's reading one; nothing is asked after `sync` closes."""

    def __init__(self, sync: SyncWorker, store: Store, *, clock: Clock, random: Random, refresh: RefreshHub) -> None:
        super().__init__(sync)
        self._sync, self._store, self._clock, self._random = sync, store, clock, random
        self._quiet = 0  # tries since something last changed
        self._needs_person = False
        self._held: frozenset[str] = frozenset()  # what a text-only run left on a metered line
        self._seen = sync.finished_at
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.try_now)
        sync.news.connect(self._on_news)
        sync.state_changed.connect(self._on_state)
        sync.closing.connect(self.stop)
        sync.line.appeared.connect(self._on_network)
        refresh.changed.connect(self._on_changes)
        self.arm()

    def stop(self) -> None:
        self.timer.stop()

    def arm(self) -> None:
        """Set the timer for the next try, or not at all."""
        self.timer.stop()
        if not self._sync.running and self._wanted():
            self.timer.start(round(1000 * self._seconds()))

    def try_now(self) -> None:
        """Ask, if it still matters."""
        if not self._sync.running and self._wanted():
            self._sync.start(Job.BY_ITSELF_TEXT if self._sync.line.metered else Job.BY_ITSELF)

    # --- what matters

    def _wanted(self) -> bool:
        if self._needs_person or not syncing.session_of(self._store).registered:
            return False
        return bool(self._waiting()) or not self._fresh()

    def _waiting(self) -> frozenset[str]:
        rows = frozenset(row.revision_id for row in self._store.outbox.pending() if row.state == WAITING)
        return rows - self._held if self._sync.line.metered else rows

    def _fresh(self) -> bool:
        text = self._store.settings.get(syncing.FETCHED)
        return text is not None and timedelta(0) <= self._clock.now() - datetime.fromisoformat(text) < FRESH

    def _seconds(self) -> float:
        seconds = probe_seconds(self._quiet, self._random)
        report = self._sync.report
        if report is not None and report.retry_at:
            until = datetime.fromisoformat(report.retry_at) - self._clock.now()
            seconds = max(seconds, min(until, timedelta(days=1)).total_seconds())
        return seconds

    # --- what happens

    def _on_news(self, news: News) -> None:
        if isinstance(news, RunStarted):
            self._needs_person = False
        elif isinstance(news, Trouble) and not news.record_id and news.action in NEEDS_A_PERSON:
            self._needs_person = True

    def _on_state(self) -> None:
        if self._sync.running:
            self.timer.stop()
            return
        if self._sync.finished_at != self._seen:
            self._seen = self._sync.finished_at
            self._ended()
        if not self.timer.isActive():
            self.arm()

    def _ended(self) -> None:
        report = self._sync.report
        self._quiet = 0 if report is not None and report.sent else self._quiet + 1
        if self._sync.error is not None:
            self._needs_person = True
        clean = report is not None and not report.trouble and not report.stopped
        if self._sync.job.text_only and clean:
            self._held = frozenset(row.revision_id for row in self._store.outbox.pending())

    def _on_network(self) -> None:
        self._quiet, self._needs_person = 0, False
        if not self._sync.running and self._wanted():
            self.timer.start(round(1000 * self._random.uniform(*SETTLES)))

    def _on_changes(self, changes: Changes) -> None:
        """Something was sealed or put back into the outbox: it is new, so the waiting begins at a minute again."""
        if changes.touches("outbox") and changes.cause != "sync":
            self._quiet = 0
            self.arm()
