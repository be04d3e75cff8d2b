"""A sealed record: what it says, where it stands, and its papers, shown and printed from memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from checklists.errors import InspectorError
from checklists.model import (
    Attachment,
    AttachmentKind,
    Changes,
    Finding,
    InspectionResult,
    RecordState,
    RecordSummary,
    Severity,
    Verdict,
)
from checklists.sealing import parse_envelope
from inspector_app.actions import papers
from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.preview import PdfView, print_pdf
from inspector_app.gui.screens.base import KeyHint, Screen
from inspector_app.gui.screens.seal import short_digest
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, Notice
from inspector_app.gui.widgets.labels import Chip, IconLabel, ThaiLabel
from inspector_app.gui.widgets.photo_strip import PhotoStrip, Thumbnails
from inspector_app.messages import explain

Copy = Literal["office", "factory"]


class RecordScreen(Screen):
    """Summary on the left, the paper on the right. A draft goes to the fill screen instead."""

    name = "record"
    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.summary: RecordSummary | None = None
        self.copy: Copy = "office"
        self.paper = b""
        self._making = 0
        self.thumbnails = Thumbnails(self._read_thumbnail, self)
        self.choose_file: Callable[[str], str] = self._ask_for_file
        self.choose_printer: Callable[[], QPrinter | None] = self._ask_for_printer
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self._keys: Mapping[str, Callable[[], object]] = {
            "Ctrl+P": self.print_paper,
            "Ctrl+S": self.save_paper,
            "O": lambda: self.show_copy("office"),
            "F": lambda: self.show_copy("factory"),
            "PgDn": lambda: self._scroll(1),
            "PgUp": lambda: self._scroll(-1),
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
            "F5": "send",
            "Esc": "back",
        }
        return [KeyHint(key, self.t(f"record.key.{name}")) for key, name in names.items()]

    def on_shown(self, *, record_id: str, **_: Any) -> None:
        try:
            self.summary = self.context.store.records.summary(record_id)
        except InspectorError as error:
            self._tell(error)
            return
        if self.summary.state is RecordState.DRAFT:
            self.context.go("fill", record_id=record_id)
            return
        self._show()
        self.show_copy("office")
        self.head_changed.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_hidden(self) -> None:
        self._making += 1  # an answer of the pool that comes later is not shown
        self.paper = b""
        self.view.clear()

    def retranslate(self) -> None:
        self._show_words()
        if self.summary is not None:
            self._show()

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        self.error = Notice("", "bad")
        self.error.hide()
        inner = QWidget()
        inner.setObjectName("scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 0, 12, 0)
        self.column.setSpacing(8)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        left = QVBoxLayout()
        left.addWidget(self.error)
        left.addWidget(area, 1)
        row.addLayout(left, 4)
        row.addLayout(self._build_paper(), 5)
        self._show_words()

    def _build_paper(self) -> QVBoxLayout:
        self.office_button = ActionButton("", key="O", kind="choice")
        self.factory_button = ActionButton("", key="F", kind="choice")
        self.print_button = ActionButton("", key="Ctrl+P", icon="printer-outline", kind="primary")
        self.save_button = ActionButton("", key="Ctrl+S", icon="content-save-outline")
        self.office_button.clicked.connect(lambda: self.show_copy("office"))
        self.factory_button.clicked.connect(lambda: self.show_copy("factory"))
        self.print_button.clicked.connect(self.print_paper)
        self.save_button.clicked.connect(self.save_paper)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.office_button, self.factory_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.save_button, self.print_button):
            buttons.addWidget(button)
        self.paper_words = ThaiLabel("", tone="muted")
        self.view = PdfView("")
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(buttons)
        right.addWidget(self.paper_words)
        right.addWidget(self.view, 1)
        return right

    def _show_words(self) -> None:
        self.office_button.setText(self.t("record.office"))
        self.factory_button.setText(self.t("record.factory"))
        self.print_button.setText(self.t("record.print"))
        self.save_button.setText(self.t("record.save"))
        self.view.setAccessibleName(self.t("record.paper"))
        self.setAccessibleName(self.t("record.paper"))

    # --- summary ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        while (item := self.column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self.summary is None:
            return
        envelope = parse_envelope(self.context.store.records.sealed(self.summary.record_id).envelope)
        result = InspectionResult.from_json(envelope)
        attachments = [Attachment.from_json(a) for a in envelope["attachments"]]
        self.column.addWidget(self._state_card(self.summary))
        self.column.addWidget(self._counts_card(result, attachments))
        for finding in result.findings:
            photos = [a for a in attachments if a.item_id == finding.item_id and a.kind is AttachmentKind.PHOTO]
            self.column.addWidget(self._finding_card(finding, photos))
        self.column.addStretch(1)

    def _state_card(self, summary: RecordSummary) -> Card:
        sent = summary.state is RecordState.SENT
        card = Card("ok" if sent else "")
        if sent:
            words = self.t("record.received", receipt=short_digest(summary.receipt_id.replace("-", ""))[:9])
            when = date_and_time(summary.received_at, self.context.language)
        else:
            words, when = self.t("record.waiting"), self.t("record.waiting.todo")
        row = QHBoxLayout()
        row.addWidget(IconLabel("check-circle-outline" if sent else "upload-outline", "ok" if sent else "muted"))
        row.addWidget(ThaiLabel(words, role="name_bold", tone="ok" if sent else ""), 1)
        card.body.addLayout(row)
        card.body.addWidget(ThaiLabel(when, tone="muted"))
        card.body.addWidget(ThaiLabel(self.t("record.code", code=short_digest(summary.digest)), role="body_bold"))
        return card

    def _counts_card(self, result: InspectionResult, attachments: list[Attachment]) -> Card:
        card = Card()
        photos = sum(1 for a in attachments if a.kind is AttachmentKind.PHOTO)
        answered = sum(item.answered for item in result.items)
        lines = [
            self.t("record.answers", count=answered, photos=photos, values=len(result.measurements)),
            " · ".join(
                self.t("record.count", word=self.t(f"fill.verdict.{verdict.value}"), count=count)
                for verdict in Verdict
                if (count := result.count(verdict))
            ),
        ]
        for line in lines:
            if line:
                card.body.addWidget(ThaiLabel(line))
        return card

    def _finding_card(self, finding: Finding, photos: list[Attachment]) -> Card:
        language = self.context.language
        tone = "bad" if finding.severity is not Severity.MINOR else "obs"
        card = Card(tone)
        head = QHBoxLayout()
        number = finding.item_id.partition("-")[2] or finding.item_id
        head.addWidget(ThaiLabel(number, role="name_bold", wrap=False), 1)
        head.addWidget(Chip(self.t(f"fill.severity.{finding.severity.value}"), tone, icon="alert-circle-outline"))
        card.body.addLayout(head)
        card.body.addWidget(ThaiLabel(finding.title.in_language(language), role="name"))
        if finding.fact:
            card.body.addWidget(ThaiLabel(finding.fact, role="name_bold"))
        strip = PhotoStrip(self.thumbnails)
        card.body.addWidget(strip)
        strip.show_photos(photos)
        laws = " · ".join(law.title.in_language(language) for law in finding.laws)
        if laws:
            card.body.addWidget(ThaiLabel(laws, role="note", tone="muted"))
        return card

    def _read_thumbnail(self, attachment_id: str) -> bytes | None:
        return self.context.store.attachments.thumbnail(attachment_id) if self.context.inside else None

    def _news(self, changes: Changes) -> None:
        """A receipt may come in while the record is in sight."""
        summary = self.summary
        if summary is not None and self.isVisible() and ("record", summary.record_id) in changes.items:
            self.summary = self.context.store.records.summary(summary.record_id)
            self._show()
            self.head_changed.emit()

    # --- paper ------------------------------------------------------------------------------------------------------

    def show_copy(self, copy: Copy) -> None:
        """Make one of the two copies in the pool and show it when it is there."""
        if self.summary is None:
            return
        self.copy = copy
        self.office_button.setChecked(copy == "office")
        self.factory_button.setChecked(copy == "factory")
        self.paper = b""
        self.paper_words.setText(self.t("record.making"))
        self._set_ready(False)
        self._making += 1
        job, record_id = self._making, self.summary.record_id
        open_store, clock = self.context.workplace.open_store, self.context.clock

        def work() -> tuple[bytes, int]:
            store = open_store()
            try:
                out = io.BytesIO()
                printed = papers.make(store, record_id, out, clock=clock, copy=copy)
                return out.getvalue(), printed.pages
            finally:
                store.close()

        self.context.tasks.run(work, lambda made: self._made(job, *made), lambda error: self._not_made(job, error))

    def _made(self, job: int, data: bytes, pages: int) -> None:
        if job != self._making:
            return
        self.paper = data
        self.view.show_pdf(data)
        self.paper_words.setText(self.t(f"record.shown.{self.copy}", pages=pages))
        self._set_ready(True)

    def _not_made(self, job: int, error: BaseException) -> None:
        if job == self._making:
            self.paper_words.setText("")
            self._tell(error)

    def _set_ready(self, ready: bool) -> None:
        self.print_button.setEnabled(ready)
        self.save_button.setEnabled(ready)

    def _ask_for_printer(self) -> QPrinter | None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        dialog = QPrintDialog(printer, self)
        return printer if dialog.exec() else None

    def print_paper(self) -> None:
        """Print the copy in sight."""
        if not self.paper:
            return
        printer = self.choose_printer()
        if printer is None:
            return
        try:
            pages = print_pdf(self.paper, printer)
        except InspectorError as error:
            self._tell(error)
            return
        self.error.set(self.t("record.printed", pages=pages), "ok")
        self.error.show()

    def _ask_for_file(self, name: str) -> str:
        file, _ = QFileDialog.getSaveFileName(self, self.t("record.save"), name, "PDF (*.pdf)")
        return file

    def save_paper(self) -> None:
        """Write the copy in sight to a file that the person names."""
        if not self.paper or self.summary is None:
            return
        file = self.choose_file(f"{self.summary.digest[:8]}-{self.copy}.pdf")
        if not file:
            return
        try:
            Path(file).write_bytes(self.paper)
        except OSError as error:
            self._tell(error)
            return
        self.error.set(self.t("record.saved", file=Path(file).name), "ok")
        self.error.show()

    def _tell(self, error: BaseException) -> None:
        self.error.set(explain(error, self.context.translator).text(self.context.language), "bad")
        self.error.show()

    # --- keys -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._keys.get(keys.name(event))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()
            event.accept()

    def _scroll(self, step: int) -> None:
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep() * 9 // 10)
