"""The things inspectors talk about, as frozen values used by every package.

No behaviour lives here beyond reading oneself to and from plain JSON values (`to_json`, `from_json`). Times are RFC
3339 text with offset (`clock.stamp`), dates ISO 8601 text, ids UUIDv7 text, hashes lower-case hex. Words follow the
glossary at the top of ARCHITECTURE.md.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self, TypeVar

T = TypeVar("T")

# --- reading and writing plain JSON values --------------------------------------------------------------------------


def to_json(value: Any) -> Any:
    """Return dataclasses, enums and tuples as plain dicts, text and lists; `None` members stay."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    return value


def from_json(kind: type[T], value: Any) -> T:
    """Build the dataclass `kind` from what `to_json` gave. Unknown members are ignored, missing ones take defaults.

    Raises `TypeError` or `ValueError` where a member is missing that has no default, or a word is not in its enum.
    """
    return typing.cast(T, _read(kind, value))


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Return a dataclass's fields with their types; resolving the annotations costs 0.3 ms a class."""
    hints = typing.get_type_hints(kind)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind)}


def _read(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _read(next(a for a in typing.get_args(kind) if a is not type(None)), value)
    if origin is tuple:
        return tuple(_read(typing.get_args(kind)[0], v) for v in value)
    if origin in (dict, Mapping) or origin is typing.get_origin(Mapping[str, str]):
        return dict(value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{k: _read(hints[k], v) for k, v in value.items() if k in hints})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    return value


class Jsonable:
    """Mixin: `obj.to_json()` and `Class.from_json(value)`."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        return typing.cast(dict[str, Any], to_json(self))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return from_json(cls, value)


# --- words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words(Jsonable):
    """One text in Thai and English."""

    th: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """Return the text in `th` or `en`, or the other one where it is missing."""
        return (self.en or self.th) if language == "en" else (self.th or self.en)


class SiteKind(StrEnum):
    """What is inspected (DECISIONS, domain model 1)."""

    FACTORY = "factory"
    UNREGISTERED = "unregistered"
    MINE = "mine"
    STANDARDS = "standards"
    MACHINE_OWNER = "machine-owner"
    COMMUNITY = "community"
    OTHER = "other"


class VisitKind(StrEnum):
    """Why the officer goes."""

    PLANNED = "planned"
    BEFORE_START = "before-start"
    COMPLAINT = "complaint"
    FOLLOW_UP = "follow-up"
    ACCIDENT = "accident"
    AWARD = "award"
    OTHER = "other"


class VisitOutcome(StrEnum):
    """How a visit ended; everything but `INSPECTED` is sealed as a short record of its own."""

    RUNNING = "running"
    INSPECTED = "inspected"
    CLOSED = "closed"
    NOBODY_AUTHORISED = "nobody-authorised"
    ENTRY_REFUSED = "entry-refused"
    WRONG_ADDRESS = "wrong-address"
    BROKEN_OFF = "broken-off"


class Verdict(StrEnum):
    """The five verdicts, keys 1-5, and the answer that waits for a laboratory. Never yes/no."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NA = "na"
    CANNOT = "cannot"
    OBSERVE = "observe"
    LAB = "lab"


class Severity(StrEnum):
    """Proposes an action; the officer decides."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Certainty(StrEnum):
    """How sure a law reference or number is. Only `A` and `CONFIRMED` may stand as fact on an order."""

    CONFIRMED = "confirmed"
    A = "A"
    B = "B"
    C = "C"


class Audience(StrEnum):
    """Who may see a node, photo or paper, from widest to narrowest (DECISIONS, domain model 6)."""

    PUBLIC = "public"
    FACTORY = "factory"
    OFFICE = "office"
    RESTRICTED = "restricted"


class RecordState(StrEnum):
    """Where a record stands on this laptop. `SENT` is derived from a receipt that names the digest, never stored."""

    DRAFT = "draft"
    SEALED = "sealed"
    SENT = "sent"


class AttachmentKind(StrEnum):
    """What an attachment is."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    FILE = "file"


class Overall(StrEnum):
    """Proposed result of a checklist (item bank, "Suggested result", wording as corrected)."""

    PASS = "pass"  # noqa: S105
    IMPROVE = "improve"
    CORRECT = "correct"
    ORDER = "order"


# --- site and visit -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Site(Jsonable):
    """Snapshot of what is inspected; a record keeps it as it was, with the registry key as text.

    `site_id` is the registry key for registered sites and a provisional UUIDv7 for sites described in the field.
    Latitude and longitude are decimal degrees (WGS 84); horsepower in HP.
    """

    site_id: str
    kind: SiteKind = SiteKind.FACTORY
    name_th: str = ""
    name_en: str = ""
    registry_no: str = ""  # 14 digits, Luhn
    old_no: str = ""  # e.g. 3-34(3)-3/54นบ
    juristic_no: str = ""  # 13 digits
    operator: str = ""
    activity: str = ""
    type_code: str = ""  # 1-107
    group: str = ""  # จำพวก 1-3
    horsepower: float | None = None
    workers: int | None = None
    address: str = ""
    subdistrict: str = ""
    district: str = ""
    province_code: str = ""  # 10-96
    province: str = ""
    postcode: str = ""
    lat: float | None = None
    lon: float | None = None
    former_names: tuple[str, ...] = ()  # names it had before, the latest first
    provisional: bool = False
    example: bool = False  # made-up demo data, shown as ตัวอย่าง


@dataclass(frozen=True, slots=True)
class Officer(Jsonable):
    """A member of the inspecting team."""

    person_id: str
    name: str
    position: str = ""
    office: str = ""
    card_no: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class PersonMet(Jsonable):
    """Who received the officers at the site."""

    name: str
    position: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Refusal(Jsonable):
    """A person asked to sign did not: who (role guide or witness), the reason given, and the officer's witness.

    `bound_to` names the content that was read out, as for a signature (`Attachment.bound_to`).
    """

    role: str
    name: str
    reason: str
    witness: str = ""
    at: str = ""
    bound_to: str = ""


@dataclass(frozen=True, slots=True)
class Visit(Jsonable):
    """One going to one site."""

    visit_id: str
    site: Site
    kind: VisitKind = VisitKind.PLANNED
    outcome: VisitOutcome = VisitOutcome.RUNNING
    started_at: str = ""
    ended_at: str = ""
    team: tuple[Officer, ...] = ()
    met: tuple[PersonMet, ...] = ()
    card_shown: bool | None = None  # s. 44
    refusals: tuple[Refusal, ...] = ()
    purpose: str = ""
    remarks: str = ""


# --- answers of a draft ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class NodeRef(Jsonable):
    """A node of a form: its absolute path without positions, and the id of the innermost repeat row ('' outside)."""

    path: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow(Jsonable):
    """One stored answer: the value as XML text; '' is a blank answer."""

    path: str
    row: str
    value: str


@dataclass(frozen=True, slots=True)
class RepeatRow(Jsonable):
    """One row of a repeat in a draft: `path` of the repeat, `parent` row id ('' at top), order among its siblings."""

    row: str
    path: str
    parent: str
    position: int


@dataclass(frozen=True, slots=True)
class Draft(Jsonable):
    """Everything needed to go on with a session exactly where it stood (facts/forms 6)."""

    form_id: str
    form_version: str
    form_sha256: str
    language: str = "th"
    cursor: NodeRef | None = None
    answers: tuple[AnswerRow, ...] = ()
    rows: tuple[RepeatRow, ...] = ()
    aside: tuple[AnswerRow, ...] = ()  # answers kept aside by an upgrade


# --- results --------------------------------------------------------------------------------------------------------


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
    formula: Words = Words()  # how a computed limit came about, with the numbers put in


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
    proposal: Words = Words()
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
    shown: Words = Words()  # words of a choice


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
    shown: Words = Words()
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
    title: Words = Words()
    parts: tuple[ScorePart, ...] = ()
    rule_version: str = ""
    grade: str = ""
    grade_words: Words = Words()


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


# --- attachments and records ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attachment(Jsonable):
    """A photo, signature or file of a record. `sha256` and `size` are of the plain bytes.

    `exhibit` is the number on paper (จ.1); `role` says whose signature it is (officer, guide, witness).
    """

    attachment_id: str
    record_id: str
    kind: AttachmentKind
    sha256: str
    size: int
    mime: str
    name: str  # <sha8>.<ext>, ASCII, as in the submission XML
    item_id: str = ""
    exhibit: str = ""
    caption: str = ""
    role: str = ""
    signer: str = ""
    taken_at: str = ""
    added_at: str = ""
    lat: float | None = None
    lon: float | None = None
    bound_to: str = ""  # signatures: digest of the content that was shown when it was signed
    audience: Audience = Audience.FACTORY


@dataclass(frozen=True, slots=True)
class FormPin(Jsonable):
    """The exact checklist version a record was made on."""

    form_id: str
    version: str
    sha256: str
    title: Words = Words()
    confirmed: bool = False  # False: ร่าง – รอหน่วยงานยืนยัน


@dataclass(frozen=True, slots=True)
class RecordSummary(Jsonable):
    """A row of the record lists."""

    record_id: str
    visit_id: str
    form: FormPin
    site: Site
    visit_kind: VisitKind
    state: RecordState
    author: str
    created_at: str
    updated_at: str
    sealed_at: str = ""
    revision_id: str = ""
    digest: str = ""
    answered: int = 0
    total: int = 0
    failed: int = 0
    photos: int = 0
    receipt_id: str = ""
    received_at: str = ""


# --- news -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step of the store changed, for whoever shows it: (kind, id) pairs and who caused it."""

    items: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    cause: str = ""

    @classmethod
    def of(cls, kind: str, *ids: str, cause: str = "") -> Changes:
        return cls(frozenset((kind, i) for i in ids), cause)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.items | other.items, self.cause or other.cause)

    def touches(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.items)
