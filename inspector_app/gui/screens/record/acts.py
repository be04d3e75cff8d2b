"""What can be done with a sealed record besides printing it: orders, laboratory results, a correction, comparing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from checklists.model import RecordSummary
from inspector_app.actions.inspection import addenda, records
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.record.compare import compare
from inspector_app.gui.screens.statutory import StatutoryDialog
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.form_dialog import Asked, FormDialog

if TYPE_CHECKING:
    from inspector_app.actions.inspection.addenda import Pending

ACTS = {"D": ("orders", "gavel"), "L": ("lab", "flask-outline"), "K": ("correct", "pencil-outline"),
        "C": ("compare", "compare-horizontal"), "T": ("steps", "clipboard-edit-outline")}  # fmt: skip


class RecordActs(QObject):
    """Buttons and what they do. `done` brings words, `failed` an error, `paper_wanted` a revision to be shown."""

    done = Signal(str)
    failed = Signal(object)
    paper_wanted = Signal(str)

    def __init__(self, context: AppContext, over: QWidget) -> None:
        super().__init__(over)
        self._context, self._over, self._t = context, over, context.t
        self.summary: RecordSummary | None = None
        self.waiting: tuple[Pending, ...] = ()
        self.buttons: dict[str, ActionButton] = {}

    @property
    def keys(self) -> Mapping[str, Any]:
        return {key: lambda name=name: self._press(name) for key, (name, _) in ACTS.items()}

    def _press(self, name: str) -> None:
        button = self.buttons.get(name)
        if button is not None:
            button.click()

    def card(self, summary: RecordSummary) -> Card:
        """Return the card with what is possible for this record."""
        self.summary = summary
        store = self._context.store
        self.waiting = addenda.pending(store, summary.record_id)
        possible = {"orders": True, "lab": bool(self.waiting), "correct": True, "steps": True}
        possible["compare"] = len(store.records.revisions(summary.record_id)) > 1
        card, flow = Card(), FlowLayout()
        acts = {
            "orders": self.show_orders,
            "lab": self.ask_result,
            "correct": self.ask_correction,
            "compare": self.show_comparison,
            "steps": self.show_steps,
        }
        self.buttons = {}
        for key, (name, icon) in ACTS.items():
            if possible[name]:
                button = ActionButton(self._t(f"record.act.{name}", count=len(self.waiting)), key=key, icon=icon)
                button.clicked.connect(acts[name])
                self.buttons[name] = button
                flow.addWidget(button)
        card.body.addLayout(flow)
        return card

    # --- acts -------------------------------------------------------------------------------------------------------

    def show_orders(self) -> None:
        if self.summary is not None:
            self._context.go("orders", record_id=self.summary.record_id)

    def show_steps(self) -> None:
        if self.summary is not None:
            StatutoryDialog(self._over, self._context, self.summary.visit_id).open()

    def show_comparison(self) -> None:
        if self.summary is not None:
            dialog = compare(self._over, self._context, self.summary.record_id)
            dialog.printed.connect(self.paper_wanted)

    def ask_correction(self) -> FormDialog | None:
        """Ask for the reason, then open a draft on top of the sealed revision."""
        if self.summary is None:
            return None
        asked = [Asked("reason", self._t("record.correct.reason"), needed=True, hint=self._t("record.correct.hint"))]
        dialog = self._form("correct", asked)
        dialog.given.connect(lambda values: self._correct(values["reason"]))
        return dialog

    def _correct(self, reason: str) -> None:
        if self.summary is None:
            return
        record_id, officer = self.summary.record_id, self._context.officer
        self._context.saver.submit(
            lambda store: records.correct(store, record_id, reason=reason, author=officer),
            lambda _: self._context.go("fill", record_id=record_id),
            self.failed.emit,
        )

    def ask_result(self) -> FormDialog | None:
        """Ask for a laboratory's result of a value that waits for it."""
        if self.summary is None or not self.waiting:
            return None
        language, t = self._context.language, self._t
        items = tuple(
            (f"{one.measurement.item_id}|{one.measurement.parameter}", self._words(one, language))
            for one in self.waiting
        )
        today = self._context.clock.now().date().isoformat()
        asked = [
            Asked("item", t("record.lab.item"), choices=items),
            Asked("value", t("record.lab.value"), hint=t("record.lab.value.hint"), needed=True),
            Asked("laboratory", t("record.lab.laboratory"), needed=True),
            Asked("report_no", t("record.lab.report"), needed=True),
            Asked("reported_on", t("record.lab.day"), today, "date", needed=True),
            Asked("method", t("record.lab.method")),
        ]
        dialog = self._form("lab", asked)
        dialog.given.connect(self._add_result)
        return dialog

    @staticmethod
    def _words(one: Pending, language: str) -> str:
        measured = one.measurement
        return f"{measured.item_id.partition('-')[2]} {one.title.in_language(language)} ({measured.unit or '–'})"

    def _add_result(self, values: Mapping[str, str]) -> None:
        if self.summary is None:
            return
        record_id, officer, ids = self.summary.record_id, self._context.officer, self._context.ids
        item_id, _, parameter = values["item"].partition("|")
        result = addenda.LabResult(
            item_id,
            values["value"],
            values["laboratory"],
            values["report_no"],
            values["reported_on"],
            parameter=parameter,
            method=values["method"],
        )
        self._context.saver.submit(
            lambda store: addenda.add_result(store, record_id, result, author=officer, ids=ids),
            self._added,
            self.failed.emit,
        )

    def _added(self, added: Any) -> None:
        self.done.emit(self._t("record.lab.failed" if added.finding else "record.lab.kept"))

    def _form(self, name: str, asked: list[Asked]) -> FormDialog:
        title, note = self._t(f"record.{name}.title"), self._t(f"record.{name}.note")
        today = self._context.clock.now().date()
        dialog = FormDialog(
            self._over, self._t, title, asked, today=today, subtitle=note, keep=self._t(f"record.{name}.do")
        )
        dialog.open(dialog.first())
        return dialog
