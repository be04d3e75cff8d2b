"""The row of answers with their keys: verdicts 1-5, or the reasons why a value is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.flow import FlowLayout

_PAD, _GAP = 8.0, 5.0


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: the value stored, its word, the key that sets it, and how it looks."""

    value: str
    word: str
    key: str
    tone: str = ""
    icon: str = ""


class OptionButton(Themed, QPushButton):
    """One answer: icon, word, key cap. Tighter than other buttons, so that five verdicts stand in one row.

    Chosen, it is filled with its tone, and softly in the accent where it has none.
    """

    def __init__(self, option: Option, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(f"{name} {option.word}")
        self.setAccessibleDescription(option.key)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # may shrink to its least

    def text(self) -> str:
        return self.option.word

    def sizeHint(self) -> QSize:
        return QSize(round(self._content() + 2 * _PAD + 12), current_theme().target)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._content() + 2 * _PAD + 1), current_theme().target)

    def _content(self) -> float:
        theme = current_theme()
        width = paint.text_width(theme.font("body_bold"), self.option.word) + 1
        width += theme.px(16) + _GAP if self.option.icon else 0
        return width + (paint.cap_size(theme.font("key"), self.option.key).width() + 7 if self.option.key else 0)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = current_theme()
        t, option, chosen = theme.tokens, self.option, self.isChecked()
        fill, edge, text, width = t.tone("surface"), t.tone("line2"), t.tone("text"), t.edge
        if chosen and option.tone:
            fill, edge, text = t.tone(option.tone), t.tone(option.tone), t.tone("acc_text")
        elif chosen:
            fill, edge, text = t.soft("info"), t.tone("acc"), t.tone("acc")
        elif self.underMouse() or self.isDown():
            fill = t.soft("info")
        if self.hasFocus():
            edge, width = t.tone("text" if chosen else "acc"), t.ring
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.draw_panel(painter, QRectF(self.rect()), fill, edge, width, radius=paint.CONTROL_RADIUS)
        left, right = max(_PAD, (self.width() - self._content()) / 2), self.width() - _PAD
        if option.key:
            cap = paint.cap_size(theme.font("key"), option.key)
            x = min(right - cap.width(), left + self._content() - cap.width())
            origin = QPointF(round(x), round((self.height() - cap.height()) / 2))
            edge = text if chosen else t.tone("line2")
            paint.draw_cap(painter, origin, theme.font("key"), option.key, edge=edge, text=text)
            right = x - 4
        if option.icon:
            side = theme.px(16)
            icons.draw(painter, QRectF(left, (self.height() - side) / 2, side, side), option.icon, text)
            left += side + _GAP
        font = theme.font("body_bold" if chosen else "body")
        painter.setFont(font)
        painter.setPen(text)
        words = QFontMetricsF(font).elidedText(option.word, Qt.TextElideMode.ElideRight, right - left + 1)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine)
        painter.drawText(QRectF(left, 0, right - left + 2, self.height()), flags, words)


class OptionBar(QWidget):
    """Buttons of which one is chosen, or several where `many`. `chosen(value)` fires on click and by `press(key)`."""

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[Option],
        *,
        name: str,
        fill: bool = False,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._options = tuple(options)
        self._many = many
        self._buttons: dict[str, OptionButton] = {}
        layout = FlowLayout(self, fill=fill)
        for option in self._options:
            button = OptionButton(option, name)
            button.clicked.connect(lambda _=False, value=option.value: self._choose(value))
            layout.addWidget(button)
            self._buttons[option.value] = button

    def show_value(self, value: str) -> None:
        """Mark the answer, or the blank-separated answers, that hold now."""
        values = set(value.split()) if self._many else {value}
        for key, button in self._buttons.items():
            button.setChecked(key in values)

    def press(self, key: str) -> bool:
        """Choose the answer with this key; False when there is none."""
        for option in self._options:
            if option.key == key:
                self._choose(option.value)
                return True
        return False

    def button(self, value: str) -> OptionButton | None:
        return self._buttons.get(value)

    def _choose(self, value: str) -> None:
        if not self._many:
            self.show_value(value)
        self.chosen.emit(value)
