"""What is due: orders to be obeyed, re-inspections of findings, laboratory results that are still missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from checklists.clock import BANGKOK, Clock
from checklists.model import RecordState, RecordSummary, Site, Words
from inspector_app.actions.afterwards import orders
from inspector_app.actions.inspection import addenda

if TYPE_CHECKING:
    from checklists.store import Store

LOOKED_THROUGH = 500
"""Newest sealed records that are looked at; one visit a day is two years."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `due` is '' where no date is set, `days_left` negative when overdue, `rule` why that date."""

    kind: str  # order, reinspection, lab
    due: str
    overdue: bool
    days_left: int | None
    site: Site
    record_id: str
    order_id: str
    text: Words
    rule: Words


def todo(store: Store, *, clock: Clock) -> tuple[Task, ...]:
    """Return what is to be done, the most overdue first and what has no date last."""
    today = clock.now().astimezone(BANGKOK).date()
    lines = orders.listed(store, clock=clock)
    ordered = {(one.order.record_id, finding) for one in lines for finding in one.order.finding_ids}
    rows = store.records.list((RecordState.SEALED, RecordState.SENT), limit=LOOKED_THROUGH)
    found = [*_of_orders(store, lines, today), *_of_records(store, rows, ordered, today), *_lab(store, today)]
    return tuple(sorted(found, key=lambda task: (task.due or "9", task.record_id, task.kind)))


def overdue(store: Store, *, clock: Clock) -> tuple[Task, ...]:
    """Return only what is late."""
    return tuple(task for task in todo(store, clock=clock) if task.overdue)


def _of_orders(store: Store, lines: tuple[orders.OrderLine, ...], today: date) -> Iterator[Task]:
    for line in lines:
        site = store.records.summary(line.order.record_id).site
        steps = ", ".join(line.next_steps)
        rule = Words(f"กำหนดตามคำสั่ง {line.due}", f"set by the order: {line.due}") if line.due else Words()
        th = f"{line.title.th} ({line.state.value}) ขั้นถัดไป: {steps}"
        words = Words(th, f"{line.title.en} ({line.state.value}), next: {steps}")
        about = {"record_id": line.order.record_id, "order_id": line.order.order_id}
        yield _task("order", line.due, today, site, text=words, rule=rule, **about)


def _of_records(
    store: Store, rows: Sequence[RecordSummary], ordered: set[tuple[str, str]], today: date
) -> Iterator[Task]:
    newest: set[tuple[str, str]] = set()
    for row in rows:
        if not row.form.form_id:
            continue  # a visit without an inspection, or an addendum
        same = (row.site.site_id, row.form.form_id)
        if same in newest:
            continue  # looked at again since
        newest.add(same)
        yield from _again(store, row, ordered, today)


def _again(store: Store, row: RecordSummary, ordered: set[tuple[str, str]], today: date) -> Iterator[Task]:
    """The findings of the newest record of a site that no order covers: one re-inspection, on the earliest day."""
    open_ = [
        finding
        for finding in store.records.findings(row.record_id)
        if finding.due_date and (row.record_id, finding.finding_id) not in ordered
    ]
    if not open_:
        return
    first = min(open_, key=lambda finding: finding.due_date)
    words = Words(f"ตรวจซ้ำ {len(open_)} ข้อ", f"re-inspect {len(open_)} findings")
    rule = Words(
        f"{first.title.th}: {first.due_days} วันนับแต่วันตรวจ", f"{first.title.en}: {first.due_days} days from the visit"
    )
    yield _task("reinspection", first.due_date, today, row.site, record_id=row.record_id, text=words, rule=rule)


def _lab(store: Store, today: date) -> Iterator[Task]:
    for record_id in store.records.waiting_for_laboratory():
        site = store.records.summary(record_id).site
        for one in addenda.pending(store, record_id):
            words = Words(f"รอผลห้องปฏิบัติการ: {one.title.th}", f"waiting for the laboratory: {one.title.en}")
            rule = Words(f"เก็บตัวอย่าง {one.sampled_on}", f"sampled {one.sampled_on}")
            yield _task("lab", "", today, site, record_id=record_id, text=words, rule=rule)


def _task(
    kind: str, due: str, today: date, site: Site, *, record_id: str, text: Words, rule: Words, order_id: str = ""
) -> Task:
    left = (date.fromisoformat(due) - today).days if due else None
    return Task(kind, due, left is not None and left < 0, left, site, record_id, order_id, text, rule)
