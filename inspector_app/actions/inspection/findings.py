"""What the inspector makes of the findings of a draft: merge, put in other words, drop with a reason, take back.

Edits are kept with the draft (in the workspace's settings), go into the envelope when it is sealed, and are there again
when the record is corrected. A finding is never lost: a dropped one stays in the record with its reason. Without a
store nothing is written: the window judges in its own thread and hands `keep` to the writer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock, stamp
from checklists.errors import AnswerError, NotFoundError
from checklists.model import Changes, Severity
from checklists.sealing import parse_envelope
from checklists.text import clean

if TYPE_CHECKING:
    from checklists.findings import FindingEdit, Shown
    from checklists.model import Finding
    from checklists.store import Store
    from inspector_app.actions.inspection.opened import OpenRecord

MEMBER = "finding_edits"
"""Name of the envelope's member that keeps what was done with findings."""


class FindingEditError(AnswerError):
    """Findings cannot be edited so; `kind` in data: no-reason, too-few, severity, days."""

    code = "finding-edit"


def _setting(record_id: str) -> str:
    return f"findings.edits.{record_id}"


def edits(store: Store, record_id: str) -> tuple[FindingEdit, ...]:
    """Return what was done with the findings of a draft, in order."""
    from checklists.findings import FindingEdit

    rows = json.loads(store.settings.get(_setting(record_id)) or "[]")
    return tuple(FindingEdit.from_json(row) for row in rows)


def keep(store: Store, record_id: str, found: Sequence[FindingEdit]) -> Changes:
    """Write the edits of a draft anew."""
    if not found:
        return store.settings.forget(_setting(record_id)) | Changes.of("record", record_id)
    text = json.dumps([one.to_json() for one in found], ensure_ascii=False)
    return store.settings.set(_setting(record_id), text) | Changes.of("record", record_id, cause="findings")


def restored(store: Store, record_id: str) -> Changes:
    """Take the edits of the newest sealed revision over into the draft that corrects it."""
    from checklists.findings import FindingEdit

    envelope: dict[str, Any] = parse_envelope(store.records.sealed(record_id).envelope)
    return keep(store, record_id, [FindingEdit.from_json(row) for row in envelope.get(MEMBER, ())])


def listed(opened: OpenRecord) -> tuple[Shown, ...]:
    """Return every computed finding of a draft and what became of it."""
    from checklists.findings import shown

    computed = replace(opened, edits=()).evaluate(signatures_required=False).findings
    return shown(computed, opened.edits)


def merge(
    store: Store | None,
    opened: OpenRecord,
    finding_ids: Sequence[str],
    *,
    reason: str,
    person: str,
    clock: Clock,
    into: str = "",
    fact: str = "",
) -> tuple[OpenRecord, Changes]:
    """Make several findings one; `into` stays (else the first). Raises `FindingEditError`, `NotFoundError`."""
    ids = tuple(dict.fromkeys((into, *finding_ids) if into else finding_ids))
    if len(ids) < 2:
        raise FindingEditError(kind="too-few")
    return _add(store, opened, "merge", ids, reason=reason, person=person, clock=clock, fact=clean(fact).strip())


def edit(
    store: Store | None,
    opened: OpenRecord,
    finding_id: str,
    *,
    reason: str,
    person: str,
    clock: Clock,
    fact: str = "",
    proposal: str = "",
    severity: str = "",
    due_days: int | None = None,
) -> tuple[OpenRecord, Changes]:
    """Put a finding in other words, or change how grave it is or the time proposed. Raises `FindingEditError`."""
    if severity and severity not in set(Severity):
        raise FindingEditError(kind="severity", value=severity)
    if due_days is not None and due_days < 0:
        raise FindingEditError(kind="days", value=due_days)
    started = opened.visit.started_at[:10]
    due = (date.fromisoformat(started) + timedelta(days=due_days)).isoformat() if due_days is not None else ""
    changes = {"fact": clean(fact).strip(), "proposal": clean(proposal).strip(), "severity": severity}
    more: dict[str, Any] = {**changes, "due_days": due_days, "due_date": due}
    return _add(store, opened, "edit", (finding_id,), reason=reason, person=person, clock=clock, **more)


def drop(
    store: Store | None, opened: OpenRecord, finding_id: str, *, reason: str, person: str, clock: Clock
) -> tuple[OpenRecord, Changes]:
    """Leave a finding out of result, report and orders; it stays in the record with the reason."""
    return _add(store, opened, "drop", (finding_id,), reason=reason, person=person, clock=clock)


def restore(store: Store | None, opened: OpenRecord, finding_id: str) -> tuple[OpenRecord, Changes]:
    """Take back everything that was done with a finding, merges included."""
    if all(finding_id not in one.finding_ids for one in opened.edits):
        raise NotFoundError(kind="finding", key=finding_id)
    left = tuple(one for one in opened.edits if finding_id not in one.finding_ids)
    return replace(opened, edits=left), _kept(store, opened.record_id, left)


def _add(
    store: Store | None,
    opened: OpenRecord,
    kind: str,
    ids: tuple[str, ...],
    *,
    reason: str,
    person: str,
    clock: Clock,
    **more: Any,
) -> tuple[OpenRecord, Changes]:
    from checklists.findings import EditKind, FindingEdit

    if not reason.strip():
        raise FindingEditError(kind="no-reason")
    computed = replace(opened, edits=()).evaluate(signatures_required=False).findings
    facts = {finding.finding_id: finding.fact for finding in computed}
    standing = {one.finding_id for one in _standing(opened)}
    for one in ids:
        if one not in standing:
            raise NotFoundError(kind="finding", key=one)
    seen = tuple(facts[one] for one in ids)
    done = FindingEdit(EditKind(kind), ids, seen, clean(reason).strip(), person, stamp(clock.now()), **more)
    found = (*opened.edits, done)
    return replace(opened, edits=found), _kept(store, opened.record_id, found)


def _kept(store: Store | None, record_id: str, found: Sequence[FindingEdit]) -> Changes:
    return Changes() if store is None else keep(store, record_id, found)


def _standing(opened: OpenRecord) -> tuple[Finding, ...]:
    return opened.evaluate(signatures_required=False).findings
