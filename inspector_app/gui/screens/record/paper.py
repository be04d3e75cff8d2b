"""The paper of a sealed record: one of two copies, made in the pool, shown, printed and saved from memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from checklists.errors import InspectorError
from checklists.model import RecordSummary
from inspector_app.actions.afterwards import papers
from inspector_app.gui.context import AppContext
from inspector_app.gui.preview import PdfView, print_pdf
from inspector_app.gui.widgets.buttons import CHOICE, PRIMARY, ActionButton
from inspector_app.gui.widgets.labels import ThaiLabel

Copy = Literal["office", "factory"]


class PaperPane(QWidget):
    """Buttons above, pages below. `done` brings words about what was printed or saved, `failed` an error.

    `choose_file` and `choose_printer` ask the person; tests and the demo put their own in their place.
    """

    done = Signal(str)
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._t = context, context.t
        self.summary: RecordSummary | None = None
        self.copy: Copy = "office"
        self.revision_id = ""  # "" shows the newest
        self.paper = b""
        self._making = 0
        self.choose_file: Callable[[str], str] = self._ask_for_file
        self.choose_printer: Callable[[], QPrinter | None] = self._ask_for_printer
        self._build()
        self.retranslate()

    def _build(self) -> None:
        self.office_button = ActionButton("", key="O", kind=CHOICE)
        self.factory_button = ActionButton("", key="F", kind=CHOICE)
        self.print_button = ActionButton("", key="Ctrl+P", icon="printer-outline", kind=PRIMARY)
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
        self.words = ThaiLabel("", tone="muted")
        self.view = PdfView("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(buttons)
        column.addWidget(self.words)
        column.addWidget(self.view, 1)

    def retranslate(self) -> None:
        self.office_button.setText(self._t("record.office"))
        self.factory_button.setText(self._t("record.factory"))
        self.print_button.setText(self._t("record.print"))
        self.save_button.setText(self._t("record.save"))
        self.view.setAccessibleName(self._t("record.paper"))

    # --- making -----------------------------------------------------------------------------------------------------

    def show_record(self, summary: RecordSummary) -> None:
        """Show the office's copy of a record."""
        self.summary, self.revision_id = summary, ""
        self.show_copy("office")

    def show_revision(self, revision_id: str) -> None:
        """Show an earlier revision as it was sealed; it prints and saves like the newest."""
        self.revision_id = revision_id
        self.show_copy(self.copy)

    def clear(self) -> None:
        """Forget the paper; an answer of the pool that comes later is not shown."""
        self._making += 1
        self.paper = b""
        self.view.clear()

    def show_copy(self, copy: Copy) -> None:
        """Make one of the two copies in the pool and show it when it is there."""
        if self.summary is None:
            return
        self.copy = copy
        self.office_button.setChecked(copy == "office")
        self.factory_button.setChecked(copy == "factory")
        self.paper = b""
        self.words.setText(self._t("record.making"))
        self._set_ready(ready=False)
        self._making += 1
        job, record_id, revision_id = self._making, self.summary.record_id, self.revision_id or None
        open_store, clock = self._context.workplace.open_store, self._context.clock

        def work() -> tuple[bytes, int]:
            store = open_store()
            try:
                out = io.BytesIO()
                printed = papers.make(store, record_id, out, clock=clock, copy=copy, revision_id=revision_id)
                return out.getvalue(), printed.pages
            finally:
                store.close()

        self._context.tasks.run(work, lambda made: self._made(job, *made), lambda error: self._not_made(job, error))

    def _made(self, job: int, data: bytes, pages: int) -> None:
        if job != self._making:
            return
        self.paper = data
        self.view.show_pdf(data)
        self.words.setText(self._shown_words(pages))
        self._set_ready(ready=True)

    def _shown_words(self, pages: int) -> str:
        words = self._t(f"record.shown.{self.copy}", pages=pages)
        if not self.revision_id or self.summary is None:
            return words
        versions = self._context.store.records.revisions(self.summary.record_id)
        number = next((v.number for v in versions if v.revision_id == self.revision_id), 0)
        return f"{self._t('record.compare.version', number=number)} · {words}"

    def _not_made(self, job: int, error: BaseException) -> None:
        if job == self._making:
            self.words.setText("")
            self.failed.emit(error)

    def _set_ready(self, *, ready: bool) -> None:
        self.print_button.setEnabled(ready)
        self.save_button.setEnabled(ready)

    # --- out of the program -----------------------------------------------------------------------------------------

    def turn(self, step: int) -> None:
        """Turn a page up or down."""
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep() * 9 // 10)

    def print_paper(self) -> None:
        """Print the copy in sight."""
        printer = self.choose_printer() if self.paper else None
        if printer is None:
            return
        try:
            pages = print_pdf(self.paper, printer)
        except InspectorError as error:
            self.failed.emit(error)
        else:
            self.done.emit(self._t("record.printed", pages=pages))

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
            self.failed.emit(error)
        else:
            self.done.emit(self._t("record.saved", file=Path(file).name))

    def _ask_for_printer(self) -> QPrinter | None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        dialog = QPrintDialog(printer, self)
        return printer if dialog.exec() else None

    def _ask_for_file(self, name: str) -> str:
        file, _ = QFileDialog.getSaveFileName(self, self._t("record.save"), name, "PDF (*.pdf)")
        return file
