"""What is asked for at each step of an order, and how it is handed to the actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from inspector_app.actions.afterwards import orders
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.form_dialog import Asked

if TYPE_CHECKING:
    from checklists.findings.orders import DraftOrder
    from checklists.store import OrderStepKind, WorkOrder

Texts = Callable[..., str]
Step = Callable[[Any], Any]
METHODS = ("hand", "adult", "post", "posting")
BY_HAND = ("approval", "machine", "earlier-order", "danger", "places", "statement", "reading-back")
"""Parts that only a person can write."""


def amend_questions(order: WorkOrder, paper: DraftOrder, t: Texts) -> list[Asked]:
    """Return what a draft still needs, and what may be changed in it."""
    heard = "" if order.heard is None else ("yes" if order.heard else "no")
    asked = [Asked("reasons", t("orders.reasons"), order.reasons)]
    if "due" in paper.kind.parts:
        asked.append(Asked("days", t("orders.days"), "" if order.days is None else str(order.days), "number"))
    if "hearing" in paper.kind.parts:
        choices = (("", t("orders.heard.open")), ("yes", t("orders.heard.yes")), ("no", t("orders.heard.no")))
        asked.append(Asked("heard", t("orders.heard"), heard, choices=choices))
        asked.append(Asked("said", t("orders.heard.said"), order.statement or order.not_heard))
    filled = dict(order.filled)
    parts = dict.fromkeys((*filled, *(part for part in paper.missing if part in BY_HAND)))
    return [*asked, *(Asked(f"part.{p}", t(f"cli.orders.part.{p}"), filled.get(p, "")) for p in parts)]


def amend_step(order_id: str, values: Mapping[str, str]) -> Step:
    """Return the writer's step that fills a draft in."""

    def step(store: Any) -> Any:
        from checklists.findings.orders import Hearing

        said, heard = values.get("said", ""), values.get("heard", "")
        hearing = None
        if heard:
            hearing = Hearing(True, statement=said) if heard == "yes" else Hearing(False, reason_not_heard=said)
        filled = {name[5:]: value for name, value in values.items() if name.startswith("part.") and value}
        days = int(values["days"]) if values.get("days") else None
        return orders.amend(
            store, order_id, reasons=values.get("reasons", ""), hearing=hearing, days=days, filled=filled
        )

    return step


def step_questions(kind: OrderStepKind, t: Texts, today: date) -> list[Asked]:
    """Return what is asked at a step."""
    asked = [Asked("on", t("orders.on"), today.isoformat(), "date", needed=True)]
    name = kind.value
    if name == "served":
        ways = tuple((method, t(f"orders.method.{method}")) for method in METHODS)
        return [
            Asked("method", t("orders.method"), "hand", choices=ways),
            *asked,
            Asked("receiver", t("orders.receiver")),
            Asked("witness", t("orders.witness"), hint=t("orders.witness.hint")),
            Asked("known_on", t("orders.known_on"), kind="date", hint=t("orders.known_on.hint")),
        ]
    if name == "numbered":
        asked.append(Asked("number", t("orders.number"), needed=True))
    if name == "extended":
        asked.append(Asked("due_date", t("orders.due_date"), kind="date", needed=True))
    if name in {"reported", "appealed", "decided"}:
        asked.append(Asked("paper_no", t("orders.paper_no")))
    return [*asked, Asked("note", t("orders.note"))]


def take_step(context: AppContext, order_id: str, kind: OrderStepKind, values: Mapping[str, str]) -> Step:
    """Return the writer's step that adds a step to an order; serving returns its deadlines."""
    person, clock = context.officer.name, context.clock

    def step(store: Any) -> Any:
        if kind.value == "served":
            from checklists.findings.orders import Service

            service = Service(values["method"], values["on"], values["receiver"], values["witness"])
            return orders.serve(store, order_id, service, person=person, clock=clock, known_on=values["known_on"])
        return orders.step(store, order_id, kind, person=person, clock=clock, **values)

    return step
