# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""The outline of a word as a path, for marks that are drawn and not read."""

from __future__ import annotations

import functools
from typing import Any

from inspector_app.reports.fonts import Face


class _Pen:
    """Collects PDF path operators from HarfBuzz's drawing callbacks; quadratic curves are raised to cubic ones."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.scale = 1.0
        self.dx = self.dy = 0.0
        self._at = (0.0, 0.0)

    def _xy(self, x: float, y: float) -> str:
        return f"{self.dx + x * self.scale:.2f} {self.dy + y * self.scale:.2f}"

    def move(self, x: float, y: float, _: Any) -> None:
        self._at = (x, y)
        self.out.append(f"{self._xy(x, y)} m")

    def line(self, x: float, y: float, _: Any) -> None:
        self._at = (x, y)
        self.out.append(f"{self._xy(x, y)} l")

    def curve(self, x1: float, y1: float, x2: float, y2: float, x: float, y: float, _: Any) -> None:
        self._at = (x, y)
        self.out.append(f"{self._xy(x1, y1)} {self._xy(x2, y2)} {self._xy(x, y)} c")

    def quad(self, cx: float, cy: float, x: float, y: float, data: Any) -> None:
        ax, ay = self._at
        self.curve(
            ax + (cx - ax) * 2 / 3, ay + (cy - ay) * 2 / 3, x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, x, y, data
        )

    def close(self, _: Any) -> None:
        self.out.append("h")


@functools.lru_cache(maxsize=8)
def word_path(face: Face, text: str, *, size: float) -> str:
    """Return the outline of `text` centred on the origin."""
    import uharfbuzz

    run = face.shape(text)
    pen = _Pen()
    pen.scale = size / face.hb_face.upem
    funcs = uharfbuzz.DrawFuncs()
    funcs.set_move_to_func(pen.move)
    funcs.set_line_to_func(pen.line)
    funcs.set_quadratic_to_func(pen.quad)
    funcs.set_cubic_to_func(pen.curve)
    funcs.set_close_path_func(pen.close)
    x = -run.width * size / 2000
    for glyph in run.glyphs:
        pen.dx, pen.dy = x + glyph.dx * size / 1000, -0.35 * size + glyph.dy * size / 1000
        face.hb_font.draw_glyph(glyph.gid, funcs, None)
        x += glyph.advance * size / 1000
    return " ".join(pen.out)
