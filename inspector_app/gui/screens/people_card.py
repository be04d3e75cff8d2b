"""The part of the settings about who may sign in on this laptop."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from inspector_app.actions.laptop import people as actions
from inspector_app.actions.laptop import workspace
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens import people
from inspector_app.gui.screens.sign_in.recovery import show_recovery_key
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Card, Notice
from inspector_app.gui.widgets.dialogs import Dialog, Question
from inspector_app.gui.widgets.fields import ChoiceBox
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain


class PeopleCard(Card):
    """Names, and what can be done: add, remove, change one's passphrase, replace the recovery key."""

    def __init__(self, context: AppContext, over: QWidget) -> None:
        super().__init__()
        self._context, self._over = context, over
        self.title, self.note = ThaiLabel(role="name_bold"), ThaiLabel(role="note", tone="muted")
        self.names = ThaiLabel(role="body")
        self.notice = Notice()
        self.notice.hide()
        self.add_button = ActionButton(icon="account-plus-outline")
        self.change_button = ActionButton(icon="key-change")
        self.remove_button = ActionButton(icon="account-remove-outline")
        self.recovery_button = ActionButton(icon="key-plus")
        line = FlowLayout()
        acts = {
            self.add_button: self.add,
            self.change_button: self.change,
            self.remove_button: self.remove,
            self.recovery_button: self.renew_recovery,
        }
        for button, act in acts.items():
            button.clicked.connect(act)
            line.addWidget(button)
        for widget in (self.title, self.note, self.names):
            self.body.addWidget(widget)
        self.body.addLayout(line)
        self.body.addWidget(self.notice)
        self.retranslate()

    def retranslate(self) -> None:
        t = self._context.t
        self.title.setText(t("settings.people"))
        self.note.setText(t("settings.people_note"))
        self.add_button.setText(t("settings.add_person"))
        self.change_button.setText(t("settings.change_passphrase"))
        self.remove_button.setText(t("settings.remove_person"))
        self.recovery_button.setText(t("settings.new_recovery"))
        self.show_names()

    def show_names(self) -> None:
        self.names.setText(" · ".join(person.name for person in workspace.people(self._context.workspace)))

    # --- acts -------------------------------------------------------------------------------------------------------

    def add(self) -> None:
        dialog = people.add_person(self._over, self._context)
        dialog.closed.connect(lambda done: self._tell("settings.person_added") if done else None)
        dialog.open(dialog.fields["person"])

    def change(self) -> None:
        dialog = people.change_passphrase(self._over, self._context)
        dialog.closed.connect(lambda done: self._tell("settings.passphrase_changed") if done else None)
        dialog.open(dialog.fields["old"])

    def remove(self) -> None:
        """Ask who, then take that person's way in away; never one's own."""
        t, me = self._context.t, self._context.workplace.keys.person_id
        others = [person for person in workspace.people(self._context.workspace) if person.person_id != me]
        if not others:
            self._tell("settings.remove_nobody", tone="obs")
            return
        dialog = Dialog(self._over, t("settings.remove_title"), width=520)
        dialog.body.addWidget(ThaiLabel(t("settings.remove_text"), tone="muted"))
        dialog.body.addWidget(ThaiLabel(t("settings.remove_who"), role="body_bold"))
        box = ChoiceBox()
        box.setAccessibleName(t("settings.remove_who"))
        for person in others:
            box.addItem(person.name, person.person_id)
        dialog.body.addWidget(box)
        dialog.add_button(t("settings.person_back"), accept=False, key="Esc")
        dialog.add_button(t("settings.remove_do"), accept=True, icon="account-remove-outline")
        dialog.closed.connect(lambda yes: self._remove(str(box.currentData())) if yes else None)
        dialog.open(box)

    def _remove(self, person_id: str) -> None:
        folder, keys = self._context.workspace, self._context.workplace.keys
        self._context.tasks.run(
            lambda: actions.remove(folder, keys, person_id),
            lambda gone: self._tell("settings.person_removed", name=gone.name),
            self._failed,
        )

    def renew_recovery(self) -> None:
        """Replace the recovery key and show the new one once."""
        t = self._context.t
        question = Question(
            self._over,
            t("settings.new_recovery_title"),
            t("settings.new_recovery_text"),
            yes=t("settings.new_recovery_do"),
            no=t("settings.person_back"),
        )
        question.closed.connect(lambda yes: self._renew() if yes else None)
        question.open(question.no_button)

    def _renew(self) -> None:
        folder, keys = self._context.workspace, self._context.workplace.keys
        self._context.tasks.run(
            lambda: actions.new_recovery_key(folder, keys),
            lambda key: show_recovery_key(self._over, self._context.t, key),
            self._failed,
        )

    def _tell(self, key: str, *, tone: str = "ok", **values: object) -> None:
        self.notice.set(self._context.t(key, **values), tone)
        self.notice.show()
        self.show_names()

    def _failed(self, error: BaseException) -> None:
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.notice.show()
