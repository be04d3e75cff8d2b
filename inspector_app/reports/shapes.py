# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""Signs that carry meaning without colour: verdicts, severities, patterns of the bars, certainty of a reference.

Sarabun has no ticks and boxes; all signs are paths. Every verdict has a shape, a word and a pattern; colour repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector_app.reports.paper import Paper, circle, polygon
from inspector_app.reports.thai import Style, width_of
from inspector_app.reports.theme import Color

WHITE: Color = (1.0, 1.0, 1.0)
VERDICTS = ("pass", "fail", "observe", "cannot", "lab", "na")
"""In the order of the counts on paper."""


def verdict_color(verdict: str, colors: Mapping[str, Color]) -> Color:
    names = {"pass": "green", "fail": "red", "observe": "amber", "cannot": "ink", "lab": "navy", "na": "muted"}
    return colors[names.get(verdict, "muted")]


def verdict_mark(paper: Paper, verdict: str, x: float, y: float, size: float, color: Color) -> None:
    """Draw the sign in a square of `size` whose lower left corner is (x, y)."""
    draw = _MARKS.get(verdict)
    if draw:
        draw(paper, x, y, size, color)


def _line(x: float, y: float, s: float, *points: tuple[float, float]) -> str:
    """Return an open path; points in parts of the size `s`."""
    steps = [f"{x + px * s:.2f} {y + py * s:.2f}" for px, py in points]
    return f"{steps[0]} m " + " ".join(f"{step} l" for step in steps[1:])


def _tick(paper: Paper, x: float, y: float, s: float, color: Color) -> None:
    paper.disc(x + s / 2, y + s / 2, s * 0.46, stroke=color, width=s * 0.1)
    points = _line(x, y, s, (0.27, 0.5), (0.44, 0.33), (0.73, 0.66))
    paper.path(points, stroke=color, width=s * 0.12, cap=1)


def _cross(paper: Paper, x: float, y: float, s: float, color: Color) -> None:
    paper.rect(x, y, s, s, fill=color)
    a, b = 0.27 * s, 0.73 * s
    for y1, y2 in ((a, b), (b, a)):
        paper.rule(x + a, y + y1, x + b, y + y2, color=WHITE, width=s * 0.15, cap=1)


def _triangle(paper: Paper, x: float, y: float, s: float, color: Color) -> None:
    path = polygon((x + s * 0.03, y + s * 0.06), (x + s * 0.97, y + s * 0.06), (x + s / 2, y + s * 0.94))
    paper.path(path, stroke=color, width=s * 0.1)
    paper.rule(x + s / 2, y + s * 0.38, x + s / 2, y + s * 0.64, color=color, width=s * 0.1, cap=1)
    paper.disc(x + s / 2, y + s * 0.22, s * 0.06, fill=color)


def _question(paper: Paper, x: float, y: float, s: float, color: Color) -> None:
    paper.rect(x + s * 0.05, y + s * 0.05, s * 0.9, s * 0.9, stroke=color, width=s * 0.09, dash=(s * 0.16, s * 0.12))
    curve = ((0.36, 0.84), (0.66, 0.84), (0.66, 0.62), (0.66, 0.5), (0.5, 0.52), (0.5, 0.38))
    at = [f"{x + px * s:.2f} {y + py * s:.2f}" for px, py in curve]
    hook = f"{x + s * 0.36:.2f} {y + s * 0.62:.2f} m {' '.join(at[:3])} c {' '.join(at[3:])} c"
    paper.path(hook, stroke=color, width=s * 0.09, cap=1)
    paper.disc(x + s * 0.5, y + s * 0.25, s * 0.06, fill=color)


def _hourglass(paper: Paper, x: float, y: float, s: float, color: Color) -> None:
    left, right, low, high = x + s * 0.2, x + s * 0.8, y + s * 0.08, y + s * 0.92
    paper.path(polygon((left, high), (right, high), (left, low), (right, low)), stroke=color, width=s * 0.09)
    for level in (low, high):
        paper.rule(x + s * 0.12, level, x + s * 0.88, level, color=color, width=s * 0.11)
    paper.path(polygon((x + s * 0.34, low), (x + s * 0.66, low), (x + s * 0.5, y + s * 0.34)), fill=color)


def _bar(paper: Paper, x: float, y: float, s: float, color: Color) -> None:
    paper.disc(x + s / 2, y + s / 2, s * 0.46, stroke=color, width=s * 0.1)
    paper.rule(x + s * 0.3, y + s / 2, x + s * 0.7, y + s / 2, color=color, width=s * 0.12)


_MARKS = {"pass": _tick, "fail": _cross, "observe": _triangle, "cannot": _question, "lab": _hourglass, "na": _bar}


def pattern(
    paper: Paper,
    verdict: str,
    x: float,
    y: float,
    w: float,
    h: float,
    colors: Mapping[str, Color],
    *,
    edge: bool = True,
) -> None:
    """Fill a box of a bar so that it can be told on a photocopy."""
    ink = colors["ink"]
    fills = {"pass": colors["pale"], "fail": colors["red"], "na": colors["paler"]}
    paper.rect(x, y, w, h, fill=fills.get(verdict, WHITE))
    if verdict == "observe":
        paper.hatch(x, y, w, h, color=colors["hatch"], step=3.0, width=0.7)
    elif verdict == "lab":
        paper.hatch(x, y, w, h, color=ink, step=1.7, width=0.55)
    elif verdict == "cannot":
        paper.dots(x, y, w, h, color=ink)
    if edge:
        paper.rect(x, y, w, h, stroke=ink, width=0.6)


@dataclass(frozen=True, slots=True)
class Tag:
    """A word in a small box; `look` is solid, outline or dashed."""

    text: str
    look: str
    style: Style
    color: Color

    @property
    def width(self) -> float:
        return width_of(self.style, self.text) + 8

    @property
    def height(self) -> float:
        return self.style.size * 1.62

    def draw(self, paper: Paper, x: float, y: float) -> None:
        """Draw with the upper left corner at (x, y)."""
        w, h = self.width, self.height
        solid = self.look == "solid"
        line = {"solid": 0.8, "outline": 0.9, "dashed": 0.8, "heavy": 1.3}[self.look]
        dash = (2.2, 1.6) if self.look == "dashed" else ()
        paper.rect(
            x, y - h, w, h, fill=self.color if solid else WHITE, stroke=self.color, width=line, dash=dash, radius=2.2
        )
        style = self.style.but(color=WHITE if solid else self.color)
        paper.word(style, self.text, x + 4, y - h / 2 - self.style.size * 0.36)


def checkbox(paper: Paper, x: float, y: float, size: float, color: Color, *, ticked: bool = False) -> None:
    paper.rect(x, y, size, size, stroke=color, width=0.9)
    if ticked:
        path = _line(x, y, size, (0.2, 0.5), (0.42, 0.25), (0.82, 0.8))
        paper.path(path, stroke=color, width=size * 0.14, cap=1)


__all__ = [
    "VERDICTS",
    "WHITE",
    "Tag",
    "checkbox",
    "circle",
    "pattern",
    "verdict_color",
    "verdict_mark",
]
