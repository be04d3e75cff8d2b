"""Before an officer begins: does the appointment, area and hour of *that* Act cover the visit? Only warnings.

Appointments are kept in the workspace, one a line of the officer's profile. The ground that the officer gives goes into
the visit's remarks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.model import Site, Visit

if TYPE_CHECKING:
    from checklists.findings.authority import Appointment, Warned
    from checklists.model import Changes
    from checklists.store import Store

SETTING = "officer.appointments"


def appointments(store: Store) -> tuple[Appointment, ...]:
    """Return the officer's appointments that this workspace knows."""
    from checklists.findings.authority import Appointment

    rows = json.loads(store.settings.get(SETTING) or "[]")
    return tuple(Appointment(**{**row, "provinces": tuple(row["provinces"])}) for row in rows)


def set_appointments(store: Store, found: Sequence[Appointment]) -> Changes:
    """Keep the officer's appointments, in place of those known before."""
    return store.settings.set(SETTING, json.dumps([asdict(one) for one in found], ensure_ascii=False))


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
    from checklists.authoring.catalogue import Catalogue
    from checklists.findings import authority

    return authority.warnings(
        form_id,
        clock.now(),
        catalogue=Catalogue.bundled(),
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
