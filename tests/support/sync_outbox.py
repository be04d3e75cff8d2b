"""The outbox in memory: the second implementation beside the store's, held to the same contract suite."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from checklists.errors import NotFoundError, SealError
from checklists.model import Changes
from checklists.sealing import Receipt, Sealed, Signer, digest, read_json, seal
from tests.support import store_builders


@dataclass(frozen=True)
class Blob:
    sha256: str
    size: int
    mime: str = "image/jpeg"
    name: str = ""


@dataclass(frozen=True)
class Row:
    revision_id: str
    record_id: str
    base_revision_id: str | None
    digest: str
    created_at: str
    attempts: int = 0
    next_at: str = ""
    last_error_code: str = ""
    last_error: str = ""
    state: str = "waiting"
    blobs: tuple[Blob, ...] = ()


@lru_cache(maxsize=10_000)
def _row_of(sealed: Sealed) -> Row:
    envelope = read_json(sealed.envelope)
    blobs = {a["sha256"]: Blob(a["sha256"], a["size"], a["mime"], a["name"]) for a in envelope["attachments"]}
    return Row(
        revision_id=envelope["revision_id"],
        record_id=envelope["record_id"],
        base_revision_id=envelope["base_revision_id"],
        digest=sealed.digest,
        created_at=envelope["sealed_at"],
        blobs=tuple(blobs.values()),
    )


_small_hash = lru_cache(maxsize=1000)(digest)


def _hash_of(data: bytes) -> str:
    return _small_hash(data) if len(data) < 4096 else digest(data)


class MemoryOutbox:
    """Keeps sealed revisions, files and receipts in dicts. `put` stands for the store's finalise."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.sealed_by_id: dict[str, Sealed] = {}
        self.files: dict[str, bytes] = {}
        self.receipts: dict[str, Receipt] = {}
        self.conflict_heads: dict[str, str] = {}

    def put(self, sealed: Sealed, files: Iterable[bytes] = ()) -> Row:
        row = _row_of(sealed)
        for data in files:
            self.files[_hash_of(data)] = data
        self.rows[row.revision_id] = row
        self.sealed_by_id[row.revision_id] = sealed
        return row

    def pending(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows.values() if row.revision_id not in self.receipts)

    def sealed(self, revision_id: str) -> Sealed:
        if revision_id not in self.sealed_by_id:
            raise NotFoundError(kind="revision", key=revision_id)
        return self.sealed_by_id[revision_id]

    def open_blob(self, sha256: str) -> io.BytesIO:
        if sha256 not in self.files:
            raise NotFoundError(kind="attachment", key=sha256)
        return io.BytesIO(self.files[sha256])

    def acknowledge(self, receipt: Receipt) -> Changes:
        row = self.rows.get(receipt.revision_id)
        if row is None:
            raise NotFoundError(kind="revision", key=receipt.revision_id)
        if row.digest != receipt.digest:
            raise SealError("receipt of other bytes", what="receipt")
        self.receipts.setdefault(receipt.revision_id, receipt)
        return Changes.of("record", row.record_id)

    def failed(
        self,
        revision_id: str,
        code: str,
        message: str,
        next_at: str,
        *,
        parked: bool = False,
        conflict_head: str = "",
    ) -> Changes:
        row = self.rows[revision_id]
        state = "conflict" if conflict_head else "parked" if parked else "waiting"
        if conflict_head:
            self.conflict_heads[revision_id] = conflict_head
        self.rows[revision_id] = replace(
            row,
            attempts=row.attempts + 1,
            next_at=next_at,
            last_error_code=code,
            last_error=message,
            state=state,
        )
        return Changes.of("outbox", revision_id)


def photo(seed: int, size: int) -> bytes:
    """Return `size` bytes that look like noise and are the same for the same seed."""
    return hashlib.shake_128(str(seed).encode()).digest(size)


def sealed_record(
    key: Signer,
    revision_id: str = "rev-1",
    *,
    record_id: str = "r-1",
    base: str | None = None,
    files: Iterable[bytes] = (),
    device_id: str = "d-1",
    **changes: Any,
) -> Sealed:
    """Return a whole sealed envelope of the builders' inspection with these files as photos."""
    attachments = [
        store_builders.attachment(
            f"a-{number}",
            record_id,
            sha256=digest(data),
            size=len(data),
            name=f"{digest(data)[:8]}.jpg",
            exhibit=f"จ.{number}",
        )
        for number, data in enumerate(files, 1)
    ]
    return seal(
        store_builders.envelope(
            record_id=record_id,
            revision_id=revision_id,
            base_revision_id=base,
            device_id=device_id,
            attachments=attachments,
            **changes,
        ),
        key,
    )
