# ruff: noqa: PLR0917 - drawing functions take x, y, width, height in that order, as PDF does
"""A sheet to draw on: thin words over reportlab's canvas for text lines, rules, boxes, patterns and pictures.

`y` counts up from the lower edge, as in PDF. Text goes out as ready operators (`thai.operators`); everything else as
plain path operators, so that nothing here depends on reportlab's text code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from inspector_app.reports.fonts import REPLACEMENT, PdfFont
from inspector_app.reports.images import Picture
from inspector_app.reports.thai import Line, Part, Style, operators, set_lines
from inspector_app.reports.theme import Color

BLACK: Color = (0.0, 0.0, 0.0)
_CIRCLE = 0.5523  # control point distance of a quarter circle


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _rgb(color: Color, operator: str) -> str:
    return f"{_n(color[0])} {_n(color[1])} {_n(color[2])} {operator}"


class Paper:
    """One document being drawn, page by page."""

    def __init__(self, out: BinaryIO, size: tuple[float, float]) -> None:
        from reportlab import rl_config
        from reportlab.pdfgen.canvas import Canvas

        rl_config.useA85 = 0  # photos stay binary; ASCII85 would add a quarter
        canvas: Any = Canvas(out, pagesize=size, invariant=1, pageCompression=1)
        self.canvas = canvas
        self.canvas._preamble = "1 0 0 1 0 0 cm"  # noqa: SLF001 - the stock one names Helvetica, which PDF/A must embed
        self.width, self.height = size
        self._fonts: dict[str, PdfFont] = {}
        self._pictures: set[str] = set()
        self._code: list[str] = []
        self.page = 1

    # --- pages ------------------------------------------------------------------------------------------------------

    def raw(self, code: str) -> None:
        self._code.append(code)

    def flush(self) -> None:
        if self._code:
            self.canvas.addLiteral("\n".join(self._code))
            self._code.clear()

    def end_page(self) -> None:
        self.flush()
        self.canvas.showPage()
        self.page += 1

    def save(self) -> None:
        """Embed the fonts and write the file."""
        document = self.canvas._doc  # noqa: SLF001 - reportlab has no public way to add a composite font
        fonts = document.idToObject["BasicFonts"].dict
        for name in list(fonts):
            del fonts[name]  # Helvetica, listed by reportlab and never used
        for font in self._fonts.values():
            fonts[font.resource] = document.Reference(font.embed(document))
        self.canvas.save()

    # --- text -------------------------------------------------------------------------------------------------------

    @property
    def has_gaps(self) -> bool:
        """Whether any character was printed as the sign for a missing one."""
        return any(f.face.hb_font.get_nominal_glyph(ord(REPLACEMENT)) in f.used for f in self._fonts.values())

    def _font(self, style: Style) -> PdfFont:
        name = style.face.name
        if name not in self._fonts:
            self._fonts[name] = PdfFont(style.face, f"T{len(self._fonts) + 1}")
        return self._fonts[name]

    def _part(self, part: Part) -> str:
        style = part.style
        font = self._font(style)
        words = []
        for word in part.words:
            code, _, gids = operators(style.face, word, style.size)
            font.used |= gids
            words.append(code)
        return f"/{font.resource} {_n(style.size)} Tf {_rgb(style.color, 'rg')} {' '.join(words)}"

    def line(self, line: Line, x: float, y: float) -> None:
        """Print a set line with its baseline at `y`."""
        parts = " ".join(map(self._part, line.parts))
        self.raw(f"BT 1 0 0 1 {_n(x)} {_n(y)} Tm {parts} ET")

    def word(self, style: Style, text: str, x: float, y: float, *, align: str = "left") -> float:
        """Print one unbroken line and return its width."""
        lines = set_lines([(style, text)], 10_000)
        if not lines:
            return 0.0
        width = lines[0].width
        shift = {"left": 0.0, "right": width, "center": width / 2}[align]
        self.line(lines[0], x - shift, y)
        return width

    # --- drawing ----------------------------------------------------------------------------------------------------

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        width: float = 0.5,
        dash: Sequence[float] = (),
        radius: float = 0,
    ) -> None:
        path = rounded(x, y, w, h, radius) if radius else f"{_n(x)} {_n(y)} {_n(w)} {_n(h)} re"
        self.path(path, fill=fill, stroke=stroke, width=width, dash=dash)

    def path(
        self,
        path: str,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        width: float = 0.5,
        dash: Sequence[float] = (),
        cap: int = 0,
    ) -> None:
        """Fill and stroke a path given in operators."""
        paint = {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): "n"}[
            fill is not None, stroke is not None
        ]
        head = [_rgb(fill, "rg")] if fill is not None else []
        if stroke is not None:
            head.append(f"{_rgb(stroke, 'RG')} {_n(width)} w {cap} J [{' '.join(map(_n, dash))}] 0 d")
        self.raw(f"q {' '.join(head)} {path} {paint} Q")

    def rule(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        color: Color = BLACK,
        width: float = 0.5,
        dash: Sequence[float] = (),
        cap: int = 0,
    ) -> None:
        line = f"{_n(x1)} {_n(y1)} m {_n(x2)} {_n(y2)} l"
        self.path(line, stroke=color, width=width, dash=dash, cap=cap)

    def disc(
        self,
        x: float,
        y: float,
        r: float,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        width: float = 0.8,
    ) -> None:
        self.path(circle(x, y, r), fill=fill, stroke=stroke, width=width)

    def hatch(
        self, x: float, y: float, w: float, h: float, *, color: Color = BLACK, step: float = 2.6, width: float = 0.5
    ) -> None:
        """Fill a box with lines rising to the right."""
        lines = []
        at = x - h
        while at < x + w:
            lines.append(f"{_n(at)} {_n(y)} m {_n(at + h)} {_n(y + h)} l")
            at += step
        box = f"{_n(x)} {_n(y)} {_n(w)} {_n(h)} re W n"
        self.raw(f"q {box} {_rgb(color, 'RG')} {_n(width)} w {' '.join(lines)} S Q")

    def dots(self, x: float, y: float, w: float, h: float, *, color: Color = BLACK, step: float = 2.6) -> None:
        """Fill a box with dots."""
        rows = []
        top, odd = y + step / 2, False
        while top < y + h:
            start = x + step / 2 + (step / 2 if odd else 0)
            rows.append(f"{_n(start)} {_n(top)} m {_n(x + w)} {_n(top)} l")
            top, odd = top + step / 2 + 0.4, not odd
        box = f"{_n(x)} {_n(y)} {_n(w)} {_n(h)} re W n"
        self.raw(f"q {box} {_rgb(color, 'RG')} 0.8 w 1 J [0 {_n(step)}] 0 d {' '.join(rows)} S Q")

    def picture(self, key: str, image: Picture, x: float, y: float, w: float, h: float) -> None:
        """Draw a prepared picture; the same `key` is in the file only once, its bytes untouched."""
        from reportlab.pdfbase import pdfdoc

        document = self.canvas._doc  # noqa: SLF001 - drawImage would decode every JPEG to name it
        if key not in self._pictures:
            stream = pdfdoc.PDFStream(content=image.data)
            entries = {
                "Type": pdfdoc.PDFName("XObject"),
                "Subtype": pdfdoc.PDFName("Image"),
                "Width": image.width,
                "Height": image.height,
                "BitsPerComponent": 8,
                "ColorSpace": pdfdoc.PDFName("DeviceGray" if image.gray else "DeviceRGB"),
                "Filter": pdfdoc.PDFName(image.coding),
            }
            for name, value in entries.items():
                stream.dictionary[name] = value
            document.addForm(key, stream)
            self._pictures.add(key)
        self.canvas._formsinuse.append(key)  # noqa: SLF001
        self.raw(f"q {_n(w)} 0 0 {_n(h)} {_n(x)} {_n(y)} cm /{pdfdoc.xObjectName(key)} Do Q")


def circle(x: float, y: float, r: float) -> str:
    c = r * _CIRCLE
    return (
        f"{_n(x + r)} {_n(y)} m "
        f"{_n(x + r)} {_n(y + c)} {_n(x + c)} {_n(y + r)} {_n(x)} {_n(y + r)} c "
        f"{_n(x - c)} {_n(y + r)} {_n(x - r)} {_n(y + c)} {_n(x - r)} {_n(y)} c "
        f"{_n(x - r)} {_n(y - c)} {_n(x - c)} {_n(y - r)} {_n(x)} {_n(y - r)} c "
        f"{_n(x + c)} {_n(y - r)} {_n(x + r)} {_n(y - c)} {_n(x + r)} {_n(y)} c h"
    )


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    r = min(r, w / 2, h / 2)
    c = r * (1 - _CIRCLE)
    return (
        f"{_n(x + r)} {_n(y)} m {_n(x + w - r)} {_n(y)} l "
        f"{_n(x + w - c)} {_n(y)} {_n(x + w)} {_n(y + c)} {_n(x + w)} {_n(y + r)} c "
        f"{_n(x + w)} {_n(y + h - r)} l "
        f"{_n(x + w)} {_n(y + h - c)} {_n(x + w - c)} {_n(y + h)} {_n(x + w - r)} {_n(y + h)} c "
        f"{_n(x + r)} {_n(y + h)} l "
        f"{_n(x + c)} {_n(y + h)} {_n(x)} {_n(y + h - c)} {_n(x)} {_n(y + h - r)} c "
        f"{_n(x)} {_n(y + r)} l "
        f"{_n(x)} {_n(y + c)} {_n(x + c)} {_n(y)} {_n(x + r)} {_n(y)} c h"
    )


def polygon(*points: tuple[float, float]) -> str:
    first, *rest = points
    return f"{_n(first[0])} {_n(first[1])} m " + " ".join(f"{_n(x)} {_n(y)} l" for x, y in rest) + " h"
