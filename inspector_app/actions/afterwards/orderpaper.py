"""A paper in words, line by line, as it would be read: always headed as a draft, every gap marked.

A reference that is not certain never stands as fact: its place is kept by a marked gap. No penalty is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from checklists.model import Certainty, LawRef, Words
from checklists.text import english_date, thai_date
from inspector_app.actions.afterwards import orders

if TYPE_CHECKING:
    from checklists.findings.deadlines import Deadline
    from checklists.findings.orders import Clause, DraftOrder
    from checklists.store import Store

DRAFT = Words("ร่าง – ต้องให้พนักงานเจ้าหน้าที่ตรวจและลงนาม", "DRAFT – to be checked and signed by an officer")
FACTS = Words("ข้อเท็จจริง", "Facts")
LAW = Words("ข้อกฎหมาย", "Law")
REASONS = Words("เหตุผล", "Reasons")
REMEDY = Words("สิ่งที่ต้องดำเนินการ", "What is to be done")
EXHIBITS = Words("หลักฐาน", "Exhibits")
HEARD = Words("ผู้รับคำสั่งได้ชี้แจงแล้ว", "The person was heard")
NOT_HEARD = Words("ไม่ได้รับฟังก่อนออกคำสั่ง เพราะ", "Not heard before the order, because")
TO_FILL = Words("[ต้องกรอก]", "[to be filled in]")
RECEIVED = Words("ถือว่าได้รับคำสั่งเมื่อ", "Counts as received on")
DUE = Words("ต้องดำเนินการให้แล้วเสร็จภายใน", "To be done by")


def paper_text(store: Store, order_id: str, *, language: str = "th") -> tuple[str, ...]:
    """Return the paper's lines in one language. Raises `NotFoundError`."""
    order = store.orders.get(order_id)
    return tuple(_lines(orders.paper(store, order_id), dict(order.filled), language))


def _lines(paper: DraftOrder, filled: dict[str, str], language: str) -> Iterator[str]:
    def say(words: Words) -> str:
        return words.in_language(language)

    yield say(DRAFT)
    yield say(paper.kind.title)
    yield f"{say(LAW)}: {_reference(paper.law, language)}"
    for number, clause in enumerate(paper.clauses, 1):
        yield from _clause(number, clause, language)
    if "reasons" in paper.kind.parts:
        yield f"{say(REASONS)}: {paper.reasons or say(TO_FILL)}"
    yield say(paper.text) if paper.days is not None or "{days}" not in paper.kind.text.th else say(TO_FILL)
    if "hearing" in paper.kind.parts:
        yield _hearing(paper, language)
    for name, value in filled.items():
        yield f"{name}: {value}"
    for words, deadline in ((RECEIVED, paper.received), (DUE, paper.due)):
        if deadline is not None:
            yield f"{say(words)} {_date(deadline, language)} ({say(deadline.reason)})"
    if paper.appeal.th:
        yield say(paper.appeal)


def _clause(number: int, clause: Clause, language: str) -> Iterator[str]:
    yield f"{number}. {FACTS.in_language(language)}: {clause.fact or TO_FILL.in_language(language)}"
    for law in clause.laws:
        yield f"   {LAW.in_language(language)}: {_reference(law, language)}"
    yield from (f"   {LAW.in_language(language)}: {_gap(language)}" for _ in clause.gaps[:1])
    yield f"   {REMEDY.in_language(language)}: {clause.remedy.in_language(language)}"
    if clause.exhibits:
        yield f"   {EXHIBITS.in_language(language)}: {', '.join(clause.exhibits)}"


def _reference(law: LawRef, language: str) -> str:
    return law.title.in_language(language) if law.certainty in (Certainty.A, Certainty.CONFIRMED) else _gap(language)


def _gap(language: str) -> str:
    from checklists.findings.orders import GAP

    return GAP.in_language(language)


def _hearing(paper: DraftOrder, language: str) -> str:
    if paper.hearing is None:
        return f"{HEARD.in_language(language)}: {TO_FILL.in_language(language)}"
    if paper.hearing.heard:
        return f"{HEARD.in_language(language)}: {paper.hearing.statement}"
    return f"{NOT_HEARD.in_language(language)}: {paper.hearing.reason_not_heard}"


def _date(deadline: Deadline, language: str) -> str:
    day = date.fromisoformat(deadline.due)
    return english_date(day) if language == "en" else thai_date(day)
