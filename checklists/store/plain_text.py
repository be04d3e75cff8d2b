"""Proof that nothing of a record lies on the disk as plain text: the raw files are searched for what the records say.

Looked for, in UTF-8 and UTF-16: site names (outside the registry, which is public), captions, notes, longer answers,
names of persons met, stretches of bytes of attachments and thumbnails, and whatever markers the caller plants.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checklists.errors import StorageError
from checklists.store.core import Core

PUBLIC = "registry"
"""The folder of a workspace with public data, which is plain on purpose."""
_WINDOW = 1024 * 1024
_LEAST = 12
"""Bytes of a text worth looking for (four Thai letters); shorter ones are found in any random file."""
_PIECE = 24
_NEAR = 4096
_START = 6
"""So many first bytes decide where to look closer."""
_MOST = 4000


@dataclass(frozen=True, slots=True)
class PlainText:
    """A file that holds something it must not; `kind` says what: text, image or marker."""

    file: str
    kind: str
    offset: int


def find_plain_text(core: Core, markers: Iterable[bytes], folders: Iterable[Path]) -> tuple[PlainText, ...]:
    """Search every file of the workspace (and of `folders`, which may be single files) but the public registry."""
    wanted = dict.fromkeys(markers, "marker")
    for text in _texts(core):
        for encoded in (text.encode("utf-8"), text.encode("utf-16-le")):
            if len(encoded) >= _LEAST:
                wanted.setdefault(encoded, "text")
    for piece in _pictures(core):
        wanted.setdefault(piece, "image")
    search = _Search(wanted)
    return tuple(hit for path in _files(core.workspace, folders) for hit in search.in_file(path))


def _files(workspace: Path, folders: Iterable[Path]) -> Iterator[Path]:
    for place in dict.fromkeys((workspace, *folders)):
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (p for p in found if p.is_file() and p.parent.name != PUBLIC)


def _texts(core: Core) -> Iterator[str]:
    db = core.db
    for sql in (
        "SELECT DISTINCT json_extract(site, '$.name_th') FROM record",
        "SELECT DISTINCT json_extract(body, '$.purpose') FROM visit",
        "SELECT DISTINCT json_extract(m.value, '$.name') FROM visit, json_each(visit.body, '$.met') m",
        "SELECT DISTINCT json_extract(body, '$.caption') FROM attachment",
        "SELECT DISTINCT json_extract(body, '$.caption') FROM revision_attachment",
        "SELECT DISTINCT json_extract(body, '$.fact') FROM finding",
        f"SELECT DISTINCT value FROM answer WHERE length(value) >= 4 LIMIT {_MOST}",
    ):
        yield from (str(row[0]) for row in db.rows(sql) if row[0])
    yield from _sealed_texts(core)


def _sealed_texts(core: Core) -> Iterator[str]:
    import zlib

    for (body,) in core.db.rows("SELECT body_z FROM revision ORDER BY device_seq DESC LIMIT 50"):
        with contextlib.suppress(ValueError, zlib.error):
            yield from (a["value"] for a in json.loads(zlib.decompress(body))["answers"] if len(a["value"]) >= 4)


def _pictures(core: Core) -> Iterator[bytes]:
    """Yield a stretch from the middle of each attachment and thumbnail: headers are the same in all pictures."""
    for name, key, size, thumb in core.db.rows("SELECT file_name, file_key, size, thumb FROM blob LIMIT 500"):
        with contextlib.suppress(StorageError), core.files.open(name, key) as plain:
            plain.seek(max(0, size // 2 - _PIECE))
            near = plain.read(_NEAR)
            piece = near[max(0, near.find(b"\xff")) :][:_PIECE]  # all begin alike: one look for hundreds of pictures
            if len(set(piece)) > _PIECE // 3:  # a stretch of one colour is found anywhere
                yield piece
        if thumb and len(thumb) > 4 * _PIECE:
            yield bytes(thumb[len(thumb) // 2 :][:_PIECE])


class _Search:
    """Looks for thousands of byte strings in one pass: a pattern of a few bytes of each as a tree, then whole.

    The few bytes begin at the first one beyond ASCII (Thai), or at the second one of UTF-16: there encrypted bytes look
    alike in one place of 256, else the tree has so many ways that it takes twenty times as long.
    """

    def __init__(self, wanted: dict[bytes, str]) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str, int]]] = {}
        for text, kind in wanted.items():
            skip = _skip(text)
            if text:
                self._by_start.setdefault(text[skip : skip + _START], []).append((text, kind, skip))
        self._longest = max((len(text) for text in wanted), default=1)
        self._starts = re.compile(_tree(sorted(self._by_start)), re.DOTALL) if self._by_start else None

    def in_file(self, path: Path) -> Iterator[PlainText]:
        """Yield each text once, at its first place in the file."""
        seen: set[bytes] = set()
        with contextlib.suppress(OSError), path.open("rb") as file:
            offset, tail = 0, b""
            while piece := file.read(_WINDOW):
                window = tail + piece
                for text, kind, at in self._in_window(window):
                    if text not in seen:
                        seen.add(text)
                        yield PlainText(str(path), kind, offset - len(tail) + at)
                offset += len(piece)
                tail = window[-(self._longest - 1) :] if self._longest > 1 else b""

    def _in_window(self, window: bytes) -> Iterator[tuple[bytes, str, int]]:
        at, starts = 0, self._starts
        while starts is not None and (found := starts.search(window, at)):
            at = found.start() + 1
            for length in range(1, _START + 1):
                for text, kind, skip in self._by_start.get(window[at - 1 : at - 1 + length], ()):
                    begin = at - 1 - skip
                    if begin >= 0 and window.startswith(text, begin):
                        yield text, kind, begin


def _skip(text: bytes) -> int:
    """Return where the telling bytes of a text begin."""
    if text[1:4:2] in {b"\x0e\x0e", b"\0\0"}:  # UTF-16: the upper halves of Thai and of Latin letters
        return 1
    return next((at for at, byte in enumerate(text) if byte >= 0x80), 0)


def _tree(starts: list[bytes]) -> bytes:
    """Return a pattern that matches any of the sorted starts, deciding byte by byte instead of one after the other."""
    if b"" in starts:
        return b""
    by_first: dict[int, list[bytes]] = {}
    for start in starts:
        by_first.setdefault(start[0], []).append(start[1:])
    ways = [re.escape(bytes([first])) + _tree(rest) for first, rest in by_first.items()]
    return ways[0] if len(ways) == 1 else b"(?:" + b"|".join(ways) + b")"
