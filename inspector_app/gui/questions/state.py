"""How an item stands, what it still needs, and how far the checklist is, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from checklists.model import Attachment, NodeRef, Verdict

if TYPE_CHECKING:
    from checklists.session import ChangeSet

SKIPS = (Verdict.NA, Verdict.CANNOT)


class Need(StrEnum):
    """What an item still asks for, in the order in which it is asked."""

    VALUE = "value"
    FIELD = "field"
    REASON = "reason"
    NOTE = "note"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class ItemState:
    """One item as it stands: straight from the session, so that it can be painted at once."""

    verdict: Verdict | None
    value: str
    note: str
    reason: str
    relevant: bool
    answered: bool
    photos: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a section or the checklist is."""

    answered: int
    total: int
    failed: int

    @property
    def complete(self) -> bool:
        return self.answered >= self.total


class Saver(Protocol):
    """Takes every change at once and reports later that it is on disk."""

    def save(
        self, changes: ChangeSet | None, *, cursor: NodeRef | None, progress: tuple[int, int, int] | None = None
    ) -> None: ...


def verdict_of(value: str) -> Verdict | None:
    """Return the verdict of a stored value, None for blank and for anything else."""
    try:
        return Verdict(value) if value else None
    except ValueError:
        return None
