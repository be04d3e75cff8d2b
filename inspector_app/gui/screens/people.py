"""Who may sign in on this laptop: add a person, change one's passphrase, a forgotten one by the recovery key.

Passphrases stay in the fields until the key file is written, in the pool; nothing of them is kept or logged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from checklists.crypto import WorkspaceKeys
from inspector_app.actions.laptop import people, workspace
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

HIDDEN = frozenset({"old", "new", "again"})
Typed = dict[str, str]


class PassphraseDialog(Dialog):
    """Fields, a button that does the work in the pool, and closes when it is done. `name` gives the words."""

    def __init__(
        self, over: QWidget, context: AppContext, name: str, fields: Sequence[str], work: Callable[[Typed], object]
    ) -> None:
        super().__init__(over, context.t(f"settings.{name}_title"), width=520)
        self._context, self._name, self._work = context, name, work
        self._busy = False
        self.body.addWidget(ThaiLabel(context.t(f"settings.{name}_text"), tone="muted"))
        self.fields = {field: Field(context.t(f"settings.field_{field}")) for field in fields}
        for field, widget in self.fields.items():
            if field in HIDDEN:
                widget.edit.setEchoMode(QLineEdit.EchoMode.Password)
            widget.edit.returnPressed.connect(self.accept)
            self.body.addWidget(widget)
        self.notice = Notice()
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.add_button(context.t("settings.person_back"), accept=False, key="Esc")
        self.button = self.add_button(context.t(f"settings.{name}_do"), accept=True, key="Enter")

    def accept(self) -> None:
        if self._busy:
            return
        wrong = self._first_wrong()
        for field, widget in self.fields.items():
            text = self._context.t(wrong[1], minimum=self._shortest()) if wrong[0] == field else ""
            widget.set_message(text, wrong=bool(text))
        if wrong[0]:
            self.fields[wrong[0]].setFocus()
            return
        self._set_busy(True)
        typed, work = self.typed(), self._work
        self._context.tasks.run(lambda: work(typed), lambda _: self._done(), self._failed)

    def reject(self) -> None:
        if not self._busy:  # what is being written ends first
            super().reject()

    def typed(self) -> Typed:
        """Return what stands in the fields; passphrases exactly as typed, since spaces count."""
        return {name: w.edit.text() if name in HIDDEN else w.text() for name, w in self.fields.items()}

    def _first_wrong(self) -> tuple[str, str]:
        typed = self.typed()
        for field, text in typed.items():
            if not text:
                return field, f"settings.need_{field}"
        if len(typed["new"]) < self._shortest():
            return "new", "settings.too_short"
        return ("again", "settings.differ") if typed["new"] != typed["again"] else ("", "")

    def _shortest(self) -> int:
        return workspace.shortest(bound=any(p.needs_device_secret for p in workspace.people(self._context.workspace)))

    def _done(self) -> None:
        self._busy = False
        self._clear()
        super().accept()

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        self.notice.set(explain(error, self._context.translator).text(self._context.language), "bad")
        self.notice.show()
        next(iter(self.fields.values())).setFocus()

    def _clear(self) -> None:
        for name in HIDDEN & self.fields.keys():
            self.fields[name].setText("")

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.setEnabled(not busy)
        self.button.setText(self._context.t("settings.person_writing" if busy else f"settings.{self._name}_do"))


def add_person(over: QWidget, context: AppContext) -> PassphraseDialog:
    """Ask for a colleague's name and passphrase; the colleague types it."""
    folder, keys = context.workspace, context.workplace.keys

    def work(typed: Typed) -> Any:
        return people.add(folder, keys, name=typed["person"], passphrase=typed["new"])

    return PassphraseDialog(over, context, "add", ("person", "new", "again"), work)


def change_passphrase(over: QWidget, context: AppContext) -> PassphraseDialog:
    """Ask for the old and the new passphrase of the person who is signed in."""
    folder, keys, clock = context.workspace, context.workplace.keys, context.clock

    def work(typed: Typed) -> Any:
        fresh = workspace.sign_in(folder, person_id=keys.person_id, passphrase=typed["old"], clock=clock)
        return people.change_passphrase(folder, fresh, typed["new"])

    return PassphraseDialog(over, context, "change", ("old", "new", "again"), work)


def forgotten(over: QWidget, context: AppContext, person_id: str) -> PassphraseDialog:
    """Ask for the recovery key and a new passphrase, before anybody is signed in."""
    folder = context.workspace

    def work(typed: Typed) -> WorkspaceKeys | None:
        people.recover(folder, typed["recovery"], typed["new"], person_id=person_id)
        return None

    return PassphraseDialog(over, context, "forgot", ("recovery", "new", "again"), work)
