"""Before an officer begins: does the appointment, area and hour of *that* Act cover the visit? Only warnings.

Appointments are kept in the workspace, one a line of the officer's profile. The ground that the officer gives goes into
the visit's remarks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from checklists.clock import BANGKOK, Clock, stamp
from checklists.errors import AnswerError, NotFoundError
from checklists.model import Site, Visit

if TYPE_CHECKING:
    from checklists.findings.authority import Appointment, Power, Warned
    from checklists.model import Changes
    from checklists.store import Store

SETTING = "officer.appointments"
GROUND = "ground"
"""Kind of the visit's step that keeps why an officer went on."""


class AppointmentError(AnswerError):
    """An appointment cannot be so; `kind` in data: date, order, province; `value`."""

    code = "appointment"


def appointments(store: Store) -> tuple[Appointment, ...]:
    """Return the officer's appointments that this workspace knows."""
    from checklists.findings.authority import Appointment

    rows = json.loads(store.settings.get(SETTING) or "[]")
    return tuple(Appointment(**{**row, "provinces": tuple(row["provinces"])}) for row in rows)


def set_appointments(store: Store, found: Sequence[Appointment]) -> Changes:
    """Keep the officer's appointments, in place of those known before."""
    return store.settings.set(SETTING, json.dumps([asdict(one) for one in found], ensure_ascii=False))


def acts() -> tuple[Power, ...]:
    """Return the Acts that appoint officers, each with its hours of entry and its rule of the card."""
    from checklists.findings.authority import powers

    return powers()


def add_appointment(store: Store, one: Appointment) -> Changes:
    """Keep an appointment beside those under other Acts; one under the same Act is replaced.

    Raises `NotFoundError(kind="act")`, `AppointmentError` for a date or province that cannot be.
    """
    if all(power.act != one.act for power in acts()):
        raise NotFoundError(kind="act", key=one.act)
    for text in (one.valid_from, one.valid_until):
        if text and not _is_date(text):
            raise AppointmentError(kind="date", value=text)
    if one.valid_from and one.valid_until and one.valid_until < one.valid_from:
        raise AppointmentError(kind="order", value=one.valid_until)
    others = [known for known in appointments(store) if known.act != one.act]
    return set_appointments(store, [*others, one])


def remove_appointment(store: Store, act: str) -> Changes:
    """Take an appointment out of the profile. Raises `NotFoundError(kind="act")`."""
    left = [known for known in appointments(store) if known.act != act]
    if len(left) == len(appointments(store)):
        raise NotFoundError(kind="act", key=act)
    return set_appointments(store, left)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def warnings(
    store: Store,
    form_id: str,
    site: Site,
    *,
    clock: Clock,
    entered: datetime | None = None,
    working: tuple[time, time] | None = None,
    card_shown: bool | None = None,
) -> tuple[Warned, ...]:
    """Return what to warn of when a checklist is started, or gone on with, at a site now; nothing stops the officer."""
    from checklists.findings import authority
    from inspector_app.actions.reference import handbook

    return authority.warnings(
        form_id,
        clock.now(),
        catalogue=handbook.catalogue(store),
        known=authority.powers(),
        appointments=appointments(store),
        province=site.province_code,
        position=None if site.lat is None or site.lon is None else (site.lat, site.lon),
        working=working,
        entered=entered,
        card_shown=card_shown,
    )


def with_ground(visit: Visit, warned: Sequence[Warned], ground: str, *, language: str = "th") -> Visit:
    """Return the visit with the ground for going on written beside what was warned of."""
    told = "; ".join(one.message.in_language(language) for one in warned)
    note = f"{told} – {ground.strip()}"
    return replace(visit, remarks=f"{visit.remarks}\n{note}".strip())


def for_record(store: Store, record_id: str, *, clock: Clock) -> tuple[Warned, ...]:
    """Return what to warn of when a draft is gone on with now.

    Left out is what the officer gave a ground for on this day already, and the hours once the visit has ended.
    """
    summary = store.records.summary(record_id)
    visit = store.visits.get(summary.visit_id)
    entered = datetime.fromisoformat(visit.started_at) if visit.started_at else None
    found = warnings(store, summary.form.form_id, visit.site, clock=clock, entered=entered, card_shown=visit.card_shown)
    today = clock.now().astimezone(BANGKOK).date().isoformat()
    steps = store.evidence.steps(visit.visit_id)
    given = {code for step in steps if step.kind == GROUND and step.at[:10] == today for code in _codes(step.note)}
    over = {"hours", "hours-unknown"} if visit.ended_at else set()
    return tuple(one for one in found if one.code not in given | over)


def _codes(note: str) -> tuple[str, ...]:
    return tuple(note.partition("]")[0].removeprefix("[").split())


def note_ground(
    store: Store, visit_id: str, warned: Sequence[Warned], ground: str, *, person: str, clock: Clock
) -> Changes:
    """Keep a ground as a step of the visit: the codes of what was warned of, then the officer's words."""
    from checklists.store import VisitStep

    codes = " ".join(one.code for one in warned)
    return store.evidence.add_step(
        visit_id, VisitStep(GROUND, stamp(clock.now()), person, f"[{codes}] {ground.strip()}")
    )


class NoGroundError(AnswerError):
    """Going on where the Act does not plainly cover it asks for the ground."""

    code = "no-ground"


def record_ground(
    store: Store,
    visit_id: str,
    warned: Sequence[Warned],
    ground: str,
    *,
    person: str,
    clock: Clock,
    language: str = "th",
) -> Changes:
    """Write why the officer went on into the visit's remarks and its steps. Raises `NoGroundError`, `NotFoundError`."""
    if not ground.strip():
        raise NoGroundError(codes=tuple(one.code for one in warned))
    visit = with_ground(store.visits.get(visit_id), warned, ground, language=language)
    changes = store.visits.update(visit)
    return changes | note_ground(store, visit_id, warned, ground, person=person, clock=clock)
