"""`inspector officer show|set|appoint|dismiss`: who the officer is, and the appointment under each Act."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checklists import numbers
from checklists.errors import NotFoundError
from inspector_app.actions.inspection import authority
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.given import day

if TYPE_CHECKING:
    from checklists.findings.authority import Appointment
    from checklists.store import Store


def show(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        return _answer(call, store)


def _answer(call: Call, store: Store) -> Answer:
    who, found = workspace.officer(store), authority.appointments(store)
    lines = [call.t("cli.officer.row", name=who.name, position=who.position, office=who.office, card=who.card_no)]
    known = {one.act: one for one in found}
    for act in authority.acts():
        one = known.get(act.act)
        name = act.name.in_language(call.texts.language)
        lines.append(_row(call, name, one) if one else call.t("cli.officer.none", act=act.act, name=name))
    acts = [{"act": one.act, "name": one.name, "hours": one.hours} for one in authority.acts()]
    return Answer({"officer": who, "appointments": found, "acts": acts}, lines)


def _row(call: Call, name: str, one: Appointment) -> str:
    places = ", ".join(found.th for code in one.provinces if (found := numbers.province(code)))
    area = places or call.t("cli.officer.everywhere")
    return call.t(
        "cli.officer.appointment",
        act=one.act,
        name=name,
        card=one.card_no,
        area=area,
        start=one.valid_from,
        end=one.valid_until,
    )


def edit(call: Call) -> Answer:
    """Change what stands on papers about the officer; what is not given stays."""
    given = call.arguments
    with call.store() as store:
        who = workspace.officer(store)
        new = replace(
            who,
            name=given.name or who.name,
            position=given.position or who.position,
            office=given.office or who.office,
            card_no=given.card or who.card_no,
        )
        workspace.set_officer(store, new)
        return _answer(call, store)


def appoint(call: Call) -> Answer:
    """Keep the appointment under one Act: card, provinces (none = whole country), period."""
    from checklists.findings.authority import Appointment

    given = call.arguments
    provinces = tuple(_code(text) for text in given.province)
    one = Appointment(given.act, given.card, provinces, day(call, given.valid_from), day(call, given.valid_until))
    with call.store() as store:
        authority.add_appointment(store, one)
        return _answer(call, store)


def _code(text: str) -> str:
    found = numbers.province(text)
    if found is None:
        raise NotFoundError(kind="province", key=text)
    return found.code


def dismiss(call: Call) -> Answer:
    with call.store() as store:
        authority.remove_appointment(store, call.arguments.act)
        return _answer(call, store)
