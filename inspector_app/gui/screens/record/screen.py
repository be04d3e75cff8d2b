"""A sealed record: what it says and where it stands on the left, its papers on the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from checklists.errors import InspectorError
from checklists.model import Attachment, Changes, InspectionResult, RecordState, RecordSummary
from checklists.sealing import parse_envelope
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.screens.base import KeyedScreen, KeyHint
from inspector_app.gui.screens.finding_card import FindingCard, photos_of
from inspector_app.gui.screens.record.acts import RecordActs
from inspector_app.gui.screens.record.paper import PaperPane
from inspector_app.gui.screens.record.summary import counts_card, state_card
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.photo_strip import Thumbnails


class RecordScreen(KeyedScreen):
    """Summary on the left, the paper on the right. A draft goes to the fill screen instead."""

    name = "record"
    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.summary: RecordSummary | None = None
        self.thumbnails = Thumbnails(self._read_thumbnail, self)
        self.papers = PaperPane(context)
        self.papers.done.connect(self._say_done)
        self.papers.failed.connect(self.tell)
        self.acts = RecordActs(context, self)
        self.acts.done.connect(self._said)
        self.acts.failed.connect(self.tell)
        self.acts.paper_wanted.connect(self.papers.show_revision)
        self._build()
        self.key_actions = {
            **self.acts.keys,
            "Ctrl+P": self.papers.print_paper,
            "Ctrl+S": self.papers.save_paper,
            "O": lambda: self.papers.show_copy("office"),
            "F": lambda: self.papers.show_copy("factory"),
            "PgDn": lambda: self.papers.turn(1),
            "PgUp": lambda: self.papers.turn(-1),
        }
        context.refresh.changed.connect(self._news)

    # --- screen -----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.summary.site.name_th if self.summary else ""

    def subtitle(self) -> str:
        if self.summary is None:
            return ""
        sealed = date_and_time(self.summary.sealed_at, self.context.language)
        form = self.summary.form.title.in_language(self.context.language)
        return " · ".join(part for part in (form, self.t("record.sealed_at", time=sealed)) if part)

    def key_hints(self) -> list[KeyHint]:
        names = {
            "Ctrl+P": "print",
            "Ctrl+S": "save",
            "O": "office",
            "F": "factory",
            "PgDn": "page",
            "D": "orders",
            "K": "correct",
            "F5": "send",
            "Esc": "back",
        }
        return [KeyHint(key, self.t(f"record.key.{name}")) for key, name in names.items()]

    def on_shown(self, *, record_id: str, **_: Any) -> None:
        try:
            self.summary = self.context.store.records.summary(record_id)
        except InspectorError as error:
            self.tell(error)
            return
        if self.summary.state is RecordState.DRAFT:
            self.context.go("fill", record_id=record_id)
            return
        self.error.hide()
        self._show()
        self.papers.show_record(self.summary)
        self.head_changed.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_hidden(self) -> None:
        self.papers.clear()

    def retranslate(self) -> None:
        self.papers.retranslate()
        self.setAccessibleName(self.t("record.paper"))
        if self.summary is not None:
            self._show()

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        self.error = Notice("", "bad")
        self.error.hide()
        self.facts = ScrollColumn()
        self.facts.column.setSpacing(8)
        left = QVBoxLayout()
        left.addWidget(self.error)
        left.addWidget(self.facts, 1)
        row.addLayout(left, 4)
        row.addWidget(self.papers, 5)
        self.setAccessibleName(self.t("record.paper"))

    # --- summary ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.facts.clear()
        if self.summary is None:
            return
        envelope = parse_envelope(self.context.store.records.sealed(self.summary.record_id).envelope)
        result = InspectionResult.from_json(envelope)
        attachments = [Attachment.from_json(a) for a in envelope["attachments"]]
        column, language = self.facts.column, self.context.language
        column.addWidget(state_card(self.summary, self.t, language))
        column.addWidget(self.acts.card(self.summary))
        column.addWidget(counts_card(result, attachments, self.t))
        for finding in result.findings:
            photos = photos_of(finding, attachments)
            column.addWidget(FindingCard(finding, photos, self.thumbnails, t=self.t, language=language))
        column.addStretch(1)

    def _said(self, words: str) -> None:
        self._show()
        self._say_done(words)

    def _say_done(self, words: str) -> None:
        self.error.set(words, "ok")
        self.error.show()

    def _read_thumbnail(self, attachment_id: str) -> bytes | None:
        return self.context.store.attachments.thumbnail(attachment_id) if self.context.inside else None

    def _news(self, changes: Changes) -> None:
        """A receipt may come in while the record is in sight."""
        summary = self.summary
        if summary is not None and self.isVisible() and ("record", summary.record_id) in changes.items:
            self.summary = self.context.store.records.summary(summary.record_id)
            self._show()
            self.head_changed.emit()
