"""From a sealed record to the papers that may follow: proposed, drafted, and every step until an order is closed.

Nothing here is issued by itself: an officer looks at every draft, and what is missing is named in it. A reference that
is not certain is a marked gap on the paper, never a fact.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from checklists.clock import BANGKOK, Clock, IdMaker, stamp
from checklists.errors import AnswerError, NotFoundError
from checklists.model import Changes, Finding, Overall, Words
from checklists.sealing import parse_envelope
from inspector_app.actions.reference import handbook

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue
    from checklists.findings.deadlines import Deadline, Deadlines
    from checklists.findings.orders import DraftOrder, Hearing, OrderKind, Service
    from checklists.store import OrderStep, OrderStepKind, Store, WorkOrder


class OrderError(AnswerError):
    """An order cannot be so; `kind` in data: incomplete (with `missing`), no-finding, hearing, date, days."""

    code = "order"


@dataclass(frozen=True, slots=True)
class Proposed:
    """Draft papers of one record, and by when each finding is to be put right."""

    record_id: str
    revision_id: str
    overall: Overall
    orders: tuple[DraftOrder, ...]
    deadlines: tuple[tuple[str, Deadline], ...]  # finding id, last day counted from the visit

    def order(self, kind_id: str) -> DraftOrder:
        """Return the draft of one kind. Raises `NotFoundError(kind="order")`."""
        found = next((order for order in self.orders if order.kind.kind_id == kind_id), None)
        if found is None:
            raise NotFoundError(kind="order", key=kind_id)
        return found


def kinds() -> dict[str, OrderKind]:
    """Return every kind of paper by id."""
    from checklists.findings import orders

    return orders.order_kinds()


@functools.lru_cache(maxsize=4)
def _deadlines(catalogue: Catalogue) -> Deadlines:
    from checklists.findings.deadlines import Deadlines

    return Deadlines(catalogue)


def proposed(
    store: Store,
    record_id: str,
    *,
    service: Service | None = None,
    hearing: Hearing | None = None,
    reasons: str = "",
) -> Proposed:
    """Return the papers that a sealed record suggests. Raises `NotFoundError`, `SealedRecordError` for a draft.

    `service` is how an order was handed over: the time to obey counts from the day of receipt by s. 38.
    """
    from checklists.findings import orders

    envelope = _envelope(store, record_id)
    findings = _findings(envelope)
    catalogue = handbook.catalogue(store)
    deadlines = _deadlines(catalogue)
    overall = Overall(envelope["overall"])
    drafts = tuple(
        orders.draft(
            kind,
            findings,
            catalogue=catalogue,
            deadlines=deadlines,
            reasons=reasons,
            service=service,
            hearing=hearing,
        )
        for kind in orders.proposed_kinds(_form_id(envelope), overall, kinds())
        if findings or "remedy" not in kind.parts
    )
    day = envelope["visit"]["started_at"][:10]
    dated = tuple(
        (found.finding_id, deadlines.compliance(day, found.due_days))
        for found in findings
        if found.due_days is not None and day
    )
    return Proposed(record_id, envelope["revision_id"], overall, drafts, dated)


def _envelope(store: Store, record_id: str, revision_id: str | None = None) -> dict[str, Any]:
    return parse_envelope(store.records.sealed(record_id, revision_id).envelope)


def _findings(envelope: Mapping[str, Any]) -> tuple[Finding, ...]:
    return tuple(Finding.from_json(found) for found in envelope["findings"])


def _form_id(envelope: Mapping[str, Any]) -> str:
    return str((envelope["form"] or {}).get("form_id", ""))


# --- drafting -------------------------------------------------------------------------------------------------------


def begin(
    store: Store,
    record_id: str,
    kind_id: str,
    *,
    person: str,
    ids: IdMaker,
    finding_ids: Sequence[str] = (),
    days: int | None = None,
    reasons: str = "",
    hearing: Hearing | None = None,
) -> tuple[str, Changes]:
    """Draft a paper on a sealed record, on all its findings or those named; return its id.

    Raises `NotFoundError` (record, kind of order, finding), `OrderError(kind="no-finding")`.
    """
    from checklists.store import WorkOrder

    kind = kinds().get(kind_id)
    if kind is None:
        raise NotFoundError(kind="order-kind", key=kind_id)
    envelope = _envelope(store, record_id)
    known = [finding.finding_id for finding in _findings(envelope)]
    for one in finding_ids:
        if one not in known:
            raise NotFoundError(kind="finding", key=one)
    chosen = tuple(finding_ids) or tuple(known)
    if not chosen and "remedy" in kind.parts:
        raise OrderError(kind="no-finding", record=record_id)
    order = WorkOrder(
        order_id=ids.new(),
        record_id=record_id,
        revision_id=envelope["revision_id"],
        site_id=envelope["visit"]["site"]["site_id"],
        finding_ids=chosen,
        text=kind.text.th,
        due_date="",
        law=kind.law_id,
        kind=kind_id,
        days=_days(days),
        reasons=reasons.strip(),
    )
    return order.order_id, store.orders.draft(_heard(order, hearing), person)


def amend(
    store: Store,
    order_id: str,
    *,
    reasons: str | None = None,
    hearing: Hearing | None = None,
    days: int | None = None,
    filled: Mapping[str, str] | None = None,
) -> Changes:
    """Fill in what a draft lacks. `filled` are parts written by hand (approval, machine, places, danger …).

    Raises `OrderStepError` once it was approved, `OrderError(kind="hearing")` for a hearing that says nothing.
    """
    order = store.orders.get(order_id)
    order = order if reasons is None else replace(order, reasons=reasons.strip())
    order = order if days is None else replace(order, days=_days(days))
    return store.orders.amend(replace(_heard(order, hearing), filled={**order.filled, **(filled or {})}))


def _days(days: int | None) -> int | None:
    if days is not None and days < 0:
        raise OrderError(kind="days", value=days)
    return days


def _heard(order: WorkOrder, hearing: Hearing | None) -> WorkOrder:
    if hearing is None:
        return order
    if not (hearing.statement.strip() if hearing.heard else hearing.reason_not_heard.strip()):
        raise OrderError(kind="hearing")
    return replace(order, heard=hearing.heard, statement=hearing.statement, not_heard=hearing.reason_not_heard)


def paper(store: Store, order_id: str) -> DraftOrder:
    """Return a paper as it stands: clauses, gaps, dates with their rule, and what is missing."""
    from checklists.findings import orders

    order = store.orders.get(order_id)
    kind = kinds().get(order.kind) or kinds()["visit-record"]
    envelope = _envelope(store, order.record_id, order.revision_id)
    chosen = [finding for finding in _findings(envelope) if finding.finding_id in order.finding_ids]
    catalogue = handbook.catalogue(store)
    heard = order.heard
    drafted = orders.draft(
        kind,
        _relooked(chosen, catalogue),
        catalogue=catalogue,
        deadlines=_deadlines(catalogue),
        service=_service(store, order_id),
        hearing=None if heard is None else orders.Hearing(heard, order.statement, order.not_heard),
        reasons=order.reasons,
        days=order.days,
    )
    done = set(order.filled) | ({"signature"} if _issued(store, order_id) else set())
    return replace(drafted, missing=tuple(part for part in drafted.missing if part not in done))


def _relooked(findings: Sequence[Finding], catalogue: Catalogue) -> list[Finding]:
    """Return the findings with the certainty that their references have today: what was confirmed is a gap no more."""
    from checklists.model import Certainty

    sure = {law.law_id for law in catalogue.laws if law.certainty is Certainty.CONFIRMED}
    return [
        replace(
            finding,
            laws=tuple(
                replace(law, certainty=Certainty.CONFIRMED) if law.law_id in sure else law for law in finding.laws
            ),
        )
        for finding in findings
    ]


def _issued(store: Store, order_id: str) -> bool:
    return any(step.step.value == "issued" for step in store.orders.steps(order_id))


def _service(store: Store, order_id: str) -> Service | None:
    from checklists.findings.orders import Service

    step = next((step for step in reversed(store.orders.steps(order_id)) if step.step.value == "served"), None)
    if step is None:
        return None
    method, _, rest = step.note.partition(" ")
    receiver, _, witness = rest.partition(" / ")
    return Service(method, step.at[:10], receiver, witness)


# --- steps ----------------------------------------------------------------------------------------------------------


def step(
    store: Store,
    order_id: str,
    kind: OrderStepKind,
    *,
    person: str,
    clock: Clock,
    on: str = "",
    number: str = "",
    paper_no: str = "",
    note: str = "",
    due_date: str = "",
) -> Changes:
    """Add a step. Approving a paper that still lacks a part raises `OrderError(kind="incomplete")`.

    `on` is the day (ISO) on which it happened, today without it. Raises `OrderStepError` out of turn.
    """
    from checklists.store import OrderStep

    if kind.value == "approved":
        lacking = [part for part in paper(store, order_id).missing if part not in LATER]
        if lacking:
            raise OrderError(kind="incomplete", missing=", ".join(lacking))
    at = f"{_day(on)}T12:00:00.000+07:00" if on else stamp(clock.now())
    return store.orders.step(order_id, OrderStep(kind, at, person, paper_no, number, due_date, note))


LATER = frozenset({"service", "due", "signature", "law", "photos"})
"""Parts that come after approval, and the gap in a reference, which is printed as such."""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise OrderError(kind="date", value=text) from error


@dataclass(frozen=True, slots=True)
class Served:
    """An order that was handed over: when it counts as received, by when to obey, and until when an appeal may come."""

    received: Deadline
    due: Deadline | None
    appeal: Deadline | None
    changes: Changes


def serve(store: Store, order_id: str, service: Service, *, person: str, clock: Clock, known_on: str = "") -> Served:
    """Write down how an order was served (s. 38). `known_on` is the day the person knew of it, for the appeal (s. 41).

    Raises `OrderStepError` out of turn, `CatalogueError` for a way of service that the Act does not know.
    """
    from checklists.store import OrderStepKind

    order = store.orders.get(order_id)
    deadlines = _deadlines(handbook.catalogue(store))
    received = deadlines.received(service.method, _day(service.happened))
    kind = kinds()[order.kind]
    days = order.days if order.days is not None else paper(store, order_id).days
    due = deadlines.compliance(received.due, days) if days is not None and "due" in kind.parts else None
    knew = known_on or (service.happened if service.method == "hand" else "")
    appeal = deadlines.deadline("appeal", _day(knew)) if kind.appeal.th and knew else None
    note = f"{service.method} {service.receiver} / {service.witness}"
    changes = step(
        store,
        order_id,
        OrderStepKind.SERVED,
        person=person,
        clock=clock,
        on=service.happened,
        note=note,
        due_date=due.due if due else "",
    )
    return Served(received, due, appeal, changes)


# --- looking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order as lists show it. `due` is the last day to obey now ('' before service), with its extensions."""

    order: WorkOrder
    title: Words
    state: OrderStepKind
    due: str
    overdue: bool
    next_steps: tuple[OrderStepKind, ...]
    steps: tuple[OrderStep, ...]

    @property
    def is_open(self) -> bool:
        return self.state.value not in ("closed", "withdrawn")


