"""What of a record may be read by whom: every node, photo and paper has an audience, and each role its widest one.

The exact bytes (raw answers, the submission, restricted matter) go to their author and to roles that read restricted
matter. An office reads the *office copy*: the factory's extract and, beside it, what is of office audience. Everybody
else reads the extract. What names no audience stays inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checklists.model import Audience
from checklists.sealing import extract_of_plain

OFFICE_FORMAT = "inspector-office-copy/1"

FOR_FACTORY = frozenset({Audience.PUBLIC, Audience.FACTORY})
FOR_OFFICE = FOR_FACTORY | {Audience.OFFICE}
FOR_ALL = FOR_OFFICE | {Audience.RESTRICTED}


def office_copy(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without its restricted matter.

    Free text that may name a complainant (purpose, remarks, a correction's reason) is in it only where the record has
    no restricted item.
    """
    every = [item for section in envelope["sections"] for item in section.get("items", ())]
    seen = {item["item_id"] for item in every if _seen(item)}
    hidden = {item["item_id"] for item in every} - seen
    attachments = [a for a in envelope["attachments"] if _seen(a) and a.get("item_id", "") not in hidden]
    exhibits = {a["exhibit"] for a in attachments if a.get("exhibit")}
    free = {} if hidden else {"reason": envelope["reason"], "visit": envelope["visit"], "scores": envelope["scores"]}
    return {
        **extract_of_plain(envelope),
        "format": OFFICE_FORMAT,
        **free,
        "sections": [_section(section, exhibits) for section in envelope["sections"]],
        "findings": [
            _with_exhibits(f, exhibits) for f in envelope["findings"] if _seen(f) and f.get("item_id", "") not in hidden
        ],
        "measurements": [m for m in envelope["measurements"] if m.get("item_id") in seen],
        "attachments": attachments,
    }


def audiences_of_items(envelope: Mapping[str, Any]) -> dict[str, Audience]:
    """Return who may read each item; one that names no audience stays inside."""
    every = (item for section in envelope["sections"] for item in section.get("items", ()))
    return {item["item_id"]: Audience(item.get("audience", Audience.RESTRICTED)) for item in every}


def _seen(value: Mapping[str, Any]) -> bool:
    return value.get("audience") in FOR_OFFICE


def _with_exhibits(value: Mapping[str, Any], exhibits: set[str]) -> dict[str, Any]:
    return {**value, "exhibits": [e for e in value.get("exhibits", ()) if e in exhibits]}


def _section(section: Mapping[str, Any], exhibits: set[str]) -> dict[str, Any]:
    items = [
        {**_with_exhibits(item, exhibits), "fields": [f for f in item.get("fields", ()) if _seen(f)]}
        for item in section.get("items", ())
        if _seen(item)
    ]
    return {"section_id": section.get("section_id", ""), "title": section.get("title"), "items": items}
