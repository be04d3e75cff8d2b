"""Pieces of lists: a heading with a line, tiles with a count, a column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.layouts import empty_layout

_EXPLICITLY = Qt.WidgetAttribute.WA_WState_ExplicitShowHide


class Rule(Themed, QWidget):
    """A thin horizontal line."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(20, 3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = current_theme().tokens
        QPainter(self).fillRect(QRectF(0, 1, self.width(), t.edge), t.tone("line"))


class GroupHeading(QWidget):
    """A heading, its count, a line to the right end."""

    def __init__(self, text: str, count: int | None = None, tone: str = "") -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 3, 0, 0)
        line.setSpacing(8)
        line.addWidget(ThaiLabel(text, role="name_bold", tone=tone, wrap=False))
        if count is not None:
            line.addWidget(ThaiLabel(str(count), role="name_bold", tone="muted", wrap=False))
        line.addWidget(Rule(), 1)


class Tile(Themed, QPushButton):
    """A count with its icon and word; pressing it jumps to the group."""

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__()
        self._icon, self._tone, self._words, self._count = icon, tone, "", 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, text: str, count: int) -> None:
        self._words, self._count = text, count
        self.setAccessibleName(f"{text} {count}")
        self.update()

    def count(self) -> int:
        return self._count

    def sizeHint(self) -> QSize:
        theme = current_theme()
        words = paint.text_width(theme.font("body"), self._words)
        number = paint.text_width(theme.font("count"), str(self._count))
        return QSize(round(14 + theme.px(20) + 10 + number + 10 + words + 10), max(theme.target + 6, 50))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self.sizeHint().width() - current_theme().px(20) - 14), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge, width = (t.tone("acc"), t.ring) if focused else (t.tone("line"), t.edge)
        fill = t.tone("sunk" if self.underMouse() else "surface")
        paint.draw_panel(painter, QRectF(self.rect()), fill, edge, width, radius=paint.CARD_RADIUS)
        tone = t.tone(self._tone if self._count else "muted")
        side, x = theme.px(20), 14.0
        if self.width() >= self.sizeHint().width():  # the icon gives way before the word
            icons.draw(painter, QRectF(x, (self.height() - side) / 2, side, side), self._icon, tone)
            x += side + 10
        font = theme.font("count")
        number = str(self._count)
        width_number = paint.text_width(font, number)
        painter.setFont(font)
        painter.setPen(tone)
        painter.drawText(QRectF(x, 0, width_number + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, number)
        painter.setFont(theme.font("body"))
        painter.setPen(t.tone("text"))
        rest = QRectF(x + width_number + 10, 0, self.width(), self.height())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self._words)


class RowLabel(ThaiLabel):
    """The label of a row of choices; all have one width, which grows with the text."""

    WIDTH = 96

    def __init__(self) -> None:
        super().__init__(role="name_bold")

    def apply_theme(self, theme: Theme) -> None:
        self.setFixedWidth(round(theme.px(self.WIDTH)))
        super().apply_theme(theme)


class LabelledRow(QHBoxLayout):
    """A label of a common width on the left, its choices beside it."""

    def __init__(self, label: RowLabel, content: QLayout | QWidget) -> None:
        super().__init__()
        self.setSpacing(8)
        self.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        if isinstance(content, QLayout):
            self.addLayout(content, 1)
        else:
            self.addWidget(content, 1)


class ScrollColumn(QScrollArea):
    """A column of widgets that scrolls; 12 px at the right are kept free for the scroll bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inner = QWidget()
        self._inner.setObjectName("scrolled")
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(0, 0, 12, 4)
        self.column.setSpacing(5)
        self.setWidget(self._inner)

    def settle(self) -> None:
        """Lay out now instead of over the next turns of the event loop, so that no half-laid frame is painted.

        Wrapped labels tell their height only once they know their width, hence twice.
        """
        for _ in range(2):
            self.column.invalidate()
            self.column.activate()
        for place in range(self.column.count()):
            item = self.column.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None and not widget.isVisible() and not widget.testAttribute(_EXPLICITLY):
                widget.show()  # a layout shows new widgets later, and a hidden one cannot take the focus

    def clear(self) -> None:
        """Remove everything; widgets go with the next turn of the event loop."""
        empty_layout(self.column)
