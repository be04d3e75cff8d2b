"""What the Acts ask for on a visit, written down as it happens: steps, samples with their custody, instruments.

What was gathered until then goes into the envelope when a record of the visit is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from checklists.clock import BANGKOK, Clock, IdMaker, stamp
from checklists.errors import AnswerError, NotFoundError
from checklists.model import Changes

if TYPE_CHECKING:
    from checklists.findings.steps import StepKind
    from checklists.store import Handover, Instrument, Sample, Store, VisitStep


class NothingWrittenError(AnswerError):
    """A step that says nothing proves nothing; `ask` in data says what belongs into it."""

    code = "empty-step"


def kinds() -> dict[str, StepKind]:
    """Return the kinds of `steps.yaml` by id."""
    from checklists.findings.steps import step_kinds

    return step_kinds()


def visit_of(store: Store, record_id: str) -> str:
    """Return the visit of a record."""
    return store.records.summary(record_id).visit_id


def add_step(
    store: Store, visit_id: str, kind_id: str, *, note: str, person: str, clock: Clock, at: datetime | None = None
) -> Changes:
    """Write a step down. Raises `NotFoundError(kind="visit-step")`, `NothingWrittenError`.

    An entry outside daylight is not refused: where the sun stood is written beside it.
    """
    from checklists.store import VisitStep

    kind = kinds().get(kind_id)
    if kind is None:
        raise NotFoundError(kind="visit-step", key=kind_id)
    moment = at or clock.now()
    said = " · ".join(part for part in (note.strip(), _sun(store, visit_id, kind_id, moment)) if part)
    if not said:
        raise NothingWrittenError(step=kind_id, ask=kind.ask.th)
    return store.evidence.add_step(visit_id, VisitStep(kind_id, stamp(moment), person, said))


def _sun(store: Store, visit_id: str, kind_id: str, moment: datetime) -> str:
    """Return sunrise and sunset of the day at the site, for a step of entry or exit."""
    from checklists.findings.authority import MIDDLE_OF_THAILAND
    from checklists.findings.sun import sun_times

    if not kind_id.endswith(("entry", "exit")):
        return ""
    site = store.visits.get(visit_id).site
    place = MIDDLE_OF_THAILAND if site.lat is None or site.lon is None else (site.lat, site.lon)
    rise, fall = sun_times(moment.astimezone(BANGKOK).date(), *place)
    span = f"พระอาทิตย์ขึ้น {rise:%H:%M} ตก {fall:%H:%M}"
    return span if rise <= moment <= fall else f"{span} (อยู่นอกช่วงนี้)"


def steps(store: Store, visit_id: str) -> tuple[VisitStep, ...]:
    """Return the steps of a visit in the order in which they were written."""
    return store.evidence.steps(visit_id)


def take_sample(
    store: Store,
    visit_id: str,
    *,
    label: str,
    medium: str,
    person: str,
    clock: Clock,
    ids: IdMaker,
    point: str = "",
    container: str = "",
    seal_no: str = "",
) -> tuple[Sample, Changes]:
    """Keep a sample with the officer as its first hand. Its label is what a measurement names."""
    from checklists.store import Handover, Sample

    if not (label.strip() and medium.strip()):
        raise NothingWrittenError(step="sample", ask="label, medium")
    now = stamp(clock.now())
    sample = Sample(ids.new(), visit_id, label.strip(), medium.strip(), now, person, point.strip(), container.strip())
    return sample, store.evidence.take_sample(sample, Handover(now, person, person, seal_no.strip()))


def hand_over(store: Store, sample_id: str, *, giver: str, taker: str, clock: Clock, seal_no: str = "") -> Changes:
    """Add a hand to a sample's custody. Raises `NotFoundError`."""
    from checklists.store import Handover

    return store.evidence.hand_over(sample_id, Handover(stamp(clock.now()), giver, taker, seal_no))


def use_instrument(store: Store, visit_id: str, instrument: Instrument) -> Changes:
    """Keep an instrument with its calibration, and that it was used in a visit as it was calibrated that day."""
    changes = store.evidence.put_instrument(instrument)
    return changes | store.evidence.use_instrument(visit_id, instrument.instrument_id)


def custody(store: Store, sample_id: str) -> tuple[Handover, ...]:
    return store.evidence.custody(sample_id)


def gathered(store: Store, visit_id: str) -> dict[str, Any]:
    """Return what the envelope keeps of a visit beside its answers; members without content are left out."""
    samples = [{**one.to_json(), "custody": _plain(custody(store, one.sample_id))} for one in _samples(store, visit_id)]
    used = _plain(store.evidence.instruments_of(visit_id))
    found = {"visit_steps": _plain(steps(store, visit_id)), "samples": samples, "instruments": used}
    return {name: rows for name, rows in found.items() if rows}


def _samples(store: Store, visit_id: str) -> tuple[Sample, ...]:
    return store.evidence.samples(visit_id)


def _plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [row.to_json() for row in rows]
