"""Between envelopes, lines, database rows and answers: pure, except for reading a pending line's files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, select

from checklists.model import Audience
from checklists.sealing import Sealed, extract_of_plain, wire_line
from sync.protocol import Code, Collection, FeedRow, LineResult
from sync.server.database import tables
from sync.server.intake.filing import BlobClaim, Decision, Line, Shelf
from sync.server.people.audience import office_copy


@dataclass(frozen=True, slots=True)
class DeviceOfKey:
    """Which device signs with a key, and where its records belong."""

    device_id: str
    public_key: bytes
    scope: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A line that passed its checks, as it will be stored."""

    line: Line
    key_id: str
    signature: bytes
    size: int
    packed: bytes
    """The envelope as it is stored: zstd of the exact bytes."""
    summary: Mapping[str, Any]
    """What laptops of the scope learn of it."""


def line_of(envelope: Mapping[str, Any], digest: str, scope: str) -> Line:
    """Reduce an envelope to what filing and the index need. A file used twice counts once."""
    claims = {
        a["sha256"]: BlobClaim(a["sha256"], a["size"], a["mime"], a["name"], str(a.get("audience", "office")))
        for a in envelope["attachments"]
    }
    form = envelope["form"] or {}
    return Line(
        record_id=envelope["record_id"],
        revision_id=envelope["revision_id"],
        base_revision_id=envelope["base_revision_id"],
        merges=tuple(envelope["merges"]),
        op=envelope["op"],
        digest=digest,
        blobs=tuple(claims.values()),
        scope=scope,
        index={
            "device_id": envelope["device_id"],
            "person_id": envelope["author"]["person_id"],
            "visit_id": envelope["visit"]["visit_id"],
            "site_id": str(envelope["visit"]["site"].get("site_id", "")),
            "form_id": form.get("form_id", ""),
            "form_version": form.get("version", ""),
            "sealed_at": envelope["sealed_at"],
        },
    )


def row_of(item: Arrived, decision: Decision, now: str) -> dict[str, Any]:
    line = item.line
    return {
        "record_id": line.record_id,
        "revision_id": line.revision_id,
        "base_revision_id": line.base_revision_id,
        "op": line.op,
        "state": str(decision.state),
        "head": decision.takes_head,
        "conflict_head": decision.conflict_head,
        "scope": line.scope,
        "seq": None,
        "digest": line.digest,
        "key_id": item.key_id,
        **line.index,
        "received_at": now,
        "size": item.size,
        "envelope": item.packed,
        "signature": item.signature,
        "receipt": "",
    }


def history(item: Arrived, number: int) -> FeedRow:
    """Return what laptops of the scope learn of a new head: its site's history, without restricted matter."""
    return FeedRow(Collection.INSPECTIONS, item.line.record_id, number, item.line.index["site_id"], dict(item.summary))


def summary_of(line: Line, extract: Mapping[str, Any]) -> dict[str, Any]:
    """Return a revision's line in a site's history, from its factory extract only."""
    visit = extract["visit"]
    return {
        "revision_id": line.revision_id,
        "op": line.op,
        "digest": line.digest,
        "site_id": line.index["site_id"],
        "form_id": line.index["form_id"],
        "form_version": line.index["form_version"],
        "sealed_at": line.index["sealed_at"],
        "visit_kind": visit.get("kind", ""),
        "overall": extract.get("overall", ""),
        "author": extract["author"].get("name", ""),
        "source": extract.get("source", {}).get("kind", ""),
        "verdicts": {i["item_id"]: i["verdict"] for s in extract["sections"] for i in s["items"] if i.get("verdict")},
        "findings": [{name: finding.get(name) for name in _OF_A_FINDING} for finding in extract["findings"]],
        "photos": len(extract["attachments"]),
    }


_OF_A_FINDING = ("item_id", "title", "severity", "due_date")


def blob_rows(line: Line) -> list[dict[str, Any]]:
    return [
        {
            "record_id": line.record_id,
            "revision_id": line.revision_id,
            "sha256": blob.sha256,
            "size": blob.size,
            "mime": blob.mime,
            "name": blob.name,
            "audience": blob.audience,
        }
        for blob in line.blobs
    ]


def result_of(line: Line, decision: Decision, shelf: Shelf) -> LineResult:
    known = shelf.revisions.get(line.revision_id)
    receipt = known.receipt if known and decision.status in (200, 201, 409) and known.digest == line.digest else None
    return LineResult(
        line.revision_id,
        decision.status,
        decision.code.value,
        pointer=decision.pointer,
        head=decision.conflict_head,
        kept=decision.code is Code.CONFLICT,
        missing=decision.missing,
        receipt=receipt,
    )


def sealed_of(row: Row[Any]) -> Sealed:
    return Sealed(
        envelope=zstandard.ZstdDecompressor().decompress(row.envelope, max_output_size=row.size),
        digest=row.digest,
        signature=row.signature,
        key_id=row.key_id,
    )


def arrived_of(row: Row[Any], connection: Connection) -> Arrived:
    """Rebuild a pending line from its row."""
    claims = connection.execute(
        select(tables.revision_blobs).where(
            (tables.revision_blobs.c.record_id == row.record_id)
            & (tables.revision_blobs.c.revision_id == row.revision_id)
        )
    )
    sealed = sealed_of(row)
    envelope = json.loads(sealed.envelope)
    line = Line(
        record_id=row.record_id,
        revision_id=row.revision_id,
        base_revision_id=row.base_revision_id,
        merges=tuple(envelope["merges"]),
        op=row.op,
        digest=row.digest,
        blobs=tuple(BlobClaim(c.sha256, c.size, c.mime, c.name, c.audience) for c in claims),
        scope=row.scope,
        index={name: getattr(row, name) for name in _INDEX},
    )
    summary = summary_of(line, extract_of_plain(envelope))
    return Arrived(line, sealed.key_id, sealed.signature, row.size, row.envelope, summary)


_INDEX = ("device_id", "person_id", "visit_id", "site_id", "form_id", "form_version", "sealed_at")


def content_of(row: Row[Any], audiences: frozenset[Audience]) -> dict[str, Any]:
    """Return what a reader of these audiences gets: the wire line, or the factory's extract and the office copy."""
    sealed = sealed_of(row)
    if Audience.RESTRICTED in audiences:
        return {"line": wire_line(sealed)}
    envelope = json.loads(sealed.envelope)
    extract = {"extract": extract_of_plain(envelope)}
    return {**extract, "office": office_copy(envelope)} if Audience.OFFICE in audiences else extract


LISTED = (
    "record_id",
    "revision_id",
    "base_revision_id",
    "op",
    "state",
    "head",
    "seq",
    "digest",
    "device_id",
    "person_id",
    "site_id",
    "form_id",
    "form_version",
    "sealed_at",
    "received_at",
    "size",
)
