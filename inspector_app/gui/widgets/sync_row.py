"""One record on its way: photos 9/12, bytes, state as a chip, the next step in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from checklists.model import RecordSummary
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date, short_time
from inspector_app.gui.site_words import name_of
from inspector_app.gui.sync_words import STEP_CHIPS, receipt_words, size_words
from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets.cards import ListRow
from inspector_app.gui.widgets.labels import Chip, ThaiLabel
from inspector_app.gui.widgets.progress import ProgressLine
from inspector_app.messages import explain_code
from sync.events import Received, RecordState, RecordStep, Relayed
from sync.plan import is_relayed

if TYPE_CHECKING:
    from checklists.store import OutboxRow

BLOCK_WIDTH, BLOCK_LEAST = 170, 84


class SyncRow(ListRow):
    """Built from the outbox row; `show_progress` and `show_received` follow the run."""

    def __init__(self, context: AppContext, summary: RecordSummary, row: OutboxRow | None) -> None:
        t = context.t
        name = name_of(summary.site, context.language)
        super().__init__(name, " ", action=t("sync.open"), action_icon="eye-outline")
        self._context, self._summary, self._row = context, summary, row
        self.record_id = summary.record_id
        self.photos = ThaiLabel(role="note_bold", wrap=False)
        self.bytes = ThaiLabel(role="note", tone="muted", wrap=False)
        self.bytes.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.progress = ProgressLine(name=name)
        self.chip = Chip("", "na", icon="timer-sand")
        block = QWidget()
        block.setMinimumWidth(BLOCK_LEAST)
        block.setMaximumWidth(round(current_theme().px(BLOCK_WIDTH)))
        grid = QGridLayout(block)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.photos, 0, 0)
        grid.addWidget(self.bytes, 0, 1)
        grid.addWidget(self.progress, 1, 0, 1, 2)
        self.add_widget(self.chip)
        self.add_widget(block, 1)
        self._show_waiting()

    def _show_waiting(self) -> None:
        row = self._row
        size = sum(blob.size for blob in row.blobs) if row else 0
        files = len(row.blobs) if row else self._summary.photos
        state = row.state if row else RecordStep.WAITING
        if row and is_relayed(row):
            state = RecordStep.RELAYED
        there = state == RecordStep.RELAYED  # all of it is at the office's relay
        self._show_counts(files if there else 0, files, size if there else 0, size)
        self._show_step(state if state in STEP_CHIPS else RecordStep.WAITING)
        self._show_note(self._next_step())

    def _next_step(self) -> str:
        t, row = self._context.t, self._row
        if row is None:
            return ""
        if row.state == "conflict":
            return t("sync.next_conflict")
        if is_relayed(row):
            return t("sync.next_relayed")
        if row.last_error_code:
            words = explain_code(row.last_error_code, self._context.translator).what.in_language(self._context.language)
            if row.state == "parked":
                return words
            return f"{words} · {t('sync.retry_at', time=short_time(row.next_at))}" if row.next_at else words
        return t(
            "sync.sealed", date=short_date(row.created_at, self._context.language), time=short_time(row.created_at)
        )

    def show_progress(self, event: RecordState) -> None:
        self._show_counts(event.blobs_done, event.blobs_total, event.bytes_done, event.bytes_total)
        self._show_step(event.state)
        if event.state in (RecordStep.SENDING_FILES, RecordStep.PENDING):
            words = self._context.t("sync.text_arrived", done=event.blobs_done, total=event.blobs_total)
            self._show_note(words)

    def show_relayed(self, event: Relayed) -> None:
        """The office's relay holds it: everything arrived there, and the centre has not received it."""
        self._show_step(RecordStep.RELAYED)
        self._show_note(self._context.t("sync.relayed", receipt=receipt_words(event)))

    def show_received(self, event: Received, progress: RecordState | None) -> None:
        """The receipt was checked and kept: only now the record counts as sent."""
        total = progress.blobs_total if progress else self._summary.photos
        size = progress.bytes_total if progress else 0
        self._show_counts(total, total, size, size)
        self.progress.set(1, 1, "ok")
        self._show_step(RecordStep.RECEIVED)
        words = self._context.t(
            "sync.received", receipt=receipt_words(event), time=short_time(event.receipt.received_at)
        )
        self._show_note(words)

    def _show_counts(self, done: int, total: int, bytes_done: int, bytes_total: int) -> None:
        self.photos.setText(self._context.t("sync.photos", done=done, total=total))
        self.bytes.setText(f"{size_words(bytes_done)} / {size_words(bytes_total)}" if bytes_total else "")
        if bytes_total:
            self.progress.set(bytes_done, bytes_total)
        else:
            self.progress.set(done, total)

    def _show_step(self, step: str) -> None:
        tone, icon = STEP_CHIPS[step]
        self.chip.set(self._context.t(f"sync.step_{step}"), tone, icon)

    def _show_note(self, text: str) -> None:
        self.note_label.setText(text)
        self.setAccessibleName(f"{self.text()} · {self.chip.text()} · {self.photos.text()} · {text}")
