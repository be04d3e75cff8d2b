"""What must still go to the centre. A row leaves only when a receipt names the digest of its exact bytes.

Implements the interface that the sync engine works on; nothing here talks to a network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from checklists.crypto import DecryptingReader
from checklists.errors import NotFoundError, SealError
from checklists.model import Changes
from checklists.sealing import Receipt, Sealed
from checklists.store.attachments import Attachments
from checklists.store.core import Core
from checklists.store.driver import Row
from checklists.store.revisions import Revisions

RECEIPT_MEMBERS = "receipt_id, digest, record_id, revision_id, server_id, received_at, seq, key_id, signature"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """An attachment's bytes by their hash."""

    sha256: str
    size: int
    mime: str
    name: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One sealed revision on its way. `state` is waiting, parked or conflict; `next_at` '' means at once."""

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
    conflict_head: str
    blobs: tuple[BlobRef, ...]


class Outbox:
    """The way out of this workspace."""

    def __init__(self, core: Core, revisions: Revisions, attachments: Attachments) -> None:
        self._core, self._db = core, core.db
        self._revisions, self._attachments = revisions, attachments

    def pending(self) -> tuple[OutboxRow, ...]:
        """Return everything without a receipt, oldest first; a parent comes before its child."""
        found = self._db.rows(
            "SELECT o.revision_id, r.record_id, r.base_revision_id, r.digest, o.created_at, o.attempts, o.next_at, "
            "o.last_error_code, o.last_error, o.state, o.conflict_head "
            "FROM outbox o JOIN revision r ON r.revision_id = o.revision_id ORDER BY r.device_seq"
        )
        return tuple(_outbox_row(row, self._blobs(row[0])) for row in found)

    def _blobs(self, revision_id: str) -> tuple[BlobRef, ...]:
        found = self._db.rows(
            "SELECT body FROM revision_attachment WHERE revision_id = ? ORDER BY position", (revision_id,)
        )
        bodies = (json.loads(row[0]) for row in found)
        by_hash = {b["sha256"]: BlobRef(b["sha256"], b["size"], b["mime"], b["name"]) for b in bodies}
        return tuple(by_hash.values())

    def sealed(self, revision_id: str) -> Sealed:
        """Return the exact bytes. Raises `NotFoundError`."""
        return self._revisions.sealed(revision_id)

    def open_blob(self, sha256: str) -> DecryptingReader:
        return self._attachments.open(sha256)

    def acknowledge(self, receipt: Receipt) -> Changes:
        """Keep a receipt (its signature was checked by the caller); the row leaves with it, in one transaction.

        Raises `SealError(what="receipt")` where it names other bytes than ours. The same receipt again changes nothing.
        """
        with self._db.tx():
            digest = self._db.value("SELECT digest FROM revision WHERE revision_id = ?", (receipt.revision_id,))
            if digest is None:
                raise NotFoundError(receipt.revision_id, kind="revision", key=receipt.revision_id)
            if digest != receipt.digest:
                raise SealError("receipt names other bytes", what="receipt", revision_id=receipt.revision_id)
            new = self._db.run(
                f"INSERT INTO receipt ({RECEIPT_MEMBERS}, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (receipt_id) DO NOTHING",
                (*_members(receipt), self._core.now()),
            )
            self._db.run("DELETE FROM outbox WHERE revision_id = ?", (receipt.revision_id,))
            if new:
                body = {"receipt": receipt.receipt_id, "digest": receipt.digest, "server": receipt.server_id}
                self._core.audit.append("received", "record", receipt.record_id, body)
        changed = {("record", receipt.record_id), ("outbox", receipt.revision_id), ("receipt", receipt.receipt_id)}
        return Changes(frozenset(changed), "acknowledge")

    def failed(
        self, revision_id: str, code: str, message: str, next_at: str, *, parked: bool = False, conflict_head: str = ""
    ) -> Changes:
        """Note that sending did not work, why, and when to try again; park it, or name the centre's other head."""
        state = "conflict" if conflict_head else "parked" if parked else "waiting"
        with self._db.tx():
            self._db.run(
                "UPDATE outbox SET attempts = attempts + 1, last_error_code = ?, last_error = ?, next_at = ?, "
                "state = ?, conflict_head = ? WHERE revision_id = ?",
                (code, message[:500], next_at, state, conflict_head, revision_id),
            )
        return Changes.of("outbox", revision_id, cause=code)

    def offer_again(self, server_ids: Iterable[str]) -> Changes:
        """Put back what got its receipt under these ids: that centre was restored from a backup and may lack it.

        What it still has it answers with the same receipt; nothing is sent twice but the text.
        """
        asked = tuple(server_ids)
        marks = ", ".join("?" * len(asked))
        with self._db.tx():
            found = self._db.rows(
                f"SELECT DISTINCT revision_id, record_id FROM sent WHERE server_id IN ({marks}) "
                "AND revision_id NOT IN (SELECT revision_id FROM outbox) ORDER BY revision_id",
                asked,
            )
            now = self._core.now()
            self._db.many(
                "INSERT INTO outbox (revision_id, created_at) VALUES (?, ?)", [(row[0], now) for row in found]
            )
            if found:
                body = {"servers": list(asked), "revisions": len(found)}
                self._core.audit.append("offered-again", "outbox", self._core.keys.workspace_id, body)
        return Changes(frozenset(("record", row[1]) for row in found), "offer-again")

    def receipts(self, record_id: str) -> tuple[Receipt, ...]:
        """Return all receipts of a record's revisions, oldest first."""
        found = self._db.rows(
            f"SELECT {RECEIPT_MEMBERS} FROM receipt WHERE record_id = ? ORDER BY stored_at", (record_id,)
        )
        return tuple(Receipt(*row) for row in found)

    def counts(self) -> dict[str, int]:
        """Return how many rows are waiting, parked and in conflict."""
        counted: dict[str, int] = {}
        for row in self._db.rows("SELECT state, count(*) FROM outbox GROUP BY state"):
            counted[row[0]] = row[1]
        return {state: counted.get(state, 0) for state in ("waiting", "parked", "conflict")}


def _outbox_row(row: Row, blobs: tuple[BlobRef, ...]) -> OutboxRow:
    return OutboxRow(*(*row, blobs))


def _members(receipt: Receipt) -> tuple[str | int, ...]:
    return (
        receipt.receipt_id,
        receipt.digest,
        receipt.record_id,
        receipt.revision_id,
        receipt.server_id,
        receipt.received_at,
        receipt.seq,
        receipt.key_id,
        receipt.signature,
    )
