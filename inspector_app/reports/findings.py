# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""A finding as one block: title, photos, fact, law with certainty, value against limit, proposal, due date.

It is never split from its photos. One that is taller than a page (very long notes, many photos) becomes a row of blocks
that keep their edge and name the finding again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector_app.reports.blocks import Block, Cell, Drawn, Gap, Row, RowLook, Stack, baseline
from inspector_app.reports.desk import Desk, fitted, put_picture
from inspector_app.reports.paper import Paper, polygon
from inspector_app.reports.parts import FindingPart, Gauge, Law, Photo, ReportContent
from inspector_app.reports.shapes import WHITE, Tag
from inspector_app.reports.thai import width_of
from inspector_app.reports.theme import MM, Color

_PAD = 8.0
_PHOTO = 46 * MM
_LABEL = 48.0
_SMALLEST = 0.74  # of the caption size
_LOOKS = {"critical": "solid", "major": "heavy", "minor": "dashed"}
_EDGES = {"critical": 4.0, "major": 2.2, "minor": 1.0}
_CERTAINTY = {"a": "solid", "b": "outline", "c": "dashed"}


def findings(content: ReportContent, desk: Desk) -> Iterator[Block]:
    if not content.findings:
        yield desk.set(desk.t("no-findings"), "body", desk.width)
        return
    yield desk.set(desk.t("certainty"), "note", desk.width, keep_next=True)
    yield Gap(4)
    page = desk.theme.page
    tallest = page.height - page.top - page.bottom - 40
    for finding in content.findings:
        block = _block(finding, desk)
        if block.height <= tallest:
            yield block
        else:
            yield from _long(finding, desk)
        yield Gap(6, keep_next=False)


def _severity_color(severity: str, desk: Desk) -> Color:
    return desk.color("red" if severity == "critical" else "ink")


# --- title ----------------------------------------------------------------------------------------------------------


def _title(finding: FindingPart, desk: Desk, width: float) -> Block:
    number = desk.style("finding_no")
    tag = Tag(
        finding.severity_label,
        _LOOKS[finding.severity],
        desk.style("tag").but(size=8.6),
        _severity_color(finding.severity, desk),
    )
    item = desk.style("code")
    left = width_of(number, finding.number) + 8 + tag.width + 8
    right = width_of(item, finding.item) + 8
    words = desk.set(finding.title, "finding", width - left - right)
    height = max(words.height, number.leading)

    def paint(paper: Paper, x: float, y: float) -> None:
        base = y - baseline(desk.style("finding"))
        paper.word(number, finding.number, x, base)
        tag.draw(paper, x + left - tag.width - 8, base + 3.6 + tag.height / 2)
        words.draw(paper, x + left, y)
        paper.word(item, finding.item, x + width, base, align="right")

    return Drawn(height, paint, keep_next=True)


# --- parts beside the photo -----------------------------------------------------------------------------------------


def _labelled(label: str, block: Block, desk: Desk, width: float) -> Row:
    cells = (Cell(0, desk.set(label, desk.style("label").but(leading=15.4), _LABEL)), Cell(_LABEL, block))
    return Row(cells, width, RowLook(pad_top=0, pad_bottom=1))


def _law(law: Law, desk: Desk, width: float) -> Block:
    tag = Tag(law.mark, _CERTAINTY[law.certainty], desk.style("tag").but(size=7.6), desk.color("navy"))
    words = desk.set(law.text, "body", width - tag.width - 6)

    def paint(paper: Paper, x: float, y: float) -> None:
        words.draw(paper, x, y)
        tag.draw(paper, x + width - tag.width, y - 1.6)

    return Drawn(max(words.height, desk.style("body").leading), paint)


def _rows(finding: FindingPart, desk: Desk, width: float) -> list[Block]:
    t, inner = desk.t, width - _LABEL
    rows: list[Block] = []
    if finding.fact:
        rows.append(_labelled(t("finding.fact"), desk.set(finding.fact, "body", inner), desk, width))
    if finding.laws:
        laws = Stack(tuple(_law(law, desk, inner) for law in finding.laws))
    else:
        laws = Stack((desk.set(t("finding.no-law"), "body", inner),))
    rows.append(_labelled(t("finding.law"), laws, desk, width))
    if finding.gauge:
        rows.append(_labelled(t("finding.measured"), gauge(finding.gauge, desk, inner), desk, width))
    elif finding.measured:
        rows.append(_labelled(t("finding.measured"), desk.set(finding.measured, "body_bold", inner), desk, width))
    if finding.proposal:
        rows.append(_labelled(t("finding.proposal"), desk.set(finding.proposal, "body", inner), desk, width))
    rows.append(_labelled(t("finding.due"), desk.set(finding.due, "body_bold", inner), desk, width))
    return rows


