"""Thai lines: where a line may break, how wide a word is, and the PDF operators that print it.

A line breaks at spaces and between Thai words (`checklists.text.break_words`), never inside a kept phrase, between a
number and its unit, or between a title and a name (lists in `resources/report/typesetting.json`). A word wider than its
column breaks between characters, but never before a vowel or mark that leans on the one before.

Everything here is a function of text, face and size, and is kept for the next report.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import resources
from checklists.text import ZWSP, break_words, to_thai_digits
from inspector_app.reports.fonts import Face, Run, face

GLUE = "\ue000"
"""Private: a space that no line breaks at. A real no-break space would print the same but is searched differently."""

LEAN = "ะาำๅๆฯ"  # vowels and signs that never start a line


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: face, size and leading in points, colour 0-1 RGB. `code`: digits stay Western."""

    style: str
    size: float
    leading: float
    color: tuple[float, float, float] = (0.1, 0.1, 0.1)
    align: str = "left"
    code: bool = False
    family: str = "Sarabun"

    @property
    def face(self) -> Face:
        return face(self.family, self.style)

    def but(self, **changes: object) -> Style:
        return replace(self, **changes)  # type: ignore[arg-type]  # names are those of the fields


# --- breaking -------------------------------------------------------------------------------------------------------


@functools.cache
def _rules() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    raw = json.loads(resources.path("report", "typesetting.json").read_text(encoding="utf-8"))

    def either(words: Iterable[str], *, loose: bool = False) -> str:
        longest = sorted(words, key=len, reverse=True)
        return "|".join(f"{ZWSP}?".join(map(re.escape, word)) if loose else re.escape(word) for word in longest)

    number = r"[0-9๐-๙]"
    return (
        re.compile(either(raw["whole"], loose=True)),
        re.compile(rf"(?:(?<=^)|(?<=[\s(·/{ZWSP}]))({either(raw['titles'], loose=True)}){ZWSP}"),
        re.compile(rf"({either(raw['before_number'], loose=True)})[ {ZWSP}](?=[({GLUE}]?{number})"),
        re.compile(rf"({number}[%)]?) (?=(?:{either(raw['after_number'])})(?![A-Za-z]))"),
    )


_DASH = re.compile(rf"([–—/(-]){ZWSP}|{ZWSP}([–—/),.:%])")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def visible(text: str) -> str:
    """Return text with tabs and line ends made plain and every other control code made visible as `·`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    return _CONTROL.sub("·", text)


@functools.lru_cache(maxsize=20_000)
def breakable(text: str) -> str:
    """Return text as lines may break it: U+200B and spaces are places to break, `GLUE` is a space that is none."""
    whole, titles, before, after = _rules()
    text = break_words(visible(text)).replace(" · ", f"{GLUE}· ")  # a dot between facts ends a line, never starts one
    text = whole.sub(lambda m: m[0].replace(ZWSP, ""), text)
    text = titles.sub(lambda m: m[1].replace(ZWSP, ""), text)
    text = before.sub(lambda m: m[1].replace(ZWSP, "") + (GLUE if m[0].endswith(" ") else ""), text)
    text = after.sub(lambda m: m[1] + GLUE, text)
    return _DASH.sub(lambda m: m[1] or m[2], text)


@dataclass(frozen=True, slots=True)
class Piece:
    """What no line splits: the text, and what follows it: nothing, a space, or a line end."""

    text: str
    after: str


_PIECES = re.compile(rf"([^ \n{ZWSP}]*)([ \n{ZWSP}]|$)")


@functools.lru_cache(maxsize=20_000)
def pieces(text: str) -> tuple[Piece, ...]:
    """Split text where a line may break."""
    return tuple(
        Piece(match[1].replace(GLUE, " "), "" if match[2] == ZWSP else match[2])
        for match in _PIECES.finditer(breakable(text))
        if match[1] or match[2] in (" ", "\n")
    )


def clusters(word: str) -> list[str]:
    """Split a word into what must stay together: a character with the vowels and marks that lean on it."""
    parts: list[str] = []
    for char in word:
        leans = char in LEAN or unicodedata.category(char) in ("Mn", "Mc", "Cf")
        if parts and (leans or parts[-1][-1] in "เแโใไ"):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


# --- operators ------------------------------------------------------------------------------------------------------


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


class _Shown:
    """Collects the strings and moves of one `TJ`; neighbouring moves are added up, or they would read as one number."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._parts: list[str] = []
        self._move = 0

    def move(self, left: int) -> None:
        self._move += left

    def glyph(self, gid: int) -> None:
        if self._move:
            self._parts.append(str(self._move))
            self._move = 0
        self._parts.append(f"<{gid:04X}>")

    def end(self, then: str = "") -> None:
        if self._move:
            self._parts.append(str(self._move))
            self._move = 0
        if self._parts:
            self.out.append(f"[{''.join(self._parts).replace('><', '')}]TJ")
            self._parts = []
        if then:
            self.out.append(then)


