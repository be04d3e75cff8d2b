"""JSON Schemas of the protocol's messages, made from the very classes that read and write them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from checklists.sealing import Receipt
from sync import protocol
from sync.protocol import Code

MESSAGES = (
    protocol.Anchor,
    protocol.Anchored,
    protocol.BundleTaken,
    protocol.Health,
    protocol.Limits,
    protocol.LineResult,
    protocol.MissingBlob,
    protocol.ReceiptKey,
    protocol.Registered,
    protocol.Registration,
    protocol.Review,
    protocol.ReviewComment,
    protocol.RosterEntry,
    protocol.SnapshotManifest,
    protocol.Tokens,
    protocol.Uploaded,
    Receipt,
)
TEXT = {"type": "string"}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 2**53}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def members(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object that must have all of these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def list_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(schema)}


_RECEIPTS = {"receipt": {"anyOf": [ref("Receipt"), {"type": "null"}]}, "receipts": list_of(ref("Receipt"))}
"""Members that the messages carry as they came, because only their exact bytes can be checked."""


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the schema of an annotation; a dataclass is referred to by its name."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [schema_of(a) for a in inner]}
    if origin is tuple:
        return list_of(schema_of(inner[0]))
    if origin in (dict, Mapping) or kind is dict:
        return {"type": "object"}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [word.value for word in kind]}
    if dataclasses.is_dataclass(kind):
        return ref(typing.cast(type, kind).__name__)
    return {"type": {bool: "boolean", int: "integer", float: "number", type(None): "null"}.get(kind, "string")}


def object_schema(kind: type[Any]) -> dict[str, Any]:
    """Return a message's own schema; members with a default may be left out. Unknown members are allowed."""
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    needed = [f.name for f in fields if f.default is f.default_factory is dataclasses.MISSING]
    about = (kind.__doc__ or "").partition("\n\n")[0]
    properties = {f.name: _RECEIPTS.get(f.name) or schema_of(hints[f.name]) for f in fields}
    return {"type": "object", "description": about, "required": needed, "properties": properties}


def schemas() -> dict[str, Any]:
    """Return all of `components/schemas`."""
    return {
        **{kind.__name__: object_schema(kind) for kind in MESSAGES},
        "Problem": _problem(),
        "WireLine": _wire_line(),
        "FeedRow": _feed_row(),
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "RFC 9457; what a laptop does is decided by `code` alone",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": TEXT,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(Code)},
            "detail": TEXT,
            "pointer": TEXT,
        },
    }


def _wire_line() -> dict[str, Any]:
    about = "one sealed envelope: its exact canonical bytes as text, the device's Ed25519 signature, which key"
    return {**members(e=TEXT, sig=TEXT, key_id=TEXT), "description": about}


def _feed_row() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["c", "id", "seq", "about", "op"],
        "properties": {
            "c": schema_of(protocol.Collection),
            "id": TEXT,
            "seq": WHOLE,
            "about": {**TEXT, "description": "the site or record it concerns"},
            "op": {"type": "string", "enum": ["put", "del"]},
            "d": {"type": "object", "description": "the thing itself; absent where op is del"},
            "s": {**TEXT, "description": "its scope; told to relays only"},
        },
    }
