"""What every screen is handed: store, saver, news, tasks, words, clock, theme. No module-level singletons."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from checklists.clock import Clock, IdMaker
from inspector_app.config import Preferences, save_preferences
from inspector_app.gui.refresh import RefreshHub
from inspector_app.gui.tasks import Tasks
from inspector_app.gui.theme import Theme
from inspector_app.i18n import Translator

if TYPE_CHECKING:  # the window before sign-in must not load the store and the ciphers
    from checklists.model import Officer
    from checklists.store import Store
    from inspector_app.gui.inside import Workplace
    from inspector_app.gui.saving import Saver
    from inspector_app.gui.sync_worker import SyncWorker


class AppContext(QObject):
    """Handed to every screen by its constructor.

    Before sign-in only words, clock, theme, preferences and tasks are there; `store`, `saver`, `sync`, `officer` come
    with `enter`. `go` asks the main window for another place.
    """

    language_changed = Signal()
    go_requested = Signal(str, object)
    back_requested = Signal()

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
        self.final_step: Callable[[Store], object] | None = None  # the writer's last one: the backup
        self._workplace: Workplace | None = None

    # --- words and choices

    @property
    def language(self) -> str:
        return self.translator.language

    def t(self, key: str, /, **values: object) -> str:
        """Return the words for `key` in the present language."""
        return self.translator.t(key, **values)

    def set_language(self, language: str) -> None:
        self.translator.language = language
        self.change_preferences(language=language)
        self.language_changed.emit()

    def change_preferences(self, **values: Any) -> None:
        """Keep a choice that holds before sign-in (language, theme, text size, place of the window)."""
        self.preferences = dataclasses.replace(self.preferences, **values)
        if self.workspace.is_dir():
            save_preferences(self.workspace, self.preferences)

    # --- places

    def go(self, name: str, /, **arguments: object) -> None:
        """Ask for another screen: `context.go("fill", record_id=…)`."""
        self.go_requested.emit(name, arguments)

    def back(self) -> None:
        self.back_requested.emit()

    # --- after sign-in

    def enter(self, workplace: Workplace) -> None:
        self._workplace = workplace

    @property
    def inside(self) -> bool:
        """Tell whether somebody is signed in."""
        return self._workplace is not None

    @property
    def workplace(self) -> Workplace:
        if self._workplace is None:
            raise RuntimeError("nobody is signed in")
        return self._workplace

    @property
    def store(self) -> Store:
        """The reading store of the main thread."""
        return self.workplace.store

    @property
    def saver(self) -> Saver:
        return self.workplace.saver

    @property
    def sync(self) -> SyncWorker:
        return self.workplace.sync

    @property
    def officer(self) -> Officer:
        return self.workplace.officer

    def close(self, timeout: float = 10.0) -> bool:
        """Stop sync, drain the writer, wait for tasks, close the stores. True when everything was saved."""
        place = self._workplace
        if place is None:
            self.tasks.close()
            return True
        drained = self._put_away(place, timeout, self.final_step)
        place.store.close()
        return drained

    def leave(self, timeout: float = 10.0) -> None:
        """Lock: put everything away as closing does, and be ready for the next sign-in. Keys live in the workplace."""
        place = self.workplace
        self._put_away(place, timeout, None)
        place.store.close()
        for old in (place.sync, place.saver, self.refresh, self.tasks):
            old.deleteLater()
        self.tasks, self.refresh = Tasks(self), RefreshHub(self)

    def _put_away(self, place: Workplace, timeout: float, last: Callable[[Store], object] | None) -> bool:
        place.sync.close()
        drained = place.saver.drain(timeout)
        for teller in (place.sync, place.saver, self.refresh):
            teller.blockSignals(True)  # news that are still on their way have nobody to tell any more
        self.tasks.close()
        self._workplace = None
        if last is not None:
            place.writer.submit(last)  # closing the writer waits for it
        place.writer.close()
        return drained
