"""What a form asks, as an inspector sees it: sections and items, read from any form definition.

Bundled checklists carry `insp:` attributes (docs/handbook.md, "Names"). Questions of other XLSForms become items too:
with a verdict where they carry `insp:item`, without one where they do not. An outline is static: it says nothing about
answers, and can be shared between threads.
"""

from __future__ import annotations

from checklists.items.definitions import ChecklistOutline, ChoiceDef, FieldDef, ItemDef, SectionDef
from checklists.items.outlining import outline, visit_preset

__all__ = ["ChecklistOutline", "ChoiceDef", "FieldDef", "ItemDef", "SectionDef", "outline", "visit_preset"]
