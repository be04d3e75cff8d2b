# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""The first page: who, what result, how bad, what to do and by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector_app.reports.blocks import Block, Cell, Drawn, Gap, Row, RowLook, Text, baseline
from inspector_app.reports.desk import Desk
from inspector_app.reports.paper import Paper
from inspector_app.reports.parts import Bar, Count, Fact, ReportContent
from inspector_app.reports.shapes import VERDICTS, WHITE, pattern, verdict_color, verdict_mark
from inspector_app.reports.thai import width_of
from inspector_app.reports.theme import MM

_FACT_LABEL = 70.0
EMBLEM = 15 * MM
"""Side of the empty box for the emblem: 1.5 cm as on an inside memo (rules of correspondence cl. 71)."""


def first_page(content: ReportContent, desk: Desk) -> Iterator[Block]:
    yield _head(content, desk)
    yield Gap(8)
    yield from _facts(content, desk)
    yield Gap(9)
    yield _result(content, desk)
    yield Gap(9)
    yield _pictures(content, desk)
    yield Gap(7)


# --- head -----------------------------------------------------------------------------------------------------------


def _head(content: ReportContent, desk: Desk) -> Block:
    left = EMBLEM + 5 * MM
    box = 47 * MM if content.draft_lines else 0.0
    width = desk.width - left - (box + 4 * MM if box else 0)
    lines = [
        desk.set(content.office, "office", width),
        desk.set(content.title, "title", width),
        desk.set(content.subtitle, "subtitle", width),
    ]
    height = max(sum(line.height for line in lines), EMBLEM) + 7

    def paint(paper: Paper, x: float, y: float) -> None:
        paper.rect(x, y - EMBLEM, EMBLEM, EMBLEM, stroke=desk.color("rule"), width=0.6)
        at = y + 3
        for line in lines:
            line.draw(paper, x + left, at)
            at -= line.height
        if box:
            _draft_box(content, desk, paper, x + desk.width - box, y, box)
        paper.rule(x, y - height, x + desk.width, y - height, color=desk.color("navy"), width=1.2)

    return Drawn(height, paint)


def _draft_box(content: ReportContent, desk: Desk, paper: Paper, x: float, y: float, width: float) -> None:
    head = desk.set(desk.t("draft.head"), "draft", width, align="center")
    lines = [desk.set(line, "draft_small", width - 6, align="center") for line in content.draft_lines]
    height = head.height + sum(line.height for line in lines) + 3
    paper.rect(x, y - height, width, height, fill=WHITE, stroke=desk.color("ink"), width=1.6)
    head.draw(paper, x, y - 1)
    at = y - 1 - head.height + 2
    for line in lines:
        line.draw(paper, x + 3, at)
        at -= line.height


def _fact_rows(facts: Sequence[Fact], desk: Desk, width: float) -> list[tuple[Text, Text, float]]:
    label_width = _FACT_LABEL - 4
    rows = []
    for fact in facts:
        label = desk.set(fact.label, "label", label_width)
        value = desk.set(fact.value, "fact_bold" if fact.bold else "fact", width - _FACT_LABEL)
        rows.append((label, value, max(label.height, value.height) + 3))
    return rows


def _facts(content: ReportContent, desk: Desk) -> Iterator[Block]:
    """Two columns of facts; long ones split over pages as one row each side."""
    gutter = 6 * MM
    width = (desk.width - gutter) / 2
    columns = [_fact_rows(facts, desk, width) for facts in (content.site, content.visit)]
    height = max(sum(h for _, _, h in rows) for rows in columns)

    def paint(paper: Paper, x: float, y: float) -> None:
        for number, rows in enumerate(columns):
            left, top = x + number * (width + gutter), y
            for index, (label, value, row) in enumerate(rows):
                if index:
                    paper.rule(left, top, left + width, top, color=desk.color("edge"), width=0.4)
                label.draw(paper, left, top - 1.5)
                value.draw(paper, left + _FACT_LABEL, top - 1.5)
                top -= row

    yield Drawn(height, paint)


# --- result band ----------------------------------------------------------------------------------------------------


def _result(content: ReportContent, desk: Desk) -> Block:
    shown = [c for c in content.counts if c.verdict != "lab" or c.number]
    tile, gap = (44.0 if len(shown) > 5 else 50.0), 4.0
    tiles = len(shown) * (tile + gap) + gap
    left = 12.0
    width = desk.width - tiles - left - 6
    tone = {"order": "red", "correct": "red", "improve": "amber", "pass": "green"}.get(content.overall, "ink")
    lines = [
        desk.set(desk.t("result"), "label", width),
        desk.set(content.overall_label, desk.style("verdict").but(color=desk.color(tone), size=15, leading=23), width),
        desk.set(content.overall_line, "note", width),
    ]
    inner = sum(line.height for line in lines)
    height = max(inner + 10, 62.0)

    def paint(paper: Paper, x: float, y: float) -> None:
        paper.rect(x, y - height, desk.width, height, fill=desk.color("band"))
        paper.rect(x, y - height, 5, height, fill=desk.color(tone))
        at = y - (height - inner) / 2
        for line in lines:
            line.draw(paper, x + left, at)
            at -= line.height
        at_x = x + desk.width - tiles + gap
        for count in shown:
            _tile(count, desk, paper, at_x, y - 5, tile, height - 10)
            at_x += tile + gap

    return Drawn(height, paint)


