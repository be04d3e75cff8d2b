"""Findings and measurements from what one item says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checklists.authoring.catalogue import Catalogue, LimitEntry, fill
from checklists.authoring.units import unit_words
from checklists.findings.judging import Judgement, as_date, as_number, number_text
from checklists.findings.reading import FieldReading, Reading
from checklists.model import Audience, Finding, LawRef, LimitCopy, Measurement, Severity, Verdict, Words
from checklists.text import english_date, thai_date


def measurements(reading: Reading) -> Iterator[Measurement]:
    """Yield every measured value of an item, also one that waits for the laboratory."""
    item = reading.item
    context = {field.name: field.value for field in reading.fields if field.name in _CONTEXT}
    if item.parameter and item.kind in ("number", "count"):
        number = as_number(reading.value) is not None
        if number or reading.verdict is Verdict.LAB:
            verdict = reading.verdict if reading.limit or reading.verdict is Verdict.LAB else None
            yield Measurement(
                item_id=reading.key,
                parameter=item.parameter,
                value=reading.value,
                unit=item.unit,
                medium=item.medium,
                limit=reading.limit,
                verdict=verdict,
                **context,
            )
    for found in reading.field_judgements:
        if as_number(found.value) is not None and found.definition.parameter:
            yield _field_measurement(reading, found, context)


_CONTEXT = frozenset({"point", "sample", "method", "instrument"})
"""Names of fields that say where and how a value was measured."""


def _field_measurement(reading: Reading, found: FieldReading, context: dict[str, str]) -> Measurement:
    return Measurement(
        item_id=reading.key,
        parameter=found.definition.parameter,
        value=found.value,
        unit=found.definition.unit,
        medium=found.definition.medium or reading.item.medium,
        limit=found.limit,
        verdict=found.judgement.verdict if found.judgement else None,
        **context,
    )


def finding(
    reading: Reading, catalogue: Catalogue, on: str, exhibits: tuple[str, ...], *, standard: str = ""
) -> Iterator[Finding]:
    """Yield what is wrong with an item: its own failure, and each further value over its limit."""
    if reading.verdict is Verdict.FAIL:
        measured = next(iter(measurements(reading)), None) if reading.judgement else None
        fact = _fact(reading, reading.judgement, reading.limit, reading.value, catalogue)
        yield _finding(
            reading, catalogue, on, exhibits, key=reading.key, fact=fact, measured=measured, standard=standard
        )
    for found in reading.field_judgements:
        if found.judgement and found.judgement.verdict is Verdict.FAIL:
            name = found.definition.label
            fact = _sentence(found.judgement, name, found.value, found.definition.unit, catalogue)
            key = f"{reading.key}.{found.definition.name}"
            measured = _field_measurement(reading, found, {})
            common = {"key": key, "fact": fact, "standard": standard}
            yield _finding(reading, catalogue, on, exhibits, measured=measured, limit=found.limit, **common)


def _finding(
    reading: Reading,
    catalogue: Catalogue,
    on: str,
    exhibits: tuple[str, ...],
    *,
    key: str,
    fact: str,
    measured: Measurement | None,
    standard: str,
    limit: LimitCopy | None = None,
) -> Finding:
    item = reading.item
    severity = _severity(reading)
    rule = catalogue.phrase("severity", severity.value)
    days = item.due_days if item.due_days is not None else int(rule["due_days"])
    day = as_date(on)
    own_words = Words(reading.proposal, reading.proposal)
    return Finding(
        finding_id=key,
        item_id=reading.key,
        title=item.title,
        fact=fact,
        severity=severity,
        laws=_laws(reading, limit or reading.limit, catalogue),
        measurement=measured,
        exhibits=exhibits,
        proposal=own_words if reading.proposal else proposal(catalogue, severity, standard, item.title),
        due_days=days,
        due_date=(day + timedelta(days=days)).isoformat() if day else "",
        audience=Audience(item.audience),
    )


def proposal(catalogue: Catalogue, severity: Severity, standard: str, title: Words) -> Words:
    """Return what a finding of a severity proposes for an item, under the standard of its checklist."""
    if severity is Severity.CRITICAL and catalogue.has_phrase("proposals", standard):
        return catalogue.words("proposals", standard, title=title)
    rule = catalogue.phrase("severity", severity.value)
    return fill(Words(rule["proposal_th"], rule["proposal_en"]), title=title)


def _severity(reading: Reading) -> Severity:
    """A choice may say how grave it is; else the item does."""
    chosen = next((c.severity for c in reading.item.choices if c.value == reading.value and c.severity), "")
    return Severity(chosen) if chosen else reading.item.severity


def _laws(reading: Reading, limit: LimitCopy | None, catalogue: Catalogue) -> tuple[LawRef, ...]:
    """The law of the limit stands first; where the limit was chosen by a case it stands alone."""
    own = tuple(catalogue.law(law) for law in reading.item.laws)
    if not limit or not limit.law:
        return own
    if reading.item.limit_path:
        return (limit.law,)
    return (limit.law, *(law for law in own if law.law_id != limit.law.law_id))


# --- the fact in words ----------------------------------------------------------------------------------------------


def _fact(
    reading: Reading, judgement: Judgement | None, limit: LimitCopy | None, value: str, catalogue: Catalogue
) -> str:
    """Return what was found in Thai: the judged value, then the inspector's own words."""
    parts = []
    if judgement and judgement.verdict is Verdict.FAIL and limit:
        parts.append(_sentence(judgement, reading.item.title, value, reading.item.unit or limit.unit, catalogue))
    elif reading.value and reading.shown.th:
        parts.append(reading.shown.th)
    elif reading.verdict is Verdict.FAIL and reading.item.skip_path and not reading.value:
        parts.append(f"{reading.item.title.th}: {reading.shown.th}")
    return " · ".join(part for part in (*parts, reading.note) if part)


