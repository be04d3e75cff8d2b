"""Asking for the passphrase again while somebody is signed in: the laptop is handed back to the officer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from inspector_app.actions.laptop import workspace
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.messages import explain


class AskPassphrase(Dialog):
    """`passed` fires when the passphrase of the signed-in person was right; wrong tries count as at sign-in."""

    passed = Signal()

    def __init__(self, over: QWidget, context: AppContext) -> None:
        super().__init__(over, context.t("signin.ask_title"), context.t("signin.ask_text"), width=480)
        self._context = context
        self._busy = False
        self.field = Field(context.t("signin.passphrase"))
        self.field.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.edit.returnPressed.connect(self.accept)
        self.notice = Notice("", "obs")
        self.notice.hide()
        self.body.addWidget(self.field)
        self.body.addWidget(self.notice)
        self.add_button(context.t("signin.ask_back"), accept=False, key="Esc")
        self.button = self.add_button(context.t("signin.enter"), accept=True, key="Enter")

    def accept(self) -> None:
        passphrase = self.field.edit.text()
        if self._busy or not passphrase:
            return
        self._busy = True
        self.button.setEnabled(False)
        folder, clock = self._context.workspace, self._context.clock
        person_id = self._context.workplace.keys.person_id

        def check() -> None:
            workspace.sign_in(folder, person_id=person_id, passphrase=passphrase, clock=clock)

        self._context.tasks.run(check, lambda _: self._right(), self._wrong)

    def reject(self) -> None:
        if not self._busy:
            super().reject()

    def _right(self) -> None:
        self._busy = False
        self.field.setText("")
        super().accept()
        self.passed.emit()

    def _wrong(self, error: BaseException) -> None:
        self._busy = False
        self.button.setEnabled(True)
        self.field.setText("")
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "obs")
        self.notice.show()
        self._place()
        self.field.setFocus()
