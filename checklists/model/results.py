"""What the answers amount to: laws, limits, measurements, findings, items, sections, scores, problems."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from checklists.model.plain import Jsonable
from checklists.model.words import NO_WORDS, Audience, Certainty, Overall, Severity, Verdict, Words


@dataclass(frozen=True, slots=True)
class LawRef(Jsonable):
    """A reference into the law catalogue, copied into the record so that it can be read without the catalogue."""

    law_id: str
    title: Words
    clause: str = ""
    certainty: Certainty = Certainty.C


@dataclass(frozen=True, slots=True)
class LimitCopy(Jsonable):
    """Copy of the limit a value was judged by (never a link: old records stay true when a limit changes)."""

    limit_id: str
    parameter: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    law: LawRef | None = None
    in_force_from: str = ""
    in_force_until: str = ""
    certainty: Certainty = Certainty.C
    operator: str = ""  # "" between minimum and maximum, both allowed; below, age-months, due, half-year, check-digit
    formula: Words = NO_WORDS  # how a computed limit came about, with the numbers put in


@dataclass(frozen=True, slots=True)
class Measurement(Jsonable):
    """One measured value as a row. `verdict` is PASS, FAIL, LAB (pending) or None where no limit applies."""

    item_id: str
    parameter: str
    value: str
    unit: str
    medium: str = ""
    point: str = ""
    sample: str = ""
    method: str = ""
    instrument: str = ""
    limit: LimitCopy | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Finding(Jsonable):
    """What is wrong, from an item or a measurement."""

    finding_id: str
    item_id: str
    title: Words
    fact: str
    severity: Severity
    laws: tuple[LawRef, ...] = ()
    measurement: Measurement | None = None
    exhibits: tuple[str, ...] = ()
    proposal: Words = NO_WORDS
    due_days: int | None = None
    due_date: str = ""
    audience: Audience = Audience.FACTORY


@dataclass(frozen=True, slots=True)
class Field(Jsonable):
    """One further value of an item, e.g. a date or a count, ready for print."""

    name: str
    label: Words
    value: str
    unit: str = ""
    audience: Audience = Audience.FACTORY
    shown: Words = NO_WORDS  # words of a choice


@dataclass(frozen=True, slots=True)
class ItemResult(Jsonable):
    """One assessed item with everything a reader needs without the form.

    `kind` is verdict, number, date, text, choice, count or signature. `verdict` is the inspector's, or follows from the
    limit, or None for a plain fact or an unanswered item. `value` is the XML text, `shown` its words for a choice.
    """

    item_id: str
    number: str  # short number on screen and paper: B06
    path: str
    kind: str
    title: Words
    severity: Severity
    verdict: Verdict | None = None
    answered: bool = False
    value: str = ""
    shown: Words = NO_WORDS
    unit: str = ""
    note: str = ""
    reason: str = ""
    fields: tuple[Field, ...] = ()
    laws: tuple[LawRef, ...] = ()
    limit: LimitCopy | None = None
    exhibits: tuple[str, ...] = ()
    audience: Audience = Audience.FACTORY


@dataclass(frozen=True, slots=True)
class SectionResult(Jsonable):
    """One section with its items, in order."""

    section_id: str
    title: Words
    items: tuple[ItemResult, ...] = ()


class ProblemKind(StrEnum):
    """Why a record cannot be sealed yet, or what should be looked at."""

    MISSING = "missing"
    INVALID = "invalid"
    REASON = "reason"
    EVIDENCE = "evidence"
    SIGNATURE = "signature"
    NOTE = "note"
    PENDING_LAB = "pending-lab"


@dataclass(frozen=True, slots=True)
class Problem(Jsonable):
    """One thing to do before sealing; `blocking` ones prevent it. `path` is the node to jump to."""

    kind: ProblemKind
    item_id: str
    path: str
    message: Words
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class ScorePart(Jsonable):
    """What one item gave to a dimension. `got` is None where it was not checked; `possible` is its weight."""

    item_id: str
    got: float | None
    possible: float
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Score(Jsonable):
    """Points of one dimension, every point traceable: `parts` by item, `rule_version` the checklist and its version.

    A total over the dimensions has the dimension `total` and no parts of its own; `grade` is the class or level that it
    amounts to (award class, Green Industry level), with its code.
    """

    dimension: str
    got: float
    possible: float
    percent: float | None
    not_applicable: int = 0
    not_checked: int = 0
    title: Words = NO_WORDS
    parts: tuple[ScorePart, ...] = ()
    rule_version: str = ""
    grade: str = ""
    grade_words: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class InspectionResult(Jsonable):
    """What the answers amount to: the view over a session that screens, sealing and reports share."""

    sections: tuple[SectionResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    scores: tuple[Score, ...] = ()
    overall: Overall = Overall.PASS
    problems: tuple[Problem, ...] = ()

    @property
    def items(self) -> tuple[ItemResult, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def count(self, verdict: Verdict) -> int:
        return sum(1 for item in self.items if item.verdict is verdict)
