# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""What every part of a layout needs at hand: the theme, the pictures, and short ways to set text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from inspector_app.reports.blocks import Gap, Text, text
from inspector_app.reports.images import Picture, cropped_signature, prepare
from inspector_app.reports.paper import Paper
from inspector_app.reports.thai import Span, Style
from inspector_app.reports.theme import Color, Theme
from inspector_app.reports.wording import Wording

ImageSource = Callable[[str], bytes]


@dataclass(slots=True)
class Desk:
    """Sets text in the theme's styles and fetches pictures; one per report."""

    theme: Theme
    wording: Wording
    images: ImageSource
    thai_digits: bool = False
    _pictures: dict[tuple[str, bool], Picture | None] = field(default_factory=dict)

    @property
    def width(self) -> float:
        return self.theme.page.measure

    def t(self, key: str, /, **values: object) -> str:
        return self.wording.t(key, **values)

    def color(self, name: str) -> Color:
        return self.theme.colors[name]

    def style(self, name: str) -> Style:
        return self.theme.styles[name]

    def set(
        self,
        content: str | Sequence[Span],
        style: str | Style,
        width: float,
        *,
        align: str = "left",
        keep_next: bool = False,
    ) -> Text:
        """Set text in a named style."""
        look = self.style(style) if isinstance(style, str) else style
        look = look.but(align=align) if align != look.align else look
        return text(content, look, width, thai_digits=self.thai_digits, keep_next=keep_next)

    def heading(self, words: str) -> tuple[Gap, Text, Gap]:
        return Gap(8), self.set(words, "h1", self.width, keep_next=True), Gap(2)

    def picture(self, sha256: str, *, signature: bool = False) -> Picture | None:
        """Return the prepared picture, or None where the file is missing or no picture."""
        key = (sha256, signature)
        if key not in self._pictures:
            try:
                data = self.images(sha256)
            except (LookupError, OSError, ValueError):
                data = b""
            self._pictures[key] = (cropped_signature if signature else prepare)(data)
        return self._pictures[key]


def put_picture(paper: Paper, key: str, picture: Picture, x: float, y: float, w: float, h: float) -> None:
    """Draw a picture into a box whose upper left corner is (x, y)."""
    paper.picture(key, picture, x, y - h, w, h)


def fitted(picture: Picture, width: float, height: float) -> tuple[float, float]:
    """Return the size of the picture inside a box, never larger, never distorted."""
    scale = min(width / max(picture.width, 1), height / max(picture.height, 1))
    return picture.width * scale, picture.height * scale
