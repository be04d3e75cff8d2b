"""A PDF on screen and on the printer, drawn by pdfium from memory: no file of it lies anywhere in the clear.

Pages are drawn when they come into sight. `pypdfium2` is loaded on first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QScrollArea, QWidget

from checklists.errors import InspectorError
from inspector_app.gui.theme import current_theme

if TYPE_CHECKING:
    import pypdfium2

POINTS_PER_INCH = 72.0
PRINT_DPI = 200  # sharp text on paper, 10 MB a page in memory, one page at a time
MARGIN = 10


class UnreadablePdfError(InspectorError):
    """The bytes are no PDF that can be drawn."""

    code = "unreadable-pdf"


@dataclass(frozen=True, slots=True)
class PageSize:
    """In points of 1/72 inch."""

    width: float
    height: float


class PdfDocument:
    """A PDF in memory. Use it in one thread and close it."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        try:
            self._pdf: pypdfium2.PdfDocument = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise UnreadablePdfError(str(error)) from error
        self.sizes = tuple(PageSize(*self._pdf.get_page_size(i)) for i in range(len(self._pdf)))

    def __len__(self) -> int:
        return len(self.sizes)

    def draw(self, index: int, scale: float) -> QImage:
        """Return a page; `scale` 1 means 72 pixels an inch."""
        page = self._pdf[index]
        bitmap: Any = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
        image = QImage(
            bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
        ).copy()
        bitmap.close()
        page.close()
        return image

    def close(self) -> None:
        self._pdf.close()


class PdfView(QScrollArea):
    """Pages below one another, as wide as the window but not wider than `widest` logical px."""

    def __init__(self, name: str, *, widest: int = 820, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: PdfDocument | None = None
        self._pages = _Pages(self)
        self._widest = widest
        self.setWidget(self._pages)
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_pdf(self, data: bytes) -> None:
        """Show a PDF from its bytes. Raises `UnreadablePdfError`; what was shown stays then."""
        document = PdfDocument(data)
        if self.document is not None:
            self.document.close()
        self.document = document
        self._pages.forget()
        self._fit()
        self.verticalScrollBar().setValue(0)

    def clear(self) -> None:
        if self.document is not None:
            self.document.close()
            self.document = None
        self._pages.forget()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._pages.fit(min(self._widest, self.viewport().width() - 2 * MARGIN))


class _Pages(QWidget):
    """Draws the pages in sight; a drawn page is kept until the width changes."""

    def __init__(self, view: PdfView) -> None:
        super().__init__()
        self._view = view
        self._drawn: dict[int, QImage] = {}
        self._wanted: list[int] = []
        self._width = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_next)

    def forget(self) -> None:
        self._drawn.clear()
        self._wanted.clear()
        self.update()

    def fit(self, width: int) -> None:
        width = max(60, width)
        if width != self._width:
            self._width = width
            self.forget()
        rects = self._rects()
        height = rects[-1].bottom() + MARGIN if rects else 40.0
        self.resize(QSize(width + 2 * MARGIN, round(height)))
        self.update()

    def _rects(self) -> list[QRectF]:
        document, y, rects = self._view.document, float(MARGIN), []
        for size in document.sizes if document else ():
            height = self._width * size.height / size.width
            rects.append(QRectF(MARGIN, y, self._width, height))
            y += height + MARGIN
        return rects

    def paintEvent(self, event: QPaintEvent) -> None:
        t = current_theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, rect in enumerate(self._rects()):
            if not rect.intersects(QRectF(event.rect())):
                continue
            painter.fillRect(rect, QColor("#FFFFFF"))
            painter.setPen(t.tone("line"))
            painter.drawRect(rect)
            if index in self._drawn:
                painter.drawImage(rect, self._drawn[index])
            elif index not in self._wanted:
                self._wanted.append(index)
                self._timer.start()

    def _draw_next(self) -> None:
        document = self._view.document
        if not self._wanted or document is None:
            self._timer.stop()
            return
        index = self._wanted.pop(0)
        size = document.sizes[index]
        self._drawn[index] = document.draw(index, self._width / size.width * self.devicePixelRatioF())
        self.update()


def print_pdf(data: bytes, printer: QPrinter) -> int:
    """Print every page of a PDF, one at a time, and return how many."""
    document = PdfDocument(data)
    painter = QPainter()
    try:
        if not painter.begin(printer):
            raise PrinterError
        for index, size in enumerate(document.sizes):
            if index:
                printer.newPage()
            image = document.draw(index, PRINT_DPI / POINTS_PER_INCH)
            paper = QRectF(printer.paperRect(QPrinter.Unit.DevicePixel))
            area = QRectF(printer.pageRect(QPrinter.Unit.DevicePixel))
            scale = printer.resolution() / POINTS_PER_INCH
            place = QRectF(0, 0, size.width * scale, size.height * scale)
            place.moveCenter(QRectF(paper).center() - area.topLeft())
            painter.drawImage(place, image)
        return len(document)
    finally:
        if painter.isActive():
            painter.end()
        document.close()


class PrinterError(InspectorError):
    """The printer did not take the job."""

    code = "printer"