def _sentence(judgement: Judgement, name: Words, value: str, unit: str, catalogue: Catalogue) -> str:
    words = catalogue.words(
        "facts",
        judgement.fact,
        name=name,
        value=shown_value(value),
        unit=unit_words(unit),
        limit=shown_value(judgement.limit),
    )
    return " ".join(words.th.split())


def shown_value(text: str) -> Words:
    """Return a number or ISO date as people read it in each language; other text as it is."""
    day = as_date(text) if len(text) == 10 and text[4] == "-" else None
    if day:
        return Words(thai_date(day), english_date(day))
    number = as_number(text)
    plain = number_text(number) if number is not None and len(text) < 12 else text
    return Words(plain, plain)


def limit_words(limit: LimitCopy, entry: LimitEntry | None = None) -> Words:
    """Return a limit as one reads it under an item: "ไม่น้อยกว่า 110 ซม." / "at least 110 cm"."""
    unit = unit_words(limit.unit)
    if limit.operator == "check-digit":
        return Words("ผ่านการตรวจเลข 14 หลัก", "14 digits that pass the check")
    if limit.operator == "age-months":
        months = number_text(limit.maximum or 0)
        return Words(f"ไม่เกิน {months} เดือนก่อนวันตรวจ", f"at most {months} months before the visit")
    if limit.operator in ("due", "half-year"):
        return limit.formula if limit.formula.th or not entry else entry.formula
    low = None if limit.minimum is None else number_text(limit.minimum)
    high = None if limit.maximum is None else number_text(limit.maximum)
    if low is not None and high is not None:
        return Words(f"{low}–{high} {unit.th}".strip(), f"{low}–{high} {unit.en}".strip())
    if low is not None:
        return Words(f"ไม่น้อยกว่า {low} {unit.th}".strip(), f"at least {low} {unit.en}".strip())
    if high is not None and limit.operator == "below":
        return Words(f"ต่ำกว่า {high} {unit.th}".strip(), f"below {high} {unit.en}".strip())
    if high is not None:
        return Words(f"ไม่เกิน {high} {unit.th}".strip(), f"at most {high} {unit.en}".strip())
    return Words()
