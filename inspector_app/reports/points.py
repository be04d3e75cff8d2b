"""The points of a weighted checklist: a bar for each dimension, what each item gave, the total with its class."""

from __future__ import annotations

from collections.abc import Iterator

from inspector_app.reports.blocks import Block, Cell, Drawn, Gap, Row, RowLook
from inspector_app.reports.desk import Desk
from inspector_app.reports.first_page import table_head
from inspector_app.reports.paper import Paper
from inspector_app.reports.parts import PointsRow, ReportContent
from inspector_app.reports.shapes import WHITE

_COLUMNS = (5.0, 190.0, 245.0, 390.0)
_BAR = 9.0


def points(content: ReportContent, desk: Desk) -> Iterator[Block]:
    """The table of points; under each dimension stands where its points come from."""
    ends = (*_COLUMNS[1:], desk.width)
    widths = tuple(end - start - 6 for start, end in zip(_COLUMNS, ends, strict=True))
    head = table_head([desk.t(f"points.{key}") for key in ("dimension", "got", "of", "grade")], _COLUMNS, widths, desk)
    yield head
    for row in content.points:
        yield _row(row, widths, desk, (head,))
        if row.trace:
            look = RowLook(rule=desk.color("edge"))
            yield Row((Cell(_COLUMNS[0], desk.set(row.trace, "caption", desk.width - 10)),), desk.width, look)
    yield Gap(2)
    yield desk.set(desk.t("points.note"), "caption", desk.width)


def _row(row: PointsRow, widths: tuple[float, ...], desk: Desk, heads: tuple[Block, ...]) -> Row:
    style = "cell_bold" if row.total else "cell"
    title, got, bar, grade = widths
    cells = (
        Cell(_COLUMNS[0], desk.set(row.title, style, title)),
        Cell(_COLUMNS[1], desk.set(row.points, style, got)),
        Cell(_COLUMNS[2], _share(row, desk, bar)),
        Cell(_COLUMNS[3], desk.set(row.grade, style, grade)),
    )
    look = RowLook(rule=desk.color("navy"), rule_width=0.7) if row.total else RowLook(pad_bottom=0)
    return Row(cells, desk.width, look, keep_next=bool(row.trace), heads=heads)


def _share(row: PointsRow, desk: Desk, width: float) -> Block:
    """A bar of the share reached, its number at the end; nothing where nothing counted."""
    style = desk.style("bar_label")
    room = width - 52

    def paint(paper: Paper, x: float, y: float) -> None:
        if row.percent is None:
            paper.word(style, "–", x, y - 10)
            return
        low = y - 4 - _BAR
        paper.rect(x, low, room, _BAR, fill=WHITE, stroke=desk.color("edge"), width=0.5)
        paper.rect(x, low, room * min(100.0, max(0.0, row.percent)) / 100, _BAR, fill=desk.color("navy"))
        paper.word(style, row.share, x + room + 4, low + 1.6)

    return Drawn(15, paint)
