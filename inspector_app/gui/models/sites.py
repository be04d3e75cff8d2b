"""The sites that a search found, as a Qt list; painted by `SiteDelegate` with the matching words marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets import paint

if TYPE_CHECKING:
    from checklists.store import SiteHit

HIT = Qt.ItemDataRole.UserRole + 1
LINES = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex


class SitesModel(QAbstractListModel):
    """Rows of `SiteHit`; `LINES` gives (name, number and place, why)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[SiteHit, ...] = ()
        self._lines: list[tuple[str, str, str]] = []

    def show_hits(self, hits: Sequence[SiteHit], lines: Sequence[tuple[str, str, str]]) -> None:
        self.beginResetModel()
        self._hits, self._lines = tuple(hits), list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._hits):
            return None
        lines = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return lines[0]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " · ".join(part for part in lines if part)
        if role == HIT:
            return self._hits[index.row()]
        if role == LINES:
            return lines
        return None


class SiteDelegate(QStyledItemDelegate):
    """Three lines: name, number and place, why it was found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words: list[str] = []

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        theme = current_theme()
        name, note = QFontMetricsF(theme.font("name_bold")), QFontMetricsF(theme.font("note"))
        lines = index.data(LINES) or ("", "", "")
        notes = sum(1 for line in lines[1:] if line)
        return QSize(100, round(name.height() + notes * note.height() + 14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = current_theme()
        t = theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(1, 2, -1, -2)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        paint.draw_panel(
            painter,
            rect,
            t.soft("info") if chosen else t.tone("surface"),
            t.tone("acc") if chosen else t.tone("line"),
            t.edge,
            radius=paint.CARD_RADIUS,
            stripe=t.tone("acc") if chosen else None,
        )
        name, place, why = index.data(LINES)
        left, width, y = rect.left() + 14, rect.width() - 24, rect.top() + 5
        y += self._line(painter, QPointF(left, y), width, name, font=theme.font("name_bold"), colour=t.tone("text"))
        y += self._line(painter, QPointF(left, y), width, place, font=theme.font("note"), colour=t.tone("muted"))
        if why:
            self._line(painter, QPointF(left, y), width, why, font=theme.font("note"), colour=t.tone("lab"), mark=False)
        painter.restore()

    def _line(
        self, painter: QPainter, at: QPointF, width: float, text: str, *, font: QFont, colour: QColor, mark: bool = True
    ) -> float:
        """Draw one line, cut with an ellipsis; return its height."""
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        layout = QTextLayout(shown, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        if mark:
            layout.setFormats(self._marks(shown))
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        painter.setPen(colour)
        layout.draw(painter, at)
        return metrics.height()

    def _marks(self, text: str) -> list[QTextLayout.FormatRange]:
        """Return the ranges where a typed word stands as it was typed, on the soft amber ground."""
        ranges = []
        ground = QTextCharFormat()
        ground.setBackground(current_theme().tokens.soft("obs"))
        low = text.casefold()
        for word in self.words:
            start = low.find(word.casefold()) if len(word) > 1 else -1
            if start >= 0:
                found = QTextLayout.FormatRange()
                found.start, found.length, found.format = start, len(word), ground
                ranges.append(found)
        return ranges
