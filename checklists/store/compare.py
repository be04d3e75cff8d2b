"""What differs between two sealed revisions, member by member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed: `kind` is answer, attachment or finding; '' before or after means it was not there."""

    kind: str
    key: str
    row: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Compare two envelopes' answers, attachments and findings."""
    return (
        *_compare("answer", _answers(before), _answers(after)),
        *_compare("attachment", _attachments(before), _attachments(after)),
        *_compare("finding", _findings(before), _findings(after)),
    )


_Keyed = dict[tuple[str, str], str]


def _answers(envelope: Mapping[str, Any]) -> _Keyed:
    return {(a["path"], a["row"]): a["value"] for a in envelope["answers"]}


def _attachments(envelope: Mapping[str, Any]) -> _Keyed:
    return {(a.get("exhibit") or a.get("role") or a["name"], a["sha256"]): a["name"] for a in envelope["attachments"]}


def _findings(envelope: Mapping[str, Any]) -> _Keyed:
    return {(f["item_id"], str(f.get("finding_id", ""))): f.get("fact", "") for f in envelope["findings"]}


def _compare(kind: str, before: _Keyed, after: _Keyed) -> Iterable[Difference]:
    for key in (*after, *(k for k in before if k not in after)):
        old, new = before.get(key, ""), after.get(key, "")
        if old != new or (key in before) != (key in after):
            yield Difference(kind, key[0], key[1], old, new)
