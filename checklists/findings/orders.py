"""Drafts of the papers that an inspection may lead to, as data for the reports.

Always a draft for a human: the program fills in facts and dates, names what is missing, and turns every reference that
is not certain into a marked gap. Penalties are never filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import FIRM, HANDBOOK, Catalogue
from checklists.authoring.errors import CatalogueError
from checklists.findings.deadlines import Deadline, Deadlines
from checklists.model import Finding, LawRef, Overall, Severity, Words

GAP = Words("[ข้อกฎหมาย – รอหน่วยงานยืนยัน]", "[reference – to be confirmed by the agency]")
"""Stands on the paper in place of a reference that is not certain."""


@dataclass(frozen=True, slots=True)
class OrderKind:
    """One kind of paper: its ground, what it must hold, its words."""

    kind_id: str
    title: Words
    law_id: str
    checklists: tuple[str, ...]
    parts: tuple[str, ...]
    text: Words
    appeal: Words
    appeal_law: str = ""

    def fits(self, checklist: str) -> bool:
        return "*" in self.checklists or checklist in self.checklists


@dataclass(frozen=True, slots=True)
class Service:
    """How an order was handed over: `method` hand, adult, post or posting; `happened` the day that counts (s. 38)."""

    method: str
    happened: str
    receiver: str = ""
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether the person was heard before the order, or the statutory reason why not (Administrative Procedure Act)."""

    heard: bool
    statement: str = ""
    reason_not_heard: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One finding on an order: what was found, on which ground, what is to be done."""

    finding_id: str
    fact: str
    laws: tuple[LawRef, ...]
    gaps: tuple[LawRef, ...]  # references left out as not certain; a gap is printed for them
    remedy: Words
    exhibits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """A draft, complete or not: `missing` names the parts that a person still has to fill in."""

    kind: OrderKind
    clauses: tuple[Clause, ...]
    law: LawRef
    text: Words
    days: int | None
    received: Deadline | None
    due: Deadline | None
    appeal: Words
    hearing: Hearing | None
    reasons: str
    missing: tuple[str, ...]
    status: str = field(default="draft")


def order_kinds(folder: Path = HANDBOOK) -> dict[str, OrderKind]:
    """Return the papers of `orders.yaml` by id."""
    return {row["id"]: _kind(row) for row in load_yaml(folder / "orders.yaml")["orders"]}


def _kind(row: dict[str, Any]) -> OrderKind:
    return OrderKind(
        row["id"],
        Words(row["th"], row["en"]),
        row["law"],
        tuple(row["checklists"].split()),
        tuple(row["parts"].split()),
        Words(row["text_th"], row["text_en"]),
        Words(row.get("appeal_th", ""), row.get("appeal_en", "")),
        row.get("appeal_law", ""),
    )


def proposed_kinds(checklist: str, overall: Overall, kinds: dict[str, OrderKind]) -> tuple[OrderKind, ...]:
    """Return the papers that a result suggests for a checklist, the visit record always; the officer decides."""
    wanted = {
        Overall.ORDER: ("s37", "s129", "tisi-result"),
        Overall.CORRECT: ("s37", "s129", "tisi-result", "warning"),
        Overall.IMPROVE: ("warning", "tisi-result"),
        Overall.PASS: ("tisi-result",),
    }[overall]
    return tuple(kinds[name] for name in (*wanted, "visit-record") if kinds[name].fits(checklist))


def draft(
    kind: OrderKind,
    findings: Sequence[Finding],
    *,
    catalogue: Catalogue,
    deadlines: Deadlines,
    service: Service | None = None,
    hearing: Hearing | None = None,
    reasons: str = "",
    days: int | None = None,
) -> DraftOrder:
    """Draft a paper from findings. The time to obey counts from the day of receipt, by the kind of service."""
    if "facts" in kind.parts and "remedy" in kind.parts and not findings:
        raise CatalogueError("an order needs a finding", where=kind.kind_id, suggestion="")
    days = _days(findings) if days is None else days
    received = deadlines.received(service.method, service.happened) if service else None
    due = deadlines.compliance(received.due, days) if received and days is not None and "due" in kind.parts else None
    clauses = tuple(_clause(finding) for finding in findings)
    return DraftOrder(
        kind=kind,
        clauses=clauses,
        law=catalogue.law(kind.law_id),
        text=Words(kind.text.th.format(days=days), kind.text.en.format(days=days)),
        days=days,
        received=received,
        due=due,
        appeal=kind.appeal,
        hearing=hearing,
        reasons=reasons,
        missing=tuple(_missing(kind, clauses, received=received, hearing=hearing, reasons=reasons)),
    )


def _clause(finding: Finding) -> Clause:
    firm = tuple(law for law in finding.laws if law.certainty in FIRM)
    gaps = tuple(law for law in finding.laws if law.certainty not in FIRM)
    return Clause(finding.finding_id, finding.fact, firm, gaps, finding.proposal, finding.exhibits)


def _days(findings: Sequence[Finding]) -> int | None:
    """The most urgent finding sets the time."""
    days = [finding.due_days for finding in findings if finding.due_days is not None]
    return min(days) if days else None


def _missing(
    kind: OrderKind, clauses: Sequence[Clause], *, received: Deadline | None, hearing: Hearing | None, reasons: str
) -> list[str]:
    lacking = {
        "facts": not all(clause.fact for clause in clauses),
        "law": any(clause.gaps or not clause.laws for clause in clauses),
        "reasons": not reasons,
        "service": received is None,
        "due": received is None,
        "hearing": hearing is None or not (hearing.heard or hearing.reason_not_heard),
    }
    by_hand = ("signature", "approval", "machine", "earlier-order", "danger", "order", "places", "photos", "statement")
    return [part for part in kind.parts if lacking.get(part, part in by_hand)]


def merged(findings: Sequence[Finding], *, into: Finding, fact: str) -> tuple[Finding, ...]:
    """Return the findings with some merged into one: laws and exhibits are united, the gravest severity stays."""
    order = list(Severity)
    laws = tuple({law.law_id: law for finding in findings for law in finding.laws}.values())
    exhibits = tuple(dict.fromkeys(number for finding in findings for number in finding.exhibits))
    severity = min((finding.severity for finding in findings), key=order.index)
    due = min((finding.due_date for finding in findings if finding.due_date), default=into.due_date)
    days = min((finding.due_days for finding in findings if finding.due_days is not None), default=into.due_days)
    changes = {"laws": laws, "exhibits": exhibits, "severity": severity, "due_date": due, "due_days": days}
    return (replace(into, fact=fact, **changes),)  # type: ignore[arg-type]  # each is of its member's kind


def is_overdue(due: str, today: date) -> bool:
    """Tell whether an order that was due on a day is overdue today."""
    return bool(due) and due < today.isoformat()
