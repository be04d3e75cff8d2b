"""A field to sign in by pen, finger or mouse. What comes out is a PNG on white; strokes keep the pen's pressure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector_app.gui.theme import Themed, current_theme, make_font
from inspector_app.gui.widgets import paint

INK = QColor("#14336B")
PNG_SIZE = QSize(1200, 400)
_LEAST = 1.5  # px between two points; less is noise of the device
_BASELINE = 0.78


@dataclass(frozen=True, slots=True)
class InkPoint:
    """A point in parts of the field's width and height, and the pressure 0-1."""

    x: float
    y: float
    pressure: float


class SignaturePad(Themed, QWidget):
    """Draw to sign; Del clears. `changed` fires after each stroke."""

    changed = Signal()

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strokes: list[list[InkPoint]] = []
        self._drawing = False
        self._hint = hint
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking, False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    @property
    def is_empty(self) -> bool:
        """Whether nothing that could be a signature was drawn: a single dot is none."""
        return sum(len(stroke) for stroke in self.strokes) < 3

    def clear(self) -> None:
        self.strokes = []
        self._drawing = False
        self.update()
        self.changed.emit()

    def set_words(self, name: str, hint: str) -> None:
        self._hint = hint
        self.setAccessibleName(name)
        self.update()

    def png(self) -> bytes:
        """Return the signature on white, without the line and the hint."""
        return _png(lambda painter, area: draw_ink(painter, area, self.strokes))

    def sizeHint(self) -> QSize:
        return QSize(360, 130)

    # --- pen, finger, mouse -----------------------------------------------------------------------------------------

    def tabletEvent(self, event: QTabletEvent) -> None:
        kinds = QTabletEvent.Type
        if event.type() == kinds.TabletPress:
            self._begin(event.position(), event.pressure())
        elif event.type() == kinds.TabletMove and self._drawing:
            self._go_on(event.position(), event.pressure())
        elif event.type() == kinds.TabletRelease:
            self._end()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position(), 0.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing:
            self._go_on(event.position(), 0.5)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:
        self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.strokes:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _begin(self, place: QPointF, pressure: float) -> None:
        self._drawing = True
        self.strokes.append([self._point(place, pressure)])
        self.update()

    def _go_on(self, place: QPointF, pressure: float) -> None:
        last = self.strokes[-1][-1]
        dx, dy = place.x() - last.x * self.width(), place.y() - last.y * self.height()
        if dx * dx + dy * dy >= _LEAST * _LEAST:
            self.strokes[-1].append(self._point(place, pressure))
            self.update()

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self.changed.emit()

    def _point(self, place: QPointF, pressure: float) -> InkPoint:
        x = min(1.0, max(0.0, place.x() / max(1, self.width())))
        y = min(1.0, max(0.0, place.y() / max(1, self.height())))
        return InkPoint(x, y, pressure or 0.5)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = current_theme()
        t = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        edge, width = (t.tone("acc"), t.ring) if self.hasFocus() else (t.tone("line2"), t.edge)
        # paper stays white in every theme: it is what is printed
        paint.draw_panel(painter, rect, QColor("#FFFFFF"), edge, width, radius=paint.CONTROL_RADIUS)
        y = rect.height() * _BASELINE
        painter.setPen(QPen(QColor("#8A96A3"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(20, y), QPointF(rect.width() - 20, y))
        if not self.strokes and self._hint:
            painter.setFont(theme.font("note"))
            painter.setPen(QColor("#4E5B68"))
            area = QRectF(20, y, rect.width() - 40, rect.height() - y)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self._hint)
        draw_ink(painter, rect, self.strokes)


def draw_ink(painter: QPainter, area: QRectF, strokes: list[list[InkPoint]]) -> None:
    """Draw strokes smoothly: curves through the middles between points, as wide as the pressure."""
    base = max(1.2, area.width() / 260)
    for stroke in strokes:
        points = [QPointF(area.left() + p.x * area.width(), area.top() + p.y * area.height()) for p in stroke]
        mean = sum(p.pressure for p in stroke) / len(stroke)
        pen = QPen(INK, base * (0.6 + 0.9 * mean), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(points) == 1:
            painter.drawPoint(points[0])
            continue
        path = QPainterPath(points[0])
        for before, after in pairwise(points[1:]):
            path.quadTo(before, (before + after) / 2)
        path.lineTo(points[-1])
        painter.drawPath(path)


def typed_png(name: str) -> bytes:
    """Return a typed name as a picture, for people who cannot draw; the reason stands in the record."""

    def draw(painter: QPainter, area: QRectF) -> None:
        font = _fitting(name, area.width() - 120)
        painter.setFont(font)
        painter.setPen(INK)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), name)

    return _png(draw)


def _fitting(name: str, width: float) -> QFont:
    font = make_font(54)
    wide = QFontMetricsF(font).horizontalAdvance(name)
    return make_font(max(14.0, 54 * min(1.0, width / max(1.0, wide))))


def _png(draw: Callable[[QPainter, QRectF], None]) -> bytes:
    image = QImage(PNG_SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter, QRectF(image.rect()))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know the file name form only
    return bytes(buffer.data().data())
