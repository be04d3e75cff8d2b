"""What the factory's representative says, in their own words, written down without leaving the meeting."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from inspector_app.gui.questions.base import NoteEdit
from inspector_app.gui.widgets.dialogs import Dialog


class StatementDialog(Dialog):
    """`given(text)` with the statement as it stands."""

    given = Signal(str)

    def __init__(self, over: QWidget, t: Callable[..., str], text: str) -> None:
        super().__init__(over, t("closing.statement.title"), t("closing.statement.text"), width=680)
        self.edit = NoteEdit(t("closing.statement.title"))
        self.edit.show_text(text)
        self.body.addWidget(self.edit)
        self.body.addStretch(1)
        self.add_button(t("sign.back"), accept=False, key="Esc")
        self.add_button(t("closing.statement.keep"), accept=True, key="Ctrl+Enter", icon="check-bold")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        final = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and final:
            self.accept()
            event.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        text = self.edit.clean_text()
        super().accept()
        self.given.emit(text)
