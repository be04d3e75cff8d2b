"""The shelf as an outbox: the same engine that sends from a laptop forwards from a relay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import zstandard
from sqlalchemy import Connection, Row, select, update

from checklists.clock import Clock, stamp
from checklists.errors import NotFoundError, SealError
from checklists.model import Changes
from checklists.sealing import Receipt, Sealed, parse_wire_line
from sync.protocol import IN_CONFLICT, PARKED, WAITING
from sync.relay.tables import carried, carried_blobs
from sync.server.database.storage import Storage
from sync.server.files.blobs import BlobFolder
from sync.server.intake.filing import BlobClaim


@dataclass(frozen=True, slots=True)
class Line:
    """One line on its way, as the engine wants it."""

    revision_id: str
    record_id: str
    base_revision_id: str | None
    digest: str
    created_at: str
    attempts: int
    next_at: str
    last_error_code: str
    last_error: str
    state: str
    urgent: bool
    blobs: tuple[BlobClaim, ...]


class RelayOutbox:
    """Implements `sync.protocol.Outbox` over the lines that are whole here.

    `urgent_only` is the first run's view: urgent lines, and what they are corrections of, however ordinary.
    """

    def __init__(self, storage: Storage, blobs: BlobFolder, *, clock: Clock, urgent_only: bool = False) -> None:
        self._storage = storage
        self._blobs = blobs
        self._clock = clock
        self._urgent_only = urgent_only

    def pending(self) -> Sequence[Line]:
        """Return the lines without the centre's receipt, in the order in which they came."""
        columns = [c for c in carried.c if c.name not in ("line", "relayed", "receipt")]
        wanted = (carried.c.receipt == "") & (carried.c.relayed != "")

        def step(connection: Connection) -> list[Line]:
            rows = connection.execute(select(*columns).where(wanted).order_by(carried.c.arrived_at)).all()
            if self._urgent_only:
                rows = _with_bases(rows)
            return [_line(row, _blobs_of(connection, row.revision_id)) for row in rows]

        return self._storage.read(step)

    def sealed(self, revision_id: str) -> Sealed:
        """Return the exact bytes that the laptop sealed. Raises `NotFoundError`."""
        query = select(carried.c.line, carried.c.size).where(carried.c.revision_id == revision_id)
        row = self._storage.read(lambda c: c.execute(query).one_or_none())
        if row is None or row.line is None:
            raise NotFoundError(kind="revision", key=revision_id)
        return parse_wire_line(zstandard.ZstdDecompressor().decompress(row.line, max_output_size=row.size))

    def open_blob(self, sha256: str) -> BinaryIO:
        return self._blobs.path(sha256).open("rb")

    def acknowledge(self, receipt: Receipt) -> Changes:
        """Keep the centre's receipt for the laptop. Raises `SealError` where it names other bytes."""

        def step(connection: Connection) -> None:
            where = carried.c.revision_id == receipt.revision_id
            digest = connection.execute(select(carried.c.digest).where(where)).scalar()
            if digest is None:
                raise NotFoundError(kind="revision", key=receipt.revision_id)
            if digest != receipt.digest:
                raise SealError("receipt names other bytes", what="receipt", revision_id=receipt.revision_id)
            values = {"receipt": json.dumps(receipt.to_json()), "receipted_at": stamp(self._clock.now())}
            connection.execute(update(carried).where(where & (carried.c.receipt == "")).values(values))

        self._storage.write(step)
        return Changes.of("carried", receipt.revision_id)

    def failed(
        self, revision_id: str, code: str, message: str, next_at: str, *, parked: bool = False, conflict_head: str = ""
    ) -> Changes:
        state = IN_CONFLICT if conflict_head else PARKED if parked else WAITING
        values = {
            "attempts": carried.c.attempts + 1,
            "next_at": next_at,
            "last_error_code": code,
            "last_error": message[:500],
            "state": state,
            "conflict_head": conflict_head,
        }
        where = (carried.c.revision_id == revision_id) & (carried.c.receipt == "")
        self._storage.write(lambda c: c.execute(update(carried).where(where).values(values)))
        return Changes.of("carried", revision_id, cause=code)

    def let_go(self, code: str) -> None:
        """Let lines that wait for this reason go at once."""
        where = (carried.c.last_error_code == code) & (carried.c.receipt == "") & (carried.c.state == WAITING)
        self._storage.write(lambda c: c.execute(update(carried).where(where).values(next_at="")))


def is_urgent(line: Any) -> bool:
    return bool(line.urgent)


def _with_bases(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the urgent lines with the lines they build upon: without these the centre takes none of them."""
    by_id = {row.revision_id: row for row in rows}
    wanted: set[str] = set()
    for row in rows:
        at = row if row.urgent else None
        while at is not None and at.revision_id not in wanted:
            wanted.add(at.revision_id)
            at = by_id.get(at.base_revision_id)
    return [row for row in rows if row.revision_id in wanted]


def _blobs_of(connection: Connection, revision_id: str) -> tuple[BlobClaim, ...]:
    query = select(carried_blobs).where(carried_blobs.c.revision_id == revision_id).order_by(carried_blobs.c.sha256)
    return tuple(BlobClaim(b.sha256, b.size, b.mime, b.name) for b in connection.execute(query))


def _line(row: Row[Any], blobs: tuple[BlobClaim, ...]) -> Line:
    return Line(
        row.revision_id,
        row.record_id,
        row.base_revision_id,
        row.digest,
        row.arrived_at,
        row.attempts,
        row.next_at,
        row.last_error_code,
        row.last_error,
        row.state,
        row.urgent,
        blobs,
    )
