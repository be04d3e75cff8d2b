"""Settings take effect at once and are kept."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector_app.config import load_preferences
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.theme import current_theme


@pytest.fixture
def settings(home: MainWindow) -> SettingsScreen:
    assert home.shell is not None
    home.shell.go("settings")
    screen = home.shell.current
    assert isinstance(screen, SettingsScreen)
    return screen


def test_the_language_changes_the_whole_window(home: MainWindow, settings: SettingsScreen, qtbot: QtBot) -> None:
    qtbot.mouseClick(settings.language_buttons["en"], Qt.MouseButton.LeftButton)
    assert settings.titles["language"].text() == "Language"
    assert home.shell is not None
    assert home.shell.head.title.text() == "Settings"
    assert load_preferences(home.context.workspace, {}).language == "en"


@pytest.mark.parametrize("name", ["dark", "sunlight", "light"])
def test_the_theme_changes_at_once_and_is_kept(home: MainWindow, settings: SettingsScreen, name: str) -> None:
    settings.theme_buttons[name].click()
    assert current_theme().tokens.name == name
    assert settings.theme_buttons[name].isChecked()
    assert load_preferences(home.context.workspace, {}).theme == name


def test_the_text_size_changes_at_once(home: MainWindow, settings: SettingsScreen, qtbot: QtBot) -> None:
    before = settings.titles["size"].height()
    settings.size_buttons[150].click()
    qtbot.waitUntil(lambda: settings.titles["size"].height() > before * 1.3)
    assert load_preferences(home.context.workspace, {}).text_percent == 150


def test_every_choice_can_be_reached_and_made_by_keyboard(settings: SettingsScreen, qtbot: QtBot) -> None:
    wanted = {*settings.language_buttons.values(), *settings.theme_buttons.values(), *settings.size_buttons.values()}
    reached = set()
    for _ in range(40):
        reached.add(settings.window().focusWidget())
        qtbot.keyClick(settings.window().focusWidget(), Qt.Key.Key_Tab)
    assert wanted <= reached
    settings.theme_buttons["dark"].setFocus()
    qtbot.keyClick(settings.theme_buttons["dark"], Qt.Key.Key_Space)
    assert current_theme().tokens.name == "dark"


def test_registering_asks_for_address_and_code(settings: SettingsScreen) -> None:
    settings.register()
    assert "ที่อยู่" in settings.url.message.text()
    settings.url.setText("http://127.0.0.1:1")
    settings.register()
    assert "รหัส" in settings.code.message.text()


def test_the_laptop_card_tells_what_lies_here(home: MainWindow, settings: SettingsScreen) -> None:
    said = {name: value.text() for name, (_, value) in settings.facts.items()}
    assert said["records"] == "9"
    assert said["registry"] == "120"
    assert said["person"] == "วิชัย ตัวอย่าง"
    assert said["folder"] == str(home.context.workspace)
