"""Text on screen: Thai labels that break at words, key caps, chips with icon and word."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets import paint

ZWSP = "\u200b"


def _broken(text: str) -> str:
    """Return the text with its Thai words told apart; the breaker is loaded with the first Thai text that wraps."""
    if text.isascii():
        return text
    from checklists.text import break_words

    return break_words(text)


class ThaiLabel(Themed, QLabel):
    """A text of one role (`theme.ROLES`) and tone ('' text, muted, acc, bad …, bar_text, bar_muted).

    With `wrap` it breaks Thai at words and is never squeezed below its lines; without, it is one line that is cut with
    an ellipsis (the whole text in the tool tip) and never widens the page. `text()` and copied text have no zero-width
    spaces.
    """

    def __init__(
        self, text: str = "", *, role: str = "body", tone: str = "", wrap: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._raw, self._role, self._tone = "", role, tone
        self._advance: float | None = None  # of the whole text in one line, measured when first asked for
        self._heights: dict[int, int] = {}  # of the wrapped text, by width; Thai is slow to shape, layouts ask often
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        vertical = QSizePolicy.Policy.Minimum if wrap else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.apply_theme(current_theme())
        self.setText(text)

    def text(self) -> str:
        return self._raw

    def setText(self, text: str) -> None:
        if text == self._raw:
            return
        self._raw, self._advance = text, None
        self._heights.clear()
        super().setText(_broken(text) if self.wordWrap() else text)
        self.setAccessibleName(text)
        self._keep_height()
        if not self.wordWrap():
            self._show_tip()

    def set_tone(self, tone: str) -> None:
        if tone != self._tone:
            self._tone = tone
            self.apply_theme(current_theme())

    def set_role(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self.apply_theme(current_theme())

    def apply_theme(self, theme: Theme) -> None:
        self.setFont(theme.font(self._role))
        self._advance = None
        self._heights.clear()
        colours = QPalette(self.palette())
        colours.setColor(QPalette.ColorRole.WindowText, theme.tokens.tone(self._tone or "text"))
        self.setPalette(colours)
        self._keep_height()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Polishing by the style sheet takes a tone back that was set before the label was shown."""
        super().showEvent(event)
        self._heights.clear()
        wanted = current_theme().tokens.tone(self._tone or "text")
        if self.palette().color(QPalette.ColorRole.WindowText) != wanted:
            self.apply_theme(current_theme())

    def changeEvent(self, event: QEvent) -> None:
        self._heights.clear()
        super().changeEvent(event)

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            height = super().heightForWidth(width)
            if height <= self.minimumHeight() > 0:
                return height  # Qt never reports less than the minimum, so this may be too much
            self._heights[width] = height
        return self._heights[width]

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():
            return super().minimumSizeHint()
        least = min(self._needed(), QFontMetricsF(self.font()).horizontalAdvance("MMM…"))
        return QSize(int(least) + 2, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_height()
        if not self.wordWrap():
            self._show_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.wordWrap() or not self._is_cut():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        rect = self.contentsRect()
        text = self.fontMetrics().elidedText(self._raw, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, self.alignment() | Qt.TextFlag.TextSingleLine, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's own menu would copy the zero-width spaces; Ctrl+C does not."""
        event.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.selectedText().replace(ZWSP, ""))

    def _needed(self) -> float:
        if self._advance is None:
            self._advance = QFontMetricsF(self.font()).horizontalAdvance(self._raw)
        return self._advance

    def _is_cut(self) -> bool:
        return self._needed() > self.contentsRect().width() + 0.5

    def _show_tip(self) -> None:
        self.setToolTip(self._raw if self.width() > 1 and self._is_cut() else "")

    def _keep_height(self) -> None:
        """A wrapped QLabel reports a small minimum height, so a tight layout would cut lines off."""
        if self.wordWrap() and self.width() > 1:
            if self._raw and self.width() not in self._heights and self.minimumHeight():
                self.setMinimumHeight(0)  # a shorter text would keep the height
            height = max(0, self.heightForWidth(self.width())) if self._raw else 0
            if height != self.minimumHeight():
                self.setMinimumHeight(height)


class KeyCap(Themed, QWidget):
    """One key, drawn as a cap (`Ctrl+K`, `↑↓`)."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(key)

    def key(self) -> str:
        return self._key

    def sizeHint(self) -> QSize:
        size = paint.cap_size(current_theme().font("key"), self._key)
        return QSize(round(size.width() + 1), round(size.height() + 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = theme.tokens
        paint.draw_cap(painter, QPointF(0, 0), theme.font("key"), self._key, edge=t.tone("line2"), text=t.tone("text"))


TONE_ICONS = {
    "ok": "check-bold", "bad": "close-thick", "na": "minus-thick", "cant": "eye-off-outline", "obs": "alert-outline",
    "lab": "flask-outline", "info": "information-outline",
}  # fmt: skip


class Chip(Themed, QWidget):
    """A state as icon, word and colour. `tone`: ok bad na cant obs lab info; `icon` replaces the tone's own."""

    def __init__(self, text: str, tone: str = "na", *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone, self._icon = text, tone, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._text

    def tone(self) -> str:
        return self._tone

    def set(self, text: str, tone: str, icon: str = "") -> None:
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        font = theme.font("note_bold")
        height = max(24.0, QFontMetricsF(font).height() + 4)
        return QSize(round(paint.text_width(font, self._text) + theme.px(14) + 24), round(height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = t.tone(self._tone)
        width = t.edge if t.outlined else 0.0
        paint.draw_panel(painter, QRectF(self.rect()), t.soft(self._tone), colour, width, radius=paint.CONTROL_RADIUS)
        size = theme.px(14)
        top = (self.height() - size) / 2
        icons.draw(painter, QRectF(8, top, size, size), self._icon or TONE_ICONS[self._tone], colour)
        painter.setFont(theme.font("note_bold"))
        painter.setPen(colour)
        area = QRectF(8 + size + 5, 0, self.width() - size - 15, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, self._text)


class IconLabel(Themed, QWidget):
    """One icon beside a text that says the same; decoration for a screen reader."""

    def __init__(self, name: str, tone: str = "muted", *, size: float = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, name: str, tone: str) -> None:
        self._name, self._tone = name, tone
        self.update()

    def sizeHint(self) -> QSize:
        side = round(current_theme().px(self._size))
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.draw(painter, QRectF(self.rect()), self._name, current_theme().tokens.tone(self._tone))
