"""What an Act does not plainly cover on this visit, and the ground on which the officer goes on. Nothing stops them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.labels import ThaiLabel

if TYPE_CHECKING:
    from checklists.findings.authority import Warned


class GroundDialog(Dialog):
    """`given(ground)` fires with the officer's words; a blank ground is not taken."""

    given = Signal(str)

    def __init__(self, over: QWidget, context: AppContext, found: Sequence[Warned]) -> None:
        super().__init__(over, context.t("power.ground.title"), context.t("power.ground.subtitle"), width=620)
        self._t = context.t
        for one in found:
            self.body.addWidget(Notice(one.message.in_language(context.language), "obs"))
            law = one.law.title.in_language(context.language)
            if law:
                self.body.addWidget(ThaiLabel(law, role="note", tone="muted"))
        self.ground = Field(context.t("power.ground.field"), placeholder=context.t("power.ground.hint"))
        self.ground.edit.returnPressed.connect(self.accept)
        self.body.addWidget(self.ground)
        self.add_button(context.t("power.ground.back"), accept=False, key="Esc")
        self.add_button(context.t("power.ground.go"), accept=True, key="Enter")

    def accept(self) -> None:
        ground = self.ground.text()
        if not ground:
            self.ground.set_message(self._t("power.ground.need"), wrong=True)
            self.ground.setFocus()
            return
        super().accept()
        self.given.emit(ground)