def _tile(count: Count, desk: Desk, paper: Paper, x: float, y: float, w: float, h: float) -> None:
    color = verdict_color(count.verdict, desk.theme.colors)
    heavy = count.verdict == "fail" and count.number
    paper.rect(x, y - h, w, h, fill=WHITE, stroke=color, width=1.8 if heavy else 0.8, radius=3)
    number = desk.style("big").but(color=color, size=16 if count.number > 99 else 18)
    wide = width_of(number, str(count.number)) + 14
    start = x + (w - wide) / 2
    verdict_mark(paper, count.verdict, start, y - 22.5, 10, color)
    paper.word(number, str(count.number), start + 14, y - 24)
    label = count.label if count.verdict != "lab" else desk.t("verdict.short-lab")
    size = 8.4
    while size > 6.4 and width_of(desk.style("count").but(size=size), label) > w - 4:
        size -= 0.2
    paper.word(desk.style("count").but(color=color, size=size), label, x + w / 2, y - h + 8, align="center")


# --- severity and bars ----------------------------------------------------------------------------------------------

_LEFT = 52 * MM


def _pictures(content: ReportContent, desk: Desk) -> Block:
    """Severity and evidence on the left, bars by section on the right."""
    right = _LEFT + 9 * MM
    bars = _bars(content, desk, desk.width - right)
    side = _side(content, desk)
    height = max(bars.height, side.height)

    def paint(paper: Paper, x: float, y: float) -> None:
        side.draw(paper, x, y)
        bars.draw(paper, x + right, y)
        paper.rule(x + _LEFT + 4.5 * MM, y, x + _LEFT + 4.5 * MM, y - height, color=desk.color("rule"), width=0.6)

    return Drawn(height, paint)


def _side(content: ReportContent, desk: Desk) -> Block:
    step, head = 17.0, desk.style("h2").leading
    height = head * 2 + 8 + step * (len(content.severities) + len(content.evidence))

    def paint(paper: Paper, x: float, y: float) -> None:
        desk.set(desk.t("severities"), "h2", _LEFT).draw(paper, x, y)
        y -= head
        for entry in content.severities:
            base = y - baseline(desk.style("body"))
            paper.word(desk.style("body"), entry.label, x, base)
            _boxes(entry.severity, entry.number, desk, paper, x + 42, base - 1)
            paper.word(desk.style("fact_bold").but(size=11), str(entry.number), x + _LEFT, base, align="right")
            y -= step
        y -= 8
        desk.set(desk.t("evidence"), "h2", _LEFT).draw(paper, x, y)
        y -= head
        for fact in content.evidence:
            base = y - baseline(desk.style("body"))
            paper.word(desk.style("bar_label"), fact.label, x, base)
            paper.word(desk.style("fact_bold"), fact.value, x + _LEFT, base, align="right")
            y -= step
            paper.rule(x, y + 1.5, x + _LEFT, y + 1.5, color=desk.color("edge"), width=0.4)

    return Drawn(height, paint)


def _boxes(severity: str, number: int, desk: Desk, paper: Paper, x: float, y: float) -> None:
    """One small box a finding, as many as there is room for."""
    for index in range(min(number, 7)):
        left = x + index * 11.5
        fill = desk.color("red") if severity == "critical" else WHITE
        paper.rect(left, y, 9, 9, fill=fill, stroke=desk.color("ink"), width=0.7)
        if severity == "major":
            paper.hatch(left, y, 9, 9, color=desk.color("ink"), step=2.4, width=0.6)


def _bars(content: ReportContent, desk: Desk, width: float) -> Block:
    head, legend = desk.style("h2").leading, 16.0
    bars = [b for b in content.bars if b.total]
    step = 17.0 if len(bars) <= 9 else 14.4
    label = 0.47 * width
    unit = (width - label - 16) / max((b.total for b in bars), default=1)
    shown = {c.verdict for b in bars for c in b.counts if c.number}
    facts = any(b.total > sum(c.number for c in b.counts) for b in bars)
    keys = [v for v in VERDICTS if v in shown] + (["fact"] if facts else [])
    rows = 1 if len(keys) <= 5 else 2
    height = head + step * len(bars) + 6 + legend * rows

    def paint(paper: Paper, x: float, y: float) -> None:
        desk.set(desk.t("bars"), "h2", width).draw(paper, x, y)
        y -= head
        for bar in bars:
            _bar(bar, desk, paper, x, y, label, unit, step)
            y -= step
        _legend(keys, desk, paper, x, y - 6)

    return Drawn(height, paint)


