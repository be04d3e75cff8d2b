"""Orders of a record: proposed papers and drafts on the left, the chosen one with its dates and next steps right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout

from checklists.errors import InspectorError
from checklists.model import RecordSummary
from inspector_app.actions.afterwards import orders
from inspector_app.actions.afterwards.orderpaper import paper_text
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.screens.base import KeyedScreen, KeyHint
from inspector_app.gui.screens.orders.asking import amend_questions, amend_step, step_questions, take_step
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, EmptyState, ListRow, Notice
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.form_dialog import FormDialog
from inspector_app.gui.widgets.groups import GroupHeading, ScrollColumn
from inspector_app.gui.widgets.labels import ThaiLabel

if TYPE_CHECKING:
    from checklists.store import OrderStepKind
    from inspector_app.actions.afterwards.orders import OrderLine

NOON = "T12:00:00+07:00"


class OrdersScreen(KeyedScreen):
    """Everything stays a draft for a human: nothing is approved, numbered or served by itself."""

    name = "orders"
    wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.summary: RecordSummary | None = None
        self.chosen = ""  # order id
        self.lines: dict[str, OrderLine] = {}
        self.list, self.paper = ScrollColumn(), ScrollColumn()
        self.rows: dict[str, ListRow] = {}
        self.next_buttons: dict[str, ActionButton] = {}
        self.error = Notice("", "bad")
        self.error.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        row.addWidget(self.list, 4)
        right = QVBoxLayout()
        right.addWidget(self.error)
        right.addWidget(self.paper, 1)
        row.addLayout(right, 5)
        self.key_actions = {"A": self.amend, **{str(n): partial(self._press_next, n) for n in range(1, 10)}}

    # --- screen -----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return self.t("orders.title")

    def subtitle(self) -> str:
        if self.summary is None:
            return ""
        form = self.summary.form.title.in_language(self.context.language)
        return " · ".join(part for part in (self.summary.site.name_th, form) if part)

    def key_hints(self) -> list[KeyHint]:
        names = {"↑↓": "choose", "Enter": "open", "A": "amend", "1–9": "next", "Esc": "back"}
        return [KeyHint(key, self.t(f"orders.key.{name}")) for key, name in names.items()]

    def on_shown(self, *, record_id: str, order_id: str = "", **_: Any) -> None:
        self.error.hide()
        self.chosen = order_id
        try:
            self.summary = self.context.store.records.summary(record_id)
            self._show()
        except InspectorError as error:
            self.tell(error)
        self.head_changed.emit()
        first = self.rows.get(self.chosen) or next(iter(self.rows.values()), None)
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        if self.summary is not None:
            self._show()

    # --- list -------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self.summary is None:
            return
        store, record_id, language = self.context.store, self.summary.record_id, self.context.language
        found = orders.listed(store, clock=self.context.clock, record_id=record_id, open_only=False)
        self.lines = {line.order.order_id: line for line in found}
        self.rows = {}
        self.list.clear()
        column = self.list.column
        column.addWidget(GroupHeading(self.t("orders.begun"), len(found)))
        for line in found:
            self._add(line.order.order_id, self._order_row(line))
        if not found:
            column.addWidget(EmptyState("gavel", self.t("orders.none"), self.t("orders.none.text")))
        begun = {line.order.kind for line in found}
        proposed = orders.proposed(store, record_id)
        open_kinds = [draft for draft in proposed.orders if draft.kind.kind_id not in begun]
        column.addWidget(GroupHeading(self.t("orders.proposed"), len(open_kinds)))
        for draft in open_kinds:
            note = self.t("orders.clauses", count=len(draft.clauses))
            title = draft.kind.title.in_language(language)
            action = self.t("orders.begin")
            row = ListRow(title, note, icon="file-sign", action=action, action_icon="plus")
            row.activated.connect(partial(self.begin, draft.kind.kind_id))
            self._add(f"kind:{draft.kind.kind_id}", row)
        for finding_id, deadline in proposed.deadlines:
            number = finding_id.partition("-")[2] or finding_id
            words = f"{number}: {short_date(deadline.due + NOON, language)} · {deadline.reason.in_language(language)}"
            column.addWidget(ThaiLabel(words, role="note", tone="muted"))
        column.addStretch(1)
        self.list.settle()
        if self.chosen not in self.lines:
            self.chosen = next(iter(self.lines), "")
        self._show_paper()

    def _add(self, key: str, row: ListRow) -> None:
        self.rows[key] = row
        self.list.column.addWidget(row)

    def _order_row(self, line: OrderLine) -> ListRow:
        language, order_id = self.context.language, line.order.order_id
        state = self.t(f"cli.orders.state.{line.state.value}")
        due = short_date(line.due + NOON, language) if line.due else ""
        right = self.t("orders.overdue", date=due) if line.overdue else (self.t("orders.due", date=due) if due else "")
        row = ListRow(
            line.title.in_language(language),
            state,
            icon="gavel",
            icon_tone="bad" if line.overdue else "acc",
            right=right,
            right_tone="bad" if line.overdue else "muted",
        )
        row.set_selected(order_id == self.chosen)
        row.activated.connect(partial(self.choose, order_id))
        return row

    def choose(self, order_id: str) -> None:
        """Show an order on the right."""
        self.chosen = order_id
        for key, row in self.rows.items():
            row.set_selected(key == order_id)
        self._show_paper()

    # --- paper ------------------------------------------------------------------------------------------------------

    def _show_paper(self) -> None:
        self.paper.clear()
        self.next_buttons = {}
        line = self.lines.get(self.chosen)
        if line is None:
            return
        language, column = self.context.language, self.paper.column
        paper = orders.paper(self.context.store, self.chosen)
        flow = FlowLayout()
        if line.state.value == "draft":
            button = ActionButton(self.t("orders.amend"), key="A", icon="pencil-outline")
            button.clicked.connect(self.amend)
            flow.addWidget(button)
        for number, kind in enumerate(line.next_steps, start=1):
            button = ActionButton(self.t(f"orders.step.{kind.value}"), key=str(number))
            button.clicked.connect(partial(self.take, kind))
            self.next_buttons[kind.value] = button
            flow.addWidget(button)
        column.addLayout(flow)
        if paper.missing:
            parts = ", ".join(self.t(f"cli.orders.part.{part}") for part in paper.missing)
            column.addWidget(Notice(self.t("orders.missing", parts=parts), "obs"))
        card = Card()
        for number, text in enumerate(paper_text(self.context.store, self.chosen, language=language)):
            card.body.addWidget(
                ThaiLabel(text, role="name_bold" if number == 1 else "body", tone="" if number else "obs")
            )
        column.addWidget(card)
        column.addWidget(GroupHeading(self.t("orders.steps"), len(line.steps)))
        for step in line.steps:
            said = (self.t(f"cli.orders.state.{step.step.value}"), step.person, step.number, step.paper, step.note)
            words = " · ".join(part for part in (short_date(step.at, language), *said) if part)
            column.addWidget(ThaiLabel(words))
        column.addStretch(1)
        self.paper.settle()

    # --- acts -------------------------------------------------------------------------------------------------------

    def begin(self, kind_id: str) -> None:
        """Begin a draft on all findings of the record."""
        if self.summary is None:
            return
        record_id, person, ids = self.summary.record_id, self.context.officer.name, self.context.ids
        self.context.saver.submit(
            lambda store: orders.begin(store, record_id, kind_id, person=person, ids=ids),
            lambda made: self._done(made[0]),
            self.tell,
        )

    def amend(self) -> FormDialog | None:
        """Fill in what the chosen draft lacks."""
        line = self.lines.get(self.chosen)
        if line is None or line.state.value != "draft":
            return None
        asked = amend_questions(line.order, orders.paper(self.context.store, self.chosen), self.t)
        dialog = self._ask(self.t("orders.amend"), asked)
        dialog.given.connect(lambda values: self._submit(amend_step(line.order.order_id, values)))
        return dialog

    def take(self, kind: OrderStepKind, _checked: bool = False) -> FormDialog:
        """Ask for what a step needs and write it down."""
        today = self.context.clock.now().date()
        dialog = self._ask(self.t(f"orders.step.{kind.value}"), step_questions(kind, self.t, today))
        order_id = self.chosen
        dialog.given.connect(lambda values: self._submit(take_step(self.context, order_id, kind, values)))
        return dialog

    def _press_next(self, number: int) -> None:
        buttons = list(self.next_buttons.values())
        if number <= len(buttons) and not isinstance(QApplication.focusWidget(), FormDialog):
            buttons[number - 1].click()

    def _ask(self, title: str, asked: list[Any]) -> FormDialog:
        dialog = FormDialog(self, self.t, title, asked, today=self.context.clock.now().date())
        dialog.open(dialog.first())
        return dialog

    def _submit(self, step: Any) -> None:
        self.context.saver.submit(step, self._written, self.tell)

    def _written(self, result: Any) -> None:
        self._done(self.chosen)
        words = self._served(result) if hasattr(result, "received") else ""
        if words:
            self.error.set(words, "ok")
            self.error.show()

    def _served(self, served: Any) -> str:
        """Say when the order counts as received, by when to obey and until when to appeal, each with its rule."""
        language = self.context.language
        dates: Mapping[str, Any] = {"received": served.received, "due": served.due, "appeal": served.appeal}
        lines = [
            self.t(
                f"cli.orders.{name}",
                date=short_date(found.due + NOON, language),
                rule=found.reason.in_language(language),
            )
            for name, found in dates.items()
            if found is not None
        ]
        return "\n".join(lines)

    def _done(self, order_id: str) -> None:
        self.error.hide()
        self.chosen = order_id
        self._show()
        row = self.rows.get(order_id)
        if row is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)
