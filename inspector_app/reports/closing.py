# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""What closes a report: notes, certification with signatures or refusal, proof of integrity, the remaining photos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inspector_app.reports.blocks import Block, Cell, Drawn, Gap, Row, RowLook, Stack, Text
from inspector_app.reports.desk import Desk, fitted, put_picture
from inspector_app.reports.findings import missing_picture, on_one_line
from inspector_app.reports.paper import Paper
from inspector_app.reports.parts import Fact, Photo, RefusalPart, ReportContent, Signature
from inspector_app.reports.shapes import Tag, checkbox
from inspector_app.reports.theme import MM

_GUTTER = 4 * MM


def facts(rows: Sequence[Fact], desk: Desk, *, code: bool = False) -> Iterator[Block]:
    """Labelled rows over the whole measure; those of codes stand together."""
    label = 104.0
    for number, fact in enumerate(rows, 1):
        style = "caption" if code else "body"
        cells = (
            Cell(0, desk.set(fact.label, desk.style("label").but(leading=desk.style(style).leading), label - 6)),
            Cell(label, desk.set(fact.value, desk.style(style).but(code=code), desk.width - label)),
        )
        yield Row(cells, desk.width, RowLook(rule=desk.color("edge")), keep_next=code and number < len(rows))


# --- signatures -----------------------------------------------------------------------------------------------------


def signing(content: ReportContent, desk: Desk) -> Iterator[Block]:
    yield desk.set(desk.t("signing.text"), "body", desk.width, keep_next=True)
    yield Gap(4)
    boxes = content.signatures
    for start in range(0, len(boxes), 2):
        yield _signature_row(boxes[start : start + 2], desk)
        yield Gap(6)
    refusals = content.refusals
    if refusals:
        for refusal in refusals:
            yield _refusal(refusal, desk)
            yield Gap(4, keep_next=False)
    elif any(s.role == desk.t("sign.guide") and not s.sha256 for s in boxes):
        yield _empty_refusal(desk)


def _signature_row(boxes: Sequence[Signature], desk: Desk) -> Block:
    width = (desk.width - _GUTTER) / 2
    height = 84.0

    def paint(paper: Paper, x: float, y: float) -> None:
        for index, box in enumerate(boxes):
            _signature(box, desk, paper, x + index * (width + _GUTTER), y, width, height)

    return Drawn(height, paint, keep_next=True)


def _signature(box: Signature, desk: Desk, paper: Paper, x: float, y: float, width: float, height: float) -> None:
    paper.rect(x, y - height, width, height, stroke=desk.color("rule"), width=0.6)
    desk.set(box.role, "sign_head", width - 16).draw(paper, x + 8, y - 4)
    line = y - 50
    start = x + 52
    paper.word(desk.style("body"), desk.t("sign.line"), start - 6, line, align="right")
    picture = desk.picture(box.sha256, signature=True) if box.sha256 else None
    if picture:
        w, h = fitted(picture, width - 34 - 52 - 12, 30)
        put_picture(paper, f"S{box.sha256[:24]}", picture, start + (width - 86 - w) / 2, line - 4 + h, w, h)
    elif box.sha256:
        paper.word(desk.style("note"), desk.t("photo.broken"), start + (width - 86) / 2, line + 3, align="center")
    paper.rule(start, line - 1, x + width - 34, line - 1, color=desk.color("ink"), width=0.6, dash=(0.8, 1.8))
    if box.void:
        _void(desk, paper, x, y, width)
    middle = x + width / 2
    paper.word(
        desk.style("body"), f"({box.name})" if box.name else "(……………………………………)", middle, line - 15, align="center"
    )
    paper.word(desk.style("note"), box.detail, middle, line - 28, align="center")


def _void(desk: Desk, paper: Paper, x: float, y: float, width: float) -> None:
    """Cross the signature out and say why: by lines and words, not by colour alone."""
    ink = desk.color("red")
    for start, end in ((y - 24, y - 54), (y - 54, y - 24)):
        paper.rule(x + 52, start, x + width - 34, end, color=ink, width=1.4)
    tag = Tag(desk.t("sign.void"), "heavy", desk.style("tag").but(size=7.6), ink)
    tag.draw(paper, x + width - tag.width - 6, y - 6)


