"""Input fields: a label that is also the accessible name, the field, a message below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets.labels import ThaiLabel

SEARCH_DELAY_MS = 150


class LineEdit(Themed, QLineEdit):
    """A line edit at least 44 px high whose `clean_text` is in the stored form (NFC, no zero-width characters)."""

    left = Signal()

    def clean_text(self) -> str:
        from checklists.text import clean  # not needed to paint the first window

        return clean(self.text()).strip()

    def set_wrong(self, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Field(QWidget):
    """A label above a line edit; `set_message` puts a hint or an error below, never a colour alone."""

    def __init__(
        self, label: str = "", *, placeholder: str = "", unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.label = ThaiLabel(label, role="body_bold")
        self.edit = LineEdit()
        self.edit.setPlaceholderText(placeholder)
        self.unit_label = ThaiLabel(unit, tone="muted", wrap=False)
        if not unit:
            self.unit_label.hide()
        self.message = ThaiLabel("", role="note", tone="muted")
        self.message.hide()
        line = QHBoxLayout()
        line.addWidget(self.edit, 1)
        line.addWidget(self.unit_label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.label)
        column.addLayout(line)
        column.addWidget(self.message)
        self.set_label(label)
        self.setFocusProxy(self.edit)

    def set_label(self, label: str) -> None:
        self.label.setText(label)
        self.label.setVisible(bool(label))
        self.edit.setAccessibleName(label)

    def text(self) -> str:
        """Return what was typed, clean."""
        return self.edit.clean_text()

    def setText(self, text: str) -> None:
        self.edit.setText(text)

    def set_message(self, text: str, *, wrong: bool = False) -> None:
        self.message.setText(text)
        self.message.set_tone("bad" if wrong else "muted")
        self.message.setVisible(bool(text))
        self.edit.set_wrong(wrong)
        self.edit.setAccessibleDescription(text)


class ChoiceBox(Themed, QComboBox):
    """One choice of many; arrows and letters choose, Alt+Down opens the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrow: a style sheet takes Fusion's away."""
        super().paintEvent(event)
        theme = current_theme()
        side = theme.px(18)
        rect = QRectF(self.width() - side - 9, (self.height() - side) / 2, side, side)
        icons.draw(QPainter(self), rect, "chevron-down", theme.tokens.tone("text"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the page over a choice must not change it."""
        event.ignore()


class SearchField(LineEdit):
    """A search line with its icon; `search_changed` comes 150 ms after the last key, with clean text."""

    search_changed = Signal(str)

    def __init__(self, placeholder: str = "", *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_DELAY_MS)
        self._timer.timeout.connect(lambda: self.search_changed.emit(self.clean_text()))
        self.textEdited.connect(lambda _: self._timer.start())
        self.set_words(placeholder, name)
        self.apply_theme(current_theme())

    def set_words(self, placeholder: str, name: str = "") -> None:
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)

    def search_now(self) -> None:
        """Emit at once, e.g. on Enter."""
        self._timer.stop()
        self.search_changed.emit(self.clean_text())

    def apply_theme(self, theme: Theme) -> None:
        self.setTextMargins(round(theme.px(18)) + 8, 0, 0, 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon as paint: an action would be one more control, small and without a name."""
        super().paintEvent(event)
        theme = current_theme()
        side = theme.px(18)
        rect = QRectF(11, (self.height() - side) / 2, side, side)
        icons.draw(QPainter(self), rect, "magnify", theme.tokens.tone("muted"))
