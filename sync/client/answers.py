"""Shaping bodies and reading answers: nothing is believed that is not of its kind."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import zstandard

from checklists.model import Jsonable
from sync import protocol
from sync.errors import (
    CutError,
    NotOurServerError,
)
from sync.protocol import (
    FeedRow,
)
from sync.transport import MAX_ANSWER, Response

COMPRESS_FROM = 1024
"""Bytes from which a text body is worth compressing."""
GZIP_LEVEL = 6


class _Packing(threading.local):
    """A compressor for each thread: making one costs as much as packing a small record."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=3).compress


_packing = _Packing()


def json_bytes(message: Any) -> bytes:
    members = message.to_json() if isinstance(message, Jsonable) else message
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def compressed(body: bytes, offered: Sequence[str]) -> tuple[bytes, dict[str, str]]:
    """Return the body, compressed where it pays, and its headers. The digest is of the bytes on the wire.

    `offered` is what the other side reads: zstd is taken where it does, else gzip, else nothing.
    """
    headers: dict[str, str] = {}
    encoding = next((one for one in ("zstd", "gzip") if one in offered), "")
    if encoding and len(body) >= COMPRESS_FROM:
        body = _packing.compress(body) if encoding == "zstd" else gzip.compress(body, GZIP_LEVEL, mtime=0)
        headers["content-encoding"] = encoding
    headers[protocol.DIGEST_HEADER] = protocol.content_digest(body)
    return body, headers


def json_object(response: Response) -> dict[str, Any]:
    try:
        members = json.loads(response.body)
    except ValueError as error:
        raise CutError("json") from error
    if not isinstance(members, dict):
        raise NotOurServerError("json")
    return members


T = TypeVar("T", bound=Jsonable)


def members_of(response: Response, kind: type[T]) -> T:
    return read_as(json_object(response), kind)


def read_as(members: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return kind.from_json(members)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise NotOurServerError("message", kind=kind.__name__) from error


def plain_body(response: Response) -> bytes:
    """Undo zstd without ever making more than `MAX_ANSWER` bytes."""
    if response.headers.get("content-encoding", "") != "zstd":
        return response.body
    try:
        with zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).stream_reader(response.body) as reader:
            body = reader.read(MAX_ANSWER + 1)
    except zstandard.ZstdError as error:
        raise CutError("zstd") from error
    if len(body) > MAX_ANSWER:
        raise NotOurServerError("answer too large")
    return body


def ndjson(response: Response) -> list[Any]:
    """Read an NDJSON answer; a last line without its line feed is a cut answer."""
    body = plain_body(response)
    if body and not body.endswith(b"\n"):
        raise CutError("ndjson")
    try:
        return [json.loads(line) for line in body.split(b"\n") if line]
    except ValueError as error:
        raise CutError("ndjson") from error


def lines_of(response: Response, kind: type[T]) -> tuple[T, ...]:
    return tuple(read_as(value, kind) for value in ndjson(response))


def feed_row(members: Mapping[str, Any]) -> FeedRow:
    try:
        body = dict(members["d"]) if members["op"] == "put" else None
        scope = str(members.get("s", ""))
        return FeedRow(str(members["c"]), str(members["id"]), int(members["seq"]), str(members["about"]), body, scope)
    except (KeyError, TypeError, ValueError) as error:
        raise NotOurServerError("feed row") from error


def offset_ms(server_time: str, middle: datetime) -> int | None:
    try:
        return round((datetime.fromisoformat(server_time) - middle).total_seconds() * 1000)
    except (ValueError, TypeError):
        return None
