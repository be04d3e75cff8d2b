"""Proof that nothing of a record lies on the disk as plain text: the raw files are searched for what the records say.

Looked for, in UTF-8 and UTF-16: site names (outside the registry, which is public), captions, notes, longer answers,
names of persons met, stretches of bytes of attachments and thumbnails, and whatever markers the caller plants.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checklists.errors import StorageError
from checklists.store.core import Core

_WINDOW = 1024 * 1024
_LEAST = 12
"""Bytes of a text worth looking for (four Thai letters); shorter ones are found in any random file."""
_PIECE = 24
_MOST = 4000


@dataclass(frozen=True, slots=True)
class PlainText:
    """A file that holds something it must not; `kind` says what: text, image or marker."""

    file: str
    kind: str
    offset: int


def find_plain_text(core: Core, markers: Iterable[bytes], folders: Iterable[Path]) -> tuple[PlainText, ...]:
    """Search every file of the workspace (and of `folders`) but the public registry."""
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
    public = workspace / "registry"
    for folder in (workspace, *folders):
        yield from (p for p in sorted(folder.rglob("*")) if p.is_file() and public not in p.parents)


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
            piece = plain.read(_PIECE)
            if len(set(piece)) > _PIECE // 3:  # a stretch of one colour is found anywhere
                yield piece
        if thumb and len(thumb) > 4 * _PIECE:
            yield bytes(thumb[len(thumb) // 2 :][:_PIECE])


class _Search:
    """Looks for many byte strings at once: by their first bytes, then whole."""

    def __init__(self, wanted: dict[bytes, str]) -> None:
        self._wanted = {w: kind for w, kind in wanted.items() if w}
        self._longest = max((len(w) for w in self._wanted), default=1)

    def in_file(self, path: Path) -> Iterator[PlainText]:
        with contextlib.suppress(OSError), path.open("rb") as file:
            offset, tail = 0, b""
            while piece := file.read(_WINDOW):
                window = tail + piece
                for wanted, kind in self._wanted.items():
                    at = window.find(wanted)
                    if at >= 0:
                        yield PlainText(str(path), kind, offset - len(tail) + at)
                offset += len(piece)
                tail = window[-(self._longest - 1) :] if self._longest > 1 else b""
