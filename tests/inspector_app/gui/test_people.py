"""Several inspectors on one laptop: adding one, changing a passphrase, a forgotten one, waiting after wrong tries."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from checklists.crypto import KdfCost
from checklists.errors import WrongPassphraseError
from inspector_app.actions.laptop import people
from inspector_app.actions.laptop import workspace as actions
from inspector_app.credentials import NoSecretStore
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.people import PassphraseDialog
from inspector_app.gui.screens.settings import SettingsScreen
from inspector_app.gui.screens.sign_in.screen import SignInScreen
from inspector_app.gui.widgets.dialogs import open_dialog
from inspector_app.gui.widgets.labels import ThaiLabel
from tests.inspector_app.gui.conftest import OpenWindow, sign_in
from tests.support import window_workspace
from tests.support.clock import FrozenClock

NEW = "new words 2569"  # QTest types ASCII only
WAIT = 20_000


@pytest.fixture
def settings(home: MainWindow) -> SettingsScreen:
    assert home.shell is not None
    home.shell.go("settings")
    screen = home.shell.current
    assert isinstance(screen, SettingsScreen)
    return screen


def dialog_of(window: object) -> PassphraseDialog:
    dialog = open_dialog(window)  # type: ignore[arg-type]
    assert isinstance(dialog, PassphraseDialog)
    return dialog


def type_in(dialog: PassphraseDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields[name].setText(text)


def finish(qtbot: QtBot, dialog: PassphraseDialog) -> None:
    with qtbot.waitSignal(dialog.closed, timeout=WAIT):
        dialog.accept()


def test_a_person_is_added_and_signs_in_with_an_own_passphrase(
    home: MainWindow, settings: SettingsScreen, qtbot: QtBot
) -> None:
    settings.people.add_button.click()
    dialog = dialog_of(home)
    type_in(dialog, person="อรุณี ตัวอย่าง", new=NEW, again=NEW)
    finish(qtbot, dialog)
    assert "อรุณี ตัวอย่าง" in settings.people.names.text()
    assert "เพิ่มผู้ใช้แล้ว" in settings.people.notice.text()
    home.lock()
    assert isinstance(home.sign_in, SignInScreen)
    assert [row.name_label.text() for row in home.sign_in.people.rows] == ["วิชัย ตัวอย่าง", "อรุณี ตัวอย่าง"]
    home.sign_in.choose(1)
    sign_in(qtbot, home, NEW)
    assert home.context.officer.name == "อรุณี ตัวอย่าง"


@pytest.mark.parametrize(
    ("texts", "field", "said"),
    [
        ({}, "person", "ชื่อและนามสกุล"),
        ({"person": "ก ข", "new": "สั้น", "again": "สั้น"}, "new", "สั้นเกินไป"),
        ({"person": "ก ข", "new": NEW, "again": NEW + " "}, "again", "ไม่ตรงกัน"),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    home: MainWindow, settings: SettingsScreen, texts: dict[str, str], field: str, said: str
) -> None:
    settings.people.add_button.click()
    dialog = dialog_of(home)
    type_in(dialog, **texts)
    dialog.accept()
    assert said in dialog.fields[field].message.text()
    assert dialog.fields[field].edit.hasFocus()
    assert len(actions.people(home.context.workspace)) == 1
    dialog.reject()


def test_the_passphrase_is_changed_with_the_old_one_only(
    home: MainWindow, settings: SettingsScreen, workspace: Path, qtbot: QtBot
) -> None:
    settings.people.change_button.click()
    dialog = dialog_of(home)
    type_in(dialog, old="not this one", new=NEW, again=NEW)
    dialog.accept()
    qtbot.waitUntil(dialog.notice.isVisible, timeout=WAIT)
    assert "ไม่ตรง" in dialog.notice.text()
    type_in(dialog, old=window_workspace.PASSPHRASE)
    finish(qtbot, dialog)
    assert actions.sign_in(workspace, passphrase=NEW).person_id == window_workspace.OFFICER.person_id
    with pytest.raises(WrongPassphraseError):
        actions.sign_in(workspace, passphrase=window_workspace.PASSPHRASE)


def test_a_forgotten_passphrase_is_set_anew_by_the_recovery_key(
    open_window: OpenWindow, tmp_path: Path, clock: FrozenClock, qtbot: QtBot
) -> None:
    created = actions.create(
        tmp_path / "w",
        officer=window_workspace.OFFICER,
        passphrase=window_workspace.PASSPHRASE,
        clock=clock,
        secrets=NoSecretStore(),
        cost=KdfCost.weak_for_tests(),
    )
    window = open_window(tmp_path / "w")
    window.sign_in.forgot_button.click()
    dialog = dialog_of(window)
    type_in(dialog, recovery="AAAA-BBBB", new=NEW, again=NEW)
    dialog.accept()
    qtbot.waitUntil(dialog.notice.isVisible, timeout=WAIT)
    assert "กู้คืน" in dialog.notice.text()
    type_in(dialog, recovery=created.recovery_key.lower())
    finish(qtbot, dialog)
    assert "ตั้งวลีรหัสผ่านใหม่แล้ว" in window.sign_in.notice.text()
    sign_in(qtbot, window, NEW)


def test_after_five_wrong_tries_the_wait_is_counted_down_in_words(
    open_window: OpenWindow, workspace: Path, clock: FrozenClock, qtbot: QtBot
) -> None:
    screen = open_window(workspace).sign_in
    assert isinstance(screen, SignInScreen)
    for _ in range(5):
        screen.edit.setText("not this one")
        screen.submit()
        qtbot.waitUntil(lambda: not screen._busy, timeout=WAIT)
    assert "1:00 นาที" in screen.notice.text()
    assert not screen.button.isEnabled()
    clock.advance(20)
    screen.waiting.count_down()
    assert "0:40 นาที" in screen.notice.text()
    screen.edit.setText(window_workspace.PASSPHRASE)
    screen.submit()
    assert not screen._busy  # the way is closed while it counts
    clock.advance(40)
    screen.waiting.count_down()
    assert screen.button.isEnabled()
    assert not screen.notice.isVisible()


def test_the_rest_before_the_lock_is_chosen_in_the_settings(home: MainWindow, settings: SettingsScreen) -> None:
    assert settings.lock_buttons[10].isChecked()
    settings.lock_buttons[30].click()
    assert home.context.preferences.lock_minutes == 30
    assert settings.lock_buttons[30].isChecked()
    assert not settings.lock_buttons[10].isChecked()


def test_a_person_is_removed_and_nobody_removes_the_own_way_in(
    home: MainWindow, settings: SettingsScreen, qtbot: QtBot
) -> None:
    settings.people.remove_button.click()
    assert "คนเดียว" in settings.people.notice.text()
    settings.people.add_button.click()
    dialog = dialog_of(home)
    type_in(dialog, person="อรุณี ตัวอย่าง", new=NEW, again=NEW)
    finish(qtbot, dialog)
    settings.people.remove_button.click()
    question = open_dialog(home)
    assert question is not None
    question.accept()
    qtbot.waitUntil(lambda: "ลบ อรุณี ตัวอย่าง แล้ว" in settings.people.notice.text(), timeout=WAIT)
    assert "อรุณี" not in settings.people.names.text()
    assert [person.name for person in actions.people(home.context.workspace)] == [home.context.officer.name]


def test_a_new_recovery_key_is_shown_once_and_opens_the_workspace(
    home: MainWindow, settings: SettingsScreen, qtbot: QtBot
) -> None:
    settings.people.recovery_button.click()
    question = open_dialog(home)
    assert question is not None
    question.accept()
    qtbot.waitUntil(lambda: open_dialog(home) is not None and open_dialog(home) is not question, timeout=WAIT)
    shown = open_dialog(home)
    assert shown is not None
    assert "กุญแจกู้คืน" in shown.title_label.text()
    keys = [label.text() for label in shown.findChildren(ThaiLabel) if label.text().count("-") >= 3]
    shown.accept()
    changed = people.recover(home.context.workspace, keys[0], NEW, secrets=NoSecretStore())
    assert changed.person_id == home.context.officer.person_id
