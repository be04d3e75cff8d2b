"""Later facts about a sealed record: a laboratory's result, judged by the limit that was in force when it was sampled.

An addendum is no correction: it is sealed and sent like a record, names the digest it belongs to, and may raise a
finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from checklists.clock import IdMaker
from checklists.errors import AnswerError, NotFoundError
from checklists.model import (
    Changes,
    Finding,
    InspectionResult,
    ItemResult,
    LimitCopy,
    Measurement,
    Officer,
    SectionResult,
    Verdict,
    Words,
)
from checklists.sealing import parse_envelope
from checklists.text import clean, to_western_digits
from inspector_app.actions.reference import checklists as checklist_actions
from inspector_app.actions.reference import handbook

if TYPE_CHECKING:
    from checklists.findings import Judgement
    from checklists.store import Store


class LabResultError(AnswerError):
    """A laboratory's result cannot be taken so; `kind` in data: number, unit, pending, lab; `value`."""

    code = "lab-result"


@dataclass(frozen=True, slots=True)
class Pending:
    """A value that waits for a laboratory, of a sealed record."""

    record_id: str
    measurement: Measurement
    title: Words
    sampled_on: str


def pending(store: Store, record_id: str) -> tuple[Pending, ...]:
    """Return what still waits for a laboratory: answered "lab" and in no addendum yet."""
    envelope = _envelope(store, record_id)
    known = {key for addendum in store.records.addenda(record_id) for key in _answered(store, addendum.record_id)}
    titles = {item["item_id"]: item["title"] for section in envelope["sections"] for item in section["items"]}
    day = envelope["visit"]["started_at"][:10]
    found = (Measurement.from_json(row) for row in envelope["measurements"])
    return tuple(
        Pending(record_id, one, Words.from_json(titles.get(one.item_id, {"th": one.parameter})), day)
        for one in found
        if one.verdict is Verdict.LAB and (one.item_id, one.parameter) not in known
    )


def _answered(store: Store, addendum_id: str) -> Iterator[tuple[str, str]]:
    for row in _envelope(store, addendum_id)["measurements"]:
        yield row["item_id"], row["parameter"]


def _envelope(store: Store, record_id: str) -> dict[str, Any]:
    return parse_envelope(store.records.sealed(record_id).envelope)


@dataclass(frozen=True, slots=True)
class LabResult:
    """What a laboratory reported. `value` as reported, also `<0.05`; `unit` '' means the unit of the item."""

    item_id: str
    value: str
    laboratory: str
    report_no: str
    reported_on: str
    unit: str = ""
    parameter: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """A sealed addendum: the value with its limit and verdict, and the finding where it is beyond the limit."""

    addendum_id: str
    measurement: Measurement
    finding: Finding | None
    digest: str
    changes: Changes


def add_result(store: Store, record_id: str, result: LabResult, *, author: Officer, ids: IdMaker) -> Added:
    """Seal a laboratory's result as an addendum. Raises `LabResultError`, `NotFoundError`."""
    from checklists.findings.results import overall
    from checklists.store import SealContent

    if not (result.laboratory.strip() and result.report_no.strip()):
        raise LabResultError(kind="lab", item=result.item_id)
    waiting = _waiting(store, record_id, result)
    measured, judgement = _judged(store, waiting, result)
    envelope = _envelope(store, record_id)
    standard = _standard(store, envelope)
    found = None
    if judgement is not None:
        found = _finding(store, waiting, measured, judgement, result=result, envelope=envelope, standard=standard)
    content = InspectionResult(
        sections=(_section(waiting, measured, result),),
        measurements=(measured,),
        findings=(found,) if found else (),
        overall=overall([found] if found else [], standard, on=waiting.sampled_on),
    )
    addendum_id = ids.new()
    changes = store.records.begin_addendum(addendum_id, about=record_id, author=author)
    reason = f"{result.laboratory.strip()} {result.report_no.strip()} {result.reported_on}".strip()
    sealed, done = store.records.finalise(addendum_id, SealContent(content, "", reason=reason))
    return Added(addendum_id, measured, found, sealed.digest, changes | done)


def _waiting(store: Store, record_id: str, result: LabResult) -> Pending:
    for one in pending(store, record_id):
        same = result.parameter in ("", one.measurement.parameter)
        if same and result.item_id in (one.measurement.item_id, one.measurement.item_id.partition("@")[0]):
            return one
    raise NotFoundError(kind="pending-result", key=result.item_id)


