"""Who may sign in on this laptop: add a person, change one's passphrase, a forgotten one by the recovery key.

Passphrases stay in the fields until the key file is written, in the pool; nothing of them is kept or logged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from checklists.crypto import WorkspaceKeys
from inspector_app.actions.laptop import people, workspace
from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.work_dialog import Typed, WorkDialog


class PassphraseDialog(WorkDialog):
    """Asks for passphrases, each long enough and the new one twice."""

    area = "settings"
    hidden = frozenset({"old", "new", "again"})

    def __init__(
        self, over: QWidget, context: AppContext, name: str, fields: Sequence[str], work: Callable[[Typed], object]
    ) -> None:
        super().__init__(over, context, name, fields, work, back="settings.person_back")

    def first_wrong(self) -> tuple[str, str]:
        typed, t = self.typed(), self._context.t
        empty = next((field for field, text in typed.items() if not text), "")
        if empty:
            return empty, t(f"settings.need_{empty}")
        shortest = self._shortest()
        if len(typed["new"]) < shortest:
            return "new", t("settings.too_short", minimum=shortest)
        return ("again", t("settings.differ")) if typed["new"] != typed["again"] else ("", "")

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.button.setText(self._context.t("settings.person_writing" if busy else f"settings.{self._name}_do"))

    def _shortest(self) -> int:
        return workspace.shortest(bound=any(p.needs_device_secret for p in workspace.people(self._context.workspace)))


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
