"""The sections on the left: letter, name, how far; the line is green only when all is done and nothing failed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector_app.gui import icons
from inspector_app.gui.theme import Themed, current_theme
from inspector_app.gui.widgets import paint
from inspector_app.gui.widgets.labels import ThaiLabel

_LINE = int(Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class SectionFace:
    """One section as shown."""

    letter: str
    name: str
    answered: int
    total: int
    failed: int

    @property
    def clean(self) -> bool:
        return self.answered >= self.total and not self.failed

    @property
    def spoken(self) -> str:
        return f"{self.letter} {self.name} {self.answered}/{self.total}"


class SectionRow(Themed, QWidget):
    """One section; pressed to go there. Keys go by Ctrl+PgUp/PgDn, so it is no stop for Tab."""

    pressed = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self._face = SectionFace("", "", 0, 0, 0)
        self._selected = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def face(self) -> SectionFace:
        return self._face

    def set_face(self, face: SectionFace, *, selected: bool) -> None:
        if face != self._face or selected != self._selected:
            self._face, self._selected = face, selected
            self.setAccessibleName(face.spoken)
            self.setToolTip(face.name)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(170, current_theme().target)

    def mousePressEvent(self, _: QMouseEvent) -> None:
        self.pressed.emit(self._index)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, face = current_theme(), self._face
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._selected:
            ground = QRectF(self.rect()).adjusted(6, 1, -4, -1)
            soft = t.soft("info")
            paint.draw_panel(painter, ground, soft, soft, 0, radius=paint.CONTROL_RADIUS, stripe=t.tone("acc"))
        row = QRectF(14, 2, self.width() - 14 - 10, self.height() - 14)
        painter.setFont(theme.font("body_bold"))
        painter.setPen(t.tone("acc" if self._selected else "muted"))
        painter.drawText(row, _LINE, face.letter)
        right = self._paint_counts(painter, row)
        font = theme.font("body_bold" if self._selected else "body")
        painter.setFont(font)
        painter.setPen(t.tone("acc" if self._selected else "text"))
        left = row.left() + max(20.0, paint.text_width(theme.font("body_bold"), face.letter) + 8)
        name = QFontMetricsF(font).elidedText(face.name, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRectF(left, row.top(), right - left + 1, row.height()), _LINE, name)
        self._paint_track(painter, QRectF(left, self.height() - 9, row.right() - left, 4))

    def _paint_counts(self, painter: QPainter, row: QRectF) -> float:
        theme, face = current_theme(), self._face
        t = theme.tokens
        font = theme.font("note")
        count = f"{face.answered}/{face.total}"
        width = QFontMetricsF(font).horizontalAdvance(count)
        painter.setFont(font)
        painter.setPen(t.tone("muted"))
        painter.drawText(row, _RIGHT, count)
        x = row.right() - width - 6
        side = theme.px(13)
        if face.failed:
            bold = theme.font("note_bold")
            painter.setFont(bold)
            painter.setPen(t.tone("bad"))
            number = QFontMetricsF(bold).horizontalAdvance(str(face.failed))
            painter.drawText(QRectF(x - number, row.top(), number + 1, row.height()), _LINE, str(face.failed))
            x -= number + 2 + side
            icons.draw(painter, QRectF(x, row.center().y() - side / 2, side, side), "close-thick", t.tone("bad"))
        elif face.clean and face.total:
            x -= side
            icons.draw(painter, QRectF(x, row.center().y() - side / 2, side, side), "check-bold", t.tone("ok"))
        return x - 6

    def _paint_track(self, painter: QPainter, track: QRectF) -> None:
        t, face = current_theme().tokens, self._face
        ground = t.tone("surface" if t.outlined else "line")
        paint.draw_panel(painter, track, ground, t.tone("line2"), float(t.outlined), radius=2)
        share = face.answered / face.total if face.total else 0
        if share > 0:
            done = QRectF(track)
            done.setWidth(max(4.0, track.width() * share))
            colour = t.tone("ok" if face.clean else "acc")
            paint.draw_panel(painter, done, colour, colour, 0, radius=2)


class SectionList(QWidget):
    """All sections under the checklist's name and total."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = ThaiLabel("", role="body_bold", wrap=False)
        self.total = ThaiLabel("", role="body_bold", tone="muted", wrap=False)
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 10, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.total)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._rows_layout = QVBoxLayout(inner)
        self._rows_layout.setContentsMargins(0, 0, 0, 6)
        self._rows_layout.setSpacing(0)
        self._rows_layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.rows: list[SectionRow] = []

    def show_sections(self, faces: list[SectionFace], selected: int) -> None:
        while len(self.rows) < len(faces):
            row = SectionRow(len(self.rows))
            row.pressed.connect(self.chosen)
            self._rows_layout.insertWidget(len(self.rows), row)
            self.rows.append(row)
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(faces) and faces[index].total > 0)  # what is not asked is not listed
            if index < len(faces):
                row.set_face(faces[index], selected=index == selected)
        if selected < len(self.rows):
            self._scroll.ensureWidgetVisible(self.rows[selected], 0, 30)
