"""What a visit gathers beside answers: statutory steps, instruments with calibration, samples with their custody."""

from __future__ import annotations

import json
from dataclasses import dataclass

from checklists.errors import NotFoundError
from checklists.model import Changes, Jsonable
from checklists.store.core import Core, dump


@dataclass(frozen=True, slots=True)
class VisitStep(Jsonable):
    """A step that the Act asks for: card shown, purpose told, entry at a lawful hour, minutes read out …"""

    kind: str
    at: str
    person: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Instrument(Jsonable):
    """A measuring instrument; dates ISO 8601."""

    instrument_id: str
    name: str
    model: str = ""
    serial_no: str = ""
    calibrated_on: str = ""
    calibration_due: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Sample(Jsonable):
    """A sample taken in a visit; measurements name it by its label."""

    sample_id: str
    visit_id: str
    label: str
    medium: str
    taken_at: str
    taken_by: str
    point: str = ""
    container: str = ""
    preserved: str = ""


@dataclass(frozen=True, slots=True)
class Handover(Jsonable):
    """A sample passing from hand to hand; the list of them only grows."""

    at: str
    giver: str
    taker: str
    seal_no: str = ""
    condition: str = ""
    note: str = ""


class Evidence:
    """Steps, instruments and samples of this workspace."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    def add_step(self, visit_id: str, step: VisitStep) -> Changes:
        with self._db.tx():
            self._db.run(
                "INSERT INTO visit_step (visit_id, position, kind, at, body) "
                "SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4 FROM visit_step WHERE visit_id = ?1",
                (visit_id, step.kind, step.at, dump(step)),
            )
            self._core.audit.append("step", "visit", visit_id, {"kind": step.kind, "at": step.at})
        return Changes.of("visit", visit_id, cause="step")

    def steps(self, visit_id: str) -> tuple[VisitStep, ...]:
        found = self._db.rows("SELECT body FROM visit_step WHERE visit_id = ? ORDER BY position", (visit_id,))
        return tuple(VisitStep.from_json(json.loads(row[0])) for row in found)

    def put_instrument(self, instrument: Instrument) -> Changes:
        with self._db.tx():
            self._db.run(
                "INSERT INTO instrument VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
                (instrument.instrument_id, dump(instrument), self._core.now()),
            )
        return Changes.of("instrument", instrument.instrument_id)

    def instruments(self) -> tuple[Instrument, ...]:
        found = self._db.rows("SELECT body FROM instrument ORDER BY instrument_id")
        return tuple(Instrument.from_json(json.loads(row[0])) for row in found)

    def use_instrument(self, visit_id: str, instrument_id: str) -> Changes:
        """Note that an instrument was used in a visit, with its calibration as it is now. Raises `NotFoundError`."""
        with self._db.tx():
            body = self._db.value("SELECT body FROM instrument WHERE instrument_id = ?", (instrument_id,))
            if body is None:
                raise NotFoundError(instrument_id, kind="instrument", key=instrument_id)
            now = self._core.now()
            self._db.run(
                "INSERT INTO visit_instrument VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET body = excluded.body, at = excluded.at",
                (visit_id, instrument_id, now, body),
            )
            self._core.audit.append("instrument", "visit", visit_id, {"instrument": instrument_id})
        return Changes.of("visit", visit_id, cause="instrument")

    def instruments_of(self, visit_id: str) -> tuple[Instrument, ...]:
        """Return the instruments of a visit as they were calibrated when they were used there."""
        found = self._db.rows(
            "SELECT body FROM visit_instrument WHERE visit_id = ? ORDER BY at, instrument_id", (visit_id,)
        )
        return tuple(Instrument.from_json(json.loads(row[0])) for row in found)

    def take_sample(self, sample: Sample, first: Handover) -> Changes:
        """Keep a sample with the first hand it went through."""
        with self._db.tx():
            self._db.run(
                "INSERT INTO sample (sample_id, visit_id, taken_at, body) VALUES (?, ?, ?, ?)",
                (sample.sample_id, sample.visit_id, sample.taken_at, dump(sample)),
            )
            self._hand_over(sample.sample_id, first)
        return Changes.of("sample", sample.sample_id, cause="take")

    def hand_over(self, sample_id: str, handover: Handover) -> Changes:
        """Add a hand to a sample's custody. Raises `NotFoundError`."""
        with self._db.tx():
            if not self._db.value("SELECT 1 FROM sample WHERE sample_id = ?", (sample_id,)):
                raise NotFoundError(sample_id, kind="sample", key=sample_id)
            self._hand_over(sample_id, handover)
        return Changes.of("sample", sample_id, cause="hand-over")

    def _hand_over(self, sample_id: str, handover: Handover) -> None:
        self._db.run(
            "INSERT INTO custody (sample_id, position, at, body) "
            "SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3 FROM custody WHERE sample_id = ?1",
            (sample_id, handover.at, dump(handover)),
        )
        self._core.audit.append("custody", "sample", sample_id, {"seal": handover.seal_no, "at": handover.at})

    def samples(self, visit_id: str) -> tuple[Sample, ...]:
        found = self._db.rows("SELECT body FROM sample WHERE visit_id = ? ORDER BY taken_at, sample_id", (visit_id,))
        return tuple(Sample.from_json(json.loads(row[0])) for row in found)

    def custody(self, sample_id: str) -> tuple[Handover, ...]:
        found = self._db.rows("SELECT body FROM custody WHERE sample_id = ? ORDER BY position", (sample_id,))
        return tuple(Handover.from_json(json.loads(row[0])) for row in found)
