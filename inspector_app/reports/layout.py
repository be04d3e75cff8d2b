"""A report's content as pages of placed blocks. Which part stands where is the list in `blocks_of`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector_app.reports.answers import answers, samples
from inspector_app.reports.blocks import Block, Gap, PageBreak, Placed, paginate
from inspector_app.reports.closing import facts, photos, signing
from inspector_app.reports.desk import Desk
from inspector_app.reports.findings import findings
from inspector_app.reports.first_page import actions, first_page
from inspector_app.reports.parts import ReportContent
from inspector_app.reports.points import points


def blocks_of(content: ReportContent, desk: Desk) -> Iterator[Block]:
    """Return the whole report in reading order.

    Answers come before findings because a court reads them as the basis; signatures stand before the photo pages so
    that they close the text.
    """
    yield from first_page(content, desk)
    yield from actions(content, desk)
    if content.sections:
        yield PageBreak()
    chapters: list[tuple[str, bool, Iterable[Block]]] = [
        ("points", bool(content.points), points(content, desk)),
        ("answers", bool(content.sections), answers(content, desk)),
        ("findings", bool(content.findings), findings(content, desk)),
        ("edited", bool(content.edited), facts(content.edited, desk)),
        ("samples", bool(content.samples), samples(content, desk)),
        ("steps", bool(content.steps), facts(content.steps, desk)),
        ("remarks", bool(content.remarks), facts(content.remarks, desk)),
        ("signing", True, signing(content, desk)),
        ("proof", bool(content.proof), facts(content.proof, desk, code=True)),
    ]
    number = 0
    for name, present, parts in chapters:
        if present:
            number += 1
            yield from desk.heading(f"{number}. {desk.t(name)}")
            yield from parts
    if content.photos:
        yield PageBreak()
        yield from desk.heading(f"{number + 1}. {desk.t('photos')}")
        yield from photos(content, desk)
    yield Gap(0, keep_next=False)


def pages_of(content: ReportContent, desk: Desk) -> list[list[Placed]]:
    """Return the pages of the report."""
    page = desk.theme.page
    return paginate(
        list(blocks_of(content, desk)), first_top=page.first_top, top=page.top, bottom=page.height - page.bottom
    )
