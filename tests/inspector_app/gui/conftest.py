"""Tests of the window: a workspace copied for each test, a window that is closed and has left nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from checklists.clock import BANGKOK
from inspector_app.config import Preferences
from inspector_app.gui import application
from inspector_app.gui.main_window import MainWindow
from sync.server.config import ServerConfig
from tests.support import window_workspace
from tests.support.clock import FrozenClock
from tests.support.fill_keys import US
from tests.support.fill_story import Story
from tests.support.fill_window import start_record
from tests.support.sync_server import RunningCentre, running_centre

NOON = datetime(2026, 11, 22, 10, 42, tzinfo=BANGKOK)
OpenWindow = Callable[..., MainWindow]


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with 120 factories and records in every state, made once."""
    folder = tmp_path_factory.mktemp("template") / "workspace"
    clock = FrozenClock(NOON)
    keys = window_workspace.make(folder, clock)
    window_workspace.fill(folder, keys, clock)
    return folder


@pytest.fixture
def workspace(workspace_template: Path, tmp_path: Path) -> Path:
    return window_workspace.copy(workspace_template, tmp_path / "workspace")


class _Windows(QObject):
    """Notes every window that appears: a label shown without its parent is one, and takes the focus away."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


ALLOWED_WINDOWS = {"MainWindow", "QComboBoxPrivateContainer", "QTipLabel", "QMenu", "QFrame"}


@pytest.fixture
def open_window(qtbot: QtBot, clock: FrozenClock) -> Iterator[OpenWindow]:
    """Return a function that shows a window at its sign-in; all are closed after the test."""
    windows: list[MainWindow] = []
    seen = _Windows()
    application.create_application().installEventFilter(seen)

    def open_it(folder: Path, *, language: str = "th", theme: str = "light", percent: int = 100) -> MainWindow:
        chosen = Preferences(language=language, theme=theme, text_percent=percent)
        window = application.create_window(folder, clock=clock, preferences=chosen)
        windows.append(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield open_it
    for window in windows:
        if window.isVisible():
            if window.shell is not None:
                window.shell.leave_unsaved = True
            window.close()
        window.deleteLater()
    QApplication.processEvents()
    application.create_application().removeEventFilter(seen)
    assert set(seen.seen) <= ALLOWED_WINDOWS


@pytest.fixture
def home(open_window: OpenWindow, workspace: Path, qtbot: QtBot) -> MainWindow:
    """A window whose person has signed in, at home."""
    return sign_in(qtbot, open_window(workspace))


@pytest.fixture
def begin(home: MainWindow) -> Callable[..., Story]:
    def start(layout: str = US) -> Story:
        return Story(home, start_record(home), layout)

    return start


def sign_in(qtbot: QtBot, window: MainWindow, passphrase: str = window_workspace.PASSPHRASE) -> MainWindow:
    with qtbot.waitSignal(window.ready, timeout=10_000):
        qtbot.keyClicks(window.sign_in.edit, passphrase)
        window.sign_in.submit()
    return window


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The style that the program asks for on its own command line."""
    return ["tests", "-style", "Fusion"]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(ServerConfig(tmp_path / "centre")) as running:
        yield running


@pytest.fixture
def present_time(clock: object) -> None:
    """Tokens run by the centre's own clock, so the laptop's must be near it."""
    now = datetime.now(tz=BANGKOK)
    clock.jump((now - clock.now()).total_seconds())  # type: ignore[attr-defined]  # the window's clock is a frozen one here
