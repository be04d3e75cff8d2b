"""Two sealed versions of a record side by side, as people read them: item by item, finding by finding, photo by photo.

Both versions stay as they were sealed; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checklists.errors import NotFoundError
from checklists.model import Jsonable, Words

if TYPE_CHECKING:
    from checklists.store import RevisionSummary, Store

MEMBERS = ("verdict", "value", "note", "reason")
"""What is compared of an item, besides its further fields and exhibits."""
_VISIT = ("kind", "outcome", "started_at", "ended_at", "purpose", "remarks")


class OneVersionError(NotFoundError):
    """The record was sealed once or never: there is nothing to compare; `count` in data."""

    code = "one-version"


@dataclass(frozen=True, slots=True)
class Row(Jsonable):
    """One thing that differs. `before` and `after` are empty where it was not there.

    `kind` is item, finding, attachment, overall, visit or answer; `key` the item's short number, the exhibit or the
    member; `member` says what of it: verdict, value, note, reason, exhibits or a field's name. Verdicts, results and
    kinds of visit are codes, everything else is text as it was sealed.
    """

    kind: str
    key: str
    title: Words
    member: str
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Comparison(Jsonable):
    """Two versions and what differs, in the order of the checklist."""

    record_id: str
    before: RevisionSummary
    after: RevisionSummary
    rows: tuple[Row, ...]


def compare(store: Store, record_id: str, before: str = "", after: str = "") -> Comparison:
    """Compare two versions, each named by its number or the end of its revision id; by default the newest two.

    Raises `NotFoundError` where there is no such version, `OneVersionError` where there is nothing to compare with.
    """
    versions = store.records.revisions(record_id)
    new = revision(store, record_id, after) if after else versions[-1] if versions else None
    earlier = [v for v in versions if new is not None and v.number < new.number]
    old = revision(store, record_id, before) if before else earlier[-1] if earlier else None
    if old is None or new is None:
        raise OneVersionError(kind="revision", key=record_id, count=len(versions))
    return Comparison(record_id, old, new, tuple(_rows(_envelope(store, old), _envelope(store, new))))


def revision(store: Store, record_id: str, name: str) -> RevisionSummary:
    """Return a version by its number (1 is the first) or the end of its id. Raises `NotFoundError`."""
    found = [v for v in store.records.revisions(record_id) if name == str(v.number)]
    found = found or [v for v in store.records.revisions(record_id) if len(name) >= 4 and v.revision_id.endswith(name)]
    if len(found) != 1:
        raise NotFoundError(kind="revision", key=name)
    return found[0]


def _envelope(store: Store, version: RevisionSummary) -> dict[str, Any]:
    from checklists.sealing import parse_envelope

    return parse_envelope(store.records.sealed(version.record_id, version.revision_id).envelope)


Keyed = Mapping[tuple[str, str, str], tuple[Words, Words]]
"""By (kind, key, member): its title and what it says."""


def _rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Row]:
    old, new = dict(_said(before)), dict(_said(after))
    nothing = Words()
    for where in (*new, *(w for w in old if w not in new)):
        title, _ = new.get(where) or old[where]
        then, now = old.get(where, (title, nothing))[1], new.get(where, (title, nothing))[1]
        if then != now:
            yield Row(where[0], where[1], title, where[2], then, now)


def _said(envelope: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], tuple[Words, Words]]]:
    yield ("overall", "", "overall"), (Words(), _same(envelope["overall"]))
    for name in _VISIT:
        yield ("visit", "", name), (Words(), _same(envelope["visit"].get(name)))
    asked: set[str] = set()
    for section in envelope["sections"]:
        for item in section["items"]:
            asked.add(item["path"])
            yield from _item(item)
    for finding in envelope["findings"]:
        title = Words.from_json(finding["title"])
        yield ("finding", finding["item_id"], finding["severity"]), (title, _same(finding["fact"] or title.th))
    for attachment in envelope["attachments"]:
        key = attachment.get("exhibit") or attachment.get("role") or attachment["name"]
        said = " · ".join(filter(None, (attachment.get("caption"), attachment.get("signer"), attachment["sha256"][:8])))
        yield ("attachment", key, attachment["kind"]), (Words(), _same(said))
    if not asked:  # a form that is no checklist: its answers by path
        for answer in envelope["answers"]:
            yield ("answer", answer["path"], answer["row"]), (Words(), _same(answer["value"]))


def _item(item: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], tuple[Words, Words]]]:
    title = Words.from_json(item["title"])
    for member in MEMBERS:
        words = _value(item) if member == "value" else _same(item.get(member))
        yield ("item", item["number"], member), (title, words)
    for field in item.get("fields", ()):
        yield ("item", item["number"], field["name"]), (title, _value(field))
    yield ("item", item["number"], "exhibits"), (title, _same(", ".join(item.get("exhibits", ()))))


def _value(of: Mapping[str, Any]) -> Words:
    """Return the words of a choice, else the value with its unit."""
    shown = Words.from_json(of.get("shown") or {})
    if shown.th or shown.en:
        return shown
    return _same(" ".join(filter(None, (of.get("value"), of.get("unit") if of.get("value") else ""))))


def _same(text: object) -> Words:
    said = "" if text is None else str(text)
    return Words(said, said)
