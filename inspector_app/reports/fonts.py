"""One font file: shaping by HarfBuzz, widths, and the PDF objects that embed it.

Text is written by glyph number (Identity-H), not by reportlab's 256-character subsets: every glyph that HarfBuzz
chooses can be printed, lines never change subset, and the operators of a word can be kept and used again in every
document. The reader's text comes from ToUnicode and, where glyphs and characters differ (sara am, moved marks), from
ActualText.

A `Face` is immutable and shared by all documents; what a document used is counted in `PdfFont`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import uharfbuzz

import resources
from checklists.text import clean

REPLACEMENT = "¤"
"""Stands visibly on paper for a character that the font does not have."""

_FEATURES = {"liga": False, "dlig": False}  # "fi" stays two letters that can be searched
_GLYPH_NAME = re.compile(r"uni((?:[0-9A-F]{4})+)")
_ALIASES = {"yoYingthai": "ญ", "thoThanthai": "ฐ", "doChadathai": "ฎ", "toPatakthai": "ฏ", "loChulathai": "ฬ"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One placed glyph; lengths in 1/1000 em."""

    gid: int
    advance: int
    dx: int
    dy: int


@dataclass(frozen=True, slots=True)
class Run:
    """A shaped piece of text without line breaks: its glyphs, width in 1/1000 em, and what a reader reads."""

    text: str
    glyphs: tuple[Glyph, ...]
    width: int
    says_itself: bool  # the glyphs alone give `text` back


class Face:
    """A font file in one style."""

    def __init__(self, family: str, style: str) -> None:
        self.name = f"{family}-{style}".replace(" ", "")
        self._data = resources.font_path(family, style).read_bytes()
        self.hb_face = uharfbuzz.Face(self._data)
        self.hb_font = uharfbuzz.Font(self.hb_face)
        self._scale = 1000 / self.hb_face.upem
        self._names: dict[int, str] = {}
        self._runs: dict[str, Run] = {}
        self._chars = self._reverse_map()

    def _reverse_map(self) -> dict[int, str]:
        chars: dict[int, str] = {}
        for code in sorted(self.hb_face.unicodes, reverse=True):  # the lowest code of a glyph wins
            gid = self.hb_font.get_nominal_glyph(code)
            if gid:
                chars[gid] = chr(code)
        chars[self.hb_font.get_nominal_glyph(0x20) or 0] = " "
        return chars

    def has(self, char: str) -> bool:
        return bool(self.hb_font.get_nominal_glyph(ord(char)))

    def text_of(self, gid: int) -> str:
        """Return the characters a glyph stands for; alternates are known by their name (`uni0E49.small`)."""
        if gid not in self._chars:
            name = str(self.hb_font.glyph_to_string(gid))
            found = _GLYPH_NAME.match(name)
            if found:
                self._chars[gid] = "".join(chr(int(found[1][i : i + 4], 16)) for i in range(0, len(found[1]), 4))
            else:
                self._chars[gid] = _ALIASES.get(name.partition(".")[0], "\ufffd")
        return self._chars[gid]

    def shape(self, text: str) -> Run:
        """Return the shaped run of a word, from the cache where it was shaped before."""
        run = self._runs.get(text)
        if run is None:
            if len(self._runs) > 50_000:  # about 20 MB: a batch of reports never grows without bound
                self._runs.clear()
            run = self._runs[text] = self._shape(text)
        return run

    def _shape(self, text: str) -> Run:
        if not text:
            return Run("", (), 0, says_itself=True)
        shown = "".join(c if self.has(c) else REPLACEMENT for c in text)
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(shown)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self.hb_font, buffer, _FEATURES)
        scale = self._scale
        glyphs = tuple(
            Glyph(info.codepoint, round(p.x_advance * scale), round(p.x_offset * scale), round(p.y_offset * scale))
            for info, p in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        )
        plain = all(not g.dx and not g.dy and g.advance for g in glyphs)
        said = plain and "".join(self.text_of(g.gid) for g in glyphs) == text
        return Run(text, glyphs, sum(g.advance for g in glyphs), said)

    def missing(self, text: str) -> list[str]:
        """Return the characters of `text` that print as `REPLACEMENT`."""
        return [c for c in clean(text) if c not in "\n\t" and not self.has(c)]

    def subset(self, gids: set[int]) -> bytes:
        """Return the font file with these glyphs only; glyph numbers stay as they are."""
        wanted = uharfbuzz.SubsetInput()
        wanted.glyph_set.update(gids | {0})
        flags = uharfbuzz.SubsetFlags
        wanted.flags = flags.RETAIN_GIDS | flags.NO_LAYOUT_CLOSURE | flags.NOTDEF_OUTLINE
        keep_out = (b"GSUB", b"GPOS", b"GDEF", b"DSIG", b"STAT")
        wanted.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in keep_out)
        blob = uharfbuzz.subset(self.hb_face, wanted)
        return bytes(blob.blob.data)