# --- value against limit --------------------------------------------------------------------------------------------


def _scale(gauge: Gauge) -> tuple[float, float]:
    points = [gauge.value, *(tick.at for tick in gauge.ticks)]
    low, high = min(points), max(points)
    span = high - low or abs(high) or 1.0
    start = low - span * 0.8
    return (max(start, 0.0) if low >= 0 else start), high + span * 0.6


def gauge(gauge: Gauge, desk: Desk, width: float) -> Block:
    """Draw the bar in the unit itself: forbidden range hatched, limit as a tick with its words, value as a triangle."""
    low, high = _scale(gauge)
    note = desk.set(gauge.note and desk.t("finding.formula", text=gauge.note), "gauge_note", width)
    height = 15.0 + 10.0 + 13.0 + note.height

    def at(value: float) -> float:
        return (value - low) / (high - low) * width

    def paint(paper: Paper, x: float, y: float) -> None:
        top, thick = y - 15, 9.0
        ink = desk.color("ink")
        paper.rect(x, top - thick, width, thick, fill=WHITE)
        for start, end in _forbidden(gauge, low, high):
            paper.hatch(x + at(start), top - thick, at(end) - at(start), thick, color=desk.color("muted"), step=2.4)
        paper.rect(x, top - thick, width, thick, stroke=ink, width=0.8)
        for tick in gauge.ticks:
            paper.rule(x + at(tick.at), top + 2, x + at(tick.at), top - thick - 3, color=ink, width=1.4)
        _tick_words(gauge, desk, paper, x, top - thick - 11.5, width, at)
        mark = x + at(gauge.value)
        paper.path(polygon((mark - 4, top + 5.5), (mark + 4, top + 5.5), (mark, top - 1.5)), fill=desk.color("red"))
        wide = width_of(desk.style("gauge"), gauge.label)
        right = mark + 8 + wide <= x + width
        paper.word(
            desk.style("gauge"),
            gauge.label,
            mark + 8 if right else mark - 8,
            top + 3.2,
            align="left" if right else "right",
        )
        note.draw(paper, x, top - thick - 13)

    return Drawn(height, paint)


def _tick_words(gauge: Gauge, desk: Desk, paper: Paper, x: float, y: float, width: float, at: object) -> None:
    style = desk.style("gauge_note")
    for tick in gauge.ticks:
        half = width_of(style, tick.label) / 2
        centre = min(max(at(tick.at), half), width - half)  # type: ignore[operator]  # the caller's closure
        paper.word(style, tick.label, x + centre, y, align="center")


def _forbidden(gauge: Gauge, low: float, high: float) -> Iterator[tuple[float, float]]:
    if gauge.minimum is not None:
        yield low, gauge.minimum
    if gauge.maximum is not None:
        yield gauge.maximum, high


# --- photos ---------------------------------------------------------------------------------------------------------


def photo(one: Photo, desk: Desk, width: float, tallest: float) -> Block:
    """Return the picture, uncropped, with exhibit number, caption and detail under it."""
    picture = desk.picture(one.sha256)
    w, h = fitted(picture, width, tallest) if picture else (width, min(tallest, width * 0.5))
    words = [(desk.style("caption_bold"), one.exhibit), (desk.style("caption"), f" {one.caption}")]
    under = [desk.set(words, "caption", width), on_one_line(one.detail, desk, width)]
    height = h + 2 + sum(block.height for block in under)

    def paint(paper: Paper, x: float, y: float) -> None:
        if picture:
            put_picture(paper, f"P{one.sha256[:24]}", picture, x, y, w, h)
        else:
            missing_picture(desk, paper, x, y, w, h)
        y -= h + 2
        for block in under:
            block.draw(paper, x, y)
            y -= block.height

    return Drawn(height, paint)


