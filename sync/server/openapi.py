"""The OpenAPI document of ISF-Sync/1, made from the table of routes and the words below; served and tested."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sync import protocol
from sync.protocol import BASE, Code

PROBLEM = {"$ref": "#/components/schemas/Problem"}

SUMMARIES: dict[str, tuple[str, bool, tuple[int, ...]]] = {
    # handler: what it does, whether it needs a token, its answers beside problems
    "devices.health": ("Sign of life; echoes the nonce", False, (200,)),
    "devices.about": ("Versions, limits and encodings", False, (200,)),
    "devices.keys": ("Public keys that receipts are checked with", False, (200,)),
    "devices.register": ("Exchange a one-time code for tokens and register the device's key", False, (201,)),
    "devices.listing": (
        "The devices of the scope with their public keys, for relays",
        True,
        (200,),
    ),
    "devices.tokens": ("Exchange the long token for new ones", False, (200,)),
    "devices.anchors": ("Leave the head of the device's audit chain", True, (200,)),
    "devices.openapi": ("This document", False, (200,)),
    "blobs.missing": ("Which of these files the caller's scope lacks, and how far each is", True, (200,)),
    "blobs.patch": ("Append the rest of a file at its true offset", True, (200, 201, 202)),
    "blobs.head": ("How far a file is", True, (200,)),
    "blobs.get": ("Read a file, whole or by Range", True, (200, 206)),
    "records.batch": ("File up to 100 lines in one transaction; one result per line", True, (200,)),
    "records.put": ("File one line", True, (200,)),
    "bundles.upload": ("Take in a USB bundle as a tar file; receipts come back", True, (200,)),
    "records.listing": ("Whole revisions of a scope in commit order", True, (200,)),
    "records.one": ("A record's revisions", True, (200,)),
    "feeds.changes": ("What changed since a cursor, as NDJSON", True, (200, 304)),
    "feeds.snapshot": ("Describe the ready-made file of a collection", True, (200,)),
    "feeds.snapshot_file": ("Read that file, whole or by Range", True, (200, 206)),
    "feeds.reviews": ("Add review events; one result per event", True, (200,)),
}
PROBLEMS = (400, 401, 403, 404, 408, 409, 410, 413, 415, 416, 422, 429, 500, 503)


def document(routes: Iterable[tuple[str, str, Any]]) -> dict[str, Any]:
    """Return the document for (method, path, handler) routes."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, handler in routes:
        name = f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}"
        paths.setdefault(BASE + path, {})[method.lower()] = _operation(name, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ISF-Sync", "version": str(protocol.PROTOCOL_VERSION)},
        "paths": paths,
        "components": {
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem_schema()},
        },
    }


def _operation(name: str, path: str) -> dict[str, Any]:
    summary, needs_token, answers = SUMMARIES[name]
    operation: dict[str, Any] = {
        "operationId": name.replace(".", "_"),
        "summary": summary,
        "parameters": [
            {"name": p, "in": "path", "required": True, "schema": {"type": "string"}}
            for p in re.findall(r"{(\w+)}", path)
        ],
        "responses": {
            **{str(status): {"description": "as docs/sync.md says"} for status in answers},
            **{
                str(status): {"description": "problem", "content": {protocol.PROBLEM: {"schema": PROBLEM}}}
                for status in PROBLEMS
            },
        },
    }
    if needs_token:
        operation["security"] = [{"device": []}]
    return operation


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(Code)},
            "detail": {"type": "string"},
            "pointer": {"type": "string"},
        },
    }
