"""Buttons with the key drawn inside them. Painted from tokens, so that every state looks the same in all themes."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Themed, Tokens, current_theme
from inspector_app.gui.widgets import paint

ELIDED_WIDTH = 140
"""Logical px to which a button that may elide can shrink at 100 %."""
PRIMARY, SECONDARY, LINK, CHOICE = "primary", "secondary", "link", "choice"


class _Look(NamedTuple):
    fill: QColor
    edge: QColor
    text: QColor
    width: float
    bold: bool = False


class ActionButton(Themed, QPushButton):
    """A button with text, icon and key cap.

    `kind`: `primary` (one per screen), `secondary`, `link` (text only), `choice` (checkable; when checked it is filled
    with `tone`, or softly in the accent where `tone` is empty). The key is shown only; the screen binds it.
    With `elide` a long text gives way and stands whole in the tool tip.
    """

    def __init__(
        self, text: str = "", *, key: str = "", icon: str = "", kind: str = SECONDARY, tone: str = "",
        elide: bool = False, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._raw, self._key, self._icon, self._kind, self._tone = "", key, icon, kind, tone
        self._elide = elide
        self.setCheckable(kind == CHOICE)
        self.setAutoDefault(False)
        width = QSizePolicy.Policy.Preferred if elide else QSizePolicy.Policy.Minimum
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(text)

    def text(self) -> str:
        return self._raw

    def setText(self, text: str) -> None:
        self._raw = text
        super().setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        if self._elide:
            self.setToolTip(text)
        if self._key:
            self.setAccessibleDescription(self._key)
        self.updateGeometry()
        self.update()

    def key(self) -> str:
        return self._key

    def set_key(self, key: str) -> None:
        self._key = key
        self.setText(self._raw)

    def set_icon(self, name: str) -> None:
        self._icon = name
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: str) -> None:
        self._kind = kind
        self.updateGeometry()
        self.update()

    def kind(self) -> str:
        return self._kind

    def sizeHint(self) -> QSize:
        theme = current_theme()
        padding = 10 if self._kind == LINK else 14
        return QSize(round(self._content_width() + 2 * padding), theme.target)

    def minimumSizeHint(self) -> QSize:
        theme = current_theme()
        width = self._content_width() + 16
        return QSize(round(min(width, theme.px(ELIDED_WIDTH)) if self._elide else width), theme.target)

    def _content_width(self) -> float:
        theme = current_theme()
        width = paint.text_width(theme.font("body_bold"), self._raw) if self._raw else 0.0
        if self._icon:
            width += theme.px(18) + (6 if self._raw else 0)
        if self._key:
            width += paint.cap_size(theme.font("key"), self._key).width() + 9
        return width

    def _look(self, t: Tokens) -> _Look:
        hover = self.underMouse() and self.isEnabled()
        if not self.isEnabled():
            return _Look(t.soft("na"), t.tone("line"), t.tone("muted"), t.edge)
        if self._kind == PRIMARY:
            fill = t.tone("acc").darker(112) if hover or self.isDown() else t.tone("acc")
            return _Look(fill, fill, t.tone("acc_text"), t.edge, bold=True)
        if self._kind == LINK:
            fill = t.soft("info") if hover or self.isDown() else QColor(0, 0, 0, 0)
            return _Look(fill, fill, t.tone("acc"), 0.0)
        if self._kind == CHOICE and self.isChecked():
            if self._tone:
                return _Look(t.tone(self._tone), t.tone(self._tone), t.tone("acc_text"), t.edge, bold=True)
            return _Look(t.soft("info"), t.tone("acc"), t.tone("acc"), t.edge + 0.5, bold=True)
        fill = t.tone("sunk") if hover else t.tone("surface")
        return _Look(t.soft("info") if self.isDown() else fill, t.tone("line2"), t.tone("text"), t.edge)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        look = self._look(t)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        edge, width = look.edge, look.width
        if self.hasFocus():
            edge, width = (t.tone("text") if self._kind == PRIMARY else t.tone("acc")), t.ring
        paint.draw_panel(painter, rect, look.fill, edge, width, radius=paint.CONTROL_RADIUS)
        self._paint_content(painter, look)

    def _paint_content(self, painter: QPainter, look: _Look) -> None:
        theme = current_theme()
        font = theme.font("body_bold" if look.bold else "body")
        content = self._content_width()
        left = max(8.0, (self.width() - content) / 2)
        right = self.width() - 8.0
        if self._key:
            size = paint.cap_size(theme.font("key"), self._key)
            x = min(right + 8.0 - size.width() - max(8.0, min(12.0, left)), left + content - size.width())
            edge = look.text if look.bold or not self.isEnabled() else theme.tokens.tone("line2")
            origin = QPointF(round(x), round((self.height() - size.height()) / 2))
            paint.draw_cap(painter, origin, theme.font("key"), self._key, edge=edge, text=look.text)
            right = x - 6
        if self._icon:
            side = theme.px(18)
            icons.draw(painter, QRectF(left, (self.height() - side) / 2, side, side), self._icon, look.text)
            left += side + 6
        painter.setFont(font)
        painter.setPen(look.text)
        text = QFontMetricsF(font).elidedText(self._raw, Qt.TextElideMode.ElideRight, right - left + 1)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(QRectF(left, 0, right - left + 2, self.height()), flags, text)
