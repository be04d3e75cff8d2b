"""What every screen is handed: store, saver, news, tasks, words, clock, theme. No module-level singletons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from checklists.clock import Clock, IdMaker
from inspector_app.config import Preferences, save_preferences
from inspector_app.gui.refresh import RefreshHub
from inspector_app.gui.saving import Saver
from inspector_app.gui.tasks import Tasks
from inspector_app.gui.theme import Theme
from inspector_app.i18n import Translator


class AppContext(QObject):
    """Handed to every screen by its constructor.

    Before sign-in only words, clock, theme, preferences and tasks are there; `store`, `saver`, `person` come with
    sign-in (`signed_in`). `go` asks the main window for another place.
    """

    language_changed = Signal()
    go_requested = Signal(str, object)
    back_requested = Signal()
    signed_in = Signal()

    def __init__(
        self, workspace: Path, *, clock: Clock, translator: Translator, theme: Theme, preferences: Preferences
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self.clock = clock
        self.ids = IdMaker(clock)
        self.translator = translator
        self.theme = theme
        self.preferences = preferences
        self.tasks = Tasks(self)
        self.refresh = RefreshHub(self)
        self._store: Any = None
        self._saver: Saver | None = None

    # --- words

    @property
    def language(self) -> str:
        return self.translator.language

    def t(self, key: str, **values: object) -> str:
        """Return the words for `key` in the present language."""
        return self.translator.t(key, **values)

    def set_language(self, language: str) -> None:
        self.translator.language = language
        self.change_preferences(language=language)
        self.language_changed.emit()

    def change_preferences(self, **values: Any) -> None:
        """Keep a choice that holds before sign-in (language, theme, text size, place of the window)."""
        import dataclasses

        self.preferences = dataclasses.replace(self.preferences, **values)
        save_preferences(self.workspace, self.preferences)

    # --- places

    def go(self, name: str, **arguments: object) -> None:
        """Ask for another screen: `context.go("fill", record_id=…)`."""
        self.go_requested.emit(name, arguments)

    def back(self) -> None:
        self.back_requested.emit()

    # --- after sign-in

    @property
    def store(self) -> Any:
        """The reading store of the main thread."""
        if self._store is None:
            raise RuntimeError("nobody is signed in")
        return self._store

    @property
    def saver(self) -> Saver:
        if self._saver is None:
            raise RuntimeError("nobody is signed in")
        return self._saver
