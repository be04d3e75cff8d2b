"""From a sealed record to drafts of the papers that may follow, with every date and the rule behind it.

Nothing here is issued: an officer looks at every draft, and what is missing is named in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checklists.errors import NotFoundError
from checklists.model import Finding, Overall
from checklists.sealing import parse_envelope

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue
    from checklists.findings.deadlines import Deadline
    from checklists.findings.orders import DraftOrder, Hearing, Service
    from checklists.store import Store


@dataclass(frozen=True, slots=True)
class Proposed:
    """Draft papers of one record, and by when each finding is to be put right."""

    record_id: str
    revision_id: str
    overall: Overall
    orders: tuple[DraftOrder, ...]
    deadlines: tuple[tuple[str, Deadline], ...]  # finding id, last day counted from the visit

    def order(self, kind_id: str) -> DraftOrder:
        """Return the draft of one kind. Raises `NotFoundError(kind="order")`."""
        found = next((order for order in self.orders if order.kind.kind_id == kind_id), None)
        if found is None:
            raise NotFoundError(kind="order", key=kind_id)
        return found


def proposed(
    store: Store,
    record_id: str,
    *,
    catalogue: Catalogue | None = None,
    service: Service | None = None,
    hearing: Hearing | None = None,
    reasons: str = "",
) -> Proposed:
    """Return the papers that a sealed record suggests. Raises `NotFoundError`, `SealedRecordError` for a draft.

    `service` is how an order was handed over: the time to obey counts from the day of receipt by s. 38.
    """
    from checklists.authoring.catalogue import Catalogue
    from checklists.findings import orders
    from checklists.findings.deadlines import Deadlines

    envelope: dict[str, Any] = parse_envelope(store.records.sealed(record_id).envelope)
    findings = tuple(Finding.from_json(found) for found in envelope["findings"])
    known = catalogue or Catalogue.bundled()
    deadlines = Deadlines(known)
    overall = Overall(envelope["overall"])
    form_id = (envelope["form"] or {}).get("form_id", "")
    kinds = orders.proposed_kinds(form_id, overall, orders.order_kinds())
    about = {"service": service, "hearing": hearing}
    drafts = tuple(
        orders.draft(kind, findings, catalogue=known, deadlines=deadlines, reasons=reasons, **about)  # type: ignore[arg-type]  # both are what draft takes
        for kind in kinds
        if findings or "remedy" not in kind.parts
    )
    day = envelope["visit"]["started_at"][:10]
    dated = tuple(
        (found.finding_id, deadlines.compliance(day, found.due_days))
        for found in findings
        if found.due_days is not None and day
    )
    return Proposed(record_id, envelope["revision_id"], overall, drafts, dated)
