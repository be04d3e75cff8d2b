"""The pin of a checklist: which exact version a record is made on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.model import FormPin, Words

if TYPE_CHECKING:
    from checklists.xform import FormDefinition


def pin_of(found: FormDefinition) -> FormPin:
    """Return the id, version and hash of a definition, with its titles."""
    from checklists import items

    outline = items.outline(found)
    confirmed = outline.status == "confirmed"
    title = outline.title if outline.title != Words() else Words(found.title, found.title)
    return FormPin(found.id, found.version, found.sha256, title, confirmed)
