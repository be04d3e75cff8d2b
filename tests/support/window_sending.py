"""Leading the window to its sending screen, registered at a running centre."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.screens.sync import SyncScreen
from tests.support.sync_server import RunningCentre

WAIT = 30_000
"""Milliseconds within which anything happens."""


def settings(window: MainWindow) -> SettingsScreen:
    assert window.shell is not None
    window.shell.go("settings", part="centre")
    screen = window.shell.current
    assert isinstance(screen, SettingsScreen)
    return screen


def register(qtbot: QtBot, window: MainWindow, centre: RunningCentre) -> None:
    screen = settings(window)
    screen.url.setText(centre.url)
    screen.code.setText(centre.code())
    qtbot.keyClick(screen.code.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.centre_notice.isVisible, timeout=WAIT)
    assert "ลงทะเบียนเครื่องนี้กับศูนย์แล้ว" in screen.centre_notice.text()


def at_sending(qtbot: QtBot, window: MainWindow, centre: RunningCentre) -> SyncScreen:
    """Register at the centre and go to the sending screen."""
    register(qtbot, window, centre)
    assert window.shell is not None
    window.shell.go("sync")
    return sending(window)


def sending(window: MainWindow) -> SyncScreen:
    assert window.shell is not None
    screen = window.shell.current
    assert isinstance(screen, SyncScreen)
    return screen