def _glyph_operators(face: Face, run: Run, size: float) -> str:
    """Return the operators for the glyphs: numbers in 1/1000 em move left, `Ts` lifts marks."""
    shown = _Shown()
    rise = 0
    scale = 1000 / face.hb_face.upem
    for glyph in run.glyphs:
        if glyph.dy != rise:
            shown.end(f"{_number(glyph.dy * size / 1000)} Ts")
            rise = glyph.dy
        shown.move(-glyph.dx)
        shown.glyph(glyph.gid)
        shown.move(round(face.hb_font.get_glyph_h_advance(glyph.gid) * scale) - glyph.advance + glyph.dx)
    shown.end("0 Ts" if rise else "")
    return " ".join(shown.out)


@functools.lru_cache(maxsize=50_000)
def operators(face: Face, text: str, size: float) -> tuple[str, float, frozenset[int]]:
    """Return the operators that print `text` from where the text matrix stands, its width in points, its glyphs."""
    run = face.shape(text)
    code = _glyph_operators(face, run, size)
    if not run.says_itself:
        actual = text.encode("utf-16-be", "replace").hex().upper()
        code = f"/Span<</ActualText<FEFF{actual}>>>BDC {code} EMC"
    return code, run.width * size / 1000, frozenset(g.gid for g in run.glyphs)


def width_of(style: Style, text: str) -> float:
    """Return the width of one unbroken line in points."""
    return sum(operators(style.face, p.text + (" " if p.after else ""), style.size)[1] for p in pieces(text)) - (
        operators(style.face, " ", style.size)[1] if text.endswith(" ") else 0
    )


# --- lines ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a line in one style."""

    style: Style
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One set line: parts and width in points."""

    parts: tuple[Part, ...]
    width: float

    @property
    def text(self) -> str:
        return "".join(word for part in self.parts for word in part.words)


Span = tuple[Style, str]


def _words(spans: Sequence[Span], *, thai_digits: bool) -> list[tuple[Style, str, str, float]]:
    words = []
    for style, text in spans:
        shown = to_thai_digits(text) if thai_digits and not style.code else text
        words += [(style, p.text, p.after, operators(style.face, p.text, style.size)[1]) for p in pieces(shown)]
    return words


def _fit(style: Style, word: str, width: float) -> list[tuple[str, float]]:
    """Cut a word that is wider than a whole line."""
    rows: list[tuple[str, float]] = []
    row = ""
    for cluster in clusters(word):
        if row and operators(style.face, row + cluster, style.size)[1] > width:
            rows.append((row, operators(style.face, row, style.size)[1]))
            row = cluster
        else:
            row += cluster
    rows.append((row, operators(style.face, row, style.size)[1]))
    return rows


class _Setter:
    """Greedy lines: takes words one by one."""

    def __init__(self, width: float) -> None:
        self.limit = width + 0.01  # rounding of widths
        self.lines: list[Line] = []
        self._row: list[tuple[Style, str]] = []
        self._width = 0.0
        self._space = 0.0  # a space is owed before the next word

    def add(self, style: Style, word: str, after: str, width: float) -> None:
        if self._row and self._width + self._space + width > self.limit:
            self.end()
        if width > self.limit and not self._row:
            *full, (word, width) = _fit(style, word, self.limit)
            for part, part_width in full:
                self._put(style, part, part_width)
                self.end()
        if word:
            self._put(style, word, width)
        if after == "\n":
            self.end(always=True)
        elif after:
            self._space = operators(style.face, " ", style.size)[1]

    def _put(self, style: Style, word: str, width: float) -> None:
        if self._space and self._row:
            self._row.append((self._row[-1][0], " "))
            self._width += self._space
        self._space = 0.0
        self._row.append((style, word))
        self._width += width

    def end(self, *, always: bool = False) -> None:
        if self._row or always:
            parts: list[Part] = []
            for style, word in self._row:
                if parts and parts[-1].style == style:
                    parts[-1] = Part(style, (*parts[-1].words, word))
                else:
                    parts.append(Part(style, (word,)))
            self.lines.append(Line(tuple(parts), self._width))
        self._row, self._width, self._space = [], 0.0, 0.0


def set_lines(spans: Sequence[Span], width: float, *, thai_digits: bool = False) -> list[Line]:
    """Return the lines of mixed-style text in a column of `width` points. Blank text gives no line."""
    setter = _Setter(width)
    for word in _words(spans, thai_digits=thai_digits):
        setter.add(*word)
    setter.end()
    return setter.lines
