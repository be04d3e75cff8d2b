"""Draws a report's pages into a PDF file."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, BinaryIO

from inspector_app.reports.archive import finish
from inspector_app.reports.desk import Desk, ImageSource
from inspector_app.reports.fonts import REPLACEMENT, face
from inspector_app.reports.furniture import draft_mark, footer, running_head
from inspector_app.reports.layout import pages_of
from inspector_app.reports.paper import Paper
from inspector_app.reports.parts import ReportContent
from inspector_app.reports.thai import visible
from inspector_app.reports.theme import theme
from inspector_app.reports.wording import Wording

log = logging.getLogger(__name__)


def render(content: ReportContent, *, images: ImageSource, out: BinaryIO, thai_digits: bool = False) -> int:
    """Write the report to a binary stream and return its number of pages.

    `images` gives the plain bytes of a picture by its SHA-256; one that is missing (`KeyError`, `OSError`) or
    broken is shown as a frame that says so. Photos go into the file untouched. The same content gives the same bytes.
    """
    desk = Desk(theme(), Wording(content.language), images, thai_digits)
    pages = pages_of(content, desk)
    body = io.BytesIO()
    paper = Paper(body, (desk.theme.page.width, desk.theme.page.height))
    for number, blocks in enumerate(pages, start=1):
        draft_mark(content, desk, paper)
        if number > 1:
            running_head(content, desk, paper)
        for block, top in blocks:
            block.draw(paper, desk.theme.page.left, desk.theme.page.height - top)
        footer(content, desk, paper, number, len(pages))
        paper.end_page()
    paper.save()
    if paper.has_gaps:
        log.warning("characters without a glyph were printed as %s codes=%s", REPLACEMENT, " ".join(_missing(content)))
    finish(body, content, out)
    return len(pages)


def _missing(content: ReportContent) -> list[str]:
    """Return the code points, and nothing else, of what the font does not have: the log holds no record text."""
    found = {char for text in _texts(content) for char in face("Sarabun", "Regular").missing(visible(text))}
    return [f"U+{ord(char):04X}" for char in sorted(found)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