def _bar(bar: Bar, desk: Desk, paper: Paper, x: float, y: float, label: float, unit: float, step: float) -> None:
    base = y - step / 2 - 3.2
    paper.word(desk.style("bar_label").but(style="Bold"), bar.letter, x, base)
    title = desk.style("bar_label")
    size = title.size
    while size > 6.8 and width_of(title.but(size=size), bar.title) > label - 20:
        size -= 0.2
    paper.word(title.but(size=size), bar.title, x + 14, base)
    left, low, high = x + label, y - step / 2 - 5, 10.0
    for count in bar.counts:
        if count.number:
            wide = count.number * unit
            pattern(paper, count.verdict, left, low, wide, high, desk.theme.colors)
            _bar_number(count, desk, paper, left + wide / 2, low)
            left += wide
    rest = bar.total - sum(c.number for c in bar.counts)
    if rest > 0:
        paper.rect(left, low, rest * unit, high, fill=WHITE, stroke=desk.color("ink"), width=0.6)
        paper.word(desk.style("bar"), str(rest), left + rest * unit / 2, low + 2.2, align="center")
        left += rest * unit
    paper.word(desk.style("bar_label").but(color=desk.color("muted")), str(bar.total), left + 4, base)


def _bar_number(count: Count, desk: Desk, paper: Paper, x: float, low: float) -> None:
    style = desk.style("bar")
    if count.verdict in ("observe", "lab", "cannot"):
        wide = width_of(style, str(count.number)) + 3
        paper.rect(x - wide / 2, low + 1.4, wide, 7.2, fill=WHITE)
    color = WHITE if count.verdict == "fail" else desk.color("ink")
    paper.word(style.but(color=color), str(count.number), x, low + 2.2, align="center")


def _legend(keys: Sequence[str], desk: Desk, paper: Paper, x: float, y: float) -> None:
    columns = len(keys) if len(keys) <= 5 else 4
    style = desk.style("gauge_note")
    left, row = x, 0
    for index, key in enumerate(keys):
        if index and index % columns == 0:
            left, row = x, row + 1
        base = y - 11 - row * 15
        if key == "fact":
            paper.rect(left, base - 1, 9, 8, stroke=desk.color("ink"), width=0.6)
        else:
            pattern(paper, key, left, base - 1, 9, 8, desk.theme.colors)
        words = desk.t("verdict.facts" if key == "fact" else f"verdict.{key}")
        left += 12 + paper.word(style, words, left + 12, base) + 9


# --- what to do -----------------------------------------------------------------------------------------------------


def actions(content: ReportContent, desk: Desk) -> Iterator[Block]:
    """The table of what to do, ordered by due date; one line instead where there is nothing."""
    yield desk.set(desk.t("actions"), "h2", desk.width, keep_next=True)
    yield Gap(2)
    columns = (5.0, 34.0, 200.0, 392.0)
    widths = (27.0, 160.0, 186.0, desk.width - 392 - 4)
    head = table_head([desk.t(f"actions.{k}") for k in ("no", "finding", "todo", "due")], columns, widths, desk)
    yield head
    if not content.actions:
        cell = Cell(5, desk.set(desk.t("no-findings"), "cell", desk.width - 10))
        yield Row((cell,), desk.width, RowLook(rule=desk.color("navy"), rule_width=1))
        return
    for index, action in enumerate(content.actions):
        last = index == len(content.actions) - 1
        look = RowLook(
            rule=desk.color("navy" if last else "edge"),
            rule_width=1 if last else 0.4,
            edge=desk.color("red") if action.severity == "critical" else None,
        )
        values = (action.number, action.title, action.todo or "–", action.due)
        styles = ("cell_bold", "cell", "cell", "cell_bold")
        cells = tuple(
            Cell(x, desk.set(value, style, width))
            for x, value, style, width in zip(columns, values, styles, widths, strict=True)
        )
        yield Row(cells, desk.width, look, heads=(head,))
    if content.actions_note:
        yield Gap(2)
        yield desk.set(content.actions_note, "note", desk.width)


def table_head(words: Sequence[str], columns: Sequence[float], widths: Sequence[float], desk: Desk) -> Row:
    cells = tuple(Cell(x, desk.set(word, "head", width)) for x, word, width in zip(columns, words, widths, strict=True))
    return Row(cells, desk.width, RowLook(pad_top=2, pad_bottom=2, fill=desk.color("navy")), keep_next=True)
