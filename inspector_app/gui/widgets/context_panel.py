"""Beside the cards: the last visit, the law of the open item, and what still has to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from checklists.model import Attachment
from inspector_app.gui.theme import Themed, current_theme
from inspector_app.gui.widgets.buttons import LINK, ActionButton
from inspector_app.gui.widgets.labels import Chip, IconLabel, KeyCap, ThaiLabel
from inspector_app.gui.widgets.photo_strip import PhotoStrip, Thumbnails

SMALL = QSize(72, 52)


@dataclass(frozen=True, slots=True)
class ProblemFace:
    """One line of the list: where, what, and whether it stands in the way of sealing."""

    number: str
    words: str
    item_id: str
    path: str
    blocking: bool


class ProblemRow(Themed, QWidget):
    """One problem; Enter or a click jumps to its field."""

    chosen = Signal(object)

    def __init__(self, face: ProblemFace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = face
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{face.number} {face.words}")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 5, 4, 5)
        row.setSpacing(8)
        tone = "bad" if face.blocking else "obs"
        icon = IconLabel("alert-circle-outline" if face.blocking else "alert-outline", tone)
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        number = ThaiLabel(face.number, role="body_bold", wrap=False)
        number.setFixedWidth(max(34, round(QFontMetricsF(number.font()).horizontalAdvance(face.number)) + 4))
        row.addWidget(number, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(ThaiLabel(face.words), 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.face)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _: QMouseEvent) -> None:
        self.chosen.emit(self.face)

    def paintEvent(self, _: QPaintEvent) -> None:
        if self.hasFocus():
            t = current_theme().tokens
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(t.tone("acc"), t.ring))
            half = t.ring / 2
            painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), 6, 6)


class _Block(QWidget):
    """A heading with its key, and what stands below."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.title = ThaiLabel("", role="body_bold")
        self.body = QVBoxLayout()
        self.body.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(KeyCap(key), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self.body)


class LastShown(Protocol):
    """What the block of the last visit is handed."""

    @property
    def words(self) -> str: ...
    @property
    def trend(self) -> tuple[str, str, str]: ...
    @property
    def photos(self) -> tuple[Attachment, ...]: ...
    @property
    def orders(self) -> tuple[tuple[str, bool], ...]: ...
    @property
    def carries(self) -> bool: ...


class ContextPanel(QWidget):
    """Three blocks: last visit (L), law (F1), problems (Ctrl+E)."""

    problem_chosen = Signal(object)
    carry_chosen = Signal()
    MOST_PROBLEMS = 60

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self.last = _Block("L")
        self.last_words = ThaiLabel("", tone="muted")
        self.trend = Chip("", "na")
        self.last_photos = PhotoStrip(thumbnails, SMALL)
        self.last_orders = ThaiLabel("", role="body_bold", tone="obs")
        self.carry_button = ActionButton("", key="C", icon="history", kind=LINK)
        self.carry_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.carry_button.clicked.connect(self.carry_chosen)
        self.last.body.addWidget(self.last_orders)
        self.last.body.addWidget(self.last_words)
        self.last.body.addWidget(self.trend, 0, Qt.AlignmentFlag.AlignLeft)
        self.last.body.addWidget(self.last_photos)
        self.last.body.addWidget(self.carry_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.law = _Block("F1")
        self.law_text = ThaiLabel("")
        self.law_ref = ThaiLabel("", role="note", tone="obs")
        self.law.body.addWidget(self.law_text)
        self.law.body.addWidget(self.law_ref)
        self.problems = _Block("Ctrl+E")
        self.none = ThaiLabel("", tone="muted")
        self.problems.body.addWidget(self.none)
        self.rows: list[ProblemRow] = []
        for block in (self.last, self.law, self.problems):
            if block is not self.last:
                column.addWidget(_rule())
            column.addWidget(block)
        column.addStretch(1)

    def show_last(self, title: str, face: LastShown, carry: str) -> None:
        """Show the last visit of an item: open orders first, then what was found and how it compares."""
        self.last.title.setText(title)
        self.last_words.setText(face.words)
        self.trend.set(*face.trend)
        self.trend.setVisible(bool(face.trend[0]))
        self.last_photos.show_photos(face.photos)
        self.last_orders.setText("\n".join(words for words, _ in face.orders))
        self.last_orders.set_tone("bad" if any(overdue for _, overdue in face.orders) else "obs")
        self.last_orders.setVisible(bool(face.orders))
        self.carry_button.setText(carry)
        self.carry_button.setVisible(face.carries)

    def show_law(self, title: str, text: str, reference: str, *, sure: bool) -> None:
        """Show the law; a reference that is not `sure` yet is marked by its tone, and says so itself."""
        self.law.title.setText(title)
        self.law_text.setText(text)
        self.law_text.setVisible(bool(text))
        self.law_ref.set_tone("muted" if sure else "obs")
        self.law_ref.setText(reference)
        self.law_ref.setVisible(bool(reference))

    def show_problems(self, title: str, faces: Sequence[ProblemFace], none: str) -> None:
        """Show the problems, the blocking ones first; the rows that stay are kept, so that the focus stays too."""
        self.problems.title.setText(title)
        self.none.setText(none)
        self.none.setVisible(not faces)
        shown = list(faces[: self.MOST_PROBLEMS])
        if [row.face for row in self.rows] == shown:
            return
        before, by_face = self.rows, {row.face: row for row in self.rows}
        self.rows = [by_face.pop(face) if face in by_face else self._new_row(face) for face in shown]
        for row in before:
            if row not in self.rows:
                self.problems.body.removeWidget(row)
                row.hide()
                row.deleteLater()
        first = self.problems.body.indexOf(self.none) + 1
        for place, row in enumerate(self.rows, start=first):
            if self.problems.body.indexOf(row) != place:
                self.problems.body.insertWidget(place, row)

    def _new_row(self, face: ProblemFace) -> ProblemRow:
        row = ProblemRow(face)
        row.chosen.connect(self.problem_chosen)
        return row

    def focus_problems(self) -> bool:
        """Give the keyboard to the first problem; False when there is none."""
        if not self.rows:
            return False
        self.rows[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.area.ensureWidgetVisible(self.rows[0])
        return True

    def step(self, row: QWidget | None, step: int) -> bool:
        """Move between the problems; False when `row` is none of them."""
        if row not in self.rows:
            return False
        place = self.rows.index(row) + step
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.area.ensureWidgetVisible(self.rows[place])
        return True


def _rule() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    return line