def _judged(store: Store, waiting: Pending, result: LabResult) -> tuple[Measurement, Judgement | None]:
    """Return the value with limit and verdict: by the record's copy of the limit, else the catalogue's of that day.

    A value below the method's detection limit (`<x`) passes where x lies within the limit, else it cannot be judged.
    """
    from checklists.authoring.units import commensurable, convert
    from checklists.findings.judging import as_number, judge_number

    text = to_western_digits(clean(result.value)).strip().replace(",", "")
    number = as_number(text.lstrip("<").strip())
    if number is None:
        raise LabResultError(kind="number", value=result.value)
    before = waiting.measurement
    unit = result.unit or before.unit
    if before.unit and not commensurable(unit, before.unit):
        raise LabResultError(kind="unit", value=unit, wanted=before.unit)
    limit = before.limit or _limit(store, before, waiting.sampled_on)
    judgement = None
    if limit is not None:
        value = round(convert(number, unit, limit.unit), 9) if limit.unit else number
        judgement = judge_number(value, limit.minimum, limit.maximum, exclusive=limit.operator == "below")
    if judgement is not None and text.startswith("<") and judgement.fact not in ("", "below"):
        judgement = None
    verdict = judgement.verdict if judgement else None
    measured = replace(
        before, value=text, unit=unit, limit=limit, verdict=verdict, method=result.method or before.method
    )
    return measured, judgement


def _limit(store: Store, before: Measurement, day: str) -> LimitCopy | None:
    catalogue = handbook.catalogue(store)
    ids = [entry.limit_id for entry in catalogue.limits if entry.parameter == before.parameter and entry.in_force(day)]
    return catalogue.limit(ids[0], day) if len(ids) == 1 else None


def _section(waiting: Pending, measured: Measurement, result: LabResult) -> SectionResult:
    from checklists.model import Severity

    item = ItemResult(
        item_id=measured.item_id,
        number=measured.item_id,
        path="",
        kind="number",
        title=waiting.title,
        severity=Severity.MAJOR,
        verdict=measured.verdict,
        answered=True,
        value=measured.value,
        unit=measured.unit,
        limit=measured.limit,
        note=f"{result.laboratory} {result.report_no} {result.reported_on}".strip(),
    )
    return SectionResult("lab", Words("ผลห้องปฏิบัติการ", "Laboratory results"), (item,))


def _finding(
    store: Store,
    waiting: Pending,
    measured: Measurement,
    judgement: Judgement,
    *,
    result: LabResult,
    envelope: dict[str, Any],
    standard: str,
) -> Finding | None:
    from checklists.authoring.units import unit_words
    from checklists.findings.making import proposal, shown_value
    from checklists.model import LawRef, Severity

    if judgement.verdict is not Verdict.FAIL:
        return None
    catalogue = handbook.catalogue(store)
    item = next((one for s in envelope["sections"] for one in s["items"] if one["item_id"] == measured.item_id), None)
    severity = Severity(item["severity"]) if item else Severity.MAJOR
    rule = catalogue.phrase("severity", severity.value)
    days = int(rule["due_days"])
    fact = catalogue.words(
        "facts",
        judgement.fact,
        name=waiting.title,
        value=shown_value(measured.value),
        unit=unit_words(measured.unit),
        limit=shown_value(judgement.limit),
    )
    laws = tuple(LawRef.from_json(law) for law in item["laws"]) if item else ()
    own = (measured.limit.law,) if measured.limit and measured.limit.law else ()
    return Finding(
        finding_id=f"{measured.item_id}.lab",
        item_id=measured.item_id,
        title=waiting.title,
        fact=f"{' '.join(fact.th.split())} ({result.laboratory} {result.report_no})",
        severity=severity,
        laws=tuple({law.law_id: law for law in (*own, *laws)}.values()),
        measurement=measured,
        proposal=proposal(catalogue, severity, standard, waiting.title),
        due_days=days,
        due_date=(date.fromisoformat(result.reported_on or waiting.sampled_on) + timedelta(days=days)).isoformat(),
    )


def _standard(store: Store, envelope: dict[str, Any]) -> str:
    """Return what the record's checklist rests on, '' for a record without checklist."""
    from checklists import items

    form = envelope["form"]
    return items.outline(checklist_actions.stored(store, form["sha256"])).standard if form else ""