def listed(
    store: Store, *, clock: Clock, site_id: str | None = None, record_id: str | None = None, open_only: bool = True
) -> tuple[OrderLine, ...]:
    """Return orders, the most urgent first: by due date, those not served yet last."""
    rows = store.orders.of_site(site_id) if site_id else store.orders.all()
    today = clock.now().astimezone(BANGKOK).date()
    lines = [_line(store, order, today) for order in rows if record_id in (None, order.record_id)]
    return tuple(sorted((one for one in lines if one.is_open or not open_only), key=lambda one: one.due or "9"))


def line(store: Store, order_id: str, *, clock: Clock) -> OrderLine:
    """Return one order as lists show it. Raises `NotFoundError`."""
    return _line(store, store.orders.get(order_id), clock.now().astimezone(BANGKOK).date())


def _line(store: Store, order: WorkOrder, today: date) -> OrderLine:
    from checklists.store import next_steps

    steps = store.orders.steps(order.order_id)
    due = next((one.due_date for one in reversed(steps) if one.due_date), order.due_date)
    now = steps[-1].step
    kind = kinds().get(order.kind)
    title = kind.title if kind else Words(order.text, order.text)
    waiting = now.value in ("served", "extended", "reported", "reinspected", "not-complied", "decided")
    late = waiting and bool(due) and due < today.isoformat()
    return OrderLine(order, title, now, due, late, next_steps(now), steps)


def full_id(store: Store, text: str) -> str:
    """Return the id of the order that ends in `text` (four characters or more). Raises `NotFoundError`."""
    found = [order.order_id for order in store.orders.all() if order.order_id.endswith(text.strip())]
    if len(found) != 1 or len(text.strip()) < 4:
        raise NotFoundError(kind="order", key=text)
    return found[0]
