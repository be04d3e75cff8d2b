"""The last check before sealing: what is missing (Enter jumps there), what is sealed, for whom, its code."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from checklists import findings
from checklists.model import AttachmentKind, Problem, ProblemKind, Verdict
from inspector_app.actions.inspection import sealing
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.actions.inspection.sealing import Finalised, NotSealableError
from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.questions.model import FillModel
from inspector_app.gui.screens.digests import short_digest
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, ListRow, Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel
from inspector_app.messages import explain

MOST_ROWS = 40
MANY_MISSING = 4


class SealDialog(Dialog):
    """`sealed(record_id)` fires after the commit; `jump(item_id, path)` closes and goes to a field."""

    jump = Signal(str, str)
    closing_wanted = Signal()
    sealed = Signal(str)

    def __init__(self, over: QWidget, context: AppContext, opened: OpenRecord, model: FillModel) -> None:
        super().__init__(over, context.t("seal.title"), context.t("seal.subtitle"), width=860)
        self._context, self._model = context, model
        self._opened = dataclasses.replace(opened, attachments=model.attachments)
        self.result = model.result
        self.blocking = [p for p in self.result.problems if p.blocking]
        self.rows: list[ListRow] = []
        self._sealing = False
        columns = QHBoxLayout()
        columns.setSpacing(14)
        left = QVBoxLayout()
        left.setSpacing(6)
        self._add_problems(left)
        columns.addLayout(left, 12)
        columns.addWidget(self._summary(), 10, Qt.AlignmentFlag.AlignTop)
        self.error = Notice("", "bad")
        self.body.addWidget(self.error)
        self.error.hide()
        self.body.addLayout(columns)
        self.body.addStretch(1)
        self.add_button(self._t("seal.back"), accept=False, key="Esc")
        self.why = ThaiLabel("", role="body_bold", tone="bad")
        self.why.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.buttons.addWidget(self.why, 1)
        self.seal_button = ActionButton(self._t("seal.seal"), key="Ctrl+Enter", icon="lock-outline", kind="primary")
        self.seal_button.clicked.connect(self.seal)
        self.buttons.addWidget(self.seal_button)
        self._show_button()

    def _t(self, key: str, **values: object) -> str:
        return self._context.t(key, **values)

    def start(self) -> None:
        """Open with the first thing to fix, or with the sealing button, in focus."""
        self.open(self.rows[0] if self.rows else self.seal_button)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _add_problems(self, column: QVBoxLayout) -> None:
        others = [p for p in self.result.problems if not p.blocking]
        if self.blocking:
            column.addLayout(
                self._heading("alert-circle-outline", "bad", self._t("seal.fix", count=len(self.blocking)))
            )
            self._add_rows(column, self._gathered(), self._t("seal.fix.go"), first_primary=True)
        else:
            column.addWidget(Notice(self._t("seal.clean"), "ok"))
        if others:
            column.addLayout(self._heading("alert-outline", "obs", self._t("seal.look")))
            self._add_rows(column, others, self._t("seal.look.go"))
            if any(p.kind is ProblemKind.PENDING_LAB for p in others):
                column.addWidget(ThaiLabel(self._t("seal.lab"), role="note", tone="muted"))
        column.addWidget(ThaiLabel(self._t("seal.sending"), role="note", tone="muted"))
        column.addStretch(1)

    def _gathered(self) -> list[Problem]:
        """One line for all items that are not answered yet, where there are several; the rest one by one."""
        missing = [p for p in self.blocking if p.kind is ProblemKind.MISSING]
        if len(missing) < MANY_MISSING:
            return self.blocking
        words = self._context.translator.words("seal.missing", count=len(missing))
        return [dataclasses.replace(missing[0], message=words), *(p for p in self.blocking if p not in missing)]

    def _heading(self, icon: str, tone: str, words: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(IconLabel(icon, tone))
        row.addWidget(ThaiLabel(words, role="name_bold", tone=tone), 1)
        return row

    def _add_rows(
        self, column: QVBoxLayout, problems: Sequence[Problem], action: str, *, first_primary: bool = False
    ) -> None:
        for place, problem in enumerate(problems[:MOST_ROWS]):
            index = self._model.places.of_problem(problem.item_id, problem.path)
            number = self._model.items[index].number if index is not None else ""
            what, _, title = problem.message.in_language(self._context.language).partition(": ")
            primary = first_primary and not place
            row = ListRow(
                " ".join(part for part in (number, what) if part),
                title,
                icon="alert-circle-outline" if problem.blocking else "alert-outline",
                icon_tone="bad" if problem.blocking else "obs",
                action=action,
                key="Enter" if primary else "",
                primary=primary,
            )
            row.activated.connect(lambda problem=problem: self._jump(problem))
            column.addWidget(row)
            self.rows.append(row)
        if len(problems) > MOST_ROWS:
            column.addWidget(ThaiLabel(self._t("seal.more", count=len(problems) - MOST_ROWS), tone="muted"))

    def _summary(self) -> Card:
        card = Card()
        card.set_sunk(True)
        card.body.addWidget(ThaiLabel(self._t("seal.what"), role="name_bold"))
        for icon, name, value, tone in self._facts():
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(IconLabel(icon))
            row.addWidget(ThaiLabel(name), 1)
            shown = ThaiLabel(value, role="body_bold", tone=tone, wrap=False)
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(shown)
            card.body.addLayout(row)
        card.body.addWidget(ThaiLabel(self._t("seal.code"), role="note", tone="muted"))
        card.body.addWidget(ThaiLabel(short_digest(findings.content_digest(self.result)), role="section"))
        card.body.addWidget(ThaiLabel(self._t("seal.code.hint"), role="note", tone="muted"))
        return card

    def _facts(self) -> list[tuple[str, str, str, str]]:
        t, result = self._t, self.result
        photos = [a for a in self._opened.attachments if a.kind is not AttachmentKind.SIGNATURE]
        size = sum(a.size for a in photos) / 1_000_000
        answered = sum(item.answered for item in result.items)
        failed, observed = result.count(Verdict.FAIL), result.count(Verdict.OBSERVE)
        signed, tone = self._signed()
        return [
            ("clipboard-check-outline", t("seal.answers"), t("seal.items", count=answered), ""),
            ("close-thick", t("seal.failed"), f"{failed} / {observed}", ""),
            ("ruler", t("seal.measured"), t("seal.values", count=len(result.measurements)), ""),
            (
                "image-multiple-outline",
                t("seal.photos"),
                t("seal.photo_size", count=len(photos), size=f"{size:.1f}"),
                "",
            ),
            ("draw-pen", t("seal.signatures"), signed, tone),
            ("factory", t("seal.factory_gets"), t("seal.factory_part"), ""),
        ]

    def _signed(self) -> tuple[str, str]:
        digest = findings.content_digest(self.result)
        signed = [a for a in self._opened.attachments if a.kind is AttachmentKind.SIGNATURE]
        refused = self._opened.visit.refusals
        if any(a.bound_to and a.bound_to != digest for a in signed):
            return self._t("seal.sign_again"), "obs"
        return self._t("seal.signed", count=len(signed), refused=len(refused)), "ok" if signed else "obs"

    def _show_button(self) -> None:
        self.seal_button.setEnabled(not self.blocking and not self._sealing)
        why = self._t("seal.blocked", count=len(self.blocking)) if self.blocking else ""
        self.why.setText(self._t("seal.working") if self._sealing else why)
        self.why.set_tone("muted" if self._sealing else "bad")
        self.seal_button.setAccessibleDescription(self.why.text())

    # --- acts -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if keys.name(event) == "Ctrl+Enter":
            self.seal()
        elif not self._sealing:
            super().keyPressEvent(event)
        event.accept()

    def _jump(self, problem: Problem) -> None:
        self.reject()
        if problem.kind is ProblemKind.SIGNATURE:
            self.closing_wanted.emit()
        else:
            self.jump.emit(problem.item_id, problem.path)

    def seal(self) -> None:
        """Seal when nothing is missing; every answer is on disk first."""
        if self.blocking or self._sealing:
            return
        self._sealing = True
        self._show_button()
        try:
            self._context.saver.drain()
            ready = sealing.prepare(self._context.store, self._opened, clock=self._context.clock)
        except NotSealableError as error:
            self._failed(error)
            return

        def step(store: Any) -> tuple[Finalised, Any]:
            done = sealing.seal(store, ready)
            return done, done.changes

        self._context.saver.submit(step, self._done, self._failed)

    def _done(self, result: tuple[Finalised, Any]) -> None:
        self._sealing = False
        self.accept()
        self.sealed.emit(result[0].record_id)

    def _failed(self, error: BaseException) -> None:
        self._sealing = False
        self.error.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.error.show()
        self._show_button()
