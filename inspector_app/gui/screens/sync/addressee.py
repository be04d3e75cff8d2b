"""To whom a stick goes: the centre, the office that this laptop knows, or one whose file was brought here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from inspector_app.actions.sending import bundles, near_relay
from inspector_app.actions.sending.bundles import Addressee
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

if TYPE_CHECKING:
    from sync.bundle_format import Office

FROM_FILE = "file"


class AddresseeDialog(Dialog):
    """Asks who shall be able to read the stick; `addressee` holds the answer when it was accepted."""

    def __init__(self, over: QWidget, context: AppContext) -> None:
        super().__init__(over, context.t("sync.to_title"), width=560)
        self._context = context
        self._file: Path | None = None
        self.addressee = Addressee.CENTRE
        self.body.addWidget(ThaiLabel(context.t("sync.to_text"), tone="muted"))
        self.choice = self._choices()
        self.body.addWidget(self.choice)
        self.from_file = self._file_part()
        self.body.addWidget(self.from_file)
        self.notice = Notice()
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.add_button(context.t("sync.back"), accept=False, key="Esc")
        self.button = self.add_button(context.t("sync.to_do"), accept=True, key="Enter")
        self.choice.currentIndexChanged.connect(self._show_file_part)
        self._show_file_part()

    def _choices(self) -> ChoiceBox:
        t = self._context.t
        choice = ChoiceBox()
        choice.setAccessibleName(t("sync.to_title"))
        choice.addItem(t("sync.to_centre"), Addressee.CENTRE.value)
        office = near_relay.office_of(self._context.store)
        if office is not None:
            choice.addItem(t("sync.to_office", office=office.called), Addressee.OFFICE.value)
        choice.addItem(t("sync.to_file"), FROM_FILE)
        return choice

    def _file_part(self) -> QWidget:
        t = self._context.t
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.file_button = ActionButton(t("sync.to_choose_file"))
        self.file_button.clicked.connect(self._choose_file)
        self.word = Field(t("sync.to_word"))
        self.word.edit.returnPressed.connect(self.accept)
        row.addWidget(self.word, 1)
        row.addWidget(self.file_button, 0, Qt.AlignmentFlag.AlignBottom)
        return part

    def _show_file_part(self) -> None:
        self.from_file.setVisible(self.choice.currentData() == FROM_FILE)
        self.notice.hide()
        if self.isVisible():
            self._place()

    def _choose_file(self) -> None:
        name = QFileDialog.getOpenFileName(self, self._context.t("sync.to_choose_file"), "", "*.json")[0]
        if name:
            self.use_file(Path(name))

    def use_file(self, file: Path) -> None:
        """Take this office's file; it is believed when its word fits."""
        self._file = file
        self.file_button.setText(file.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter on the choice do what the button says; a choice keeps no Enter for itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.choice.hasFocus():
            self.accept()
        super().keyPressEvent(event)

    def accept(self) -> None:
        if not self.button.isEnabled():
            return
        chosen = self.choice.currentData()
        if chosen != FROM_FILE:
            self.addressee = Addressee(chosen)
            super().accept()
            return
        if self._file is None or not self.word.text():
            self._tell(self._context.t("sync.to_file_needed"))
            return
        file, word = self._file, self.word.text()
        self.button.setEnabled(False)
        writer = self._context.workplace.writer

        def learn() -> Office:
            return writer.submit(lambda store: bundles.learn_office(store, file, word)).result()

        self._context.tasks.run(learn, self._learnt, self._failed)

    def _learnt(self, _office: Any) -> None:
        self.addressee = Addressee.OFFICE
        super().accept()

    def _failed(self, error: BaseException) -> None:
        self.button.setEnabled(True)
        self._tell(explain(error, self._context.translator).text(self._context.language))

    def _tell(self, words: str) -> None:
        self.notice.set(words, "bad")
        self.notice.show()
        self._place()
