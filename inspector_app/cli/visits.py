"""`inspector visit …`: what the Acts ask for on a visit, written down as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.errors import NotFoundError
from checklists.findings.steps import said
from inspector_app.actions.inspection import records, statutory
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.given import day, moment

if TYPE_CHECKING:
    from checklists.store import Store


def kinds(call: Call) -> Answer:
    """Every kind of step with its ground and what to write down."""
    rows = tuple(statutory.kinds().values())
    language = call.texts.language
    lines = [
        f"{row.kind_id:<16} {row.name.in_language(language)} – {row.law.title.in_language(language)} – "
        f"{row.ask.in_language(language)}"
        for row in rows
    ]
    return Answer({"kinds": rows}, lines)


def _visit(call: Call, store: Store) -> str:
    return statutory.visit_of(store, records.full_id(store, call.arguments.record))


def show(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        return _answer(call, store, _visit(call, store))


def _answer(call: Call, store: Store, visit_id: str) -> Answer:
    names = statutory.kinds()
    found = statutory.gathered(store, visit_id)
    lines = []
    for step in statutory.steps(store, visit_id):
        kind = names.get(step.kind)
        name = kind.name.in_language(call.texts.language) if kind else step.kind
        lines.append(f"{step.at[11:16]}  {name}: {said(step.note)}  ({step.person})")
    for sample in found.get("samples", ()):
        hands = " → ".join(hand["taker"] for hand in sample["custody"])
        lines.append(f"{sample['taken_at'][11:16]}  {sample['label']} {sample['medium']} {sample['point']}  {hands}")
    lines += [f"{one['name']} {one['serial_no']}" for one in found.get("instruments", ())]
    return Answer({"visit_id": visit_id, **found}, lines or [call.t("cli.visit.none")])


def add(call: Call) -> Answer:
    given = call.arguments
    with call.store() as store:
        visit_id = _visit(call, store)
        statutory.add_step(
            store,
            visit_id,
            given.kind,
            note=given.note,
            person=workspace.officer(store).name,
            clock=call.clock,
            at=moment(call, given.at),
        )
        return _answer(call, store, visit_id)


def sample(call: Call) -> Answer:
    given = call.arguments
    with call.store() as store:
        visit_id = _visit(call, store)
        statutory.take_sample(
            store,
            visit_id,
            label=given.label,
            medium=given.medium,
            point=given.point,
            container=given.container,
            seal_no=given.seal_no,
            person=workspace.officer(store).name,
            clock=call.clock,
            ids=call.ids,
        )
        return _answer(call, store, visit_id)


def hand_over(call: Call) -> Answer:
    """Add the next hand that a sample went to."""
    given = call.arguments
    with call.store() as store:
        visit_id = _visit(call, store)
        found = next((one for one in store.evidence.samples(visit_id) if one.label == given.label), None)
        if found is None:
            raise NotFoundError(kind="sample", key=given.label)
        giver = statutory.custody(store, found.sample_id)[-1].taker
        statutory.hand_over(
            store, found.sample_id, giver=giver, taker=given.taker, clock=call.clock, seal_no=given.seal_no
        )
        return _answer(call, store, visit_id)


def instrument(call: Call) -> Answer:
    """Keep an instrument with its calibration, used in this visit."""
    from checklists.store import Instrument

    given = call.arguments
    with call.store() as store:
        visit_id = _visit(call, store)
        key = given.serial or given.name
        one = Instrument(
            key,
            given.name,
            serial_no=given.serial,
            calibrated_on=day(call, given.calibrated),
            calibration_due=day(call, given.due),
            certificate=given.certificate,
        )
        statutory.use_instrument(store, visit_id, one)
        return _answer(call, store, visit_id)
