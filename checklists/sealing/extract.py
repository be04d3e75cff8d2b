"""What the factory may see: the extract, listed member by member, with a digest of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checklists.model import Audience, to_json
from checklists.sealing.plain_json import canonical, digest

EXTRACT_FORMAT = "inspector-factory-extract/1"
FACTORY_AUDIENCES = frozenset({Audience.PUBLIC.value, Audience.FACTORY.value})

_COPIED = (
    "record_id",
    "revision_id",
    "base_revision_id",
    "op",
    "created_at",
    "sealed_at",
    "source",
    "form",
    "language",
    "overall",
)
_VISIT = ("visit_id", "site", "kind", "outcome", "started_at", "ended_at", "team", "card_shown")
_MET = ("name", "position")
_REFUSAL = ("role", "name", "reason", "witness", "at", "bound_to")
_OFFICER = ("person_id", "name", "position", "office", "card_no", "lead")


def _only(members: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: members[name] for name in names if name in members}


def _for_factory(value: Mapping[str, Any]) -> bool:
    """Say whether a member's own audience lets the factory see it; one that names no audience stays inside."""
    return value.get("audience") in FACTORY_AUDIENCES


def _of_seen_items(values: Iterable[dict[str, Any]], hidden: set[str]) -> list[dict[str, Any]]:
    return [v for v in values if _for_factory(v) and v.get("item_id", "") not in hidden]


def _cut_exhibits(value: Mapping[str, Any], seen: frozenset[str]) -> dict[str, Any]:
    return {**value, "exhibits": [e for e in value.get("exhibits", ()) if e in seen]}


def _item_extract(item: Mapping[str, Any], seen: frozenset[str]) -> Mapping[str, Any]:
    """Return the item without hidden exhibits and fields; most have neither and are taken as they are."""
    if item.get("exhibits") == [] and item.get("fields") == []:
        return item
    return {**_cut_exhibits(item, seen), "fields": [f for f in item.get("fields", ()) if _for_factory(f)]}


def _sections_extract(sections: Iterable[Mapping[str, Any]], seen: frozenset[str]) -> list[dict[str, Any]]:
    shown = []
    for section in sections:
        items = [_item_extract(item, seen) for item in section.get("items", ()) if _for_factory(item)]
        if items:
            shown.append({**_only(section, ("section_id", "title")), "items": items})
    return shown


def _visit_extract(visit: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out purpose and remarks (they may name a complainant) and telephone numbers."""
    shown = _only(visit, _VISIT)
    shown["team"] = [_only(officer, _OFFICER) for officer in visit.get("team", ())]
    shown["met"] = [_only(person, _MET) for person in visit.get("met", ())]
    shown["refusals"] = [_only(refusal, _REFUSAL) for refusal in visit.get("refusals", ())]
    return shown


def extract_for_factory(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the factory's copy shows and embeds: public and factory audience only, listed member by member.

    Not in it: raw answers, the submission, scores, the correction's reason, purpose and remarks of the visit, and every
    item, field, finding, measurement or exhibit whose audience is office or restricted or unknown.
    """
    return extract_of_plain(to_json(envelope))


def extract_of_plain(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Do the same for an envelope that is plain JSON values already."""
    every = [item for section in envelope.get("sections", ()) for item in section.get("items", ())]
    items = {item["item_id"] for item in every if _for_factory(item)}
    hidden = {item["item_id"] for item in every} - items
    attachments = _of_seen_items(envelope.get("attachments", ()), hidden)
    seen = frozenset(a["exhibit"] for a in attachments if a.get("exhibit"))
    return {
        "format": EXTRACT_FORMAT,
        **_only(envelope, _COPIED),
        "author": _only(envelope.get("author") or {}, _OFFICER),
        "visit": _visit_extract(envelope.get("visit") or {}),
        "sections": _sections_extract(envelope.get("sections", ()), seen),
        "findings": [_cut_exhibits(f, seen) for f in _of_seen_items(envelope.get("findings", ()), hidden)],
        "measurements": [m for m in envelope.get("measurements", ()) if m.get("item_id") in items],
        "attachments": attachments,
    }


def extract_digest(envelope: Mapping[str, Any]) -> str:
    """Return the digest of the factory extract of this envelope."""
    return digest(canonical(extract_for_factory(envelope)))


def digest_of_extract(plain: Mapping[str, Any]) -> str:
    return digest(canonical(extract_of_plain(plain)))