def on_one_line(detail: str, desk: Desk, width: float) -> Block:
    """Set time and hash a little smaller where that keeps them on one line."""
    style = desk.style("caption_small")
    ratio = width / max(width_of(style, detail), 1.0)
    if _SMALLEST <= ratio < 1.0:
        style = style.but(size=style.size * ratio * 0.995)
    return desk.set(detail, style, width)


def missing_picture(desk: Desk, paper: Paper, x: float, y: float, w: float, h: float) -> None:
    """Draw a crossed frame that says why there is no picture."""
    paper.rect(x, y - h, w, h, fill=WHITE, stroke=desk.color("rule"), width=0.8, dash=(3, 2))
    lines = [desk.t("photo.broken"), desk.t("photo.broken-2")]
    for index, line in enumerate(lines):
        paper.word(desk.style("note"), line, x + w / 2, y - h / 2 + 4 - index * 14, align="center")


def _photo_rows(photos: Sequence[Photo], desk: Desk, width: float) -> list[Block]:
    """Rows of three for the photos that have no room beside the text."""
    column = (width - 2 * 8) / 3
    rows: list[Block] = []
    for start in range(0, len(photos), 3):
        blocks = [photo(one, desk, column, column * 0.78) for one in photos[start : start + 3]]
        cells = tuple(Cell(i * (column + 8), block) for i, block in enumerate(blocks))
        rows.append(Row(cells, width, RowLook(pad_top=4, pad_bottom=0)))
    return rows


# --- the block ------------------------------------------------------------------------------------------------------


def _block(finding: FindingPart, desk: Desk) -> Block:
    """Return the lowest of the possible arrangements."""
    return min(
        (_arranged(finding, desk, beside) for beside in _choices(len(finding.photos))), key=lambda block: block.height
    )


def _choices(photos: int) -> tuple[int, ...]:
    """Return how many photos may stand beside the text; a single one keeps its full width."""
    return (1, 2, 0) if photos > 1 else (photos,)


def _arranged(finding: FindingPart, desk: Desk, count: int) -> Block:
    """Return the block with `count` photos beside the text and the others in rows under it."""
    inner = desk.width - 2 * _PAD
    title = _title(finding, desk, inner)
    beside, below = finding.photos[:count], finding.photos[count:]
    wide = _PHOTO if count < 2 else _PHOTO * 0.78
    shift = wide + 10 if beside else 0.0
    column = Stack(tuple(_rows(finding, desk, inner - shift)))
    side = Stack(tuple(photo(one, desk, wide, wide * 0.78) for one in beside))
    under = Stack(tuple(_photo_rows(below, desk, inner)))
    middle = max(column.height, side.height)
    height = _PAD / 2 + title.height + 3 + middle + under.height + _PAD

    def paint(paper: Paper, x: float, y: float) -> None:
        _frame(finding, desk, paper, x, y, height)
        y -= _PAD / 2
        title.draw(paper, x + _PAD, y)
        y -= title.height + 3
        side.draw(paper, x + _PAD, y)
        column.draw(paper, x + _PAD + shift, y)
        under.draw(paper, x + _PAD, y - middle)

    return Drawn(height, paint)


def _frame(finding: FindingPart, desk: Desk, paper: Paper, x: float, y: float, height: float) -> None:
    paper.rect(x, y - height, desk.width, height, stroke=desk.color("rule"), width=0.6)
    edge = _EDGES[finding.severity]
    paper.rect(x - edge / 2, y - height, edge, height, fill=_severity_color(finding.severity, desk))


def _long(finding: FindingPart, desk: Desk) -> Iterator[Block]:
    """The same content as blocks that may go over pages."""
    inner = desk.width - 2 * _PAD
    edge = RowLook(
        pad_top=1, pad_bottom=1, edge=_severity_color(finding.severity, desk), edge_width=_EDGES[finding.severity]
    )
    again = Row(
        (Cell(_PAD, desk.set(desk.t("finding.continued", number=finding.number), "section", inner)),), desk.width, edge
    )
    yield Row((Cell(_PAD, _title(finding, desk, inner)),), desk.width, edge, keep_next=True)
    for block in (*_rows(finding, desk, inner), *_photo_rows(finding.photos, desk, inner)):
        yield Row((Cell(_PAD, block),), desk.width, edge, heads=(again,))
