"""A thin progress line with a name and a value for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from inspector_app.gui.theme import Themed, current_theme


class ProgressLine(Themed, QProgressBar):
    """Six pixels high; the number stands beside it in words. `tone`: acc while running, ok only when all is well."""

    def __init__(self, tone: str = "acc", *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, done: int, total: int, tone: str = "") -> None:
        self._tone = tone or self._tone
        self.setRange(0, max(1, total))
        self.setValue(done)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = current_theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.tone("line2"), 1.0) if t.outlined else Qt.PenStyle.NoPen)
        painter.setBrush(t.tone("surface") if t.outlined else t.tone("line"))
        track = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(track, 2.5, 2.5)
        share = (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())
        if share > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.tone(self._tone))
            bar = QRectF(track)
            bar.setWidth(max(5.0, track.width() * min(1.0, share)))
            painter.drawRoundedRect(bar, 2.5, 2.5)
