"""Papers on screen and on the printer, and signatures: all from memory."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from inspector_app.gui.preview import PdfDocument, PdfView, UnreadablePdfError, print_pdf
from inspector_app.gui.widgets.photo_dialog import decode
from inspector_app.gui.widgets.signature_pad import SignaturePad, typed_png
from tests.support import photos
from tests.support.fill_window import wait_for

A4 = (595.0, 842.0)


def paper(pages: int = 3) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for _ in range(pages):
        canvas.rect(100, 100, 395, 642, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def dark_share(image: QImage) -> float:
    small = image.scaled(40, 56)
    dark = sum(small.pixelColor(x, y).lightness() < 128 for x in range(40) for y in range(56))
    return dark / (40 * 56)


def test_a_page_is_drawn_as_it_is(qapp: object) -> None:
    document = PdfDocument(paper())
    image = document.draw(0, 1.0)
    assert (image.width(), image.height()) == (595, 842)
    assert 0.4 < dark_share(image) < 0.6
    document.close()


def test_only_pages_in_sight_are_drawn(qtbot: QtBot) -> None:
    view = PdfView("รายงาน")
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    view.show_pdf(paper(20))
    pages = view.widget()
    wait_for(lambda: 0 in pages._drawn)
    assert len(pages._drawn) < 4
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    wait_for(lambda: 19 in pages._drawn)
    view.clear()


def test_what_is_no_pdf_is_told_and_what_was_shown_stays(qtbot: QtBot) -> None:
    view = PdfView("รายงาน")
    qtbot.addWidget(view)
    view.show_pdf(paper(2))
    with pytest.raises(UnreadablePdfError):
        view.show_pdf(b"<html>no pdf</html>")
    assert view.document is not None
    assert len(view.document) == 2
    view.clear()


def test_every_page_goes_to_the_printer_in_its_size(qapp: object, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setResolution(150)
    assert print_pdf(paper(2), printer) == 2
    printed = pypdfium2.PdfDocument((tmp_path / "printed.pdf").read_bytes())
    assert len(printed) == 2
    width, height = printed.get_page_size(0)
    assert (round(width), round(height)) == (595, 842)
    printed.close()


def test_a_signature_is_a_dark_line_on_white(qtbot: QtBot) -> None:
    pad = SignaturePad("ลายมือชื่อ")
    qtbot.addWidget(pad)
    pad.resize(400, 130)
    pad.show()
    with qtbot.waitSignal(pad.changed):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
        for x in range(30, 380, 10):
            QTest.mouseMove(pad, QPoint(x, 60 + (x % 40)))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(380, 60))
    assert not pad.is_empty
    image = QImage.fromData(pad.png())
    assert image.pixelColor(0, 0).lightness() == 255
    assert any(image.pixelColor(600, y).lightness() < 128 for y in range(image.height()))
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.is_empty


def test_a_single_dot_is_no_signature(qtbot: QtBot) -> None:
    pad = SignaturePad("ลายมือชื่อ")
    qtbot.addWidget(pad)
    pad.show()
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    assert pad.is_empty


def test_a_typed_name_is_a_picture_that_fits(qapp: object) -> None:
    image = QImage.fromData(typed_png("นางสาวกมลวรรณ ตัวอย่างนามสกุลยาวมากอย่างยิ่งจริง ๆ"))
    assert 0 < dark_share(image) < 0.3
    assert all(image.pixelColor(x, y).lightness() == 255 for x in (2, image.width() - 3) for y in range(image.height()))


def test_a_large_photo_is_decoded_at_the_size_that_is_shown(qapp: object) -> None:
    assert decode(photos.photo()).width() <= 1600
    assert decode(b"no picture").isNull()
