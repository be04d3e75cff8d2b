"""All records of this laptop as a Qt list that reads pages when they come into sight; 100,000 rows open at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from checklists.model import RecordState, RecordSummary
from inspector_app.gui import icons
from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets import paint

PAGE = 200
PAGES = 50
RECORD = Qt.ItemDataRole.UserRole + 1
LINES = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex


class Records(Protocol):
    """What is needed of `Store.records`."""

    def list(
        self, states: Sequence[RecordState] | None = None, *, limit: int = 200, offset: int = 0, of: int | None = None
    ) -> tuple[RecordSummary, ...]: ...
    def count(self, states: Sequence[RecordState] | None = None) -> int: ...


class RecordsModel(QAbstractListModel):
    """Rows of `RecordSummary`, the last changed first; `LINES` gives (name, note, right words, tone, icon)."""

    def __init__(self, records: Records, words: Callable[[RecordSummary], tuple[str, ...]], parent: QObject) -> None:
        super().__init__(parent)
        self._records, self._words = records, words
        self._states: tuple[RecordState, ...] | None = None
        self._count = 0
        self._pages: OrderedDict[int, tuple[RecordSummary, ...]] = OrderedDict()

    def read(self, states: tuple[RecordState, ...] | None = None) -> None:
        """Forget what was read and count again."""
        self.beginResetModel()
        self._states = states
        self._pages.clear()
        self._count = self._records.count(states)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def record(self, row: int) -> RecordSummary | None:
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self._records.list(self._states, limit=PAGE, offset=number * PAGE, of=self._count)
            self._pages[number] = page
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page[place] if place < len(page) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self._count:
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, RECORD, LINES):
            return None
        record = self.record(index.row())
        if record is None or role == RECORD:
            return record
        lines = self._words(record)
        if role == LINES:
            return lines
        return lines[0] if role == Qt.ItemDataRole.DisplayRole else " · ".join(lines[:3])


class RecordDelegate(QStyledItemDelegate):
    """Name and note on the left, state on the right; fixed height, so that nothing is measured row by row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - the same for all rows
        theme = current_theme()
        name, note = QFontMetricsF(theme.font("name_bold")), QFontMetricsF(theme.font("note"))
        return QSize(100, max(52, round(name.height() + note.height() + 10)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        lines = index.data(LINES)
        if lines is None:
            return
        theme = current_theme()
        t = theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(1, 2, -3, -2)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        ring = chosen and bool(state & QStyle.StateFlag.State_Active) and bool(state & QStyle.StateFlag.State_HasFocus)
        edge = t.tone("acc") if chosen else t.tone("line")
        fill = t.soft("info") if chosen else t.tone("surface")
        width = t.ring if ring else t.edge
        paint.draw_panel(painter, rect, fill, edge, width, radius=paint.CARD_RADIUS)
        name, note, right, tone, icon = lines
        side = theme.px(20)
        icons.draw(painter, QRectF(rect.left() + 14, rect.center().y() - side / 2, side, side), icon, t.tone(tone))
        bold, small = theme.font("name_bold"), theme.font("note")
        right_font = theme.font("note_bold")
        right_width = paint.text_width(right_font, right) + 2
        left = rect.left() + 14 + side + 12
        room = rect.right() - 14 - right_width - 14 - left
        top = rect.center().y() - (QFontMetricsF(bold).height() + QFontMetricsF(small).height()) / 2
        for font, text, colour in ((bold, name, t.tone("text")), (small, note, t.tone("muted"))):
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.setPen(colour)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left, top, room + 2, metrics.height()), Qt.AlignmentFlag.AlignVCenter, shown)
            top += metrics.height()
        painter.setFont(right_font)
        painter.setPen(t.tone(tone))
        area = QRectF(rect.right() - 14 - right_width, rect.top(), right_width, rect.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)
        painter.restore()
