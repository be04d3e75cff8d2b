"""Items inside a repeat, such as machines: one set of items for each row that exists, with paths that name the row."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checklists.items import ChecklistOutline, FieldDef, ItemDef, SectionDef
    from checklists.session import FormSession


def expand(outline: ChecklistOutline, session: FormSession) -> ChecklistOutline:
    """Return the outline with the items of repeats set out row by row (A01/1, A01/2); ids as in findings."""
    if not any(item.repeat_path for item in outline.items):
        return outline
    sections = tuple(_expand_section(section, session) for section in outline.sections)
    by_id = {item.item_id: item for section in sections for item in section.items}
    return dataclasses.replace(outline, sections=sections, by_id=by_id)


def row_of(item: ItemDef) -> str:
    """Return the id of the row that an item stands in, blank outside repeats."""
    return item.item_id.partition("@")[2] if item.repeat_path else ""


def _expand_section(section: SectionDef, session: FormSession) -> SectionDef:
    items: list[ItemDef] = []
    repeats = list(dict.fromkeys(item.repeat_path for item in section.items))
    for repeat in repeats:
        of_repeat = [item for item in section.items if item.repeat_path == repeat]
        if not repeat:
            items += of_repeat
            continue
        for position, row in enumerate(session.rows(repeat), start=1):
            items += [_in_row(item, repeat, row, position) for item in of_repeat]
    return dataclasses.replace(section, items=tuple(items))


def _in_row(item: ItemDef, repeat: str, row: str, position: int) -> ItemDef:
    def placed(path: str) -> str:
        return f"{repeat}[{position}]{path[len(repeat) :]}" if path.startswith(repeat + "/") else path

    def placed_field(field: FieldDef) -> FieldDef:
        return dataclasses.replace(field, path=placed(field.path))

    return dataclasses.replace(
        item,
        item_id=f"{item.item_id}@{row}",
        number=f"{item.number}/{position}",
        path=placed(item.path),
        verdict_path=placed(item.verdict_path),
        skip_path=placed(item.skip_path),
        value_path=placed(item.value_path),
        note_path=placed(item.note_path),
        reason_path=placed(item.reason_path),
        limit_path=placed(item.limit_path),
        field_defs=tuple(placed_field(field) for field in item.field_defs),
    )
