"""Pieces of a page with a fixed height, and the pagination that places them.

A block knows its height, draws itself below a given top edge, and may be split at a height. Blocks that keep with what
follows move to the next page together; a block's `heads` are printed again where it starts a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from inspector_app.reports.paper import Paper
from inspector_app.reports.thai import Line, Span, Style, set_lines
from inspector_app.reports.theme import Color


class Block(Protocol):
    """What a page is made of."""

    @property
    def height(self) -> float: ...

    @property
    def keep_next(self) -> bool: ...

    @property
    def heads(self) -> tuple[Block, ...]: ...

    def draw(self, paper: Paper, x: float, y: float) -> None: ...

    def split(self, room: float) -> tuple[Block, Block] | None: ...


def baseline(style: Style) -> float:
    """Return how far under a line's top edge its baseline stands: marks reach as far above as tails below."""
    return style.leading / 2 + style.size * 0.36


@dataclass(frozen=True, slots=True)
class Text:
    """Set lines of one leading."""

    lines: tuple[Line, ...]
    width: float
    style: Style
    keep_next: bool = False
    heads: tuple[Block, ...] = ()

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    def draw(self, paper: Paper, x: float, y: float) -> None:
        y -= baseline(self.style)
        for line in self.lines:
            paper.line(line, x + self._shift(line), y)
            y -= self.style.leading

    def _shift(self, line: Line) -> float:
        return {"left": 0.0, "right": self.width - line.width, "center": (self.width - line.width) / 2}[
            self.style.align
        ]

    def split(self, room: float) -> tuple[Block, Block] | None:
        fits = int(room / self.style.leading + 0.001)
        fits = min(fits, len(self.lines) - 2) if fits < len(self.lines) else fits  # no last line alone
        if fits < 2 or fits >= len(self.lines):
            return None
        return replace(self, lines=self.lines[:fits]), replace(self, lines=self.lines[fits:])


def text(
    content: str | Sequence[Span], style: Style, width: float, *, thai_digits: bool = False, keep_next: bool = False
) -> Text:
    """Set text in a column."""
    spans = [(style, content)] if isinstance(content, str) else content
    return Text(tuple(set_lines(spans, width, thai_digits=thai_digits)), width, style, keep_next)


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty height; nothing at the top of a page."""

    height: float
    keep_next: bool = True
    heads: tuple[Block, ...] = ()

    def draw(self, paper: Paper, x: float, y: float) -> None:
        """Draws nothing."""

    def split(self, room: float) -> tuple[Block, Block] | None:  # noqa: ARG002 - the protocol's parameter
        return None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block of fixed height that a function draws: `paint(paper, x, top)`."""

    height: float
    paint: Callable[[Paper, float, float], None]
    keep_next: bool = False
    heads: tuple[Block, ...] = ()

    def draw(self, paper: Paper, x: float, y: float) -> None:
        self.paint(paper, x, y)

    def split(self, room: float) -> tuple[Block, Block] | None:  # noqa: ARG002 - the protocol's parameter
        return None


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks one under the other, kept together unless they are taller than a page."""

    blocks: tuple[Block, ...]
    keep_next: bool = False
    heads: tuple[Block, ...] = ()

    @property
    def height(self) -> float:
        return sum(block.height for block in self.blocks)

    def draw(self, paper: Paper, x: float, y: float) -> None:
        for block in self.blocks:
            block.draw(paper, x, y)
            y -= block.height

    def split(self, room: float) -> tuple[Block, Block] | None:
        done: list[Block] = []
        for index, block in enumerate(self.blocks):
            if block.height > room + 0.01:
                halves = block.split(room)
                if halves:
                    return (
                        replace(self, blocks=(*done, halves[0])),
                        replace(self, blocks=(halves[1], *self.blocks[index + 1 :])),
                    )
                if not done:
                    return None
                return replace(self, blocks=tuple(done)), replace(self, blocks=self.blocks[index:])
            room -= block.height
            done.append(block)
        return None


@dataclass(frozen=True, slots=True)
class Cell:
    """A block in a row, `x` from the row's left edge."""

    x: float
    block: Block


