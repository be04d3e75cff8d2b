"""A laptop without a workspace: name and passphrase, then the recovery key is shown once."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.sign_in.entrance import Entrance
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.labels import ThaiLabel

LEAST_PASSPHRASE = 8
FIELDS = ("name", "position", "office", "passphrase", "again")


class SetupScreen(Entrance):
    """Makes the key file and the store, then goes on as after a sign-in (`entered(keys)`)."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, ActionButton(key="Enter", icon="shield-plus-outline", kind="primary"))
        self.hint = ThaiLabel(tone="muted")
        self.fields = {name: Field() for name in FIELDS}
        for name in ("passphrase", "again"):
            self.fields[name].edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        column = self.lay_out(share=8)
        column.setSpacing(5)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self.fields["name"])
        for pair in (("position", "office"), ("passphrase", "again")):
            line = QHBoxLayout()
            for name in pair:
                line.addWidget(self.fields[name], 1)
            column.addLayout(line)
        column.addWidget(self.notice)
        column.addSpacing(4)
        column.addWidget(self.button)
        column.addStretch(2)
        self.button.clicked.connect(self.submit)
        for field in self.fields.values():
            field.edit.returnPressed.connect(self.submit)

    def retranslate(self) -> None:
        t = self._context.t
        self.brand.retranslate()
        self.title.setText(t("signin.setup_title"))
        self.hint.setText(t("signin.setup_hint"))
        for name, field in self.fields.items():
            field.set_label(t(f"signin.setup_{name}"))
        self.button.setText(t("signin.setup_create"))

    def focus_first(self) -> None:
        self.fields["name"].setFocus()

    def submit(self) -> None:
        wrong = self._first_wrong()
        for name, field in self.fields.items():
            message = self._context.t(wrong[1]) if wrong and wrong[0] == name else ""
            field.set_message(message, wrong=bool(message))
        if wrong:
            self.fields[wrong[0]].setFocus()
        else:
            self._create()

    def _first_wrong(self) -> tuple[str, str] | None:
        passphrase = self.fields["passphrase"].edit.text()
        if not self.fields["name"].text():
            return "name", "signin.setup_need_name"
        if len(passphrase) < LEAST_PASSPHRASE:
            return "passphrase", "signin.setup_short"
        if passphrase != self.fields["again"].edit.text():
            return "again", "signin.setup_differ"
        return None

    def _create(self) -> None:
        self.button.setEnabled(False)
        self.button.setText(self._context.t("signin.setup_creating"))
        context, passphrase = self._context, self.fields["passphrase"].edit.text()
        name, position, office = (self.fields[key].text() for key in ("name", "position", "office"))
        person_id = context.ids.new()

        def create() -> object:
            from checklists.model import Officer
            from inspector_app.actions.laptop import workspace as actions

            officer = Officer(person_id, name, position=position, office=office, lead=True)
            return actions.create(context.workspace, officer=officer, passphrase=passphrase, clock=context.clock)

        context.tasks.run(create, self._created, self.show_error)

    def _created(self, created: Any) -> None:
        if not created.recovery_key:
            self.entered.emit(created.keys)
            return
        from inspector_app.gui.screens.sign_in.recovery import show_recovery_key  # dialogs: after the first window

        dialog = show_recovery_key(self, self._context.t, created.recovery_key)
        dialog.closed.connect(lambda _: self.entered.emit(created.keys))

    def show_error(self, error: BaseException) -> None:
        self.button.setEnabled(True)
        self.button.setText(self._context.t("signin.setup_create"))
        self.say_error(error, "bad")
