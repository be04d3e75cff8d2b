"""The guided move of a draft to the next version of its checklist: first, what becomes of every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from checklists.model import FormPin
from inspector_app.actions.inspection import versions
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.labels import ThaiLabel

MOST = 12
"""Lines of one kind; the rest is counted."""


class MoveDialog(Dialog):
    """Says what is kept, set aside and newly asked; accepting it moves the draft."""

    def __init__(self, over: QWidget, context: AppContext, pin: FormPin, move: versions.Move) -> None:
        t, title = context.t, pin.title.in_language(context.language)
        super().__init__(over, t("move.title", version=pin.version), title, width=680)
        self.pin, report = pin, move.report
        self.body.addWidget(ThaiLabel(t("move.kept", count=len(report.kept) + len(report.renamed)), role="name_bold"))
        aside = [*report.dropped, *report.retyped, *report.choices_gone]
        groups = (
            ("move.aside", [f"{row.path.rpartition('/')[2]}: {row.value}" for row in aside]),
            ("move.required", [path.rpartition("/")[2] for path in report.newly_required]),
            ("move.new", [path.rpartition("/")[2] for path in report.new_questions]),
        )
        for key, lines in groups:
            if not lines:
                continue
            self.body.addWidget(ThaiLabel(t(key, count=len(lines)), role="name_bold"))
            self.body.addWidget(ThaiLabel(" · ".join(lines[:MOST]), tone="muted"))
        self.body.addStretch(1)
        self.add_button(t("move.stay"), accept=False, key="Esc")
        self.add_button(t("move.do"), accept=True, key="Enter")


def look_for_newer(context: AppContext, record_id: str, tell: Callable[[str, FormPin], object]) -> None:
    """Ask in the pool whether the checklist has a newer version; a draft stays on its own until it is moved."""
    open_store = context.workplace.open_store

    def work() -> FormPin | None:
        store = open_store()
        try:
            return versions.newer(store, record_id)
        finally:
            store.close()

    context.tasks.run(work, lambda pin: tell(record_id, pin) if pin is not None else None, lambda _: None)


def offer(over: QWidget, context: AppContext, record_id: str, moved: Callable[[], object]) -> MoveDialog | None:
    """Open the dialog where the draft's checklist has a newer version; None where it is on the newest."""
    pin = versions.newer(context.store, record_id)
    if pin is None:
        return None
    dialog = MoveDialog(over, context, pin, versions.look_ahead(context.store, record_id, pin.sha256))
    sha256, clock = pin.sha256, context.clock

    def step(store: Any) -> Any:
        return versions.move_to_version(store, record_id, sha256, clock=clock)[1]

    dialog.closed.connect(lambda sure: context.saver.submit(step, lambda _: moved()) if sure else None)
    dialog.open()
    return dialog
