"""Drawing shared by the widgets: key caps, cards with a stripe, chips. Sizes in logical px."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

CAP_RADIUS = 4.0
CONTROL_RADIUS = 6.0
CARD_RADIUS = 8.0
STRIPE = 5.0


def text_width(font: QFont, text: str) -> float:
    return QFontMetricsF(font).horizontalAdvance(text)


def cap_size(font: QFont, key: str) -> QSizeF:
    """Return the size of a key cap around `key`."""
    metrics = QFontMetricsF(font)
    height = metrics.capHeight() + 12
    return QSizeF(max(height, metrics.horizontalAdvance(key) + 11), height)


def draw_cap(painter: QPainter, origin: QPointF, font: QFont, key: str, *, edge: QColor, text: QColor) -> None:
    """Draw a key cap with its top left corner at `origin`."""
    rect = QRectF(origin, cap_size(font, key)).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(edge, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, CAP_RADIUS, CAP_RADIUS)
    painter.setFont(font)
    painter.setPen(text)
    metrics = QFontMetricsF(font)
    # centred by the height of capitals, because Thai fonts have much room above and below them
    baseline = rect.center().y() + metrics.capHeight() / 2
    painter.drawText(QPointF(rect.center().x() - metrics.horizontalAdvance(key) / 2, baseline), key)


def draw_panel(
    painter: QPainter,
    rect: QRectF,
    fill: QColor,
    edge: QColor,
    width: float,
    *,
    radius: float,
    stripe: QColor | None = None,
) -> None:
    """Draw a rounded panel; the stripe is clipped to the round path (a style sheet would draw a crooked hook)."""
    inset = width / 2
    inner = rect.adjusted(inset, inset, -inset, -inset)
    path = QPainterPath()
    path.addRoundedRect(inner, radius, radius)
    painter.fillPath(path, fill)
    if stripe is not None:
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(QRectF(inner.left(), inner.top(), STRIPE, inner.height()), stripe)
        painter.restore()
    if width > 0:
        painter.setPen(QPen(edge, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
