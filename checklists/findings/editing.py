"""What the inspector makes of the computed findings: merged, put in other words, or dropped with a reason.

An edit says which finding it is about *as it was then*. Where an answer changes afterwards, the edit of that finding no
longer stands and the computed finding is back: nobody signs a sentence about a value that is not in the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from checklists.findings.orders import merged
from checklists.model import Finding, Jsonable, Severity, Words


class EditKind(StrEnum):
    """What was done with findings."""

    MERGE = "merge"
    EDIT = "edit"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class FindingEdit(Jsonable):
    """One deed on findings, by whom and why. `seen` are their facts at that moment, in the order of `finding_ids`.

    The first id of a merge is the finding that stays. Empty members of an edit leave the computed words as they are.
    """

    kind: EditKind
    finding_ids: tuple[str, ...]
    seen: tuple[str, ...]
    reason: str
    person: str
    at: str
    fact: str = ""
    proposal: str = ""
    severity: str = ""
    due_days: int | None = None
    due_date: str = ""


class FindingState(StrEnum):
    """What became of a computed finding."""

    KEPT = "kept"
    EDITED = "edited"
    MERGED = "merged"  # it holds others
    ABSORBED = "absorbed"  # it lies in another one
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Shown(Jsonable):
    """A finding as the list for editing shows it. `sources` of a merged one: the findings in it."""

    finding: Finding
    state: FindingState
    sources: tuple[str, ...] = ()
    reason: str = ""
    into: str = ""  # of an absorbed one


def shown(findings: Sequence[Finding], edits: Sequence[FindingEdit]) -> tuple[Shown, ...]:
    """Return every computed finding with what became of it, in the order of the checklist."""
    computed = {finding.finding_id: finding.fact for finding in findings}
    now = {finding.finding_id: Shown(finding, FindingState.KEPT) for finding in findings}
    for edit in edits:
        if _stands(edit, now, computed):
            _apply(edit, now)
    return tuple(now.values())


def _stands(edit: FindingEdit, now: dict[str, Shown], computed: dict[str, str]) -> bool:
    """Tell whether every finding of an edit is there, still open to edits, and says what it said then."""
    gone = {FindingState.ABSORBED, FindingState.DROPPED}
    return all(
        one in now and now[one].state not in gone and computed[one] == fact
        for one, fact in zip(edit.finding_ids, edit.seen, strict=True)
    )


def _apply(edit: FindingEdit, now: dict[str, Shown]) -> None:
    first, *others = edit.finding_ids
    here = now[first]
    if edit.kind is EditKind.DROP:
        now[first] = replace(here, state=FindingState.DROPPED, reason=edit.reason)
        return
    if edit.kind is EditKind.EDIT:
        state = here.state if here.state is FindingState.MERGED else FindingState.EDITED
        now[first] = replace(here, finding=_reworded(here.finding, edit), state=state, reason=edit.reason)
        return
    parts = [now[one].finding for one in edit.finding_ids]
    (whole,) = merged(parts, into=here.finding, fact=edit.fact or _joined(parts))
    sources = (*(here.sources or (first,)), *(inner for one in others for inner in now[one].sources or (one,)))
    now[first] = Shown(_reworded(whole, edit), FindingState.MERGED, sources, edit.reason)
    for one in others:
        now[one] = replace(now[one], state=FindingState.ABSORBED, into=first)


def _joined(findings: Sequence[Finding]) -> str:
    return "; ".join(dict.fromkeys(finding.fact or finding.title.th for finding in findings))


def _reworded(finding: Finding, edit: FindingEdit) -> Finding:
    changed = finding
    if edit.fact:
        changed = replace(changed, fact=edit.fact)
    if edit.proposal:
        changed = replace(changed, proposal=Words(edit.proposal, edit.proposal))
    if edit.severity:
        changed = replace(changed, severity=Severity(edit.severity))
    if edit.due_days is not None:
        changed = replace(changed, due_days=edit.due_days, due_date=edit.due_date)
    return changed


def edited(findings: Sequence[Finding], edits: Sequence[FindingEdit]) -> tuple[Finding, ...]:
    """Return the findings that stand after the edits; dropped and absorbed ones are left out."""
    return tuple(findings) if not edits else tuple(_kept(shown(findings, edits)))


def _kept(rows: Sequence[Shown]) -> Iterator[Finding]:
    gone = {FindingState.ABSORBED, FindingState.DROPPED}
    return (row.finding for row in rows if row.state not in gone)