def _refusal(refusal: RefusalPart, desk: Desk) -> Block:
    inner = desk.width - 34
    words: list[Block] = [
        desk.set(refusal.text, "body_bold", inner),
        desk.set(desk.t("refusal.read"), "body", inner),
    ]
    if refusal.witness:
        words.append(desk.set(refusal.witness, "body", inner))
    if refusal.void:
        words.append(desk.set(refusal.void, "body_bold", inner))
    stack = Stack(tuple(words))
    height = stack.height + 12

    def paint(paper: Paper, x: float, y: float) -> None:
        paper.rect(x, y - height, desk.width, height, stroke=desk.color("ink"), width=0.9)
        checkbox(paper, x + 8, y - 19, 9, desk.color("ink"), ticked=True)
        stack.draw(paper, x + 26, y - 6)

    return Drawn(height, paint)


def _empty_refusal(desk: Desk) -> Block:
    """A box for ink where the guide has not signed on the screen."""
    height = 72.0

    def paint(paper: Paper, x: float, y: float) -> None:
        paper.rect(x, y - height, desk.width, height, stroke=desk.color("rule"), width=0.6)
        checkbox(paper, x + 8, y - 18, 9, desk.color("ink"))
        wide = paper.word(desk.style("body"), desk.t("refusal.empty"), x + 24, y - 17)
        dotted = {"color": desk.color("ink"), "width": 0.6, "dash": (0.8, 1.8)}
        paper.rule(x + 30 + wide, y - 18, x + desk.width - 10, y - 18, **dotted)  # type: ignore[arg-type]
        paper.word(desk.style("body"), desk.t("refusal.read"), x + 24, y - 34)
        for left in (24.0, desk.width / 2 + 10):
            wide = paper.word(desk.style("body"), desk.t("sign.witness"), x + left, y - 58)
            paper.rule(x + left + wide + 4, y - 59, x + left + 190, y - 59, **dotted)  # type: ignore[arg-type]

    return Drawn(height, paint)


# --- photos ---------------------------------------------------------------------------------------------------------

_ROWS = 3


def photos(content: ReportContent, desk: Desk) -> Iterator[Block]:
    """Two by three on a page, uncropped, with caption, item, time, place and short hash."""
    page = desk.theme.page
    tall = (page.height - page.top - page.bottom - 34) / _ROWS - 2
    for start in range(0, len(content.photos), 2):
        yield _photo_row(content.photos[start : start + 2], desk, tall)


def _photo_row(pair: Sequence[Photo], desk: Desk, tall: float) -> Block:
    width = (desk.width - _GUTTER) / 2

    def paint(paper: Paper, x: float, y: float) -> None:
        for index, one in enumerate(pair):
            _photo(one, desk, paper, x + index * (width + _GUTTER), y, width, tall)

    return Drawn(tall + 2, paint)


def _photo(one: Photo, desk: Desk, paper: Paper, x: float, y: float, width: float, tall: float) -> None:
    pad = 6.0
    inner = width - 2 * pad
    words = [(desk.style("caption_bold"), one.exhibit), (desk.style("caption"), f" {one.caption}")]
    caption = desk.set(words, "caption", inner)
    caption = caption if len(caption.lines) <= 3 else _shortened(caption)
    detail = on_one_line(one.detail, desk, inner)
    room = tall - 2 * pad - caption.height - detail.height - 2
    paper.rect(x, y - tall, width, tall, stroke=desk.color("rule"), width=0.6)
    picture = desk.picture(one.sha256)
    if picture:
        w, h = fitted(picture, inner, room)
        put_picture(paper, f"P{one.sha256[:24]}", picture, x + pad + (inner - w) / 2, y - pad, w, h)
    else:
        h = room * 0.7
        missing_picture(desk, paper, x + pad, y - pad, inner, h)
    caption.draw(paper, x + pad, y - pad - h - 2)
    detail.draw(paper, x + pad, y - pad - h - 2 - caption.height)


def _shortened(caption: Text) -> Text:
    """Keep three lines; the whole caption stands in the record."""
    return replace(caption, lines=caption.lines[:3])
