"""`inspector findings list|merge|edit|drop|restore`: what the inspector makes of the findings of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector_app.actions.inspection import findings as actions
from inspector_app.actions.inspection import records
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call

if TYPE_CHECKING:
    from checklists.store import Store
    from inspector_app.actions.inspection.opened import OpenRecord


def _open(call: Call, store: Store) -> OpenRecord:
    return records.load(store, records.full_id(store, call.arguments.record), clock=call.clock)


def show_list(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        return _answer(call, _open(call, store))


def _answer(call: Call, opened: OpenRecord) -> Answer:
    rows = actions.listed(opened)
    lines = []
    for row in rows:
        found = row.finding
        state = call.t(f"cli.findings.state.{row.state.value}", into=row.into, sources=", ".join(row.sources))
        lines.append(f"{found.finding_id:<10} {found.severity.value:<8} {state}  {found.fact or found.title.th}")
        if row.reason:
            lines.append(f"           {call.t('cli.findings.reason', reason=row.reason)}")
    overall = opened.evaluate(signatures_required=False).overall
    lines.append(call.t("cli.findings.overall", overall=call.t(f"cli.overall.{overall.value}")))
    return Answer({"record_id": opened.record_id, "findings": rows, "overall": overall}, lines)


def merge(call: Call) -> Answer:
    given = call.arguments
    with call.store() as store:
        person = workspace.officer(store).name
        opened, _ = actions.merge(
            store,
            _open(call, store),
            given.finding,
            into=given.into,
            fact=given.fact,
            reason=given.reason,
            person=person,
            clock=call.clock,
        )
        return _answer(call, opened)


def edit(call: Call) -> Answer:
    given = call.arguments
    with call.store() as store:
        person = workspace.officer(store).name
        opened, _ = actions.edit(
            store,
            _open(call, store),
            given.finding,
            fact=given.fact,
            proposal=given.proposal,
            severity=given.severity,
            due_days=given.days,
            reason=given.reason,
            person=person,
            clock=call.clock,
        )
        return _answer(call, opened)


def drop(call: Call) -> Answer:
    given = call.arguments
    with call.store() as store:
        person = workspace.officer(store).name
        opened, _ = actions.drop(
            store, _open(call, store), given.finding, reason=given.reason, person=person, clock=call.clock
        )
        return _answer(call, opened)


def restore(call: Call) -> Answer:
    with call.store() as store:
        opened, _ = actions.restore(store, _open(call, store), call.arguments.finding)
        return _answer(call, opened)
