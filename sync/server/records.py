"""Files lines and completed files in the database and reads them back: `filing`'s rules, each call one transaction.

A receipt is made inside the transaction and answered after its commit, so it exists exactly when the record does; it is
stored with the revision and never made twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from checklists.clock import Clock, stamp
from checklists.errors import SealError
from checklists.model import Audience
from checklists.sealing import (
    Receipt,
    Sealed,
    Signer,
    extract_of_plain,
    parse_wire_line,
    sign_receipt,
    verify,
    wire_line,
)
from sync.protocol import EVERYWHERE, Code, Collection, FeedRow, LineResult, MissingBlob, RevisionState
from sync.server import feed, tables
from sync.server.auth import Caller
from sync.server.filing import BlobClaim, Decision, Known, Line, Shelf, decide, remember
from sync.server.lines import read_envelope
from sync.server.rights import Right, has
from sync.server.storage import RaceLostError, Storage
from sync.server.upsert import insert_new, take_numbers

INSPECTIONS = "inspections"
Offsets = Callable[[str], int]
"""How many bytes of a file already lie here as the caller's part."""


@dataclass(frozen=True, slots=True)
class DeviceOfKey:
    """Which device signs with a key, and where its records belong."""

    device_id: str
    public_key: bytes
    scope: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A line that passed its checks, with the exact bytes."""

    line: Line
    sealed: Sealed


class Records:
    """The record side of the centre. Every public method is one transaction; any thread."""

    def __init__(self, storage: Storage, *, clock: Clock, key: Signer, server_id: str) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key
        self._server_id = server_id
        self._keys: dict[str, DeviceOfKey] = {}

    # --- arriving -----------------------------------------------------------------------------------------------------

    def file_lines(self, caller: Caller, lines: Sequence[bytes], offset_of: Offsets) -> tuple[LineResult, ...]:
        """Check and file lines in one transaction. Returns one result per line, in order, after the commit."""
        read = [self._read(caller, line) for line in lines]
        arrived = [item for item in read if isinstance(item, Arrived)]
        filed = iter(self._storage.write(lambda c: self._file(c, arrived, offset_of)) if arrived else ())
        return tuple(next(filed) if isinstance(item, Arrived) else item for item in read)

    def _read(self, caller: Caller, raw: bytes) -> Arrived | LineResult:
        """Read one line and check its signature by the key of a registered device."""
        revision_id = ""
        try:
            sealed = parse_wire_line(raw)
            envelope = read_envelope(sealed.envelope)
            revision_id = envelope["revision_id"]
            device = self.device_of(sealed.key_id)
            if device is None:
                return LineResult(revision_id, 403, Code.UNKNOWN_KEY, sealed.key_id)
            verify(sealed, device.public_key)
        except SealError as error:
            what, member = str(error.data.get("what", "")), str(error.data.get("member", ""))
            code = Code.BAD_SIGNATURE if what in ("signature", "key", "digest") else Code.INVALID
            return LineResult(revision_id, 422, code, what, pointer=f"/{member}" if member else "")
        if envelope["device_id"] != device.device_id:
            return LineResult(revision_id, 422, Code.INVALID, "device", pointer="/device_id")
        if device.device_id != caller.device_id and not has(caller, Right.CARRY):
            return LineResult(revision_id, 403, Code.NOT_ASSIGNED)
        return Arrived(line_of(envelope, sealed.digest, device.scope), sealed)

    def device_of(self, key_id: str) -> DeviceOfKey | None:
        """Return whose key this is, None for one that is not registered."""
        if key_id not in self._keys:
            found = self._storage.read(lambda c: _find_key(c, key_id))
            if found is None:
                return None
            self._keys[key_id] = found
        return self._keys[key_id]

    def forget_devices(self) -> None:
        """Read devices anew after one changed its scope."""
        self._keys.clear()

    def _file(self, connection: Connection, arrived: Sequence[Arrived], offset_of: Offsets) -> list[LineResult]:
        shelf = load_shelf(connection, [a.line for a in arrived])
        for line in (a.line for a in arrived):
            shelf.parts.update((b.sha256, offset_of(b.sha256)) for b in line.blobs if b.sha256 not in shelf.blobs)
        decisions = []
        for item in arrived:
            decision = decide(item.line, shelf)
            remember(item.line, decision, shelf)
            decisions.append(decision)
        return self._carry_out(connection, list(zip(arrived, decisions, strict=True)), shelf)

    def _carry_out(
        self, connection: Connection, decided: Sequence[tuple[Arrived, Decision]], shelf: Shelf
    ) -> list[LineResult]:
        """Write what was decided. Numbers are taken last, once per scope and transaction."""
        now = stamp(self._clock.now())
        new = [(a, d) for a, d in decided if d.state is not None]
        _write_pending(connection, [(a, d) for a, d in new if d.state is RevisionState.PENDING], now)
        for scope in sorted({a.line.scope for a, d in new if d.whole}):
            mine = [(a, d) for a, d in new if d.whole and a.line.scope == scope]
            first = take_numbers(connection, scope, INSPECTIONS, len(mine))
            self._write_whole(connection, mine, first, now, shelf)
        return [_result(a.line, d, shelf) for a, d in decided]

    def _write_whole(
        self, connection: Connection, mine: Sequence[tuple[Arrived, Decision]], first: int, now: str, shelf: Shelf
    ) -> None:
        rows = []
        heads = dict(shelf.heads)  # after the whole batch: a chain in one batch has one head
        for number, (item, decision) in enumerate(mine, first):
            receipt = self._receipt(item.line, number, now)
            remember(item.line, decision, shelf, receipt)
            head = decision.takes_head and heads[item.line.record_id] == item.line.revision_id
            rows.append({**_row(item, decision, now), "head": head, "seq": number, "receipt": json.dumps(receipt)})
        _move_heads(connection, mine)
        _drop_pending(connection, [a.line for a, d in mine if d.was_pending])
        connection.execute(tables.revisions.insert(), rows)
        insert_new(connection, tables.revision_blobs, [b for item, _ in mine for b in _blob_rows(item.line)])
        for item, _ in mine:
            _note_merges(connection, item.line)
        feed.write_rows(connection, mine[0][0].line.scope, _history(rows), now)

    def _receipt(self, line: Line, number: int, now: str) -> dict[str, Any]:
        blank = Receipt(
            receipt_id=str(uuid.uuid4()),
            digest=line.digest,
            record_id=line.record_id,
            revision_id=line.revision_id,
            server_id=self._server_id,
            received_at=now,
            seq=number,
            key_id=self._key.key_id,
        )
        return sign_receipt(blank, self._key).to_json()

    # --- completing ---------------------------------------------------------------------------------------------------

    def add_blob(self, scope: str, sha256: str, size: int) -> tuple[LineResult, ...]:
        """Note a whole file of a scope, and file the pending revisions that it completes."""

        def step(connection: Connection) -> list[LineResult]:
            stored = {"scope": scope, "sha256": sha256, "size": size, "stored_at": stamp(self._clock.now())}
            insert_new(connection, tables.blobs, stored)
            waiting = [_arrived_of(row, connection) for row in _pending_with(connection, scope, sha256)]
            results = self._file(connection, waiting, lambda _sha256: 0) if waiting else []
            return [result for result in results if result.status != 202]

        return tuple(self._storage.write(step))

    def missing(self, caller: Caller, wanted: Iterable[tuple[str, int]], offset_of: Offsets) -> tuple[MissingBlob, ...]:
        """Return which files the caller's scope lacks, and how far their parts are."""
        hashes = [sha256 for sha256, _ in wanted]
        present = self._storage.read(lambda c: _present(c, caller.scope, hashes))
        return tuple(MissingBlob(sha256, offset_of(sha256)) for sha256 in hashes if sha256 not in present)

    def has_blob(self, scope: str, sha256: str) -> bool:
        return sha256 in self._storage.read(lambda c: _present(c, scope, [sha256]))

    # --- reading ------------------------------------------------------------------------------------------------------

    def listing(self, scope: str, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Return whole revisions of a scope in commit order. Pending ones are not among them."""
        columns = [tables.revisions.c[name] for name in _LISTED]
        query = (
            select(*columns)
            .where((tables.revisions.c.scope == scope) & (tables.revisions.c.seq > after))
            .order_by(tables.revisions.c.seq)
            .limit(limit)
        )
        return self._storage.read(lambda c: [dict(row._mapping) for row in c.execute(query)])  # noqa: SLF001 - its API

    def may_read_blob(self, scope: str, sha256: str, *, whole: bool, device_id: str) -> bool:
        """Say whether a file is there for this reader.

        One of restricted matter is for its author and few roles; one that was published (a checklist) for everybody.
        """

        def step(connection: Connection) -> bool:
            rev, blob = tables.revisions, tables.revision_blobs
            if not _present(connection, scope, [sha256]):
                of_a_record = select(blob.c.sha256).where(blob.c.sha256 == sha256).limit(1)
                published = _present(connection, EVERYWHERE, [sha256])
                return bool(published) and connection.execute(of_a_record).first() is None
            seen = connection.execute(
                select(blob.c.audience, rev.c.device_id)
                .join(rev, (rev.c.record_id == blob.c.record_id) & (rev.c.revision_id == blob.c.revision_id))
                .where((blob.c.sha256 == sha256) & (rev.c.scope == scope))
            ).all()
            open_to_all = not seen or any(r.audience != Audience.RESTRICTED or r.device_id == device_id for r in seen)
            return whole or open_to_all

        return self._storage.read(step)

    def record(self, scope: str, record_id: str, *, whole: bool = True, device_id: str = "") -> list[dict[str, Any]]:
        """Return a record's whole revisions and receipts, oldest first.

        With their wire lines where the reader may see all or sealed them; else with the factory's extract.
        """
        query = (
            select(tables.revisions)
            .where((tables.revisions.c.record_id == record_id) & (tables.revisions.c.scope == scope))
            .where(tables.revisions.c.seq.is_not(None))
            .order_by(tables.revisions.c.seq)
        )
        rows = self._storage.read(lambda c: c.execute(query).all())
        return [
            {
                **{name: getattr(row, name) for name in _LISTED},
                "receipt": json.loads(row.receipt),
                **_content(row, whole=whole or row.device_id == device_id),
            }
            for row in rows
        ]

    def counts(self) -> dict[str, int]:
        """Return how many revisions there are in each state."""
        query = select(tables.revisions.c.state, func.count()).group_by(tables.revisions.c.state)
        found = {str(state): int(count) for state, count in self._storage.read(lambda c: c.execute(query).all())}
        return {f"revisions_{state}": found.get(state, 0) for state in RevisionState}

    def anchor(self, device_id: str, seq: int, head: str) -> bool:
        """Keep the head of a device's audit chain. False where another head was left for the same number."""

        def step(connection: Connection) -> bool:
            row = {"device_id": device_id, "seq": seq, "head": head, "received_at": stamp(self._clock.now())}
            insert_new(connection, tables.anchors, row)
            where = (tables.anchors.c.device_id == device_id) & (tables.anchors.c.seq == seq)
            return bool(connection.execute(select(tables.anchors.c.head).where(where)).scalar_one() == head)

        return self._storage.write(step)


_LISTED = (
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


def _content(row: Row[Any], *, whole: bool) -> dict[str, Any]:
    sealed = _sealed_of(row)
    if whole:
        return {"line": wire_line(sealed)}
    return {"extract": extract_of_plain(json.loads(sealed.envelope))}


# --- between envelopes, lines and rows --------------------------------------------------------------------------------


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


def _row(item: Arrived, decision: Decision, now: str) -> dict[str, Any]:
    line, sealed = item.line, item.sealed
    return {
        "record_id": line.record_id,
        "revision_id": line.revision_id,
        "base_revision_id": line.base_revision_id,
        "op": line.op,
        "state": decision.state,
        "head": decision.takes_head,
        "conflict_head": decision.conflict_head,
        "scope": line.scope,
        "seq": None,
        "digest": line.digest,
        "key_id": sealed.key_id,
        **line.index,
        "received_at": now,
        "size": len(sealed.envelope),
        "envelope": zstandard.ZstdCompressor(level=3).compress(sealed.envelope),
        "signature": sealed.signature,
        "receipt": "",
    }


def _history(rows: Sequence[Mapping[str, Any]]) -> list[FeedRow]:
    """Return what laptops of the scope learn of new heads: the history of their sites, without restricted matter."""
    return [
        FeedRow(Collection.INSPECTIONS, row["record_id"], row["seq"], row["site_id"], summary_of(row))
        for row in rows
        if row["head"]
    ]


def summary_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a revision's line in a site's history, from its factory extract only."""
    envelope = json.loads(zstandard.ZstdDecompressor().decompress(row["envelope"], max_output_size=row["size"]))
    extract = extract_of_plain(envelope)
    findings = [
        {name: finding.get(name) for name in ("item_id", "title", "severity", "due_date")}
        for finding in extract["findings"]
    ]
    visit = extract["visit"]
    return {
        "revision_id": row["revision_id"],
        "op": row["op"],
        "digest": row["digest"],
        "site_id": row["site_id"],
        "form_id": row["form_id"],
        "form_version": row["form_version"],
        "sealed_at": row["sealed_at"],
        "visit_kind": visit.get("kind", ""),
        "overall": extract.get("overall", ""),
        "author": extract["author"].get("name", ""),
        "verdicts": {i["item_id"]: i["verdict"] for s in extract["sections"] for i in s["items"] if i.get("verdict")},
        "findings": findings,
        "photos": len(extract["attachments"]),
    }


def _blob_rows(line: Line) -> list[dict[str, Any]]:
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


def _result(line: Line, decision: Decision, shelf: Shelf) -> LineResult:
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


def _sealed_of(row: Row[Any]) -> Sealed:
    return Sealed(
        envelope=zstandard.ZstdDecompressor().decompress(row.envelope, max_output_size=row.size),
        digest=row.digest,
        signature=row.signature,
        key_id=row.key_id,
    )


def _arrived_of(row: Row[Any], connection: Connection) -> Arrived:
    """Rebuild a pending line from its row."""
    claims = connection.execute(
        select(tables.revision_blobs).where(
            (tables.revision_blobs.c.record_id == row.record_id)
            & (tables.revision_blobs.c.revision_id == row.revision_id)
        )
    )
    sealed = _sealed_of(row)
    line = Line(
        record_id=row.record_id,
        revision_id=row.revision_id,
        base_revision_id=row.base_revision_id,
        merges=tuple(json.loads(sealed.envelope)["merges"]),
        op=row.op,
        digest=row.digest,
        blobs=tuple(BlobClaim(c.sha256, c.size, c.mime, c.name, c.audience) for c in claims),
        scope=row.scope,
        index={name: getattr(row, name) for name in _INDEX},
    )
    return Arrived(line, sealed)


_INDEX = ("device_id", "person_id", "visit_id", "site_id", "form_id", "form_version", "sealed_at")

# --- queries ----------------------------------------------------------------------------------------------------------


def _find_key(connection: Connection, key_id: str) -> DeviceOfKey | None:
    row = connection.execute(
        select(tables.device_keys, tables.devices.c.scope, tables.devices.c.person_id)
        .join(tables.devices, tables.devices.c.device_id == tables.device_keys.c.device_id)
        .where(tables.device_keys.c.key_id == key_id)
    ).one_or_none()
    if row is None:
        return None
    return DeviceOfKey(row.device_id, bytes.fromhex(row.public_key), row.scope, row.person_id)


def load_shelf(connection: Connection, lines: Sequence[Line]) -> Shelf:
    """Read what is known around some lines: three queries, however many lines."""
    shelf = Shelf()
    ids = {i for line in lines for i in (line.revision_id, line.base_revision_id, *line.merges) if i}
    columns = [
        tables.revisions.c[n] for n in ("record_id", "revision_id", "digest", "state", "conflict_head", "receipt")
    ]
    for row in connection.execute(select(*columns).where(tables.revisions.c.revision_id.in_(ids))):
        receipt = json.loads(row.receipt) if row.receipt else None
        shelf.revisions[row.revision_id] = Known(
            row.record_id, row.revision_id, row.digest, RevisionState(row.state), row.conflict_head, receipt
        )
    heads = select(tables.revisions.c.record_id, tables.revisions.c.revision_id).where(
        tables.revisions.c.record_id.in_({line.record_id for line in lines}) & tables.revisions.c.head
    )
    shelf.heads = {row.record_id: row.revision_id for row in connection.execute(heads)}
    hashes = {blob.sha256 for line in lines for blob in line.blobs}
    if hashes:
        for scope in {line.scope for line in lines}:
            shelf.blobs |= _present(connection, scope, hashes)
    return shelf


def _present(connection: Connection, scope: str, hashes: Iterable[str]) -> dict[str, int]:
    where = (tables.blobs.c.scope == scope) & tables.blobs.c.sha256.in_(set(hashes))
    rows = connection.execute(select(tables.blobs.c.sha256, tables.blobs.c.size).where(where))
    return {row.sha256: row.size for row in rows}


def _write_pending(connection: Connection, new: Sequence[tuple[Arrived, Decision]], now: str) -> None:
    if new:
        connection.execute(tables.revisions.insert(), [_row(item, decision, now) for item, decision in new])
        insert_new(connection, tables.revision_blobs, [b for item, _ in new for b in _blob_rows(item.line)])


def _drop_pending(connection: Connection, lines: Sequence[Line]) -> None:
    """Take away the pending rows of revisions that are now written whole."""
    gone = delete(tables.revisions).where(
        (tables.revisions.c.record_id == bindparam("record")) & (tables.revisions.c.revision_id == bindparam("old"))
    )
    if lines:
        connection.execute(gone, [{"old": line.revision_id, "record": line.record_id} for line in lines])


def _pending_with(connection: Connection, scope: str, sha256: str) -> Sequence[Row[Any]]:
    rev, blob = tables.revisions, tables.revision_blobs
    return connection.execute(
        select(rev)
        .join(blob, (blob.c.record_id == rev.c.record_id) & (blob.c.revision_id == rev.c.revision_id))
        .where((blob.c.sha256 == sha256) & (rev.c.scope == scope) & (rev.c.state == RevisionState.PENDING))
        .order_by(rev.c.received_at, rev.c.revision_id)
        # two last files at once would each miss the other at READ COMMITTED: the second waits here and then sees both
        .with_for_update(of=rev)
    ).all()


def _move_heads(connection: Connection, mine: Sequence[tuple[Arrived, Decision]]) -> None:
    """Take the head from its holder; one that is not the head any more means that a race was lost."""
    taken = {a.line.revision_id for a, _ in mine}
    for item, decision in mine:
        if decision.takes_head and decision.old_head and decision.old_head not in taken:
            where = (
                (tables.revisions.c.record_id == item.line.record_id)
                & (tables.revisions.c.revision_id == decision.old_head)
                & tables.revisions.c.head
            )
            if connection.execute(update(tables.revisions).where(where).values(head=False)).rowcount != 1:
                raise RaceLostError


def _note_merges(connection: Connection, line: Line) -> None:
    for merged in line.merges:
        where = (tables.revisions.c.record_id == line.record_id) & (tables.revisions.c.revision_id == merged)
        connection.execute(update(tables.revisions).where(where).values(merged_by=line.revision_id))
