"""The people who can sign in on this laptop, each with initials and a key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets.cards import Card, focus_neighbour
from inspector_app.gui.widgets.labels import KeyCap, ThaiLabel

PEOPLE_SHOWN = 4
ROW = 58  # a row and the space below it, in logical pixels


class PersonRow(Card):
    """One person who can sign in: initials, name, key. Space or a click chooses; the chosen one is filled softly."""

    chosen = Signal()

    def __init__(self, name: str, key: str) -> None:
        super().__init__()
        self._initials = initials(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(52)
        self.body.setContentsMargins(58, 4, 12, 4)
        line = QHBoxLayout()
        self.name_label = ThaiLabel(name, role="name_bold", wrap=False)
        line.addWidget(self.name_label, 1)
        line.addWidget(KeyCap(key))
        self.body.addLayout(line)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            focus_neighbour(self, 1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: object) -> None:
        self.chosen.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(14, (self.height() - 36) / 2, 36, 36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.tone("acc") if self._selected else t.soft("na"))
        painter.drawEllipse(disc)
        painter.setFont(theme.font("note_bold"))
        painter.setPen(t.tone("acc_text") if self._selected else t.tone("text"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, self._initials)


def initials(name: str) -> str:
    """Return two letters for the disc: the first consonants of given name and family name."""
    letters = [next((c for c in word if c.isalpha() and c not in "เแโใไ"), "") for word in name.split()[:2]]
    return "".join(letters).upper()


class PeopleList(QScrollArea):
    """Rows that scroll where there is no room for all, so that the passphrase stays in sight."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.rows = [PersonRow(name, f"Alt+{place}") for place, name in enumerate(names, start=1)]
        box = QWidget()
        box.setObjectName("scrolled")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in self.rows:
            column.addWidget(row)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(box)
        shown = min(len(self.rows), PEOPLE_SHOWN)
        self.setMinimumHeight(ROW if shown else 0)
        self.setMaximumHeight(ROW * shown)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def select(self, place: int) -> None:
        """Mark one row."""
        for index, row in enumerate(self.rows):
            row.set_selected(index == place)
