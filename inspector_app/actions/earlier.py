"""The last inspection of the same site beside each item, from the sealed records of this laptop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checklists.model import NodeRef, RecordState, RecordSummary, SectionResult
from checklists.sealing import parse_envelope

if TYPE_CHECKING:
    from checklists.findings.last_time import Compared
    from checklists.store import Store
    from inspector_app.actions.opened import OpenRecord


@dataclass(frozen=True, slots=True)
class LastTime:
    """An earlier record of the same checklist at the same site, and every item now against then."""

    record_id: str
    visited_on: str
    items: Mapping[str, Compared]


def beside(store: Store, opened: OpenRecord) -> LastTime | None:
    """Return the newest sealed record of this checklist at this site, item by item; None where there is none."""
    from checklists.findings import last_time

    earlier = _newest(store, opened)
    if earlier is None:
        return None
    envelope: dict[str, Any] = parse_envelope(store.records.sealed(earlier.record_id).envelope)
    then = tuple(SectionResult.from_json(section) for section in envelope["sections"])
    now = opened.evaluate(signatures_required=False)
    compared = {one.item_id: one for one in last_time.compare(now, then)}
    return LastTime(earlier.record_id, envelope["visit"]["started_at"][:10], compared)


def _newest(store: Store, opened: OpenRecord) -> RecordSummary | None:
    site, form_id = opened.visit.site.site_id, opened.definition.id
    rows = store.records.list((RecordState.SEALED, RecordState.SENT), limit=10_000)
    same = (
        row
        for row in rows
        if row.site.site_id == site and row.form.form_id == form_id and row.record_id != opened.record_id
    )
    return max(same, key=lambda row: row.sealed_at, default=None)


def carried(opened: OpenRecord, last: LastTime, item_id: str) -> dict[NodeRef, str]:
    """Return the answers that one key carries into this visit, marked as carried; empty where none may be."""
    from checklists.findings import last_time

    then, item = last.items[item_id].then if item_id in last.items else None, opened.outline.item(item_id)
    if then is None or item is None:
        return {}
    paths = {
        "value": item.value_path,
        "verdict": item.verdict_path,
        "skip": item.skip_path,
        "reason": item.reason_path,
        "note": item.note_path,
    }
    found = last_time.carry_forward(then, sealed_on=last.visited_on)
    return {NodeRef(paths[part]): value for part, value in found.items() if paths[part]}
