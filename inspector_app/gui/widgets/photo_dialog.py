"""One photo large, with its caption; where the record is a draft, it can be taken out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from checklists.model import Attachment
from checklists.text import clean
from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field

LARGEST = QSize(1600, 1200)


def decode(data: bytes, most: QSize = LARGEST) -> QImage:
    """Return a picture no larger than `most`, upright; decoded at that size, which is five times faster. Any thread."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and (size.width() > most.width() or size.height() > most.height()):
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PictureView(QWidget):
    """A picture as large as there is room."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(180)

    def show_picture(self, picture: QImage) -> None:
        self._picture = picture
        self.update()

    @property
    def picture(self) -> QImage:
        return self._picture

    def sizeHint(self) -> QSize:
        return QSize(720, 330)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_theme().tokens.tone("sunk"))
        if self._picture.isNull():
            return
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._picture)


class PhotoDialog(Dialog):
    """Caption and removal. `captioned(id, text)` fires on closing where the caption changed, `removed(id)` at once."""

    captioned = Signal(str, str)
    removed = Signal(str)

    def __init__(self, over: QWidget, attachment: Attachment, t: Callable[..., str], *, draft: bool = True) -> None:
        title = t("fill.photo.title", exhibit=attachment.exhibit or t("fill.photo"))
        super().__init__(over, title, width=820)
        self.attachment = attachment
        self.view = PictureView(attachment.caption or title)
        self.body.addWidget(self.view, 1)
        self.caption = Field(t("fill.photo.caption"), placeholder=t("fill.photo.caption.hint"))
        self.caption.setText(attachment.caption)
        self.caption.edit.setReadOnly(not draft)
        self.body.addWidget(self.caption)
        if draft:
            remove = self.add_button(t("fill.photo.remove"), accept=False, key="F4", icon="trash-can-outline")
            remove.clicked.disconnect()
            remove.clicked.connect(self._remove)
        self.add_button(t("fill.photo.done"), accept=True, key="Enter")
        self.closed.connect(self._keep)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif event.key() == Qt.Key.Key_F4:
            self._remove()
        else:
            super().keyPressEvent(event)

    def _remove(self) -> None:
        if not self.caption.edit.isReadOnly():
            self.removed.emit(self.attachment.attachment_id)
            self.accept()

    def _keep(self, _: bool) -> None:
        text = clean(self.caption.text()).strip()
        if text != self.attachment.caption:
            self.captioned.emit(self.attachment.attachment_id, text)
