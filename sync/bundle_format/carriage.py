"""A bundle as one stream, for the office's line: a tar of its manifest and parts, the same bytes whenever it is made.

Nothing is written: headers are made, files are read where they lie. So an upload that was cut, also by a restart, goes
on from any place, and the stream's SHA-256 names it at the centre.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable
from pathlib import Path

from sync.bundle_format.parts import CHUNK, MANIFEST, Manifest
from sync.errors import BundleError

BLOCK = 512
Segment = bytes | Path


class Carriage:
    """The stream of one bundle. Raises `BundleError` where a file of it cannot be read."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._segments: list[tuple[int, Segment]] = []
        self.size = 0
        for name in (MANIFEST, *(Path(part.name).name for part in manifest.parts)):
            self._add_file(folder / name)
        self._add(2 * BLOCK, bytes(2 * BLOCK))
        digest = hashlib.sha256()
        whole = self.rest(0)
        while piece := whole.read(CHUNK):
            digest.update(piece)
        self.sha256 = digest.hexdigest()

    def _add_file(self, file: Path) -> None:
        header = tarfile.TarInfo(file.name)
        try:
            header.size = file.stat().st_size
        except OSError as error:
            raise BundleError(what="unreadable", part=file.name) from error
        self._add(BLOCK, header.tobuf(tarfile.USTAR_FORMAT))
        self._add(header.size, file)
        padding = -header.size % BLOCK
        self._add(padding, bytes(padding))

    def _add(self, size: int, segment: Segment) -> None:
        self._segments.append((size, segment))
        self.size += size

    def rest(self, start: int, *, before_each: Callable[[int], None] = lambda _at: None) -> Rest:
        """Return the bytes from `start` on; `before_each` is told how far they are and may stop them by raising."""
        return Rest(self, start, before_each)

    def at(self, place: int, most: int) -> bytes:
        """Return up to `most` bytes from a place, at least one where there is any."""
        for size, segment in self._segments:
            if place < size:
                return _piece(segment, place, min(most, size - place))
            place -= size
        return b""


def _piece(segment: Segment, place: int, size: int) -> bytes:
    if isinstance(segment, bytes):
        return segment[place : place + size]
    try:
        with segment.open("rb") as file:
            file.seek(place)
            data = file.read(size)
    except OSError as error:
        raise BundleError(what="unreadable", part=segment.name) from error
    if not data:
        raise BundleError(what="short", part=segment.name)
    return data


class Rest:
    """A request body: the stream from some place on, with its length."""

    def __init__(self, whole: Carriage, start: int, before_each: Callable[[int], None]) -> None:
        self._whole = whole
        self._at = start
        self._length = whole.size - start
        self._before_each = before_each

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1, /) -> bytes:
        self._before_each(self._at)
        data = self._whole.at(self._at, size if 0 <= size < CHUNK else CHUNK)
        self._at += len(data)
        return data
