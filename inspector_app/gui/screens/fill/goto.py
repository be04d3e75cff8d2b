"""Ctrl+G: to an item by its number, or by words of its title."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector_app.gui.questions.base import Asking
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.fields import LineEdit

WIDTH = 260


class GotoBox(QWidget):
    """A button that becomes a field while it asks. `found(index)` and `missed(text)` tell how it went."""

    found = Signal(int)
    missed = Signal(str)

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        self.button = ActionButton("", key="Ctrl+G", icon="magnify")
        self.button.clicked.connect(self.ask)
        self.field = LineEdit()
        self.field.setFixedWidth(WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        row.addWidget(self.button)
        self.field.hide()
        self.retranslate()

    def retranslate(self) -> None:
        self.button.setText(self._asking.t("fill.goto"))
        self.field.setAccessibleName(self._asking.t("fill.goto.name"))
        self.field.setPlaceholderText(self._asking.t("fill.goto.hint"))

    def ask(self) -> None:
        self.button.hide()
        self.field.clear()
        self.field.set_wrong(False)
        self.field.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def stop(self) -> None:
        """Be a button again."""
        self.field.hide()
        self.button.show()

    def go(self) -> None:
        """Look for what was typed; what is not found stays in the field."""
        typed, model = self.field.clean_text(), self._asking.model
        index = model.places.find(typed)
        if index is None:
            index = model.places.search(typed, self._asking.language, after=model.cursor)
        if index is None or not model.state(index).relevant:
            self.field.set_wrong(True)
            self.missed.emit(typed)
        else:
            self.stop()
            self.found.emit(index)
