"""Lines on their way to the centre, kept durably until the centre's own receipt is here.

A relay files nothing: it does not know what the centre has, so it decides no conflict and looks for no base. It checks
that a line is whole and signed by the laptop that hands it over, keeps its exact bytes and its files, and says so by a
*relayed* receipt of its own. Of an envelope it uses ids, the names of the files, and one bit: whether it is urgent.
What the centre says in the end (its receipt, a conflict, a refusal) is the answer to the same line from then on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, select, update

from checklists.clock import Clock, IdMaker, stamp
from checklists.crypto import DeviceKey
from checklists.errors import SealError
from checklists.model import Severity, VisitKind
from checklists.sealing import Receipt, Sealed, parse_envelope, parse_wire_line, sign_receipt, verify
from sync.protocol import IN_CONFLICT, PARKED, WAITING, Code, LineResult, MissingBlob
from sync.relay.gate import RelayGate
from sync.relay.tables import carried, carried_blobs
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new
from sync.server.files.blobs import BlobFolder, hash_of
from sync.server.people.auth import Caller

URGENT_VISITS = frozenset({VisitKind.ACCIDENT.value, VisitKind.COMPLAINT.value})
_COMPRESS = 3

OffsetOf = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that is whole and signed by its laptop."""

    revision_id: str
    envelope: Mapping[str, Any]
    sealed: Sealed
    raw: bytes

    @property
    def blobs(self) -> dict[str, Mapping[str, Any]]:
        return {a["sha256"]: a for a in self.envelope["attachments"]}


def is_urgent(envelope: Mapping[str, Any]) -> bool:
    """Say whether a record goes before all others: an accident, a complaint, or a critical finding."""
    critical = any(finding.get("severity") == Severity.CRITICAL.value for finding in envelope["findings"])
    return critical or envelope["visit"].get("kind") in URGENT_VISITS


