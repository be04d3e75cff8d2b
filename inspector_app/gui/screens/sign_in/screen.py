"""Sign-in: who am I, then the passphrase. Imports nothing heavy: it is the first thing a person sees.

The key derivation runs in the pool; a wrong passphrase is told in words with the tries that are left. A folder
without a workspace gets the form that makes one (`setup.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from checklists.errors import WrongPassphraseError
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.sign_in.entrance import Entrance
from inspector_app.gui.screens.sign_in.people_list import PeopleList
from inspector_app.gui.screens.sign_in.waiting import Waiting
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.fields import LineEdit
from inspector_app.gui.widgets.labels import ThaiLabel


class SignInScreen(Entrance):
    """Choose a person, type the passphrase, Enter. `entered(keys)` fires when the key file opened."""

    def __init__(self, context: AppContext, people: Sequence[Any]) -> None:
        super().__init__(context, ActionButton(key="Enter", icon="login", kind="primary"))
        self._people = list(people)
        self._place = 0
        self._busy = False
        self.hint = ThaiLabel(tone="muted", wrap=False)
        self.people = PeopleList([person.name for person in self._people])
        self.label = ThaiLabel(role="body_bold", wrap=False)
        self.layout_label = ThaiLabel(role="note", tone="muted", wrap=False)
        self.edit = LineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.forgot_button = ActionButton(kind="link")
        self.language_button = ActionButton(kind="link")
        self.waiting = Waiting(context.clock, self)
        self._build()
        self._connect()
        self.retranslate()
        self.choose(0)

    def _build(self) -> None:
        column = self.lay_out(share=6)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addSpacing(4)
        column.addWidget(self.people, 100)
        line = QHBoxLayout()
        line.addWidget(self.label, 1)
        line.addWidget(self.layout_label)
        column.addLayout(line)
        entry = QHBoxLayout()
        entry.addWidget(self.edit, 1)
        entry.addWidget(self.button)
        column.addLayout(entry)
        column.addWidget(self.notice)
        last = QHBoxLayout()
        last.addWidget(self.forgot_button)
        last.addStretch(1)
        last.addWidget(self.language_button)
        column.addLayout(last)
        column.addStretch(2)

    def _connect(self) -> None:
        for i, row in enumerate(self.people.rows):
            choose = partial(self.choose, i, to_field=True)
            row.chosen.connect(choose)
            if i < 9:  # a shortcut, because a line edit takes Alt and a digit for typing
                QShortcut(QKeySequence(f"Alt+{i + 1}"), self, choose)
        self.waiting.left.connect(self._show_wait)
        self.waiting.over.connect(self._end_wait)
        self.button.clicked.connect(self.submit)
        self.edit.returnPressed.connect(self.submit)
        self.edit.textEdited.connect(lambda _: self._clear_notice())
        self.language_button.clicked.connect(self._other_language)
        self.forgot_button.clicked.connect(self.forgotten)
        QGuiApplication.inputMethod().localeChanged.connect(self._show_layout)

    # --- words

    def retranslate(self) -> None:
        t = self._context.t
        self.brand.retranslate()
        self.title.setText(t("signin.title"))
        self.hint.setText(t("signin.hint") if len(self.people.rows) > 1 else t("signin.hint_one"))
        self.label.setText(t("signin.passphrase"))
        self.edit.setAccessibleName(t("signin.passphrase"))
        self.button.setText(t("signin.enter"))
        self.forgot_button.setText(t("signin.forgot"))
        self.language_button.setText("ไทย" if self._context.language == "en" else "English")
        self._show_layout()

    def _show_layout(self) -> None:
        """Say the keyboard layout in words where the system tells it: a hidden passphrase hides a wrong layout."""
        name = QGuiApplication.inputMethod().locale().name()[:2]
        key = {"th": "signin.layout_th", "en": "signin.layout_en"}.get(name, "")
        self.layout_label.setText(self._context.t(key) if key else "")

    def _other_language(self) -> None:
        self._context.set_language("th" if self._context.language == "en" else "en")

    # --- choosing and entering

    def choose(self, place: int, *, to_field: bool = False) -> None:
        if not 0 <= place < len(self.people.rows):
            return
        if place != self._place:
            self.waiting.stop()  # the wait is of one person
        self._place = place
        self.people.select(place)
        if to_field:
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.edit.selectAll()

    def submit(self) -> None:
        """Unlock in the pool; the field keeps what was typed until the answer is there."""
        passphrase = self.edit.text()
        if self._busy or not self._people or self.waiting.seconds:
            return
        if not passphrase:
            self.notice.set(self._context.t("signin.empty"), "obs")
            self.notice.show()
            return
        self._set_busy(True)
        workspace, clock = self._context.workspace, self._context.clock
        person_id = self._people[self._place].person_id

        def unlock() -> object:
            from inspector_app.actions.laptop import workspace as actions  # argon2 and ciphers, after the first window

            return actions.sign_in(workspace, person_id=person_id, passphrase=passphrase, clock=clock)

        self._context.tasks.run(unlock, self.entered.emit, self.show_error)

    def show_error(self, error: BaseException) -> None:
        """Tell in words what happened; after too many tries, how long to wait."""
        self._set_busy(False)
        if not self._people:
            for widget in (self.label, self.edit, self.button, self.forgot_button):
                widget.hide()
        wait = getattr(error, "data", {}).get("wait_seconds")
        if isinstance(wait, int) and wait > 0:
            self.waiting.begin(wait)
        else:
            self.say_error(error, "obs", self._tries(error))
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()

    def show_locked(self, person_id: str) -> None:
        """Begin with the person who was here; say that their work is safe."""
        for place, person in enumerate(self._people):
            if person.person_id == person_id:
                self.choose(place)
        self.notice.set(self._context.t("signin.locked"), "ok")
        self.notice.show()

    def _tries(self, error: BaseException) -> str:
        """Say how many tries are left before the program makes people wait."""
        left = error.data.get("tries_left") if isinstance(error, WrongPassphraseError) else None
        if not isinstance(left, int):
            return ""
        return self._context.t("signin.tries_left", count=left) if left else self._context.t("signin.must_wait")

    def _show_wait(self, seconds: int) -> None:
        self.button.setEnabled(False)
        self.notice.set(self._context.t("signin.wait", time=f"{seconds // 60}:{seconds % 60:02}"), "obs")
        self.notice.show()

    def _end_wait(self) -> None:
        self.notice.hide()
        self.button.setEnabled(not self._busy)

    def forgotten(self) -> None:
        """Ask for the recovery key and a new passphrase of the chosen person."""
        from inspector_app.gui.screens import people

        dialog = people.forgotten(self, self._context, self._people[self._place].person_id)
        dialog.closed.connect(self._recovered)
        dialog.open(dialog.fields["recovery"])

    def _recovered(self, done: bool) -> None:
        if done:
            self.waiting.stop()
            self.edit.clear()
            self.notice.set(self._context.t("signin.recovered"), "ok")
            self.notice.show()
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.edit.setReadOnly(busy)
        self.button.setEnabled(not busy)
        self.button.setText(self._context.t("signin.opening" if busy else "signin.enter"))
        if busy:
            self._clear_notice()

    def _clear_notice(self) -> None:
        if not self.waiting.seconds:
            self.notice.hide()

    def focus_first(self) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
