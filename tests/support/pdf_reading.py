"""Reads PDFs back with other people's programs: poppler, pdfium, qpdf, zxing."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp

from inspector_app.reports import content, pdf
from tests.support import pdf_samples


def render(
    envelope: dict[str, Any] | None = None, *, copy: str = "office", images: Any = None, **options: Any
) -> bytes:
    """Return a report's bytes; the sample record unless one is given."""
    out = io.BytesIO()
    record = pdf_samples.envelope() if envelope is None else envelope
    language = options.pop("language", None)
    composed = content.from_envelope(record, copy=copy, language=language)
    pdf.render(composed, images=images or pdf_samples.images, out=out, **options)
    return out.getvalue()


def poppler_text(data: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def _with_pages(data: bytes, read: Callable[[Any], Any]) -> list[Any]:
    document = pypdfium2.PdfDocument(data)
    try:
        results = []
        for page in document:
            results.append(read(page))
            page.close()
        return results
    finally:
        document.close()


def pdfium_text(data: bytes) -> list[str]:
    def read(page: Any) -> str:
        text = page.get_textpage()
        try:
            return text.get_text_range()
        finally:
            text.close()

    return _with_pages(data, read)


def pdfium_images(data: bytes, dpi: int = 100) -> list[Any]:
    """Return each page as a grey PIL image."""
    return _with_pages(data, lambda page: page.render(scale=dpi / 72, grayscale=True).to_pil())


def qr_codes(data: bytes, dpi: int = 203) -> list[list[str]]:
    """Return what the QR codes of each page say, as a portable printer would print them."""
    return [[found.text for found in zxingcpp.read_barcodes(image)] for image in pdfium_images(data, dpi)]


def qpdf_complaints(data: bytes, tmp_path: Path) -> str:
    file = tmp_path / "check.pdf"
    file.write_bytes(data)
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def everything_inside(data: bytes) -> bytes:
    """Return the raw file and every stream of it decompressed, pictures as they are."""
    parts = [data]
    with pikepdf.open(io.BytesIO(data)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream):
                try:
                    parts.append(thing.read_bytes())
                except pikepdf.PdfError:
                    parts.append(thing.read_raw_bytes())
            elif isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
                parts.append(thing.unparse(resolved=True))
    return b"\n".join(parts)


def ink_box(image: Any) -> tuple[int, int, int, int]:
    """Return the box around everything printed on a page image."""
    return image.point(lambda v: 255 if v < 250 else 0).getbbox()