class Shelf:
    """The relay's lines and files. Every public method is one transaction; any thread."""

    def __init__(
        self, storage: Storage, blobs: BlobFolder, gate: RelayGate, *, clock: Clock, key: DeviceKey, relay_id: str
    ) -> None:
        self._storage = storage
        self._blobs = blobs
        self._gate = gate
        self._clock = clock
        self._key = key
        self._relay_id = relay_id
        self._ids = IdMaker(clock)

    # --- arriving from laptops ----------------------------------------------------------------------------------------

    def take(self, caller: Caller, lines: Sequence[bytes], offset_of: OffsetOf) -> tuple[LineResult, ...]:
        """Keep lines in one transaction. Returns one result per line, in order, after the commit."""
        read = [self._check(caller, line) for line in lines]
        checked = [item for item in read if isinstance(item, Checked)]
        kept = iter(self._storage.write(lambda c: [self._keep(c, item, offset_of) for item in checked]))
        return tuple(next(kept) if isinstance(item, Checked) else item for item in read)

    def _check(self, caller: Caller, raw: bytes) -> Checked | LineResult:
        revision_id = ""
        try:
            sealed = parse_wire_line(raw)
            envelope = parse_envelope(sealed.envelope)
            revision_id = envelope["revision_id"]
            known = self._gate.key_of(sealed.key_id)
            if known is None:
                return LineResult(revision_id, 403, Code.UNKNOWN_KEY, sealed.key_id)
            verify(sealed, known[1])
        except SealError as error:
            what, member = str(error.data.get("what", "")), str(error.data.get("member", ""))
            code = Code.BAD_SIGNATURE if what in ("signature", "key", "digest") else Code.INVALID
            return LineResult(revision_id, 422, code, what, pointer=f"/{member}" if member else "")
        if not known[0] == envelope["device_id"] == caller.device_id:
            return LineResult(revision_id, 403, Code.NOT_ASSIGNED)
        return Checked(revision_id, envelope, sealed, raw)

    def _keep(self, connection: Connection, line: Checked, offset_of: OffsetOf) -> LineResult:
        row = connection.execute(select(carried).where(carried.c.revision_id == line.revision_id)).one_or_none()
        if row is not None and row.digest != line.sealed.digest:
            return LineResult(line.revision_id, 409, Code.REVISION_REUSED)
        if row is None:
            self._insert(connection, line)
        elif row.line is None and not row.receipt:  # cannot be: only what has its receipt is emptied
            raise AssertionError(line.revision_id)
        elif (told := _centres_word(row)) is not None:
            if row.receipt and row.line is not None:  # it is handed over with this answer, or with the next
                given = update(carried).where(carried.c.revision_id == line.revision_id)
                connection.execute(given.values(line=None))
            return told
        else:
            self._let_go_again(connection, row)
        return self._whole_or_missing(connection, line.revision_id, offset_of)

    def _insert(self, connection: Connection, line: Checked) -> None:
        envelope = line.envelope
        values = {
            "revision_id": line.revision_id,
            "record_id": envelope["record_id"],
            "base_revision_id": envelope["base_revision_id"],
            "digest": line.sealed.digest,
            "device_id": envelope["device_id"],
            "urgent": is_urgent(envelope),
            "arrived_at": stamp(self._clock.now()),
            "size": len(line.raw),
            "line": zstandard.ZstdCompressor(level=_COMPRESS).compress(line.raw),
            "state": WAITING,
        }
        insert_new(connection, carried, values)
        claims = [
            {"revision_id": line.revision_id, **{n: blob[n] for n in ("sha256", "size", "mime", "name")}}
            for blob in line.blobs.values()
        ]
        insert_new(connection, carried_blobs, claims)

    def _let_go_again(self, connection: Connection, row: Row[Any]) -> None:
        """A line that was parked because of a file here goes again: the laptop has brought it once more."""
        if row.state != PARKED:
            return
        claims = select(carried_blobs.c.sha256).where(carried_blobs.c.revision_id == row.revision_id)
        for sha256 in connection.execute(claims).scalars().all():
            path = self._blobs.path(sha256)
            if path.is_file() and hash_of(path) != sha256:
                path.unlink()
        where = carried.c.revision_id == row.revision_id
        connection.execute(update(carried).where(where).values(state=WAITING, next_at="", relayed=""))

    def _whole_or_missing(self, connection: Connection, revision_id: str, offset_of: OffsetOf) -> LineResult:
        claims = connection.execute(select(carried_blobs).where(carried_blobs.c.revision_id == revision_id)).all()
        missing = []
        for claim in claims:
            if not self.has_blob("", claim.sha256):
                missing.append(MissingBlob(claim.sha256, offset_of(claim.sha256)))
            elif self._blobs.size(claim.sha256) != claim.size:
                return LineResult(revision_id, 422, Code.INVALID, pointer="/attachments")
        if missing:
            return LineResult(revision_id, 202, Code.PENDING, missing=tuple(missing))
        return LineResult(revision_id, 202, Code.RELAYED, receipt=self._relayed(connection, revision_id))

    def _relayed(self, connection: Connection, revision_id: str) -> dict[str, Any]:
        """Return our own receipt of a line that is whole here; made once."""
        row = connection.execute(select(carried).where(carried.c.revision_id == revision_id)).one()
        if row.relayed:
            return dict(json.loads(row.relayed))
        blank = Receipt(
            receipt_id=self._ids.new(),
            digest=row.digest,
            record_id=row.record_id,
            revision_id=revision_id,
            server_id=self._relay_id,
            received_at=stamp(self._clock.now()),
            seq=0,
            key_id=self._key.key_id,
        )
        members = sign_receipt(blank, self._key).to_json()
        where = carried.c.revision_id == revision_id
        connection.execute(update(carried).where(where).values(relayed=json.dumps(members)))
        return members

    # --- files --------------------------------------------------------------------------------------------------------

    def has_blob(self, _scope: str, sha256: str) -> bool:
        """Say whether a whole file lies here: the folder is the truth, nothing under it is ever half."""
        return self._blobs.path(sha256).is_file()

    def missing(self, _caller: Caller, wanted: Iterable[tuple[str, int]], offset_of: OffsetOf) -> list[MissingBlob]:
        return [MissingBlob(s, offset_of(s)) for s, _ in wanted if not self.has_blob("", s)]

    def add_blob(self, _scope: str, sha256: str, _size: int) -> tuple[LineResult, ...]:
        """Say which lines a file completed, with our receipt of each."""

        def step(connection: Connection) -> list[LineResult]:
            query = (
                select(carried.c.revision_id)
                .join(carried_blobs, carried_blobs.c.revision_id == carried.c.revision_id)
                .where((carried_blobs.c.sha256 == sha256) & (carried.c.relayed == "") & (carried.c.receipt == ""))
                .order_by(carried.c.arrived_at)
            )
            ids = [row.revision_id for row in connection.execute(query).all()]
            results = [self._whole_or_missing(connection, revision_id, lambda _sha256: 0) for revision_id in ids]
            return [result for result in results if result.code != Code.PENDING]

        return tuple(self._storage.write(step))


def _centres_word(row: Row[Any]) -> LineResult | None:
    """Return what the centre said about a line, None while it has said nothing that ends its way."""
    if row.receipt:
        return LineResult(row.revision_id, 200, Code.HAVE, receipt=json.loads(row.receipt))
    if row.state == IN_CONFLICT:
        return LineResult(row.revision_id, 409, Code.CONFLICT, row.last_error, head=row.conflict_head, kept=True)
    if row.state == PARKED and row.last_error_code in _REFUSALS:
        return LineResult(row.revision_id, 422, row.last_error_code, row.last_error)
    return None


_REFUSALS = frozenset(
    {
        Code.INVALID,
        Code.BAD_SIGNATURE,
        Code.NOT_ASSIGNED,
        Code.REVISION_REUSED,
        Code.TOO_LARGE,
        Code.FORBIDDEN,
        Code.UNKNOWN_FORM,
    }
)
