"""The window after sign-in: places by key, the way back, words in two languages, closing loses nothing."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from pytestqt.qtbot import QtBot

from checklists.errors import DiskFullError
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.saving import SavedState
from inspector_app.gui.screens.key_map import KeyMap
from inspector_app.gui.shell import PLACES, Shell
from inspector_app.gui.widgets.dialogs import Question, open_dialog
from tests.inspector_app.gui.conftest import OpenWindow, sign_in

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def shell_of(window: MainWindow) -> Shell:
    assert window.shell is not None
    return window.shell


def press(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    qtbot.keyClick(window.focusWidget(), key, modifier)


def here(window: MainWindow) -> str:
    current = shell_of(window).current
    assert current is not None
    return current.name


@pytest.mark.parametrize(("key", "place"), [(str(n), name) for n, (name, _) in enumerate(PLACES, 1)])
def test_alt_and_a_digit_go_to_a_place(home: MainWindow, qtbot: QtBot, key: str, place: str) -> None:
    shell_of(home).go("start")
    press(qtbot, home, Qt.Key(ord(key)), ALT)
    assert here(home) == place


def test_esc_goes_back_and_stays_at_home_at_the_end(home: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, home, Qt.Key.Key_N, CTRL)
    assert here(home) == "start"
    press(qtbot, home, Qt.Key.Key_Escape)
    assert here(home) == "home"
    press(qtbot, home, Qt.Key.Key_Escape)
    assert here(home) == "home"


def test_a_question_mark_shows_all_keys_and_esc_closes_them(home: MainWindow, qtbot: QtBot) -> None:
    before = home.focusWidget()
    qtbot.keyClick(before, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    shown = open_dialog(home)
    assert isinstance(shown, KeyMap)
    press(qtbot, home, Qt.Key.Key_Escape)
    assert open_dialog(home) is None
    assert home.focusWidget() is before


def test_a_dialog_keeps_keys_of_the_window_from_working(home: MainWindow, qtbot: QtBot) -> None:
    shell_of(home).show_keys()
    press(qtbot, home, Qt.Key.Key_3, ALT)
    assert here(home) == "home"
    assert open_dialog(home) is not None


def test_tab_stays_inside_a_dialog(home: MainWindow, qtbot: QtBot) -> None:
    question = Question(home, "เลิกหรือไม่", "งานยังอยู่", yes="เลิก", no="กลับ")
    question.open()
    seen = set()
    for _ in range(5):
        press(qtbot, home, Qt.Key.Key_Tab)
        seen.add(home.focusWidget())
    assert seen == {question.yes_button, question.no_button}
    question.reject()


def test_the_language_changes_at_any_moment_without_a_restart(home: MainWindow) -> None:
    shell = shell_of(home)
    for name, _ in PLACES:
        shell.go(name)
    shell.go("settings")
    home.context.set_language("en")
    assert shell.head.title.text() == "Settings"
    assert home.windowTitle() == "Inspector"
    shell.go("home")
    assert "to send" in shell.current.tiles["waiting"].accessibleName().lower()  # type: ignore[union-attr]
    home.context.set_language("th")
    assert shell.head.title.text() == "งานของฉัน"


def test_saved_is_said_only_after_the_commit(home: MainWindow, qtbot: QtBot) -> None:
    shell, saver = shell_of(home), home.context.saver
    release = threading.Event()
    saver.submit(lambda _: release.wait(10))
    assert saver.state is SavedState.SAVING
    assert shell.head.saved.text() == "กำลังบันทึก…"
    for _ in range(50):  # turns of the event loop; the commit is still held back
        QCoreApplication.processEvents()
    assert shell.head.saved.text() == "กำลังบันทึก…"
    release.set()
    qtbot.waitUntil(lambda: shell.head.saved.text() == "บันทึกแล้ว 10:42")


def test_a_failed_save_is_told_and_goes_away_with_the_next_good_one(home: MainWindow, qtbot: QtBot) -> None:
    shell, saver = shell_of(home), home.context.saver

    def full(_: Any) -> None:
        raise DiskFullError("full")

    saver.submit(full)
    qtbot.waitUntil(shell.banner.isVisible)
    assert shell.banner.text()
    assert shell.head.saved.text() == "ยังบันทึกไม่ได้"
    saver.submit(lambda _: None)
    qtbot.waitUntil(lambda: not shell.banner.isVisible())


def test_closing_waits_for_what_was_handed_over(home: MainWindow, workspace: Path) -> None:
    store_key = "test.last"
    for number in range(50):
        home.context.saver.submit(lambda store, n=number: store.settings.set(store_key, str(n)))
    keys = home.context.workplace.keys
    home.close()
    from inspector_app.actions.laptop.workspace import open_store

    with open_store(workspace, keys, clock=home.context.clock, readonly=True) as store:
        assert store.settings.get(store_key) == "49"


def test_closing_asks_first_when_the_last_answer_could_not_be_saved(home: MainWindow, qtbot: QtBot) -> None:
    def full(_: Any) -> None:
        raise DiskFullError("full")

    home.context.saver.submit(full)
    assert home.close() is False
    question = open_dialog(home)
    assert isinstance(question, Question)
    question.reject()
    assert home.isVisible()
    assert home.close() is False
    with qtbot.waitSignal(home.closed):
        open_dialog(home).accept()  # type: ignore[union-attr]


def test_the_window_comes_back_in_the_language_and_place_it_had(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot
) -> None:
    from inspector_app.config import load_preferences

    window = sign_in(qtbot, open_window(workspace))
    window.context.set_language("en")
    window.close()
    kept = load_preferences(workspace, {})
    assert kept.language == "en"
    assert kept.window


def test_many_windows_leave_no_threads(open_window: OpenWindow, workspace: Path, qtbot: QtBot) -> None:
    before = threading.active_count()
    for _ in range(3):
        window = sign_in(qtbot, open_window(workspace))
        for name, _icon in PLACES:
            shell_of(window).go(name)
        window.close()
    assert threading.active_count() <= before


def test_a_writer_that_never_answers_does_not_freeze_the_window(home: MainWindow, qtbot: QtBot) -> None:
    never: Future[None] = Future()
    started = threading.Event()
    home.context.saver.submit(lambda _: (started.set(), never.result(5)))
    started.wait(5)
    press(qtbot, home, Qt.Key.Key_2, ALT)
    assert here(home) == "records"
    never.set_result(None)
