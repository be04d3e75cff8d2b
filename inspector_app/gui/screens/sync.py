"""Sending: is my work safe, do I have to do anything. One sentence on top, one line per record, what happened below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from checklists.model import Changes
from inspector_app.actions import bundles, syncing
from inspector_app.actions.syncing import Waiting
from inspector_app.gui import sync_words
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.sync_worker import News
from inspector_app.gui.widgets.buttons import PRIMARY, SECONDARY, ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState, Notice
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel
from inspector_app.gui.widgets.sync_row import SyncRow
from inspector_app.messages import explain
from sync.events import Received, RecordState, RecordStep, RunStarted

if TYPE_CHECKING:
    from sync.bundle import Exported

LOG_LINES = 30


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
        self.export_button = ActionButton()
        self.receipts_button = ActionButton()
        self.log_button = ActionButton()
        self.choose_folder: Callable[[str], str] = self._ask_for_folder
        self.choose_file: Callable[[], str] = self._ask_for_file
        self._build()
        self.bind("F6", self.pause)
        self.bind("Ctrl+S", self.save_log)
        self.export_button.clicked.connect(self.export_bundle)
        self.receipts_button.clicked.connect(self.take_receipts)
        self.log_button.clicked.connect(self.save_log)
        self.main_button.clicked.connect(self._main_action)
        context.sync.news.connect(self._on_event)
        context.sync.state_changed.connect(self._show_status)
        context.refresh.changed.connect(self._on_changes)

    # --- building

    def _build(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.headline)
        words.addWidget(self.detail)
        line.addWidget(self.status_icon)
        line.addLayout(words, 1)
        line.addWidget(self.main_button)
        self.status.body.addLayout(line)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._log_card(), 5)
        below.addWidget(self._plan_card(), 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 4, 8)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self.status)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for button in (self.export_button, self.receipts_button, self.log_button):
            tools.addWidget(button)
        tools.addStretch(1)
        told = QHBoxLayout()
        told.addWidget(self.notice)
        for line in (top, below, tools, told):
            line.setContentsMargins(0, 0, 12, 0)  # the list between them keeps this for its scroll bar
        column.addLayout(top)
        column.addWidget(self.list, 3)
        column.addLayout(below, 2)
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
        for _ in range(4):
            pair = (ThaiLabel(role="note", tone="muted", wrap=False), ThaiLabel(role="note_bold", wrap=False))
            pair[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            line = QHBoxLayout()
            line.addWidget(pair[0], 1)
            line.addWidget(pair[1])
            card.body.addLayout(line)
            self.plan.append(pair)
        card.body.addStretch(1)
        return card

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
        self.export_button.setText(self.t("sync.export"))
        self.receipts_button.setText(self.t("sync.take_receipts"))
        self.log_button.setText(self.t("sync.save_log"))
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
        if progress is not None and (self.context.sync.running or progress.state == RecordStep.PENDING):
            row.show_progress(progress)
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
        if not isinstance(event, RecordState) or event.state != RecordStep.SENDING_FILES:
            self._show_log()
        if isinstance(event, RunStarted):
            self._show_plan()

    def _on_changes(self, changes: Changes) -> None:
        """A run that ended, or a record sealed meanwhile, changes the list; progress within a run does not."""
        if self.isVisible() and (changes.touches("sync") or (changes.touches("outbox") and changes.cause != "sync")):
            self._rebuild()

    def _show_status(self) -> None:
        words = sync_words.status(self.context, len(self._waiting))
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
        self.export_button.setEnabled(ready and bool(self._waiting))
        self.receipts_button.setEnabled(ready)
        self.head_changed.emit()

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
        elif not sync_words.is_set_up(self.context):
            self.context.go("settings", part="centre")
        else:
            self.send()

    def send(self) -> None:
        if sync_words.is_set_up(self.context):
            self.context.sync.start()

    def pause(self) -> None:
        if self.context.sync.running:
            self.context.sync.pause()

    # --- without a line: a stick there and back, and the log as a file

    def export_bundle(self) -> None:
        """Write everything that waits to a stick; it stays waiting here until its receipts are back."""
        folder = self.choose_folder(self.t("sync.export"))
        if not folder:
            return
        workplace, clock = self.context.workplace, self.context.clock

        def work() -> Exported:
            store = workplace.open_store()
            try:
                return bundles.export(store, Path(folder), clock=clock)
            finally:
                store.close()

        self.export_button.setEnabled(False)
        self._tell(self.t("sync.exporting"), "info")
        self.context.tasks.run(work, self._exported, self._failed)

    def _exported(self, exported: Exported) -> None:
        key = "sync.exported_some" if exported.left_behind else "sync.exported"
        self._tell(
            self.t(key, folder=exported.folder.name, left=len(exported.left_behind)),
            "obs" if exported.left_behind else "ok",
        )
        self._show_status()

    def take_receipts(self) -> None:
        """Keep the receipts that came back on a stick; each is checked like one that came over the line."""
        folder = self.choose_folder(self.t("sync.take_receipts"))
        if folder:
            self.context.saver.submit(lambda store: bundles.take(store, Path(folder)), self._taken, self._failed)

    def _taken(self, told: bundles.Receipts) -> None:
        key = "sync.receipts_refused" if told.refused else "sync.receipts_taken"
        self._tell(
            self.t(key, taken=told.taken, others=told.others, waiting=told.waiting, refused=told.refused),
            "obs" if told.refused or not told.taken else "ok",
        )
        self.context.refresh.publish(Changes.of("sync", "bundle") | Changes.of("record", "bundle"))

    def save_log(self) -> None:
        """Write the events of this window to a text file, for whoever helps."""
        target = self.choose_file()
        if not target:
            return
        try:
            Path(target).write_text(sync_words.log_text(self.context), encoding="utf-8")
        except OSError as error:
            self._failed(error)
        else:
            self._tell(self.t("sync.log_saved", file=Path(target).name), "ok")

    def _failed(self, error: BaseException) -> None:
        self._tell(explain(error, self.context.translator).text(self.context.language), "bad")
        self._show_status()

    def _tell(self, text: str, tone: str) -> None:
        self.notice.set(text, tone)
        self.notice.show()

    def _ask_for_folder(self, title: str) -> str:
        return QFileDialog.getExistingDirectory(self, title)

    def _ask_for_file(self) -> str:
        name = f"inspector-sync-{self.context.clock.now():%Y%m%d-%H%M}.txt"
        return QFileDialog.getSaveFileName(self, self.t("sync.save_log"), name)[0]
