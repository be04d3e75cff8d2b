"""Locking: without input or by Ctrl+L everything is put away, and the right passphrase leads back to the same place."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from checklists.errors import DiskFullError
from checklists.store import Room, backups
from inspector_app.gui import typed, watch
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.fill import FillScreen
from inspector_app.gui.screens.people import PassphraseDialog
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.screens.sign_in.screen import SignInScreen
from inspector_app.gui.screens.start import StartScreen
from inspector_app.gui.screens.start.new_site import NewSiteDialog
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.inspector_app.gui.conftest import OpenWindow, sign_in
from tests.support import fill_window
from tests.support.clock import FrozenClock

MINUTES = 60.0


def watch_of(window: MainWindow) -> watch.Watch:
    assert window.watch is not None
    return window.watch


def rest(window: MainWindow, clock: FrozenClock, minutes: float, qtbot: QtBot) -> None:
    """Nobody touches anything for so long, then the slow timer comes round."""
    qtbot.waitUntil(lambda: not window.context.tasks.running, timeout=20_000)
    clock.advance(minutes * MINUTES)
    watch_of(window).tick()


def press_lock(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def test_ten_minutes_without_input_lock_the_window(home: MainWindow, clock: FrozenClock, qtbot: QtBot) -> None:
    rest(home, clock, 9.9, qtbot)
    assert home.shell is not None
    rest(home, clock, 0.2, qtbot)
    assert home.shell is None
    assert isinstance(home.centralWidget(), SignInScreen)


def test_a_key_begins_the_time_anew(home: MainWindow, clock: FrozenClock, qtbot: QtBot) -> None:
    rest(home, clock, 9, qtbot)
    qtbot.keyClick(home.focusWidget(), Qt.Key.Key_Down)
    rest(home, clock, 9, qtbot)
    assert home.shell is not None


def test_a_laptop_that_slept_is_locked_though_its_monotonic_clock_stood_still(
    home: MainWindow, clock: FrozenClock, qtbot: QtBot
) -> None:
    clock.jump(3600)
    rest(home, clock, 0, qtbot)
    assert home.shell is None


def test_zero_minutes_never_lock(home: MainWindow, clock: FrozenClock, qtbot: QtBot) -> None:
    home.context.change_preferences(lock_minutes=0)
    rest(home, clock, 600, qtbot)
    assert home.shell is not None


def test_a_locked_window_holds_no_keys_no_stores_and_no_threads(home: MainWindow, qtbot: QtBot) -> None:
    store = home.context.store
    press_lock(qtbot, home)
    assert not home.context.inside
    assert store.closed
    with pytest.raises(RuntimeError):
        _ = home.context.workplace
    assert [t.name for t in threading.enumerate() if t.name.startswith("inspector")] == []


def test_signing_in_again_leads_to_the_same_record_and_item(home: MainWindow, qtbot: QtBot) -> None:
    record_id = fill_window.start_record(home)
    screen = fill_window.open_fill(home, record_id)
    assert screen.view is not None
    assert screen.model is not None
    screen.view.open_item(5)
    press_lock(qtbot, home)
    assert home.shell is None
    sign_in(qtbot, home)
    assert home.shell is not None
    again = home.shell.current
    assert isinstance(again, FillScreen)
    assert again is not screen
    assert again.opened is not None
    assert again.model is not None
    assert (again.opened.record_id, again.model.cursor) == (record_id, 5)


def test_another_person_begins_at_home(home: MainWindow, qtbot: QtBot) -> None:
    assert home.shell is not None
    home.shell.go("settings")
    press_lock(qtbot, home)
    assert home._locked is not None
    home._locked = type(home._locked)("p-somebody-else", home._locked.way)
    sign_in(qtbot, home)
    assert home.shell is not None
    assert home.shell.current is not None
    assert home.shell.current.name == "home"


def test_the_lock_works_from_a_dialog_and_after_many_times(home: MainWindow, qtbot: QtBot) -> None:
    for _ in range(3):
        assert home.shell is not None
        home.shell.show_keys()
        press_lock(qtbot, home)
        assert home.shell is None
        sign_in(qtbot, home)
        home.context.go("records")
        assert home.shell is not None
        assert home.shell.current is not None
        assert home.shell.current.name == "records"


def test_what_could_not_be_saved_keeps_the_window_open(home: MainWindow, qtbot: QtBot) -> None:
    def full(_: Any) -> None:
        raise DiskFullError("full")

    home.context.saver.submit(full)
    assert home.lock() is False
    assert home.shell is not None
    assert home.shell.banner.isVisible()


def test_the_locked_screen_says_that_work_is_safe(home: MainWindow, qtbot: QtBot) -> None:
    press_lock(qtbot, home)
    assert "บันทึกครบ" in home.sign_in.notice.text()
    edit: QWidget = home.sign_in.edit
    assert edit.hasFocus()


def test_closing_leaves_a_checked_backup(home: MainWindow, workspace: Path) -> None:
    assert backups(workspace) == ()
    home.close()
    assert len(backups(workspace)) == 1


def test_every_half_hour_a_backup_is_made(home: MainWindow, workspace: Path, clock: FrozenClock, qtbot: QtBot) -> None:
    home.context.change_preferences(lock_minutes=0)
    rest(home, clock, 29, qtbot)
    home.context.saver.drain()
    assert backups(workspace) == ()
    rest(home, clock, 1, qtbot)
    home.context.saver.drain()
    assert len(backups(workspace)) == 1


@pytest.mark.parametrize(("level", "said"), [("low", "ถ่ายภาพได้อีกประมาณ 42 ภาพ"), ("photos-stopped", "หยุดรับภาพถ่าย")])
def test_a_disk_that_gets_full_is_told_in_words_and_goes_away(home: MainWindow, level: str, said: str) -> None:
    assert home.shell is not None
    home.shell.show_room(Room(300_000_000, level, 42))
    assert home.shell.banner.isVisible()
    assert said in home.shell.banner.text()
    home.shell.show_room(Room(10**12, "plenty", 9999))
    assert not home.shell.banner.isVisible()


def test_the_disk_is_looked_at_each_minute(
    home: MainWindow, clock: FrozenClock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(home.context.store), "room", lambda _: Room(300_000_000, "low", 7))
    rest(home, clock, 1.1, qtbot)
    assert home.shell is not None
    assert "7 ภาพ" in home.shell.banner.text()


def test_locking_again_and_again_leaves_one_window_to_sign_in(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot
) -> None:
    window = sign_in(qtbot, open_window(workspace))
    assert window.lock()
    assert not window.lock()


def test_what_was_typed_into_a_dialog_is_given_back_after_the_lock(home: MainWindow, qtbot: QtBot) -> None:
    assert home.shell is not None
    home.shell.go("start")
    start = home.shell.current
    assert isinstance(start, StartScreen)
    start.describe_site()
    dialog = open_dialog(home)
    assert isinstance(dialog, NewSiteDialog)
    dialog.fields["operator"].setText("นายกมล ตัวอย่าง")
    dialog.fields["lat"].setText("13.5312")
    press_lock(qtbot, home)
    assert home.shell is None
    sign_in(qtbot, home)
    shell = home.shell
    assert shell is not None
    assert "บันทึกสถานที่ใหม่" in shell.banner.text()
    again = shell.current
    assert isinstance(again, StartScreen)
    again.describe_site()
    dialog = open_dialog(home)
    assert isinstance(dialog, NewSiteDialog)
    assert dialog.fields["operator"].text() == "นายกมล ตัวอย่าง"
    assert dialog.fields["lat"].text() == "13.5312"
    assert not shell.banner.isVisible()
    dialog.reject()
    again.describe_site()
    fresh = open_dialog(home)
    assert isinstance(fresh, NewSiteDialog)
    assert fresh.fields["operator"].text() == ""  # given back once


def test_a_passphrase_in_an_open_dialog_is_never_kept(home: MainWindow, qtbot: QtBot) -> None:
    assert home.shell is not None
    home.shell.go("settings")
    settings = home.shell.current
    assert isinstance(settings, SettingsScreen)
    settings.people.change()
    dialog = open_dialog(home)
    assert isinstance(dialog, PassphraseDialog)
    dialog.fields["new"].setText("a secret of mine")
    press_lock(qtbot, home)
    sign_in(qtbot, home)
    assert "secret" not in (home.context.store.settings.get(typed.SETTING) or "")
