"""The things inspectors talk about, as frozen values used by every package.

No behaviour lives here beyond reading oneself to and from plain JSON values (`to_json`, `from_json`). Times are RFC
3339 text with offset (`clock.stamp`), dates ISO 8601 text, ids UUIDv7 text, hashes lower-case hex. Words follow the
glossary at the top of ARCHITECTURE.md. Callers import from here, never from the modules inside.
"""

from checklists.model.answers import AnswerRow, Draft, NodeRef, RepeatRow
from checklists.model.plain import Jsonable, from_json, to_json
from checklists.model.records import Attachment, Changes, FormPin, RecordSummary
from checklists.model.results import (
    Field,
    Finding,
    InspectionResult,
    ItemResult,
    LawRef,
    LimitCopy,
    Measurement,
    Problem,
    ProblemKind,
    Score,
    ScorePart,
    SectionResult,
)
from checklists.model.visits import Officer, PersonMet, Refusal, Site, Visit
from checklists.model.words import (
    AttachmentKind,
    Audience,
    Certainty,
    Overall,
    RecordState,
    Severity,
    SiteKind,
    Verdict,
    VisitKind,
    VisitOutcome,
    Words,
)

__all__ = [
    "AnswerRow",
    "Attachment",
    "AttachmentKind",
    "Audience",
    "Certainty",
    "Changes",
    "Draft",
    "Field",
    "Finding",
    "FormPin",
    "InspectionResult",
    "ItemResult",
    "Jsonable",
    "LawRef",
    "LimitCopy",
    "Measurement",
    "NodeRef",
    "Officer",
    "Overall",
    "PersonMet",
    "Problem",
    "ProblemKind",
    "RecordState",
    "RecordSummary",
    "Refusal",
    "RepeatRow",
    "Score",
    "ScorePart",
    "SectionResult",
    "Severity",
    "Site",
    "SiteKind",
    "Verdict",
    "Visit",
    "VisitKind",
    "VisitOutcome",
    "Words",
    "from_json",
    "to_json",
]
