"""A row of controls that goes on in a second row where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lays controls out from left to right, in as many rows as they need.

    With `fill`, one row is stretched over the whole width, and several rows hold even columns of the same width.
    """

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 6, fill: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._fill = fill
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        width = sum(item.sizeHint().width() + self.spacing() for item in self._shown()) - self.spacing()
        height = max((item.sizeHint().height() for item in self._shown()), default=0)
        return QSize(max(0, width), height)

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        shown = self._shown()
        if self._fill:
            return self._even_rows(shown, width)
        rows: list[list[QLayoutItem]] = []
        used = 0
        for item in shown:
            wanted = item.sizeHint().width()
            if rows and used + self.spacing() + wanted <= width:
                rows[-1].append(item)
                used += self.spacing() + wanted
            else:
                rows.append([item])
                used = wanted
        return rows

    def _even_rows(self, shown: list[QLayoutItem], width: int) -> list[list[QLayoutItem]]:
        """Return one row where all fit, else the fewest rows whose even columns hold the widest control."""
        if not shown or self._least(shown) <= width:
            return [shown] if shown else []
        widest = max(item.minimumSize().width() for item in shown)
        most = max(1, min(len(shown) - 1, (width + self.spacing()) // (widest + self.spacing())))
        rows = -(-len(shown) // most)
        columns = -(-len(shown) // rows)
        return [shown[start : start + columns] for start in range(0, len(shown), columns)]

    def _least(self, items: list[QLayoutItem]) -> int:
        return sum(item.minimumSize().width() for item in items) + self.spacing() * (len(items) - 1)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        y = rect.y()
        rows = self._rows(rect.width())
        for row in rows:
            height = max(item.sizeHint().height() for item in row)
            widths = self._widths(row, rect.width(), columns=len(rows[0]) if len(rows) > 1 else 0)
            x = rect.x()
            for item, width in zip(row, widths, strict=True):
                if move:
                    item.setGeometry(QRect(QPoint(x, y), QSize(width, height)))
                x += width + self.spacing()
            y += height + self.spacing()
        return max(0, y - self.spacing() - rect.y())

    def _widths(self, row: list[QLayoutItem], width: int, *, columns: int) -> list[int]:
        """Return the width of each control of a row; `columns` is how many stand in the first of several rows."""
        hints = [item.sizeHint().width() for item in row]
        if self._fill and columns:
            return [(width - self.spacing() * (columns - 1)) // columns] * len(row)
        spare = width - sum(hints) - self.spacing() * (len(row) - 1)
        extra = spare // len(row) if self._fill else 0  # below zero: narrower than they would like, but not cut
        return [
            min(max(hint + extra, item.minimumSize().width()), width) for item, hint in zip(row, hints, strict=True)
        ]
