"""The frame around every screen: head with title and states, navigation, foot with the keys that work here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel

HEAD_HEIGHT = 52
FOOT_HEIGHT = 34


class _BackButton(Themed, QPushButton):
    """The way back in the head of a wide screen, in the colours of the bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlat(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Esc does the same; it is no stop between the fields
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._words = ""

    def set_words(self, text: str) -> None:
        self._words = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(round(paint.text_width(theme.font("body"), self._words) + theme.px(18) + 26), theme.target)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        colour = theme.tokens.tone("bar_text")
        side = theme.px(18)
        icons.draw(painter, QRectF(6, (self.height() - side) / 2, side, side), "arrow-left", colour)
        painter.setFont(theme.font("body"))
        painter.setPen(colour)
        rect = QRectF(10 + side, 0, self.width() - side - 10, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self._words)


class Head(Themed, QWidget):
    """What and where on the left, saved and connection in words on the right."""

    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("head")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back_button = _BackButton()
        self.back_button.clicked.connect(self.back)
        self.title = ThaiLabel(role="title", tone="bar_text", wrap=False)
        self.subtitle = ThaiLabel(role="note", tone="bar_muted", wrap=False)
        self.saved = ThaiLabel(role="body_bold", tone="bar_text", wrap=False)
        self.saved_icon = IconLabel("check-circle-outline", "bar_text", size=15)
        self.connection = ThaiLabel(role="note", tone="bar_muted", wrap=False)
        self.connection_icon = IconLabel("wifi-off", "bar_muted", size=15)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 14, 2)
        line.setSpacing(10)
        line.addWidget(self.back_button)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addStretch()
        left.addWidget(self.title)
        left.addWidget(self.subtitle)
        left.addStretch()
        line.addLayout(left, 3)
        line.addLayout(self._states(), 2)
        self.apply_theme(current_theme())

    def _states(self) -> QVBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(1)
        right.addStretch()
        for icon, label in ((self.saved_icon, self.saved), (self.connection_icon, self.connection)):
            row = QHBoxLayout()
            row.setSpacing(5)
            row.addStretch(1)
            row.addWidget(icon)
            row.addWidget(label)
            right.addLayout(row)
        right.addStretch()
        return right

    def set_title(self, title: str, subtitle: str) -> None:
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))

    def set_saved(self, icon: str, text: str) -> None:
        self.saved_icon.set(icon, "bar_text")
        self.saved.setText(text)
        self.saved_icon.setVisible(bool(text))

    def set_connection(self, icon: str, text: str) -> None:
        self.connection_icon.set(icon, "bar_muted")
        self.connection.setText(text)
        self.connection_icon.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        self.setFixedHeight(round(max(HEAD_HEIGHT, theme.px(50))))


class NavButton(Themed, QPushButton):
    """A place in the navigation, with a count of what waits there."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon, self._words, self._count = icon, "", 0
        self.setCheckable(True)
        self.setFlat(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_words(self, text: str) -> None:
        self._words = text
        self.set_count(self._count)

    def set_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleName(f"{self._words} {count}" if count else self._words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        width = paint.text_width(theme.font("body_bold"), self._words) + theme.px(18) + 62
        return QSize(round(width), theme.target)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        if here or self.underMouse() or self.hasFocus():
            fill = t.soft("info") if here else t.tone("sunk")
            ring = t.ring if self.hasFocus() else 0.0
            stripe = t.tone("acc") if here else None
            paint.draw_panel(
                painter, QRectF(self.rect()), fill, t.tone("acc"), ring, radius=paint.CONTROL_RADIUS, stripe=stripe
            )
        colour = t.tone("acc" if here else "text")
        side = theme.px(18)
        icons.draw(painter, QRectF(14, (self.height() - side) / 2, side, side), self._icon, colour)
        painter.setFont(theme.font("body_bold" if here else "body"))
        painter.setPen(colour)
        painter.drawText(QRectF(24 + side, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self._words)
        if self._count:
            painter.setFont(theme.font("body_bold"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(0, 0, self.width() - 10, self.height()), flags, str(self._count))


class Foot(Themed, QWidget):
    """The keys that work on this screen; what does not fit is left out, the map of keys (`?`) has all."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._hints: list[tuple[str, str]] = []
        self.apply_theme(current_theme())

    def set_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        self._hints = list(hints)
        self.setAccessibleName(" · ".join(f"{key} {text}" for key, text in self._hints))
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        self.setFixedHeight(round(max(FOOT_HEIGHT, theme.px(33))))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), t.tone("sunk"))
        if t.outlined:
            painter.fillRect(QRectF(0, 0, self.width(), t.edge), t.tone("line"))
        key_font, font = theme.font("key"), theme.font("note")
        x = 14.0
        for key, text in self._hints:
            cap = paint.cap_size(key_font, key)
            width = QFontMetricsF(font).horizontalAdvance(text)
            if x + cap.width() + 6 + width > self.width() - 10:
                break
            origin = QPointF(x, round((self.height() - cap.height()) / 2))
            paint.draw_cap(painter, origin, key_font, key, edge=t.tone("line2"), text=t.tone("text"))
            x += cap.width() + 6
            painter.setFont(font)
            painter.setPen(t.tone("muted"))
            painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + 15
