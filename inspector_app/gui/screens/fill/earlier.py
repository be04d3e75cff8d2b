"""What was found at the last visit: the newest sealed record of the same place and checklist on this laptop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.model import InspectionResult, ItemResult, RecordState
from checklists.sealing import parse_envelope

if TYPE_CHECKING:
    from checklists.store import Store

LOOKED_THROUGH = 500  # newest sealed records; one visit a day is two years


@dataclass(frozen=True, slots=True)
class Earlier:
    """Results of the last visit by item id, and when it was."""

    at: str = ""
    items: Mapping[str, ItemResult] | None = None

    def item(self, item_id: str) -> ItemResult | None:
        """Return the answered item, None where it was not asked or not answered."""
        found = (self.items or {}).get(item_id)
        return found if found is not None and found.answered else None


def find_earlier(store: Store, record_id: str) -> Earlier:
    """Return the last visit before this record."""
    mine = store.records.summary(record_id)
    for row in store.records.list((RecordState.SEALED, RecordState.SENT), limit=LOOKED_THROUGH):
        same = row.site.site_id == mine.site.site_id and row.form.form_id == mine.form.form_id
        if same and row.record_id != record_id:
            envelope = parse_envelope(store.records.sealed(row.record_id).envelope)
            result = InspectionResult.from_json(envelope)
            return Earlier(row.sealed_at, {item.item_id: item for item in result.items})
    return Earlier()
