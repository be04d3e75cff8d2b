"""The last inspection of the same site beside each item: from this laptop's sealed records, or from the centre.

What the centre tells of an inspection is at least a summary (verdicts and findings by item); earlier records come
whole, as their factory extract, where they were fetched ahead. The newest of all counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock
from checklists.model import (
    Attachment,
    AttachmentKind,
    Finding,
    ItemResult,
    NodeRef,
    RecordState,
    SectionResult,
    Severity,
    Verdict,
    Words,
)
from checklists.sealing import parse_envelope
from inspector_app.actions.afterwards import orders

if TYPE_CHECKING:
    from checklists.findings.last_time import Compared
    from checklists.store import Store
    from inspector_app.actions.inspection.opened import OpenRecord

LOOKED_THROUGH = 500
"""Newest sealed records that are looked at; one visit a day is two years."""


@dataclass(frozen=True, slots=True)
class LastTime:
    """An earlier record of the same checklist at the same site, and every item now against then.

    `origin` is own, centre, or phone (from the centre, sent by a phone).
    `photos` by item id; `orders` are those of this site that are still open.
    """

    record_id: str
    visited_on: str
    items: Mapping[str, Compared]
    origin: str = "own"
    photos: Mapping[str, tuple[Attachment, ...]] = field(default_factory=dict)
    orders: tuple[orders.OrderLine, ...] = ()
    open_findings: tuple[Finding, ...] = ()
    told_orders: tuple[Mapping[str, Any], ...] = ()  # open orders of this site as the centre publishes them


def beside(store: Store, opened: OpenRecord, *, clock: Clock | None = None) -> LastTime | None:
    """Return the newest earlier inspection with this checklist at this site, item by item; None where there is none."""
    from checklists.findings import last_time

    known = sorted((*_own(store, opened), *_pulled(store, opened)), key=lambda one: (one.sealed_at, one.origin))
    if not known:
        return None
    last = known[-1]
    now = opened.evaluate(signatures_required=False)
    compared = {one.item_id: one for one in last_time.compare(now, last.sections)}
    site = opened.visit.site.site_id
    return LastTime(
        last.record_id,
        last.visited_on,
        compared,
        last.origin,
        _by_item(last.attachments),
        orders.listed(store, clock=clock, site_id=site) if clock else (),
        last.findings,
        tuple(row.body for row in store.pulled.list("orders", about=site) if row.body),
    )


@dataclass(frozen=True, slots=True)
class _Earlier:
    """One earlier inspection, wherever it is known from."""

    record_id: str
    sealed_at: str
    visited_on: str
    origin: str
    sections: tuple[SectionResult, ...]
    attachments: tuple[Attachment, ...]
    findings: tuple[Finding, ...]


def _own(store: Store, opened: OpenRecord) -> Iterator[_Earlier]:
    """Yield the newest sealed record of this laptop, none where there is none."""
    site, form_id = opened.visit.site.site_id, opened.definition.id
    rows = store.records.list((RecordState.SEALED, RecordState.SENT), limit=LOOKED_THROUGH)
    same = [
        row
        for row in rows
        if row.site.site_id == site and row.form.form_id == form_id and row.record_id != opened.record_id
    ]
    for row in sorted(same, key=lambda row: row.sealed_at)[-1:]:
        envelope: dict[str, Any] = parse_envelope(store.records.sealed(row.record_id).envelope)
        yield _whole(row.record_id, row.sealed_at, envelope, "own")


def _pulled(store: Store, opened: OpenRecord) -> Iterator[_Earlier]:
    """Yield what the centre gave of this site and checklist: whole where it was fetched ahead, else its summary."""
    site_id, whole_ids = opened.visit.site.site_id, set()
    for row in store.pulled.list("earlier", about=site_id):
        extract = (row.body or {}).get("extract") or {}
        if (extract.get("form") or {}).get("form_id") == opened.definition.id and row.id != opened.record_id:
            whole_ids.add(row.id)
            sealed_at = str((row.body or {}).get("sealed_at") or extract.get("sealed_at", ""))
            yield _whole(row.id, sealed_at, extract, _origin((extract.get("source") or {}).get("kind", "")))
    for row in store.pulled.list("inspections", about=site_id):
        body = row.body or {}
        known = row.id in whole_ids or row.id == opened.record_id
        if body.get("form_id") == opened.definition.id and not known and body.get("op") != "void":
            yield _summary(row.id, str(body.get("sealed_at", "")), body)


def _origin(source: str) -> str:
    """Say where a record came from: a phone's was not signed by any laptop."""
    return "phone" if source == "openrosa" else "centre"


def _whole(record_id: str, sealed_at: str, envelope: Mapping[str, Any], origin: str) -> _Earlier:
    started = str((envelope.get("visit") or {}).get("started_at") or sealed_at)
    return _Earlier(
        record_id,
        sealed_at,
        started[:10],
        origin,
        tuple(SectionResult.from_json(section) for section in envelope["sections"]),
        tuple(Attachment.from_json(one) for one in envelope.get("attachments", ())),
        tuple(Finding.from_json(one) for one in envelope.get("findings", ())),
    )


def _summary(record_id: str, sealed_at: str, body: Mapping[str, Any]) -> _Earlier:
    """Return what a line of the site's history says: a verdict by item, and the fact where there was a finding."""
    facts = {one.get("item_id"): one.get("fact") or "" for one in body.get("findings", ())}
    items = tuple(_item(name, verdict, facts.get(name, "")) for name, verdict in body.get("verdicts", {}).items())
    origin = _origin(str(body.get("source", "")))
    return _Earlier(record_id, sealed_at, sealed_at[:10], origin, (SectionResult("", Words(), items),), (), ())


def _item(item_id: str, verdict: str, fact: str) -> ItemResult:
    said = Verdict(verdict)
    return ItemResult(item_id, item_id, "", "verdict", Words(), Severity.MINOR, said, answered=True, note=fact)


def _by_item(attachments: Sequence[Attachment]) -> dict[str, tuple[Attachment, ...]]:
    found: dict[str, tuple[Attachment, ...]] = {}
    for one in attachments:
        if one.item_id and one.kind is not AttachmentKind.SIGNATURE:
            found[one.item_id] = (*found.get(one.item_id, ()), one)
    return found


def carried(opened: OpenRecord, last: LastTime, item_id: str) -> dict[NodeRef, str]:
    """Return the answers that one key carries into this visit, marked as carried; empty where none may be."""
    from checklists.findings import last_time

    then, item = last.items[item_id].then if item_id in last.items else None, opened.outline.item(item_id)
    if then is None or item is None:
        return {}
    paths = {
        "value": item.value_path,
        "verdict": item.verdict_path,
        "skip": item.skip_path,
        "reason": item.reason_path,
        "note": item.note_path,
    }
    found = last_time.carry_forward(then, sealed_on=last.visited_on)
    return {NodeRef(paths[part]): value for part, value in found.items() if paths[part]}
