"""What a report says, as values: everything in words of one language, for one audience, and nothing about layout."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line of the head; the first of its side is set bold."""

    label: str
    value: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many items got a verdict."""

    verdict: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class SeverityCount:
    """How many findings of one severity."""

    severity: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One section's verdicts for the bar chart; `total` counts facts and unanswered items too."""

    letter: str
    title: str
    counts: tuple[Count, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, in the table ordered by due date."""

    number: str
    title: str
    todo: str
    due: str
    severity: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One line beside an answer; `kind` is value, field, reason, note, photo or finding."""

    kind: str
    text: str
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One item of the checklist with its result."""

    number: str
    title: str
    verdict: str  # '' for a plain fact
    verdict_label: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """One section of the answers table."""

    letter: str
    title: str
    summary: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """A reference with how sure it is: certainty a, b or c and its mark in words."""

    text: str
    certainty: str
    mark: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One limit on a gauge."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """A measured value against its limit, both in the unit itself."""

    value: float
    label: str
    ticks: tuple[Tick, ...]
    minimum: float | None
    maximum: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture by its hash, with what is said under it."""

    sha256: str
    exhibit: str
    caption: str
    detail: str
    mime: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class FindingPart:
    """A finding as one block."""

    number: str
    severity: str
    severity_label: str
    title: str
    item: str
    fact: str
    laws: tuple[Law, ...]
    gauge: Gauge | None
    measured: str
    proposal: str
    due: str
    photos: tuple[Photo, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample or measurement that waits for a laboratory."""

    sample: str
    point: str
    parameter: str
    method: str
    status: str


@dataclass(frozen=True, slots=True)
class PointsRow:
    """One dimension of a weighted checklist, or the total: points, share, class, and where each point comes from."""

    title: str
    points: str
    percent: float | None
    share: str
    grade: str
    trace: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature box; without `sha256` the line stays empty for ink."""

    role: str
    name: str
    detail: str
    sha256: str = ""
    caption: str = ""
    void: bool = False


@dataclass(frozen=True, slots=True)
class RefusalPart:
    """A person who was asked to sign and did not."""

    text: str
    witness: str
    void: str = ""  # said where the record was changed after it had been read out


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file attached to the PDF: the sealed bytes or the factory extract."""

    name: str
    data: bytes = field(repr=False)
    description: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """A whole report for one audience in one language."""

    language: str
    copy: str  # office or factory
    sealed: bool
    title: str
    office: str
    subtitle: str
    running: str
    draft_lines: tuple[str, ...]  # empty: not a draft
    record_code: str
    digest: str
    form_line: str
    copy_line: str
    qr: str
    site: tuple[Fact, ...]
    visit: tuple[Fact, ...]
    overall: str
    overall_label: str
    overall_line: str
    counts: tuple[Count, ...]
    severities: tuple[SeverityCount, ...]
    bars: tuple[Bar, ...]
    evidence: tuple[Fact, ...]
    actions: tuple[Action, ...]
    actions_note: str
    sections: tuple[AnswerSection, ...]
    findings: tuple[FindingPart, ...]
    samples: tuple[Sample, ...]
    remarks: tuple[Fact, ...]
    signatures: tuple[Signature, ...]
    refusals: tuple[RefusalPart, ...]
    photos: tuple[Photo, ...]
    proof: tuple[Fact, ...]
    embedded: tuple[Embedded, ...]
    created_at: str
    author: str
    points: tuple[PointsRow, ...] = ()
    edited: tuple[Fact, ...] = ()  # findings that the inspector merged, reworded or left out, with the reason
    steps: tuple[Fact, ...] = ()  # statutory steps of the visit
