"""Statutory steps of a visit: card shown, entry, hearing, posting, service, refusal with witness, samples, seizure."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from checklists.findings.steps import said
from inspector_app.actions.inspection import statutory
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState, Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

LIST_HEIGHT = 124


class StatutoryDialog(Dialog):
    """What was written down so far, in order; below, the next step: its kind, its ground, what to write."""

    def __init__(self, over: QWidget, context: AppContext, visit_id: str) -> None:
        super().__init__(over, context.t("statutory.title"), context.t("statutory.subtitle"), width=760)
        self._context, self._t, self._visit_id = context, context.t, visit_id
        self.list = ScrollColumn()
        self.list.setFixedHeight(LIST_HEIGHT)
        self.kind = ChoiceBox()
        self.kind.setAccessibleName(self._t("statutory.kind"))
        for one in statutory.kinds().values():
            self.kind.addItem(one.name.in_language(context.language), one.kind_id)
        self.kind.currentIndexChanged.connect(lambda _: self._show_kind())
        self.law = ThaiLabel("", role="note", tone="muted")
        self.note = Field(self._t("statutory.note"))
        self.note.edit.returnPressed.connect(self.keep)
        self.button = ActionButton(self._t("statutory.keep"), key="Enter", icon="check-bold", kind="primary")
        self.button.clicked.connect(self.keep)
        self.notice = Notice("", "bad")
        self.notice.hide()
        self.body.addWidget(self.list)
        self.body.addWidget(ThaiLabel(self._t("statutory.kind"), role="body_bold"))
        self.body.addWidget(self.kind)
        self.body.addWidget(self.law)
        self.body.addWidget(self.note)
        self.body.addWidget(self.notice)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.button)
        self.body.addLayout(line)
        self.body.addStretch(1)
        self.add_button(self._t("statutory.back"), accept=False, key="Esc")
        self._show()
        self._show_kind()

    def choose(self, kind_id: str) -> None:
        self.kind.setCurrentIndex(self.kind.findData(kind_id))

    def _show_kind(self) -> None:
        """Say the ground of the chosen step and what belongs into it."""
        one = statutory.kinds()[str(self.kind.currentData())]
        self.law.setText(one.law.title.in_language(self._context.language))
        self.note.edit.setPlaceholderText(one.ask.in_language(self._context.language))

    def _show(self) -> None:
        self.list.clear()
        steps = statutory.steps(self._context.store, self._visit_id)
        kinds = statutory.kinds()
        for step in steps:
            name = (
                kinds[step.kind].name.in_language(self._context.language)
                if step.kind in kinds
                else self._t("statutory.ground")
            )
            card = Card()
            card.body.addWidget(ThaiLabel(name, role="name_bold"))
            card.body.addWidget(ThaiLabel(said(step.note)))
            when = f"{date_and_time(step.at, self._context.language)} · {step.person}"
            card.body.addWidget(ThaiLabel(when, role="note", tone="muted"))
            self.list.column.addWidget(card)
        if not steps:
            self.list.column.addWidget(EmptyState("clipboard-edit-outline", self._t("statutory.none")))
        self.list.column.addStretch(1)
        self.list.settle()

    def keep(self) -> None:
        """Write the step down; a step that says nothing is refused with words about what belongs into it."""
        kind_id, note = str(self.kind.currentData()), self.note.text()
        person, clock, visit_id = self._context.officer.name, self._context.clock, self._visit_id
        self.notice.hide()
        self._context.saver.submit(
            lambda store: statutory.add_step(store, visit_id, kind_id, note=note, person=person, clock=clock),
            lambda _: self._kept(),
            self._failed,
        )

    def _kept(self) -> None:
        self.note.setText("")
        self._show()
        bar = self.list.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.kind.setFocus()

    def _failed(self, error: BaseException) -> None:
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.notice.show()
        self._place()
