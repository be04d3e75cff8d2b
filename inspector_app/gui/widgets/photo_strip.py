"""Photos of an item as small pictures: read and decoded one at a time between key presses, never all at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from checklists.model import Attachment
from inspector_app.gui import icons
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.layouts import empty_layout

TILE = QSize(112, 80)
_KEPT = 400  # decoded thumbnails in memory, about 300 KB each


class Thumbnails(QObject):
    """Small pictures by attachment; what is not there yet is fetched in idle moments and announced by `loaded`."""

    loaded = Signal(str)

    def __init__(self, read: Callable[[str], bytes | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self._pictures: OrderedDict[str, QPixmap] = OrderedDict()
        self._wanted: list[str] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    def get(self, attachment: Attachment) -> QPixmap | None:
        """Return the picture, or None while it is on its way (or there is none, as for a PDF)."""
        key = attachment.attachment_id
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        if key not in self._wanted:
            self._wanted.append(key)
            self._timer.start()
        return None

    def put(self, attachment_id: str, data: bytes | None) -> None:
        """Take a picture that is at hand already, e.g. right after a photo was added."""
        picture = QPixmap()
        if data:
            picture.loadFromData(data)
        self._pictures[attachment_id] = picture
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.loaded.emit(attachment_id)

    def _next(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        key = self._wanted.pop(0)
        if key not in self._pictures:
            self.put(key, self._read(key))


def draw_photo(painter: QPainter, rect: QRectF, picture: QPixmap | None, exhibit: str, theme: Theme) -> None:
    """Draw a photo filling `rect`, its exhibit number in the corner; a soft field until it is loaded."""
    t = theme.tokens
    painter.save()
    painter.setClipRect(rect)
    if picture is None or picture.isNull():
        painter.fillRect(rect, t.soft("na"))
        side = theme.px(18)
        place = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        icons.draw(painter, place, "image-outline", t.tone("muted"))
    else:
        scale = max(rect.width() / picture.width(), rect.height() / picture.height())
        size = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
        size.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(size, picture, QRectF(picture.rect()))
    painter.restore()
    if exhibit:
        font = theme.font("key")
        metrics = QFontMetricsF(font)
        high = metrics.capHeight() + 10
        label = QRectF(rect.left() + 3, rect.bottom() - high - 3, metrics.horizontalAdvance(exhibit) + 8, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 22, 29, 215))
        painter.drawRoundedRect(label, 3, 3)
        painter.setFont(font)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), exhibit)


class PhotoTile(Themed, QWidget):
    """One photo: Enter or a click opens it."""

    opened = Signal(str)

    def __init__(
        self, attachment: Attachment, thumbnails: Thumbnails, size: QSize = TILE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self._size = size
        self._thumbnails = thumbnails
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(" · ".join(part for part in (attachment.exhibit, attachment.caption) if part) or "photo")
        self.setToolTip(attachment.caption)
        thumbnails.loaded.connect(self._loaded)

    def sizeHint(self) -> QSize:
        if not self.attachment.caption:
            return self._size
        return self._size + QSize(0, round(QFontMetricsF(current_theme().font("note")).height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self.attachment.attachment_id)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _: QMouseEvent) -> None:
        self.opened.emit(self.attachment.attachment_id)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        rect = QRectF(0, 0, self._size.width(), self._size.height())
        draw_photo(painter, rect, self._thumbnails.get(self.attachment), self.attachment.exhibit, theme)
        if self.attachment.caption:
            painter.setFont(theme.font("note"))
            painter.setPen(theme.tokens.tone("muted"))
            metrics = QFontMetricsF(theme.font("note"))
            words = metrics.elidedText(self.attachment.caption, Qt.TextElideMode.ElideRight, self._size.width())
            below = QRectF(0, rect.height(), rect.width(), self.height() - rect.height())
            painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), words)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.tokens.tone("acc"), theme.tokens.ring))
            half = theme.tokens.ring / 2
            painter.drawRect(rect.adjusted(half, half, -half, -half))

    def _loaded(self, attachment_id: str) -> None:
        if attachment_id == self.attachment.attachment_id:
            self.update()


class PhotoStrip(QWidget):
    """The photos of one item in rows."""

    opened = Signal(str)

    def __init__(self, thumbnails: Thumbnails, size: QSize = TILE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails, self._size = thumbnails, size
        self._flow = FlowLayout(self, spacing=8)
        self._shown: tuple[Attachment, ...] = ()
        self.hide()

    def show_photos(self, photos: Sequence[Attachment]) -> None:
        if tuple(photos) == self._shown:
            return
        self._shown = tuple(photos)
        empty_layout(self._flow)
        for photo in photos:
            tile = PhotoTile(photo, self._thumbnails, self._size)
            tile.opened.connect(self.opened)
            self._flow.addWidget(tile)
        self.setVisible(bool(photos))
        self.updateGeometry()
