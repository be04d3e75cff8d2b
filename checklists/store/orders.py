"""Orders: objects of their own that outlive the visit, each step with date, person and paper. Steps only grow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from checklists.errors import AnswerError, NotFoundError
from checklists.model import Changes, Jsonable
from checklists.store.core import Core, dump


class OrderStepKind(StrEnum):
    """Where an order can stand."""

    DRAFT = "draft"
    APPROVED = "approved"
    NUMBERED = "numbered"
    ISSUED = "issued"
    SERVED = "served"
    EXTENDED = "extended"
    REPORTED = "reported"
    REINSPECTED = "reinspected"
    COMPLIED = "complied"
    NOT_COMPLIED = "not-complied"
    APPEALED = "appealed"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


_K = OrderStepKind
NEXT: Mapping[OrderStepKind, frozenset[OrderStepKind]] = {
    _K.DRAFT: frozenset({_K.APPROVED, _K.WITHDRAWN}),
    _K.APPROVED: frozenset({_K.NUMBERED, _K.WITHDRAWN}),
    _K.NUMBERED: frozenset({_K.ISSUED, _K.WITHDRAWN}),
    _K.ISSUED: frozenset({_K.SERVED, _K.WITHDRAWN}),
    _K.SERVED: frozenset({_K.EXTENDED, _K.REPORTED, _K.REINSPECTED, _K.APPEALED, _K.WITHDRAWN}),
    _K.EXTENDED: frozenset({_K.EXTENDED, _K.REPORTED, _K.REINSPECTED, _K.APPEALED, _K.WITHDRAWN}),
    _K.REPORTED: frozenset({_K.EXTENDED, _K.REINSPECTED, _K.APPEALED}),
    _K.REINSPECTED: frozenset({_K.COMPLIED, _K.NOT_COMPLIED}),
    _K.NOT_COMPLIED: frozenset({_K.EXTENDED, _K.REINSPECTED, _K.APPEALED, _K.CLOSED}),
    _K.APPEALED: frozenset({_K.DECIDED}),
    _K.DECIDED: frozenset({_K.EXTENDED, _K.REPORTED, _K.REINSPECTED, _K.CLOSED, _K.WITHDRAWN}),
    _K.COMPLIED: frozenset({_K.CLOSED}),
    _K.CLOSED: frozenset(),
    _K.WITHDRAWN: frozenset(),
}
"""Which step may follow which."""


def next_steps(now: OrderStepKind) -> tuple[OrderStepKind, ...]:
    """Return which steps may follow, in the order of an order's life."""
    return tuple(kind for kind in OrderStepKind if kind in NEXT[now])


class OrderStepError(AnswerError):
    """This step cannot follow the last one; `now` and `wanted` in data."""

    code = "order-step"


@dataclass(frozen=True, slots=True)
class OrderStep(Jsonable):
    """One step: when, by whom, on which paper (an attachment's hash or a number on paper)."""

    step: OrderStepKind
    at: str
    person: str
    paper: str = ""
    number: str = ""
    due_date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorkOrder(Jsonable):
    """An order, or another paper, on a sealed record. `kind` is the paper's id in the handbook.

    `days` is the time to obey, counted from receipt (None: by the findings); `due_date` is empty until it was served.
    `heard` is None until the hearing was written down: `statement` of the person heard, or why nobody was.
    """

    order_id: str
    record_id: str
    revision_id: str
    site_id: str
    finding_ids: tuple[str, ...]
    text: str
    due_date: str
    law: str = ""
    kind: str = ""
    days: int | None = None
    reasons: str = ""
    heard: bool | None = None
    statement: str = ""
    not_heard: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)  # parts that a person fills in: approval, machine, places …


class Orders:
    """The orders made on this laptop."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    def draft(self, order: WorkOrder, person: str) -> Changes:
        """Begin an order on a sealed record."""
        now = self._core.now()
        with self._db.tx():
            if not self._db.value("SELECT 1 FROM revision WHERE revision_id = ?", (order.revision_id,)):
                raise NotFoundError(order.revision_id, kind="revision", key=order.revision_id)
            self._db.run(
                "INSERT INTO work_order (order_id, record_id, site_id, created_at, body) VALUES (?, ?, ?, ?, ?)",
                (order.order_id, order.record_id, order.site_id, now, dump(order)),
            )
            self._append(order.order_id, OrderStep(OrderStepKind.DRAFT, now, person))
        return Changes.of("order", order.order_id, cause="draft")

    def amend(self, order: WorkOrder) -> Changes:
        """Write a draft's content anew. Raises `OrderStepError` once it was approved, `NotFoundError`."""
        with self._db.tx():
            now = self.state(order.order_id)
            if now is not OrderStepKind.DRAFT:
                raise OrderStepError("amend", now=now.value, wanted=OrderStepKind.DRAFT.value, order_id=order.order_id)
            self._db.run("UPDATE work_order SET body = ? WHERE order_id = ?", (dump(order), order.order_id))
            self._core.audit.append("order", "order", order.order_id, {"step": "amended", "paper": ""})
        return Changes.of("order", order.order_id, cause="amend")

    def step(self, order_id: str, step: OrderStep) -> Changes:
        """Add a step. Raises `OrderStepError` where it cannot follow the last one."""
        with self._db.tx():
            now = self.steps(order_id)[-1].step
            if step.step not in NEXT[now]:
                raise OrderStepError(step.step, now=now.value, wanted=step.step.value, order_id=order_id)
            self._append(order_id, step)
        return Changes.of("order", order_id, cause=step.step.value)

    def _append(self, order_id: str, step: OrderStep) -> None:
        self._db.run(
            "INSERT INTO order_step (order_id, position, step, at, body) "
            "SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4 FROM order_step WHERE order_id = ?1",
            (order_id, step.step.value, step.at, dump(step)),
        )
        self._core.audit.append("order", "order", order_id, {"step": step.step, "paper": step.paper})

    def get(self, order_id: str) -> WorkOrder:
        """Return an order. Raises `NotFoundError`."""
        body = self._db.value("SELECT body FROM work_order WHERE order_id = ?", (order_id,))
        if body is None:
            raise NotFoundError(order_id, kind="order", key=order_id)
        return WorkOrder.from_json(json.loads(body))

    def steps(self, order_id: str) -> tuple[OrderStep, ...]:
        """Return all steps in order. Raises `NotFoundError`."""
        found = self._db.rows("SELECT body FROM order_step WHERE order_id = ? ORDER BY position", (order_id,))
        if not found:
            raise NotFoundError(order_id, kind="order", key=order_id)
        return tuple(OrderStep.from_json(json.loads(row[0])) for row in found)

    def state(self, order_id: str) -> OrderStepKind:
        return self.steps(order_id)[-1].step

    def of_site(self, site_id: str) -> tuple[WorkOrder, ...]:
        """Return a site's orders, the newest first."""
        found = self._db.rows("SELECT body FROM work_order WHERE site_id = ? ORDER BY created_at DESC", (site_id,))
        return tuple(WorkOrder.from_json(json.loads(row[0])) for row in found)

    def all(self) -> tuple[WorkOrder, ...]:
        """Return every order, the newest first."""
        found = self._db.rows("SELECT body FROM work_order ORDER BY created_at DESC, order_id DESC")
        return tuple(WorkOrder.from_json(json.loads(row[0])) for row in found)
