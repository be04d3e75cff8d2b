"""What an item of a checklist means where its author left something out, and what may stand in it.

Shared by the expansion into rows, the linter and the coverage report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from checklists.authoring import schema
from checklists.authoring.errors import ChecklistError


def words(value: str | Sequence[str]) -> list[str]:
    """Return a blank-separated text or a list as a list."""
    return value.split() if isinstance(value, str) else list(value)


def fields_of(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return an item's further questions, with those of its `record` behind."""
    record = str(item.get("record", ""))
    if record:
        one_of(record, tuple(schema.RECORDS), item, "record")
    return [*item.get("fields", ()), *schema.RECORDS.get(record, ())]


def na_rule(item: Mapping[str, Any]) -> str:
    rule = str(item.get("na", "justified"))
    one_of(rule, schema.NA_RULES, item, "na")
    return rule


def evidence_rule(item: Mapping[str, Any]) -> str:
    judged = item.get("kind", "verdict") == "verdict" or item.get("limit") or item.get("limit_by")
    default = schema.DEFAULT_EVIDENCE[item.get("severity", "minor")] if judged else "optional"
    rule = str(item.get("evidence", default))
    one_of(rule, schema.EVIDENCE_RULES, item, "evidence")
    return rule


def skip_values(item: Mapping[str, Any], kind: str) -> list[str]:
    """Return the ways round an item without verdict keys, in the order of the keys."""
    values = words(item["skip"].replace("none", "")) if "skip" in item else list(schema.DEFAULT_SKIP.get(kind, ()))
    if item.get("calculation"):
        values = []
    judged = item.get("limit") or item.get("limit_by")
    out = {"na"} if na_rule(item) == "forbidden" else set()
    if "skip" not in item and not judged:
        out.add("fail")
    values = [value for value in values if value not in out]
    if item.get("lab"):
        values.append("lab")
    return values


def known(entry: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    """Refuse a key that is not in the schema. Raises `ChecklistError`."""
    for key in entry:
        if key not in keys:
            raise ChecklistError("unknown key", where=where, key=key, suggestion=_nearest(key, keys))


def one_of(word: str, allowed: Sequence[str], item: Mapping[str, Any], key: str) -> None:
    """Refuse a word that a key does not allow. Raises `ChecklistError`."""
    if word not in allowed:
        suggestion = _nearest(word, allowed)
        raise ChecklistError("unknown word", where=item.get("id", ""), key=key, word=word, suggestion=suggestion)


def _nearest(word: str, allowed: Sequence[str] | frozenset[str]) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(word, sorted(allowed), n=1)), "")
