"""Reading request bodies: size caps on the wire and after decompression, digest checked."""

from __future__ import annotations

import io
import threading
import zlib

import zstandard
from starlette.requests import Request

from sync import protocol
from sync.protocol import Code
from sync.server.problems import ProblemError

PIECE = 64 * 1024


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body, decompressed. Raises `ProblemError` 413, 415, 422."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise ProblemError(413, Code.TOO_LARGE)
        pieces.append(piece)
    body = b"".join(pieces)
    _check_digest(request.headers.get(protocol.DIGEST_HEADER), body)
    return decompressed(body, request.headers.get("content-encoding", "identity"), limit)


def _check_digest(told: str | None, body: bytes) -> None:
    if told is not None and told != protocol.content_digest(body):
        raise ProblemError(422, Code.DIGEST_MISMATCH)


def decompressed(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo zstd or gzip without ever making more than `limit` bytes."""
    if encoding in ("", "identity"):
        return body
    if encoding == "zstd":
        return _unzstd(body, limit)
    if encoding == "gzip":
        return _gunzip(body, limit)
    raise ProblemError(415, Code.BAD_REQUEST, encoding, headers={"accept-encoding": "zstd, gzip, identity"})


class _Unpacking(threading.local):
    """A decompressor for each thread: making one costs more than unpacking a record."""

    def __init__(self) -> None:
        self.tool = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024)


_unpacking = _Unpacking()


def _unzstd(body: bytes, limit: int) -> bytes:
    """Unpack at once where the frame tells a size within the limit, else piece by piece up to it."""
    try:
        told = zstandard.frame_content_size(body)
        if told > limit:
            raise ProblemError(413, Code.TOO_LARGE)
        return _unpacking.tool.decompress(body, allow_extra_data=False) if told >= 0 else _in_pieces(body, limit)
    except zstandard.ZstdError as error:
        raise ProblemError(400, Code.BAD_REQUEST, "zstd") from error


def _in_pieces(body: bytes, limit: int) -> bytes:
    out = io.BytesIO()
    with _unpacking.tool.stream_reader(body, read_across_frames=True) as reader:
        while piece := reader.read(PIECE):
            out.write(piece)
            if out.tell() > limit:
                raise ProblemError(413, Code.TOO_LARGE)
    return out.getvalue()


def _gunzip(body: bytes, limit: int) -> bytes:
    inflate = zlib.decompressobj(wbits=31)
    try:
        data = inflate.decompress(body, limit + 1)
    except zlib.error as error:
        raise ProblemError(400, Code.BAD_REQUEST, "gzip") from error
    if len(data) > limit:
        raise ProblemError(413, Code.TOO_LARGE)
    if not inflate.eof or inflate.unused_data:  # cut short, or followed by what nobody would read
        raise ProblemError(400, Code.BAD_REQUEST, "gzip")
    return data
