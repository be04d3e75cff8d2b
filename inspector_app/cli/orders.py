"""`inspector orders …` and `inspector work`: papers that follow an inspection, with every step and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.text import thai_date
from inspector_app.actions.afterwards import orders as actions
from inspector_app.actions.afterwards import worklist
from inspector_app.actions.afterwards.orderpaper import paper_text
from inspector_app.actions.factories import sites
from inspector_app.actions.inspection import records
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.given import day
from inspector_app.cli.parser import UsageError

if TYPE_CHECKING:
    from checklists.findings.deadlines import Deadline
    from checklists.model import Words
    from checklists.store import Store


def _said(call: Call, words: Words) -> str:
    return words.in_language(call.texts.language)


def kinds(call: Call) -> Answer:
    rows = tuple(actions.kinds().values())
    return Answer({"kinds": rows}, [f"{row.kind_id:<12} {_said(call, row.title)}" for row in rows])


def propose(call: Call) -> Answer:
    """Show what a sealed record suggests; nothing is written."""
    with call.store(readonly=True) as store:
        found = actions.proposed(store, records.full_id(store, call.arguments.record))
    lines = [call.t("cli.orders.overall", overall=call.t(f"cli.overall.{found.overall.value}"))]
    for one in found.orders:
        lines.append(f"{one.kind.kind_id:<12} {_said(call, one.kind.title)}")
        lines += [f"    {clause.finding_id}  {clause.fact}" for clause in one.clauses]
        if one.missing:
            lines.append("    " + call.t("cli.orders.missing", parts=_parts(call, one.missing)))
    lines += [f"{name}  {thai_date_of(due.due)}  {_said(call, due.reason)}" for name, due in found.deadlines]
    return Answer({"record_id": found.record_id, "overall": found.overall, "orders": found.orders}, lines)


def thai_date_of(iso: str) -> str:
    from datetime import date

    return thai_date(date.fromisoformat(iso)) if iso else ""


def _parts(call: Call, parts: tuple[str, ...]) -> str:
    return ", ".join(call.t(f"cli.orders.part.{part}") for part in parts)


def draft(call: Call) -> Answer:
    """Write a draft into the workspace; its id alone is the last line, for scripts."""
    given = call.arguments
    with call.store() as store:
        order_id, _ = actions.begin(
            store,
            records.full_id(store, given.record),
            given.kind,
            person=workspace.officer(store).name,
            ids=call.ids,
            finding_ids=given.finding,
            days=given.days,
            reasons=given.reasons,
        )
        shown = _shown(call, store, order_id)
    return Answer({**shown.data, "order_id": order_id}, [*shown.lines, order_id])


def show_list(call: Call) -> Answer:
    given = call.arguments
    with call.store(readonly=True) as store:
        record_id = records.full_id(store, given.record) if given.record else None
        site_id = sites.find(store, given.site).site_id if given.site else None
        rows = actions.listed(store, clock=call.clock, site_id=site_id, record_id=record_id, open_only=not given.all)
    lines = [_row(call, row) for row in rows] or [call.t("cli.orders.none")]
    return Answer({"orders": rows}, lines)


def _row(call: Call, row: actions.OrderLine) -> str:
    due = thai_date_of(row.due) or "–"
    late = call.t("cli.orders.late") if row.overdue else ""
    state = call.t(f"cli.orders.state.{row.state.value}")
    return f"{row.order.order_id}  {_said(call, row.title)}  {state}  {due} {late}".rstrip()


def show(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        return _shown(call, store, actions.full_id(store, call.arguments.order))


def _shown(call: Call, store: Store, order_id: str) -> Answer:
    line, paper = actions.line(store, order_id, clock=call.clock), actions.paper(store, order_id)
    lines = [_row(call, line), *paper_text(store, order_id, language=call.texts.language)]
    lines += [
        " ".join(
            part
            for part in (
                thai_date_of(s.at[:10]),
                call.t(f"cli.orders.state.{s.step.value}"),
                s.person,
                s.number,
                s.note,
            )
            if part
        )
        for s in line.steps
    ]
    if paper.missing:
        lines.append(call.t("cli.orders.missing", parts=_parts(call, paper.missing)))
    return Answer({"order": line.order, "state": line.state, "due": line.due, "overdue": line.overdue,
                   "next": line.next_steps, "steps": line.steps, "paper": paper}, lines)  # fmt: skip


def amend(call: Call) -> Answer:
    given = call.arguments
    filled = dict(_pair(text) for text in given.part)
    with call.store() as store:
        order_id = actions.full_id(store, given.order)
        actions.amend(store, order_id, reasons=given.reasons or None, days=given.days, filled=filled)
        return _shown(call, store, order_id)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise UsageError(detail=f"orders amend: --part {text}")
    return name.strip(), value.strip()


def hearing(call: Call) -> Answer:
    """Write down that the person was heard, or the statutory reason why not."""
    from checklists.findings.orders import Hearing

    given = call.arguments
    if bool(given.heard) == bool(given.not_heard):
        raise UsageError(detail="orders hearing: --heard TEXT / --not-heard TEXT")
    with call.store() as store:
        order_id = actions.full_id(store, given.order)
        actions.amend(store, order_id, hearing=Hearing(bool(given.heard), given.heard, given.not_heard))
        return _shown(call, store, order_id)


def step(call: Call) -> Answer:
    from checklists.store import OrderStepKind

    given = call.arguments
    with call.store() as store:
        order_id = actions.full_id(store, given.order)
        actions.step(
            store,
            order_id,
            OrderStepKind(given.step),
            person=workspace.officer(store).name,
            clock=call.clock,
            on=day(call, given.on),
            number=given.number,
            paper_no=given.paper,
            note=given.note,
            due_date=day(call, given.due),
        )
        return _shown(call, store, order_id)


def serve(call: Call) -> Answer:
    """Write down how it was served: received, to obey by, and the last day of appeal, each with its rule."""
    from checklists.findings.orders import Service

    given = call.arguments
    with call.store() as store:
        order_id = actions.full_id(store, given.order)
        happened = day(call, given.on) or call.clock.now().date().isoformat()
        done = actions.serve(
            store,
            order_id,
            Service(given.method, happened, given.receiver, given.witness),
            person=workspace.officer(store).name,
            clock=call.clock,
            known_on=day(call, given.known_on),
        )
    dates = {"received": done.received, "due": done.due, "appeal": done.appeal}
    lines = [_deadline(call, name, found) for name, found in dates.items() if found]
    if done.appeal is None:
        lines.append(call.t("cli.orders.appeal-unknown"))
    return Answer({"order_id": order_id, **dates}, lines)


def _deadline(call: Call, name: str, found: Deadline) -> str:
    sure = "" if found.sure else " " + call.t("cli.orders.unsure")
    return call.t(f"cli.orders.{name}", date=thai_date_of(found.due), rule=_said(call, found.reason)) + sure


def comply(call: Call) -> Answer:
    """Write down a re-inspection and whether the order was obeyed."""
    from checklists.store import OrderStepKind

    given = call.arguments
    with call.store() as store:
        order_id = actions.full_id(store, given.order)
        about = {
            "person": workspace.officer(store).name,
            "clock": call.clock,
            "on": day(call, given.on),
            "note": given.note,
        }
        if actions.line(store, order_id, clock=call.clock).state is not OrderStepKind.REINSPECTED:
            actions.step(store, order_id, OrderStepKind.REINSPECTED, **about)
        actions.step(store, order_id, OrderStepKind.NOT_COMPLIED if given.failed else OrderStepKind.COMPLIED, **about)
        return _shown(call, store, order_id)


def work(call: Call) -> Answer:
    """What is due: orders, re-inspections, laboratory results."""
    with call.store(readonly=True) as store:
        rows = (
            worklist.overdue(store, clock=call.clock)
            if call.arguments.overdue
            else worklist.todo(store, clock=call.clock)
        )
    lines = [_task(call, row) for row in rows] or [call.t("cli.work.none")]
    return Answer({"tasks": rows}, lines)


def _task(call: Call, row: worklist.Task) -> str:
    late = call.t("cli.work.late", days=-(row.days_left or 0)) if row.overdue else ""
    what = call.t(f"cli.work.kind.{row.kind}")
    about = f"{what}: {row.site.name_th}  {_said(call, row.text)}  ({_said(call, row.rule)})"
    return f"{thai_date_of(row.due) or '–':<14} {late} {about}"
