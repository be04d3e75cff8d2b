"""Measures, colours and type of the papers, read from `resources/report/*.json`. Lengths in points."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass

import resources
from inspector_app.reports.thai import Style

Color = tuple[float, float, float]
MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class PageShape:
    """The sheet and where text may stand; tops are measured from the upper edge, bottoms from the lower one."""

    width: float
    height: float
    left: float
    right: float
    first_top: float
    top: float
    bottom: float
    foot: float

    @property
    def measure(self) -> float:
        return self.width - self.left - self.right


@dataclass(frozen=True, slots=True)
class Theme:
    """One paper's look."""

    page: PageShape
    colors: Mapping[str, Color]
    styles: Mapping[str, Style]


def _color(text: str) -> Color:
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


@functools.cache
def theme(name: str = "theme") -> Theme:
    """Return a bundled theme."""
    raw = json.loads(resources.path("report", f"{name}.json").read_text(encoding="utf-8"))
    colors = {key: _color(value) for key, value in raw["colors"].items()}
    codes = set(raw.get("code_styles", ()))
    styles = {
        key: Style(face, size, leading, colors[color], code=key in codes)
        for key, (face, size, leading, color) in raw["styles"].items()
    }
    return Theme(PageShape(**raw["page"]), colors, styles)
