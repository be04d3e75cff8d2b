"""The findings of a draft before the closing meeting: put in other words, merged, dropped with a reason, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from checklists.errors import InspectorError
from checklists.model import Severity
from inspector_app.actions.inspection import findings
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.finding_card import number_of, severity_tone
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import EmptyState, ListRow, Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.groups import ScrollColumn
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

if TYPE_CHECKING:
    from checklists.findings import Shown

LIST_HEIGHT, LIST_WITH_FORM = 230, 118  # logical px: four rows, and two while a form is open
ACTS = {"E": "edit", "M": "merge", "D": "drop", "R": "restore"}
ICONS = {"edit": "pencil-outline", "merge": "merge", "drop": "delete-outline", "restore": "restore"}
STATE_ICONS = {"edited": "pencil-outline", "merged": "merge", "absorbed": "merge", "dropped": "delete-outline"}


class FindingsDialog(Dialog):
    """Rows above; the form of the chosen act below. `changed(opened)` after each, with the edits in it."""

    changed = Signal(object)

    def __init__(self, over: QWidget, context: AppContext, opened: OpenRecord) -> None:
        super().__init__(over, context.t("findings.title"), context.t("findings.subtitle"), width=900)
        self._context, self._t, self.opened = context, context.t, opened
        self._shown: tuple[Shown, ...] = ()
        self._picked: set[str] = set()
        self._act = ""
        self.rows: dict[str, ListRow] = {}
        self.list = ScrollColumn()
        self.list.setFixedHeight(LIST_HEIGHT)
        self.body.addWidget(self.list)
        self.buttons_of = {
            name: ActionButton(self._t(f"findings.{name}"), key=key, icon=ICONS[name]) for key, name in ACTS.items()
        }
        line = QHBoxLayout()
        for name, button in self.buttons_of.items():
            button.clicked.connect(lambda _=False, name=name: self.begin(name))
            line.addWidget(button)
        line.addStretch(1)
        self.body.addLayout(line)
        self.form = QWidget()
        self._build_form()
        self.body.addWidget(self.form)
        self.notice = Notice("", "bad")
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.body.addStretch(1)
        self.add_button(self._t("findings.back"), accept=False, key="Esc")
        self._show()

    def _build_form(self) -> None:
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        self.heading = ThaiLabel("", role="name_bold")
        self.fact, self.proposal = Field(self._t("findings.fact")), Field(self._t("findings.proposal"))
        self.days, self.reason = Field(self._t("findings.days")), Field(self._t("findings.reason"))
        self.severity = ChoiceBox()
        self.severity.setAccessibleName(self._t("findings.severity"))
        for one in Severity:
            self.severity.addItem(self._t(f"fill.severity.{one.value}"), one.value)
        grave = QVBoxLayout()
        grave.addWidget(ThaiLabel(self._t("findings.severity"), role="body_bold"))
        grave.addWidget(self.severity)
        self._grave = QWidget()
        line = QHBoxLayout(self._grave)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(grave, 1)
        line.addWidget(self.days, 1, Qt.AlignmentFlag.AlignTop)
        last = QHBoxLayout()
        last.addWidget(self.reason, 1)
        self.keep_button = ActionButton(self._t("findings.keep"), key="Enter", icon="check-bold", kind="primary")
        self.keep_button.clicked.connect(self.keep)
        last.addWidget(self.keep_button, 0, Qt.AlignmentFlag.AlignBottom)
        for widget in (self.heading, self.fact, self.proposal, self._grave):
            column.addWidget(widget)
        column.addLayout(last)
        self.form.hide()

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        chosen = self._chosen_id()
        self._shown = findings.listed(self.opened)
        self.rows = {}
        self.list.clear()
        for one in self._shown:
            row = self._row(one)
            self.rows[one.finding.finding_id] = row
            self.list.column.addWidget(row)
        if not self._shown:
            self.list.column.addWidget(
                EmptyState("check-circle-outline", self._t("findings.none"), self._t("findings.none.text"))
            )
        self.list.column.addStretch(1)
        self.list.settle()
        for button in self.buttons_of.values():
            button.setEnabled(bool(self._shown))
        if self.isVisible():
            self._focus(chosen)

    def _row(self, one: Shown) -> ListRow:
        language, finding = self._context.language, one.finding
        title = finding.title.in_language(language)
        state = one.state.value
        note = self._t(f"findings.state.{state}", reason=one.reason) if state != "kept" else title
        row = ListRow(
            f"{number_of(finding)}  {finding.fact or title}",
            note,
            icon=STATE_ICONS.get(state, "alert-circle-outline"),
            icon_tone=severity_tone(finding.severity) if state in {"kept", "edited", "merged"} else "na",
            right=self._t(f"fill.severity.{finding.severity.value}"),
            right_tone=severity_tone(finding.severity),
        )
        row.set_selected(finding.finding_id in self._picked)
        row.activated.connect(lambda: self._pick(finding.finding_id))
        return row

    def _focus(self, finding_id: str) -> None:
        row = self.rows.get(finding_id) or next(iter(self.rows.values()), None)
        (row or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def first(self) -> QWidget | None:
        return next(iter(self.rows.values()), None)

    def _chosen_id(self) -> str:
        """The row with the keyboard, else the one chosen last."""
        focused = QApplication.focusWidget()
        found = next((i for i, row in self.rows.items() if row is focused), "")
        self._last = found or getattr(self, "_last", "")
        return self._last if self._last in self.rows else next(iter(self.rows), "")

    def _pick(self, finding_id: str) -> None:
        """Mark a row for merging, or take the mark away."""
        self._picked ^= {finding_id}
        self.rows[finding_id].set_selected(finding_id in self._picked)

    # --- acts -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = keys.name(event)
        if name in ACTS and not self._typing():
            self.begin(ACTS[name])
        elif name == "Enter" and self._typing():
            self.keep()
        elif name == "Esc" and self.form.isVisible():
            self._end_form()
        else:
            super().keyPressEvent(event)
        event.accept()

    def _typing(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.form.isAncestorOf(focused)

    def begin(self, act: str) -> None:
        """Open the form of an act on the chosen finding; taking back needs no form."""
        chosen = self._chosen_id()
        one = next((s for s in self._shown if s.finding.finding_id == chosen), None)
        if one is None:
            return
        self.notice.hide()
        self._act = act
        if act == "restore":
            self._do(lambda: findings.restore(None, self.opened, chosen))
            return
        finding, language = one.finding, self._context.language
        self.heading.setText(f"{self._t(f'findings.{act}')} · {number_of(finding)}")
        self.fact.setText(finding.fact)
        self.proposal.setText(finding.proposal.in_language(language))
        self.severity.setCurrentIndex(self.severity.findData(finding.severity.value))
        self.days.setText("" if finding.due_days is None else str(finding.due_days))
        self.reason.setText("")
        self.reason.set_message("")
        self.fact.setVisible(act in {"edit", "merge"})
        self.proposal.setVisible(act == "edit")
        self._grave.setVisible(act == "edit")
        self.form.show()
        self.list.setFixedHeight(LIST_WITH_FORM)
        self._place()
        (self.fact if act == "edit" else self.reason).setFocus()

    def _hide_form(self) -> None:
        self.form.hide()
        self.list.setFixedHeight(LIST_HEIGHT)

    def _end_form(self) -> None:
        self._hide_form()
        self._place()
        self._focus(self._chosen_id())

    def keep(self) -> None:
        """Do what the form says; without a reason nothing is done."""
        if not self.reason.text():
            self.reason.set_message(self._t("findings.need_reason"), wrong=True)
            self.reason.setFocus()
            return
        chosen = self._chosen_id()
        more: dict[str, Any] = {
            "reason": self.reason.text(),
            "person": self._context.officer.name,
            "clock": self._context.clock,
        }
        if self._act == "drop":
            self._do(lambda: findings.drop(None, self.opened, chosen, **more))
        elif self._act == "merge":
            ids = [chosen, *(i for i in self.rows if i in self._picked and i != chosen)]
            self._do(lambda: findings.merge(None, self.opened, ids, fact=self.fact.text(), **more))
        else:
            days = self.days.text()
            more |= {"fact": self.fact.text(), "proposal": self.proposal.text()}
            more |= {"severity": str(self.severity.currentData()), "due_days": int(days) if days.isdigit() else None}
            self._do(lambda: findings.edit(None, self.opened, chosen, **more))

    def _do(self, act: Callable[[], tuple[OpenRecord, object]]) -> None:
        """Judge here, where the session lives; the writer keeps what came out."""
        try:
            opened, _ = act()
        except InspectorError as error:
            self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
            self.notice.show()
            self._place()
            return
        self.opened = opened
        self._picked.clear()
        self._hide_form()
        record_id, edits = opened.record_id, opened.edits
        self._context.saver.submit(lambda store: findings.keep(store, record_id, edits))
        self._show()
        self._place()
        self.changed.emit(opened)
