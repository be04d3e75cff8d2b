"""Rows of the home list that come from the law: orders that are due, re-inspections, laboratory results."""

from __future__ import annotations

from checklists.model import Words
from inspector_app.actions.afterwards import worklist
from inspector_app.actions.afterwards.worklist import Task
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.site_words import name_of
from inspector_app.gui.widgets.cards import ListRow

ICONS = {"order": "gavel", "reinspection": "clipboard-clock-outline", "lab": "flask-outline"}
SHOWN = 20


def tasks(context: AppContext) -> tuple[Task, ...]:
    """Return what is to be done, the most overdue first; for the pool, with a store of its own."""
    store = context.workplace.open_store()
    try:
        return worklist.todo(store, clock=context.clock)
    finally:
        store.close()


def task_row(context: AppContext, task: Task) -> ListRow:
    """Return the row of a task: the place, what is to be done and by which rule, how late it is."""
    language, t = context.language, context.t

    def said(words: Words) -> str:
        return words.in_language(language)

    what = t(f"home.task.{task.kind}")
    note = " · ".join(part for part in (what, said(task.text), said(task.rule)) if part)
    row = ListRow(
        name_of(task.site, language),
        note,
        icon=ICONS[task.kind],
        icon_tone="bad" if task.overdue else "obs",
        right=_when(context, task),
        right_tone="bad" if task.overdue else "muted",
        action=t("home.open"),
        action_icon="eye-outline",
    )
    row.activated.connect(lambda: _open(context, task))
    return row


def _when(context: AppContext, task: Task) -> str:
    if not task.due:
        return ""
    date = short_date(f"{task.due}T12:00:00+07:00", context.language)
    if task.overdue:
        return context.t("home.task.late", days=-(task.days_left or 0))
    return context.t("home.task.due", date=date)


def _open(context: AppContext, task: Task) -> None:
    """Go to the order, else to the record that the task is about."""
    if task.order_id:
        context.go("orders", record_id=task.record_id, order_id=task.order_id)
    else:
        context.go("record", record_id=task.record_id)