@dataclass(frozen=True, slots=True)
class RowLook:
    """Ground, rules and edge of a row."""

    pad_top: float = 1.6
    pad_bottom: float = 1.6
    fill: Color | None = None
    rule: Color | None = None
    rule_width: float = 0.4
    edge: Color | None = None
    edge_width: float = 3.2


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side over the whole measure."""

    cells: tuple[Cell, ...]
    width: float
    look: RowLook = field(default_factory=RowLook)
    keep_next: bool = False
    heads: tuple[Block, ...] = ()

    @property
    def height(self) -> float:
        inner = max((cell.block.height for cell in self.cells), default=0.0)
        return inner + self.look.pad_top + self.look.pad_bottom

    def draw(self, paper: Paper, x: float, y: float) -> None:
        look, height = self.look, self.height
        if look.fill is not None:
            paper.rect(x, y - height, self.width, height, fill=look.fill)
        if look.edge is not None:
            paper.rect(x - look.edge_width, y - height, look.edge_width, height, fill=look.edge)
        if look.rule is not None:
            paper.rule(x, y - height, x + self.width, y - height, color=look.rule, width=look.rule_width)
        for cell in self.cells:
            cell.block.draw(paper, x + cell.x, y - look.pad_top)

    def split(self, room: float) -> tuple[Block, Block] | None:
        room -= self.look.pad_top + self.look.pad_bottom
        first: list[Cell] = []
        rest: list[Cell] = []
        for cell in self.cells:
            if cell.block.height <= room + 0.01:
                first.append(cell)
                continue
            halves = cell.block.split(room)
            if halves is None:
                return None
            first.append(Cell(cell.x, halves[0]))
            rest.append(Cell(cell.x, halves[1]))
        if not rest:
            return None
        return replace(self, cells=tuple(first)), replace(self, cells=tuple(rest))


# --- pagination -----------------------------------------------------------------------------------------------------

Placed = tuple[Block, float]


class _Pager:
    """Places blocks from top to bottom; `y` counts down from the upper edge of the sheet."""

    def __init__(self, first_top: float, top: float, bottom: float) -> None:
        self.top, self.bottom = top, bottom
        self.pages: list[list[Placed]] = [[]]
        self.y = first_top
        self.fresh = True  # nothing on this page but repeated heads

    def new_page(self, heads: Sequence[Block] = ()) -> None:
        self.pages.append([])
        self.y, self.fresh = self.top, True
        for head in heads:
            self._put(head)
        self.fresh = True

    def _put(self, block: Block) -> None:
        self.pages[-1].append((block, self.y))
        self.y += block.height
        self.fresh = False

    @property
    def room(self) -> float:
        return self.bottom - self.y

    def place(self, unit: Sequence[Block]) -> None:
        """Place blocks that belong together, on the next page if this one has no room for them all."""
        if self.fresh:
            unit = _without_gaps(unit)
        height = sum(block.height for block in unit)
        if height > self.room + 0.01 and not self.fresh:
            whole = self.bottom - self.top
            heads = unit[0].heads if unit else ()
            if height <= whole - sum(h.height for h in heads) or len(unit) > 1 or self.room < whole / 3:
                self.new_page(_heads_of(unit))
                unit = _without_gaps(unit)
        for block in unit:
            self._force(block)

    def _force(self, block: Block) -> None:
        """Place one block, in parts where it is taller than what is left."""
        while block.height > self.room + 0.01:
            halves = block.split(self.room)
            if halves is None:
                if self.fresh:
                    break  # taller than a page and not to be split: it runs over rather than loop for ever
                self.new_page(block.heads)
                continue
            self._put(halves[0])
            self.new_page(block.heads)
            block = halves[1]
        self._put(block)


def _heads_of(unit: Sequence[Block]) -> tuple[Block, ...]:
    real = _without_gaps(unit)
    return real[0].heads if real else ()


def _without_gaps(unit: Sequence[Block]) -> Sequence[Block]:
    start = 0
    while start < len(unit) and isinstance(unit[start], Gap):
        start += 1
    return unit[start:]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts a new page."""

    height: float = 0.0
    keep_next: bool = False
    heads: tuple[Block, ...] = ()

    def draw(self, paper: Paper, x: float, y: float) -> None:
        """Draws nothing."""

    def split(self, room: float) -> tuple[Block, Block] | None:  # noqa: ARG002 - the protocol's parameter
        return None


def paginate(blocks: Sequence[Block], *, first_top: float, top: float, bottom: float) -> list[list[Placed]]:
    """Return the pages: blocks with the distance of their top edge from the upper edge of the sheet."""
    pager = _Pager(first_top, top, bottom)
    unit: list[Block] = []
    for block in blocks:
        if isinstance(block, PageBreak):
            if unit:
                pager.place(unit)
                unit = []
            if not pager.fresh:
                pager.new_page()
            continue
        unit.append(block)
        if not block.keep_next:
            pager.place(unit)
            unit = []
    if unit:
        pager.place(unit)
    return pager.pages
