"""A draft's guided move to another version of its checklist. Sealed records stay with the version they were made on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.model import Changes, FormPin
from inspector_app.actions.inspection import records
from inspector_app.actions.reference import checklists
from inspector_app.actions.reference.pins import pin_of

if TYPE_CHECKING:
    from checklists.model import Draft
    from checklists.session import UpgradeReport
    from checklists.store import Store


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a draft does: looked at first, then carried out."""

    record_id: str
    pin: FormPin
    xml: bytes
    draft: Draft
    report: UpgradeReport


def newer(store: Store, record_id: str) -> FormPin | None:
    """Return the version that new records are begun on, where this draft is on another."""
    draft = store.records.draft(record_id)
    pin, _ = checklists.definition(store, draft.form_id)
    return None if pin.sha256 == draft.form_sha256 else pin


def look_ahead(store: Store, record_id: str, sha256: str) -> Move:
    """Return what would become of every answer on another version. Raises `SealedRecordError`, `NotFoundError`."""
    from checklists.session import upgrade

    draft = store.records.draft(record_id)
    old, new = checklists.stored(store, draft.form_sha256), checklists.stored(store, sha256)
    moved, report = upgrade(draft, old, new)
    return Move(record_id, pin_of(new), new.xml, moved, report)


def move_to_version(store: Store, record_id: str, sha256: str, *, clock: Clock) -> tuple[UpgradeReport, Changes]:
    """Move a draft to another version in one step; what has no place there is kept aside, never deleted."""
    move = look_ahead(store, record_id, sha256)
    changes = store.checklists.put(move.pin, move.xml)
    changes |= store.records.move_draft(record_id, move.pin, move.draft)
    result = records.load(store, record_id, clock=clock).evaluate(signatures_required=False)
    changes |= store.records.save_answers(record_id, progress=records.progress_of(result))
    return move.report, changes
