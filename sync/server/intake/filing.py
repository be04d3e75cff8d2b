"""The rules by which a line is filed: pure, over what is known of the records that it touches.

* A revision is immutable: the same id with other bytes is refused.
* A base or merged revision must be whole at the centre before its child is looked at (else the client waits).
* No revision counts before its last file is there; until then it is pending and has no receipt.
* One head per record: the child of the head becomes the head, every other one is kept as a conflict.
* A decision is sticky: the same line gets the same answer for ever.

The database (`records.py`) and the simulator's memory both fill a `Shelf` and carry out the `Decision`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.protocol import Code, MissingBlob, RevisionState

ADDENDUM = "addendum"


@dataclass(frozen=True, slots=True)
class BlobClaim:
    """A file that a line says it has."""

    sha256: str
    size: int
    mime: str = ""
    name: str = ""
    audience: str = "office"


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose signature was checked, reduced to what filing needs; further members are for the index."""

    record_id: str
    revision_id: str
    base_revision_id: str | None
    merges: tuple[str, ...]
    op: str
    digest: str
    blobs: tuple[BlobClaim, ...] = ()
    scope: str = ""
    index: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A revision that the centre has."""

    record_id: str
    revision_id: str
    digest: str
    state: RevisionState
    conflict_head: str = ""
    receipt: dict[str, Any] | None = None


@dataclass
class Shelf:
    """What is known around some lines: revisions by id, heads by record, sizes of the scope's files by hash."""

    revisions: dict[str, Known] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to answer, and what to write: `state` None writes nothing; `whole` gets a number and a receipt."""

    status: int
    code: Code
    state: RevisionState | None = None
    old_head: str = ""
    takes_head: bool = False
    conflict_head: str = ""
    pointer: str = ""
    was_pending: bool = False
    missing: tuple[MissingBlob, ...] = ()

    @property
    def whole(self) -> bool:
        return self.state in (RevisionState.ACCEPTED, RevisionState.CONFLICT)


def decide(line: Line, shelf: Shelf) -> Decision:
    """Say what becomes of a line. Changes nothing."""
    known = shelf.revisions.get(line.revision_id)
    if known is not None:
        if known.digest != line.digest or known.record_id != line.record_id:
            return Decision(409, Code.REVISION_REUSED)
        if known.state is RevisionState.ACCEPTED:
            return Decision(200, Code.HAVE)
        if known.state is RevisionState.CONFLICT:
            return Decision(409, Code.CONFLICT, conflict_head=known.conflict_head)
    refused = _check_parents(line, shelf) or _check_sizes(line, shelf)
    if refused is not None:
        return refused
    missing = tuple(
        MissingBlob(b.sha256, shelf.parts.get(b.sha256, 0)) for b in line.blobs if b.sha256 not in shelf.blobs
    )
    if missing:
        return Decision(202, Code.PENDING, None if known else RevisionState.PENDING, missing=missing)
    return replace(_file_whole(line, shelf), was_pending=known is not None)


def _check_parents(line: Line, shelf: Shelf) -> Decision | None:
    for parent in (line.base_revision_id, *line.merges):
        if parent is None:
            continue
        known = shelf.revisions.get(parent)
        if known is None or known.state is RevisionState.PENDING:
            return Decision(424, Code.UNKNOWN_BASE, pointer="/base_revision_id")
        if known.record_id != line.record_id:
            return Decision(422, Code.INVALID, pointer="/base_revision_id")
    return None


def _check_sizes(line: Line, shelf: Shelf) -> Decision | None:
    for number, blob in enumerate(line.blobs):
        if shelf.blobs.get(blob.sha256, blob.size) != blob.size:
            return Decision(422, Code.INVALID, pointer=f"/attachments/{number}/size")
    return None


def _file_whole(line: Line, shelf: Shelf) -> Decision:
    if line.op == ADDENDUM and line.base_revision_id is not None:
        return Decision(201, Code.CREATED, RevisionState.ACCEPTED)  # adds later facts, is no correction
    head = shelf.heads.get(line.record_id)
    if line.base_revision_id == head:
        return Decision(201, Code.CREATED, RevisionState.ACCEPTED, old_head=head or "", takes_head=True)
    return Decision(409, Code.CONFLICT, RevisionState.CONFLICT, conflict_head=head or "")


def remember(line: Line, decision: Decision, shelf: Shelf, receipt: dict[str, Any] | None = None) -> None:
    """Put a decision on the shelf, so that the next line of the same batch sees it."""
    if decision.state is None:
        return
    shelf.revisions[line.revision_id] = Known(
        line.record_id, line.revision_id, line.digest, decision.state, decision.conflict_head, receipt
    )
    if decision.takes_head:
        shelf.heads[line.record_id] = line.revision_id
