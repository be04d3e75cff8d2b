"""The calls of ISF-Sync/1 in words: what each takes, answers and refuses. `openapi.py` makes the document of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync import protocol
from sync.server.wire.openapi_schemas import HASH, TEXT, WHOLE, list_of, members, ref

Schema = Mapping[str, Any]
BINARY: Schema = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Content:
    """A body: its media type, its schema, and for NDJSON what each line is."""

    kind: str
    schema: Schema
    line: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter, a header, or a part of the path."""

    name: str
    schema: Schema
    where: str = "query"
    required: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `answers`: status to body (None: no body); `problems`: beside those that every call may have."""

    summary: str
    answers: Mapping[int, Content | None]
    body: Content | None = None
    params: tuple[Param, ...] = ()
    problems: tuple[int, ...] = ()
    token: bool = True
    headers: tuple[str, ...] = field(default=())


def _json(schema: Schema) -> Content:
    return Content(protocol.JSON, schema)


def _lines(name: str) -> Content:
    return Content(protocol.NDJSON, {"type": "string"}, name)


BYTES = Content(protocol.BYTES, BINARY)
_ANY = {"type": "object"}
_HASH_IN_PATH = Param("sha256", HASH, "path", required=True)
_COLLECTION = Param("collection", {"type": "string", "enum": ["registry"]}, "path", required=True)
_SCOPE = Param("scope", TEXT, about="another scope than the caller's own; for roles that see all")
_RANGE = Param("range", TEXT, "header", about="from which byte on")
_IF_RANGE = Param("if-range", TEXT, "header")
_ENCODED = (
    Param("content-encoding", {"type": "string", "enum": ["zstd", "gzip", "identity"]}, "header"),
    Param("content-digest", TEXT, "header", about="RFC 9530, of the bytes on the wire"),
)
_PART = (
    Param("upload-offset", WHOLE, "header", required=True, about="the size of the part as the centre has it"),
    Param("upload-length", WHOLE, "header", required=True, about="of the whole file"),
)
_PAGE = (Param("after", WHOLE), Param("limit", {"type": "integer", "minimum": 1, "maximum": 1000}), _SCOPE)
_FEED = (
    Param("since", TEXT, about="an opaque cursor; empty is the beginning"),
    Param("limit", {"type": "integer", "minimum": 1, "maximum": 5000}),
    Param("c", TEXT, about="collections, separated by commas; all but the registry where left out"),
    _SCOPE,
)
_CURSOR = (protocol.CURSOR_HEADER, protocol.MORE_HEADER, protocol.ROWS_HEADER)
_UPLOADED = (protocol.OFFSET_HEADER, protocol.COMPLETE_HEADER)
_WANTED = members(blobs=list_of(members(sha256=HASH, size=WHOLE)))
_ABOUT = members(protocol=_ANY, limits=ref("Limits"), encodings=list_of(TEXT))

OPERATIONS: dict[str, Operation] = {
    "devices.health": Operation(
        "Sign of life; echoes the nonce",
        {200: _json(ref("Health"))},
        params=(Param("nonce", TEXT),),
        token=False,
    ),
    "devices.about": Operation("Versions, limits and encodings", {200: _json(_ABOUT)}, token=False),
    "devices.keys": Operation(
        "Public keys that receipts are checked with",
        {200: _json(members(keys=list_of(ref("ReceiptKey"))))},
        token=False,
    ),
    "devices.openapi": Operation("This document", {200: _json(_ANY)}, token=False),
    "devices.register": Operation(
        "Exchange a one-time code for tokens and register the device's key; may be repeated by the same key",
        {201: _json(ref("Registered"))},
        body=_json(ref("Registration")),
        problems=(403, 409),
        token=False,
    ),
    "devices.listing": Operation(
        "The devices of the scope with their public keys, for relays and offices",
        {200: _json(members(devices=list_of(ref("RosterEntry"))))},
    ),
    "devices.tokens": Operation(
        "Exchange the long token for new ones; the old long one stays good until the new one is first used",
        {200: _json(ref("Tokens"))},
        body=_json(members(refresh=TEXT)),
        token=False,
        problems=(401,),
    ),
    "devices.anchors": Operation(
        "Leave the signed head of a device's audit chain, one's own or, from a carrier of lines, another's; answers "
        "the newest that is kept, signed by the centre; another head for the same number is evidence of tampering",
        {200: _json(ref("Anchored"))},
        body=_json(ref("Anchor")),
        problems=(403, 409),
    ),
    "blobs.missing": Operation(
        "Which of these files the caller's own scope lacks, and how far each part is",
        {200: _json(members(missing=list_of(ref("MissingBlob"))))},
        body=_json(_WANTED),
    ),
    "blobs.patch": Operation(
        "Append the rest of a file at its true offset; the last part brings the receipts of what it completed",
        dict.fromkeys((200, 201, 202), _json(ref("Uploaded"))),
        body=Content(protocol.PART, BINARY),
        params=(_HASH_IN_PATH, *_PART),
        problems=(404, 408, 409),
        headers=_UPLOADED,
    ),
    "blobs.head": Operation(
        "How far a file is", {200: None}, params=(_HASH_IN_PATH,), problems=(404,), headers=_UPLOADED
    ),
    "blobs.get": Operation(
        "Read a file, whole or by Range",
        {200: BYTES, 206: BYTES},
        params=(_HASH_IN_PATH, _SCOPE, _RANGE, _IF_RANGE),
        problems=(404, 416),
    ),
    "blobs.small": Operation(
        "Read a photo as a JPEG of at most 320 px a side",
        {200: BYTES},
        params=(_HASH_IN_PATH, _SCOPE),
        problems=(404,),
    ),
    "records.batch": Operation(
        "File up to 100 lines in one transaction; one result per line, in order",
        {200: _lines("LineResult")},
        body=_lines("WireLine"),
        params=_ENCODED,
    ),
    "records.put": Operation(
        "File one line; the ids in the path are the line's own",
        {200: _json(ref("LineResult"))},
        body=_json(ref("WireLine")),
        params=(
            Param("record_id", TEXT, "path", required=True),
            Param("revision_id", TEXT, "path", required=True),
            *_ENCODED,
        ),
    ),
    "records.listing": Operation(
        "Whole revisions of a scope in commit order",
        {200: _json(members(records=list_of(_ANY)))},
        params=_PAGE,
    ),
    "records.one": Operation(
        "A record's whole revisions; others' as far as the caller's role reads",
        {200: _json(members(record_id=TEXT, revisions=list_of(_ANY)))},
        params=(Param("record_id", TEXT, "path", required=True), _SCOPE),
        problems=(404,),
    ),
    "bundles.patch": Operation(
        "Append the rest of a USB bundle, a tar of plain names; a whole one brings its receipts; harmless twice",
        {200: _json(ref("BundleTaken")), 202: _json(ref("Uploaded"))},
        body=Content(protocol.PART, BINARY),
        params=(_HASH_IN_PATH, *_PART),
        problems=(404, 408, 409),
        headers=_UPLOADED,
    ),
    "bundles.head": Operation(
        "How far a bundle is", {200: None}, params=(_HASH_IN_PATH,), problems=(404,), headers=_UPLOADED
    ),
    "feeds.changes": Operation(
        "What changed since a cursor; 410 where the cursor reaches back too far",
        {200: _lines("FeedRow"), 304: None},
        params=_FEED,
        problems=(410,),
        headers=_CURSOR,
    ),
    "feeds.snapshot": Operation(
        "Describe the ready-made file of a collection",
        {200: _json(ref("SnapshotManifest"))},
        params=(_COLLECTION,),
        problems=(404,),
    ),
    "feeds.snapshot_file": Operation(
        "Read that file, whole or by Range; its name is its hash, so it never changes",
        {200: BYTES, 206: BYTES},
        params=(_COLLECTION, _HASH_IN_PATH, _RANGE, _IF_RANGE),
        problems=(404, 416),
    ),
    "feeds.reviews": Operation(
        "Add review events; one result per event, in order",
        {200: _lines("LineResult")},
        body=_lines("Review"),
        params=_ENCODED,
    ),
}
