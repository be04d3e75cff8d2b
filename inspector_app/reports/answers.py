"""The answers item by item: a table by section with verdict signs, values against limits, reasons and references."""

from __future__ import annotations

from collections.abc import Iterator

from inspector_app.reports.blocks import Block, Cell, Drawn, Row, RowLook, Stack, baseline
from inspector_app.reports.desk import Desk
from inspector_app.reports.first_page import table_head
from inspector_app.reports.paper import Paper
from inspector_app.reports.parts import Answer, AnswerSection, Remark, ReportContent, Sample
from inspector_app.reports.shapes import verdict_color, verdict_mark
from inspector_app.reports.thai import Span

_COLUMNS = (4.0, 48.0, 232.0, 316.0)
_GAP = 8.0


def answers(content: ReportContent, desk: Desk) -> Iterator[Block]:
    """Return the table; section rows stay with their first item, heads repeat on every page."""
    ends = (*_COLUMNS[1:], desk.width)
    widths = tuple(end - start - _GAP for start, end in zip(_COLUMNS, ends, strict=True))
    words = [desk.t(f"answers.{key}") for key in ("item", "title", "result", "remarks")]
    head = table_head(words, _COLUMNS, widths, desk)
    yield head
    for section in content.sections:
        title = _section_row(section, desk, continued=False)
        again = _section_row(section, desk, continued=True)
        yield title
        for index, answer in enumerate(section.answers):
            last = index == len(section.answers) - 1
            heads = (head,) if index == 0 else (head, again)
            yield _answer_row(answer, widths, desk, heads, last=last)


def _section_row(section: AnswerSection, desk: Desk, *, continued: bool) -> Row:
    words = f"{section.letter}. {section.title}" if section.title else section.letter
    note = "" if continued else section.summary
    title = desk.set(desk.t("answers.continued", title=words) if continued else words, "section", desk.width * 0.56)
    summary = desk.set(note, "section_note", desk.width * 0.42, align="right")
    cells = (Cell(5, title), Cell(desk.width * 0.58 - 5, summary))
    look = RowLook(pad_top=1, pad_bottom=1.5, fill=desk.color("band"), rule=desk.color("edge"))
    return Row(cells, desk.width, look, keep_next=True)


def verdict_cell(verdict: str, label: str, desk: Desk, width: float) -> Block:
    """Return the sign and its word."""
    color = verdict_color(verdict, desk.theme.colors)
    strong = verdict in ("fail", "observe", "lab", "cannot")
    style = desk.style("cell_bold" if strong else "cell").but(color=color)
    indent = 12.0 if verdict else 0.0
    words = desk.set(label, style if verdict else "cell_muted", width - indent)

    def paint(paper: Paper, x: float, y: float) -> None:
        verdict_mark(paper, verdict, x, y - baseline(style) - 0.9, 8.2, color)
        words.draw(paper, x + indent, y)

    return Drawn(words.height, paint)


def _answer_row(answer: Answer, widths: tuple[float, ...], desk: Desk, heads: tuple[Block, ...], *, last: bool) -> Row:
    failed = answer.verdict == "fail"
    number, title, verdict, remarks = widths
    cells = (
        Cell(_COLUMNS[0], desk.set(answer.number, "code_bold" if failed else "code", number + 6)),
        Cell(_COLUMNS[1], desk.set(answer.title, "cell", title)),
        Cell(_COLUMNS[2], verdict_cell(answer.verdict, answer.verdict_label, desk, verdict)),
        Cell(_COLUMNS[3], _remarks(answer.remarks, desk, remarks)),
    )
    look = RowLook(
        rule=desk.color("navy" if last else "edge"),
        rule_width=0.7 if last else 0.4,
        edge=desk.color("red") if failed else None,
    )
    return Row(cells, desk.width, look, heads=heads)


def _remarks(remarks: tuple[Remark, ...], desk: Desk, width: float) -> Block:
    """Put value first, then what explains it; photos and the finding's number share the last line."""
    tail = [r.text for r in remarks if r.kind in ("photo", "finding")]
    blocks: list[Block] = [
        desk.set(_spans(r, desk), "cell", width) for r in remarks if r.kind not in ("photo", "finding")
    ]
    if tail:
        strong = any(r.kind == "finding" for r in remarks)
        blocks.append(desk.set(" · ".join(tail), "cell_bold" if strong else "cell_muted", width))
    return Stack(tuple(blocks))


def _spans(remark: Remark, desk: Desk) -> list[Span]:
    spans: list[Span] = [(desk.style("cell"), remark.text)]
    if remark.certainty:
        spans.append((desk.style("cell_bold"), f" [{remark.certainty}]"))
    return spans


def samples(content: ReportContent, desk: Desk) -> Iterator[Block]:
    columns = (5.0, 70.0, 170.0, 310.0, 390.0)
    ends = (*columns[1:], desk.width)
    widths = tuple(end - start - 6 for start, end in zip(columns, ends, strict=True))
    words = [desk.t(f"samples.{key}") for key in ("no", "point", "parameter", "method", "status")]
    head = table_head(words, columns, widths, desk)
    yield head
    for index, sample in enumerate(content.samples):
        last = index == len(content.samples) - 1
        yield _sample_row(sample, columns, widths, desk, head, last=last)
    yield desk.set(desk.t("samples.note"), "note", desk.width)


def _sample_row(
    sample: Sample, columns: tuple[float, ...], widths: tuple[float, ...], desk: Desk, head: Row, *, last: bool
) -> Row:
    pending = sample.status == desk.t("verdict.lab")
    values = [
        desk.set(sample.sample, "code_bold", widths[0]),
        desk.set(sample.point or "–", "cell", widths[1]),
        desk.set(sample.parameter, "cell", widths[2]),
        desk.set(sample.method or "–", "cell", widths[3]),
        verdict_cell("lab", sample.status, desk, widths[4]) if pending else desk.set(sample.status, "cell", widths[4]),
    ]
    cells = tuple(Cell(x, block) for x, block in zip(columns, values, strict=True))
    look = RowLook(rule=desk.color("navy" if last else "edge"), rule_width=1 if last else 0.4)
    return Row(cells, desk.width, look, heads=(head,))