@functools.cache
def face(family: str, style: str) -> Face:
    """Return the one shared `Face` of a bundled family and style."""
    return Face(family, style)


# --- embedding ------------------------------------------------------------------------------------------------------

_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{blocks}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _unicode_map(face: Face, gids: list[int]) -> str:
    lines = [f"<{gid:04X}> <{face.text_of(gid).encode('utf-16-be').hex().upper()}>" for gid in gids]
    chunks = [lines[i : i + 100] for i in range(0, len(lines), 100)]  # the limit of bfchar per block
    blocks = "\n".join(f"{len(c)} beginbfchar\n" + "\n".join(c) + "\nendbfchar" for c in chunks)
    return _CMAP.format(blocks=blocks)


class PdfFont:
    """A face as one document uses it: resource name and the glyphs that were printed."""

    def __init__(self, face: Face, resource: str) -> None:
        self.face = face
        self.resource = resource
        self.used: set[int] = set()

    def embed(self, document: Any) -> Any:
        """Add the font's objects to a reportlab document and return the font dictionary."""
        from reportlab.pdfbase import pdfdoc

        gids = sorted(self.used)
        tag = "".join(chr(65 + (len(gids) * 7919 + sum(gids) * (i + 3)) % 26) for i in range(6))
        name = f"{tag}+{self.face.name}"
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": pdfdoc.PDFName(name),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
                ),
                "CIDToGIDMap": pdfdoc.PDFName("Identity"),
                "FontDescriptor": document.Reference(self._descriptor(document, name, gids)),
                "W": pdfdoc.PDFArray(self._widths(pdfdoc, gids)),
            }
        )
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": pdfdoc.PDFName(name),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant)]),
                "ToUnicode": document.Reference(_stream(pdfdoc, _unicode_map(self.face, gids).encode("ascii"))),
            }
        )

    def _widths(self, pdfdoc: Any, gids: list[int]) -> list[Any]:
        scale = 1000 / self.face.hb_face.upem
        widths: list[Any] = []
        for gid in gids:
            width = round(self.face.hb_font.get_glyph_h_advance(gid) * scale)
            widths += [gid, pdfdoc.PDFArray([width])]
        return widths

    def _descriptor(self, document: Any, name: str, gids: list[int]) -> Any:
        from reportlab.pdfbase import pdfdoc

        data = self.face.subset(set(gids))
        file = _stream(pdfdoc, data)
        file.dictionary["Length1"] = len(data)
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": pdfdoc.PDFName(name),
                "Flags": 4,
                "FontBBox": pdfdoc.PDFArray([-600, -600, 1600, 1400]),
                "ItalicAngle": 0,
                "Ascent": 1068,
                "Descent": -232,
                "CapHeight": 700,
                "StemV": 80 if "Regular" in name else 140,
                "FontFile2": document.Reference(file),
            }
        )


def _stream(pdfdoc: Any, data: bytes) -> Any:
    stream = pdfdoc.PDFStream(content=data)
    stream.filters = [pdfdoc.PDFZCompress]
    return stream
