"""All records of this laptop: drafts, sealed, sent. Enter goes on with a draft and opens a sealed one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout

from checklists.model import Changes, RecordState, RecordSummary
from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.models.records import RECORD, RecordDelegate, RecordsModel
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.site_words import name_of
from inspector_app.gui.widgets.buttons import CHOICE, ActionButton
from inspector_app.gui.widgets.cards import EmptyState

FILTERS: dict[str, tuple[RecordState, ...] | None] = {
    "all": None,
    "drafts": (RecordState.DRAFT,),
    "waiting": (RecordState.SEALED,),
    "sent": (RecordState.SENT,),
}
LOOKS = {
    RecordState.DRAFT: ("muted", "pencil-outline"),
    RecordState.SEALED: ("lab", "upload-outline"),
    RecordState.SENT: ("ok", "check-decagram-outline"),
}


class _List(QListView):
    """Enter opens; letters and digits go to the screen (Qt would search the rows by them)."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
        elif event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)


class RecordsScreen(Screen):
    """A list with four filters, keys 1-4."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._filter = "all"
        self.buttons = {name: ActionButton(key=str(i + 1), kind=CHOICE) for i, name in enumerate(FILTERS)}
        self.model = RecordsModel(context.store.records, self._words, self)
        self.list = _List()
        self.list.setObjectName("records")
        self.list.setModel(self.model)
        self.list.setItemDelegate(RecordDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.empty = EmptyState("clipboard-text-outline", "", "")
        top = QHBoxLayout()
        top.setSpacing(6)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.filter(name))
            top.addWidget(button)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty)
        column.addStretch(0)
        self.list.activated.connect(self._open)
        context.refresh.changed.connect(self._on_changes)
        self.retranslate()

    def title(self) -> str:
        return self.t("records.title")

    def subtitle(self) -> str:
        return self.t("records.count", count=f"{self.model.rowCount():,}")

    def key_hints(self) -> list[KeyHint]:
        pairs = (("↑↓", "choose"), ("Enter", "open"), ("1–4", "filter"), ("Home End", "ends"))
        return [KeyHint(key, self.t(f"records.key_{name}")) for key, name in pairs]

    def retranslate(self) -> None:
        for name, button in self.buttons.items():
            button.setText(self.t(f"records.filter_{name}"))
        self.list.setAccessibleName(self.t("records.title"))
        self.empty.set(self.t("records.empty"), self.t("records.empty_next"))
        self.list.viewport().update()

    def on_shown(self, **_arguments: Any) -> None:
        self.filter(self._filter)

    def filter(self, name: str) -> None:
        """Show the records of one filter and choose the first."""
        self._filter = name
        for each, button in self.buttons.items():
            button.setChecked(each == name)
        self._read(row=0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self, row: int) -> None:
        self.model.read(FILTERS[self._filter])
        has_rows = self.model.rowCount() > 0
        self.list.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        if has_rows:
            self.list.setCurrentIndex(self.model.index(min(max(row, 0), self.model.rowCount() - 1)))
        self.head_changed.emit()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.touches("record", "receipt"):
            self._read(self.list.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = keys.name(event)
        names = list(FILTERS)
        if key.isdigit() and 1 <= int(key) <= len(names):
            self.filter(names[int(key) - 1])
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        record = index.data(RECORD)
        if record is not None:
            name = "fill" if record.state is RecordState.DRAFT else "record"
            self.context.go(name, record_id=record.record_id)

    def _words(self, record: RecordSummary) -> tuple[str, ...]:
        language = self.context.language
        title = record.form.title.in_language(language) or record.form.form_id
        parts = [self.t(f"start.kind_{record.visit_kind.value}"), title]
        if record.total:
            parts.append(self.t("home.items", answered=record.answered, total=record.total))
        if record.failed:
            parts.append(self.t("home.failed", count=record.failed))
        tone, icon = LOOKS[record.state]
        return name_of(record.site, language), " · ".join(parts), self._state(record), tone, icon

    def _state(self, record: RecordSummary) -> str:
        language = self.context.language
        if record.state is RecordState.SENT:
            return self.t("home.received", date=short_date(record.received_at, language))
        if record.state is RecordState.SEALED:
            return self.t("home.sealed", date=short_date(record.sealed_at, language))
        return self.t("home.draft", date=short_date(record.updated_at, language))
