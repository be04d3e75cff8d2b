"""What the client reads through: the outbox. Two implementations stand under one contract suite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from checklists.model import Changes
from checklists.sealing import Receipt, Sealed


class BlobRef(Protocol):
    """One attachment's bytes, named by their SHA-256."""

    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def mime(self) -> str: ...
    @property
    def name(self) -> str: ...


class OutboxRow(Protocol):
    """A sealed revision that has no receipt yet. `state` is waiting, parked or conflict; `next_at` "" means at once."""

    @property
    def revision_id(self) -> str: ...
    @property
    def record_id(self) -> str: ...
    @property
    def base_revision_id(self) -> str | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def created_at(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def next_at(self) -> str: ...
    @property
    def last_error_code(self) -> str: ...
    @property
    def last_error(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def blobs(self) -> Sequence[BlobRef]: ...


WAITING = "waiting"
PARKED = "parked"
IN_CONFLICT = "conflict"


class SeekableReader(Protocol):
    """An attachment's plain bytes; never a generator, because a repeated call must be able to start again."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...
    def close(self) -> None: ...


class Outbox(Protocol):
    """The persistent queue: it *is* the state of sending; no flag beside it says what is sent."""

    def pending(self) -> Sequence[OutboxRow]:
        """Return every row without a receipt, oldest first, parked and conflicting ones too."""

    def sealed(self, revision_id: str) -> Sealed:
        """Return the exact bytes as they were sealed."""

    def open_blob(self, sha256: str) -> SeekableReader:
        """Open an attachment's plain bytes."""

    def acknowledge(self, receipt: Receipt) -> Changes:
        """Keep a receipt that was checked; refuses one whose digest is not the revision's. Harmless twice."""

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
        """Count one attempt and say when the next may be; `parked` waits for a person, a conflict for a merge."""
