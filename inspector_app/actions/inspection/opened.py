"""A draft as it is worked on: the session with everything that it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.model import Attachment, InspectionResult, Visit

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue
    from checklists.findings import FindingEdit
    from checklists.items import ChecklistOutline
    from checklists.session import FormSession
    from checklists.xform import FormDefinition


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A draft as it is worked on; the session belongs to the thread that opened it."""

    record_id: str
    session: FormSession
    definition: FormDefinition
    outline: ChecklistOutline
    catalogue: Catalogue
    visit: Visit
    attachments: tuple[Attachment, ...]
    edits: tuple[FindingEdit, ...] = ()

    def evaluate(self, *, signatures_required: bool = True) -> InspectionResult:
        """Return what the answers amount to now."""
        from checklists import findings

        return findings.evaluate(
            self.session,
            self.outline,
            self.catalogue,
            visit=self.visit,
            attachments=self.attachments,
            signatures_required=signatures_required,
            edits=self.edits,
        )
