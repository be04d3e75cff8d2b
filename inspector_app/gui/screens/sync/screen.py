"""Sending: is my work safe, do I have to do anything. One sentence on top, one line per record, what happened below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from checklists.model import Changes
from inspector_app.actions.sending import syncing
from inspector_app.actions.sending.syncing import Waiting
from inspector_app.gui import sync_words
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.sync.tools import SyncTools
from inspector_app.gui.sync_states import Step, next_step
from inspector_app.gui.sync_worker import Job, News, RegistryProgress
from inspector_app.gui.widgets.buttons import PRIMARY, SECONDARY, ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState, Notice
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel
from inspector_app.gui.widgets.progress import ProgressLine
from inspector_app.gui.widgets.sync_row import SyncRow
from sync.events import Received, RecordState, RecordStep, Relayed, RunStarted
from sync.plan import is_relayed
from sync.protocol import WAITING

LOG_LINES = 30
ROOM_FOR_LOG = 420


class SyncScreen(Screen):
    """Shows the worker's run while it happens and what waits; F5 sends, F6 pauses."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._waiting: tuple[Waiting, ...] = ()
        self._rows: dict[str, SyncRow] = {}
        self.status = Card()
        self.status_icon = IconLabel("cloud-upload-outline", "acc", size=26)
        self.headline = ThaiLabel(role="section")
        self.detail = ThaiLabel(role="note", tone="muted")
        self.main_button = ActionButton(key="F5", icon="upload", kind=PRIMARY)
        self.list = ScrollColumn()
        self.log = ScrollColumn()
        self.log_title = ThaiLabel(role="name_bold", wrap=False)
        self.plan_title = ThaiLabel(role="name_bold", wrap=False)
        self.plan: list[tuple[ThaiLabel, ThaiLabel]] = []
        self.notice = Notice()
        self.notice.hide()
        self.tools = SyncTools(context, self)
        self.whole = ProgressLine(name=self.t("sync.whole"))
        self.whole.hide()
        self._build()
        self.bind("F6", self.pause)
        self.bind("Ctrl+S", self.tools.save_log)
        self.tools.told.connect(self._tell)
        self.main_button.clicked.connect(self._main_action)
        context.sync.news.connect(self._on_event)
        context.sync.state_changed.connect(self._on_state)
        context.refresh.changed.connect(self._on_changes)

    # --- building

    def _build(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.headline)
        words.addWidget(self.detail)
        words.addWidget(self.whole)
        line.addWidget(self.status_icon)
        line.addLayout(words, 1)
        line.addWidget(self.main_button)
        self.status.body.addLayout(line)
        self.below = QWidget()
        below = QHBoxLayout(self.below)
        below.setSpacing(8)
        below.addWidget(self._log_card(), 5)
        below.addWidget(self._plan_card(), 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 4, 8)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self.status)
        tools = QHBoxLayout()
        tools.addWidget(self.tools)
        told = QHBoxLayout()
        told.addWidget(self.notice)
        for line in (top, below, tools, told):
            line.setContentsMargins(0, 0, 12, 0)  # the list between them keeps this for its scroll bar
        column.addLayout(top)
        column.addWidget(self.list, 3)
        column.addWidget(self.below, 2)
        column.addLayout(told)
        column.addLayout(tools)

    def _log_card(self) -> QWidget:
        card = Card()
        card.body.addWidget(self.log_title)
        self.log.column.setSpacing(2)
        card.body.addWidget(self.log, 1)
        return card

    def _plan_card(self) -> QWidget:
        card = Card()
        card.body.setSpacing(2)
        card.body.addWidget(self.plan_title)
        for _ in range(5):
            pair = (ThaiLabel(role="note", tone="muted", wrap=False), ThaiLabel(role="note_bold", wrap=False))
            pair[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            line = QHBoxLayout()
            line.addWidget(pair[0], 1)
            line.addWidget(pair[1])
            card.body.addLayout(line)
            self.plan.append(pair)
        card.body.addStretch(1)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a very small window log and plan give their room to the records; the log can still be saved."""
        super().resizeEvent(event)
        self.below.setVisible(event.size().height() >= ROOM_FOR_LOG)

    # --- words

    def title(self) -> str:
        return self.t("sync.title")

    def subtitle(self) -> str:
        return self.t("sync.subtitle")

    def key_hints(self) -> list[KeyHint]:
        pairs = (("↑↓", "choose"), ("Enter", "open"), ("F5", "send"), ("F6", "pause"), ("Ctrl+S", "save_log"))
        return [KeyHint(key, self.t(f"sync.key_{name}")) for key, name in pairs]

    def retranslate(self) -> None:
        self.log_title.setText(self.t("sync.log"))
        self.plan_title.setText(self.t("sync.plan"))
        self.tools.retranslate()
        self._rebuild()

    # --- showing

    def on_shown(self, *, send: bool = False, **_arguments: Any) -> None:
        self.retranslate()
        if send:
            self.send()
        first = next(iter(self._rows.values()), None)
        (first or self.main_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _rebuild(self) -> None:
        """Read the outbox again and make one line per record: what waits, then what this window has sent."""
        focused = next((key for key, row in self._rows.items() if row.hasFocus()), None)
        self._waiting = syncing.overview(self.context.store)
        self.list.clear()
        self._rows = {}
        for waiting in self._waiting:
            self._add_row(waiting)
        for record_id in self.context.sync.received:
            if record_id not in self._rows:
                self._add_sent(record_id)
        if not self._rows:
            last = self.context.sync.last_receipt_at
            note = self.t("sync.empty_last", time=f"{last:%H:%M}") if last else self.t("sync.empty_next")
            self.list.column.addWidget(EmptyState("tray-remove", self.t("sync.empty"), note))
        self.list.column.addStretch(1)
        if focused in self._rows:
            self._rows[focused].setFocus()
        self._show_log()
        self._show_plan()
        self._show_status()

    def _add_row(self, waiting: Waiting) -> None:
        row = SyncRow(self.context, waiting.summary, waiting.row)
        progress = self.context.sync.progress.get(waiting.summary.record_id)
        if progress is not None and self.context.sync.running:
            row.show_progress(progress)
        elif progress is not None and progress.state in (RecordStep.PENDING, RecordStep.SENDING_FILES):
            row.show_progress(replace(progress, state=RecordStep.PENDING))  # paused: what arrived has arrived
        self._place(row)

    def _add_sent(self, record_id: str) -> None:
        row = SyncRow(self.context, self.context.store.records.summary(record_id), None)
        row.show_received(self.context.sync.received[record_id], self.context.sync.progress.get(record_id))
        self._place(row)

    def _place(self, row: SyncRow) -> None:
        row.activated.connect(lambda: self.context.go("record", record_id=row.record_id))
        self._rows[row.record_id] = row
        self.list.column.addWidget(row)

    def _on_event(self, event: News) -> None:
        if not self.isVisible():
            return
        row = self._rows.get(getattr(event, "record_id", ""))
        if isinstance(event, RecordState) and row is not None:
            row.show_progress(event)
        elif isinstance(event, Received) and row is not None:
            row.show_received(event, self.context.sync.progress.get(event.record_id))
        if isinstance(event, RecordState):
            self._show_whole()
        if isinstance(event, Relayed) and row is not None:
            row.show_relayed(event)
        if isinstance(event, RegistryProgress):
            self.whole.set(event.done, event.size)
            self.whole.show()
        elif not isinstance(event, RecordState) or event.state != RecordStep.SENDING_FILES:
            self._show_log()
        if isinstance(event, RunStarted):
            self._show_plan()

    def _on_changes(self, changes: Changes) -> None:
        """A run that ended, or a record sealed meanwhile, changes the list; progress within a run does not."""
        if self.isVisible() and (changes.touches("sync") or (changes.touches("outbox") and changes.cause != "sync")):
            self._rebuild()

    def _show_status(self) -> None:
        relayed = sum(1 for waiting in self._waiting if is_relayed(waiting.row))
        stuck = sum(1 for waiting in self._waiting if waiting.row.state != WAITING)
        words = sync_words.status(self.context, len(self._waiting), relayed, stuck)
        self.status.set_tone(words.tone)
        self.status_icon.set(words.icon, words.tone or "acc")
        self.headline.setText(words.headline)
        self.detail.setText(words.detail)
        self.main_button.setText(words.button)
        self.main_button.set_key(words.key)
        self.main_button.set_icon(words.button_icon)
        self.main_button.set_kind(PRIMARY if words.primary else SECONDARY)
        self.main_button.setEnabled(not self.context.sync.stopping)
        ready = sync_words.is_set_up(self.context) and not self.context.sync.running
        self.tools.show_ready(ready=ready, waiting=bool(self._waiting))
        if not self.context.sync.running:
            self.whole.hide()
        self.head_changed.emit()

    def _on_state(self) -> None:
        """A run began or ended: at its end read what waits, so that nothing received is called waiting for a moment."""
        if self.isVisible() and not self.context.sync.running:
            self._waiting = syncing.overview(self.context.store)
            self._show_plan()
        self._show_status()

    def _show_whole(self) -> None:
        """Show how far the run is in all: bytes of files that arrived, of all that hang on the records of this run."""
        done, total = sync_words.whole_progress(self.context)
        self.whole.set(done, total)
        self.whole.setVisible(self.context.sync.running and total > 0)

    def _show_log(self) -> None:
        self.log.clear()
        for moment, event in list(self.context.sync.history)[:LOG_LINES]:
            words = sync_words.event_words(self.context, event)
            if not words.text:
                continue
            box = QWidget()
            line = QHBoxLayout(box)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            line.addWidget(ThaiLabel(f"{moment:%H:%M:%S}", role="note", tone="muted", wrap=False))
            line.addWidget(IconLabel(words.icon, words.tone, size=14))
            line.addWidget(ThaiLabel(words.text, role="note"), 1)
            self.log.column.addWidget(box)
        if not self.context.sync.history:
            self.log.column.addWidget(ThaiLabel(self.t("sync.log_empty"), role="note", tone="muted"))
        self.log.column.addStretch(1)
        if self.log.isVisible():
            self.log.settle()  # events come faster than the event loop lays out: lines would be painted over each other

    def _show_plan(self) -> None:
        for (label, value), (words, number) in zip(
            self.plan, sync_words.plan(self.context, self._waiting), strict=True
        ):
            label.setText(words)
            value.setText(number)

    # --- doing

    def _main_action(self) -> None:
        if self.context.sync.running:
            self.pause()
            return
        step = next_step(self.context) if sync_words.is_set_up(self.context) else Step.REGISTER
        match step:
            case Step.REGISTER:
                self.context.go("settings", part="centre")
            case Step.LOG_IN:
                self.tools.log_in_to_proxy()
            case Step.BROWSER:
                self.tools.open_browser()
            case Step.SEND:
                self.send()

    def send(self) -> None:
        """Send; on a metered line text alone first, and photos when the person asks once more."""
        if not sync_words.is_set_up(self.context):
            return
        sync = self.context.sync
        text_only = sync.line.metered and not sync.job.text_only
        sync.start(Job.TEXT if text_only else Job.SEND)

    def pause(self) -> None:
        if self.context.sync.running:
            self.context.sync.pause()

    def _tell(self, text: str, tone: str) -> None:
        self.notice.set(text, tone)
        self.notice.show()
        self._show_status()
