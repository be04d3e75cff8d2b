"""Words in two languages, and the closed lists of codes: what sites, visits, verdicts and papers can be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from checklists.model.plain import Jsonable


@dataclass(frozen=True, slots=True)
class Words(Jsonable):
    """One text in Thai and English."""

    th: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """Return the text in `th` or `en`, or the other one where it is missing."""
        return (self.en or self.th) if language == "en" else (self.th or self.en)


NO_WORDS = Words()


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

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    IMPROVE = "improve"
    CORRECT = "correct"
    ORDER = "order"
