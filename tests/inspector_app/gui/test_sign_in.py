"""Signing in: the first window is fast, errors are words, and nobody is locked out of safe work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector_app.actions.laptop import workspace as actions
from inspector_app.gui.screens.sign_in.people_list import initials
from inspector_app.gui.screens.sign_in.screen import SignInScreen
from inspector_app.gui.screens.sign_in.setup import SetupScreen
from tests.inspector_app.gui.conftest import OpenWindow, sign_in
from tests.support import window_workspace
from tests.support.clock import FrozenClock

HEAVY = ("sqlcipher3", "argon2", "cryptography", "requests", "reportlab", "lxml", "PIL", "fastapi", "thaibreak")


def test_the_first_window_imports_nothing_heavy(workspace: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from inspector_app.gui import application as a;"
        "app = a.create_application();"
        f"w = a.create_window(Path({str(workspace)!r})); w.show(); app.processEvents(); print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in eval(done.stdout)}
    assert loaded & set(HEAVY) == set()


def test_opening_the_workspace_does_not_wait_for_the_network_s_libraries() -> None:
    program = (
        "import sys; from inspector_app.gui import workplace, shell; from inspector_app.gui.screens import home;"
        "print({'requests', 'urllib3', 'lxml', 'reportlab', 'yaml'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_the_right_passphrase_opens_home_with_the_keyboard_on_the_running_work(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot
) -> None:
    window = sign_in(qtbot, open_window(workspace))
    assert window.shell is not None
    assert window.shell.current is not None
    assert window.shell.current.name == "home"
    assert "กำลังตรวจ" in window.focusWidget().accessibleName()


def test_a_wrong_passphrase_is_told_in_words_with_what_is_safe(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot
) -> None:
    window = open_window(workspace)
    screen = window.sign_in
    qtbot.keyClicks(screen.edit, "not this one")
    qtbot.keyClick(screen.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.notice.isVisible)
    assert "ไม่ตรง" in screen.notice.text()
    assert "ปลอดภัย" in screen.notice.text()
    assert screen.edit.hasFocus()
    assert screen.edit.selectedText()  # typing again replaces it
    assert window.shell is None


def test_many_wrong_tries_tell_how_many_are_left_and_then_how_long_to_wait(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot
) -> None:
    screen = open_window(workspace).sign_in
    said = []
    for _ in range(5):
        screen.edit.setText("ไม่ใช่")
        screen.submit()
        qtbot.waitUntil(lambda: not screen._busy, timeout=10_000)
        said.append(screen.notice.text())
    assert any("อีก" in text and "ครั้ง" in text for text in said)
    assert said[-1] != said[0]


def test_an_empty_passphrase_is_asked_for(open_window: OpenWindow, workspace: Path) -> None:
    screen = open_window(workspace).sign_in
    screen.submit()
    assert "กรุณาใส่" in screen.notice.text()


def test_alt_and_a_digit_choose_a_person(
    open_window: OpenWindow, tmp_path: Path, clock: FrozenClock, qtbot: QtBot
) -> None:
    window_workspace.make(tmp_path / "w", clock, factories=3, people=("อรุณี ตัวอย่าง", "สมศรี ตัวอย่าง"))
    window = open_window(tmp_path / "w")
    qtbot.keyClick(window.sign_in.edit, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    window = sign_in(qtbot, window)
    assert window.context.officer.name == "อรุณี ตัวอย่าง"


def test_the_language_changes_before_anybody_signed_in(open_window: OpenWindow, workspace: Path) -> None:
    window = open_window(workspace)
    window.sign_in.language_button.click()
    assert window.sign_in.title.text() == "Sign in"
    assert json.loads((workspace / "preferences.json").read_text("utf-8"))["language"] == "en"
    window.sign_in.language_button.click()
    assert window.sign_in.title.text() == "เข้าใช้งาน"


def test_a_second_window_on_the_same_workspace_is_told_and_harms_nothing(
    open_window: OpenWindow, workspace: Path, qtbot: QtBot
) -> None:
    first = sign_in(qtbot, open_window(workspace))
    second = open_window(workspace)
    qtbot.keyClicks(second.sign_in.edit, window_workspace.PASSPHRASE)
    second.sign_in.submit()
    qtbot.waitUntil(second.sign_in.notice.isVisible, timeout=10_000)
    assert second.sign_in.notice.text()
    assert second.shell is None
    assert first.context.store.records.count() > 0


def test_half_a_workspace_is_told_and_not_touched(open_window: OpenWindow, workspace: Path) -> None:
    (workspace / actions.KEY_FILE).unlink()
    before = sorted(p.name for p in workspace.iterdir())
    screen = open_window(workspace).sign_in
    assert isinstance(screen, SignInScreen)
    assert screen.notice.isVisible()
    assert not screen.edit.isVisible()
    assert [name for name in before if not (workspace / name).exists()] == []


def test_a_workspace_of_a_newer_version_is_told(open_window: OpenWindow, workspace: Path) -> None:
    members = json.loads((workspace / actions.KEY_FILE).read_text("utf-8"))
    members["format"] = "inspector-keys/99"
    (workspace / actions.KEY_FILE).write_text(json.dumps(members), "utf-8")
    screen = open_window(workspace).sign_in
    assert "ใหม่กว่า" in screen.notice.text()


def test_a_laptop_without_a_workspace_makes_one(open_window: OpenWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window = open_window(tmp_path / "new")
    screen = window.sign_in
    assert isinstance(screen, SetupScreen)
    screen.submit()
    assert screen.fields["name"].message.isVisible()
    for name, text in (("name", "วิชัย ตัวอย่าง"), ("passphrase", "ยาวพอแล้วนะ"), ("again", "ยาวพอแล้ว")):
        screen.fields[name].setText(text)
    screen.submit()
    assert "ไม่ตรงกัน" in screen.fields["again"].message.text()
    screen.fields["again"].setText("ยาวพอแล้วนะ")
    screen.submit()
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=20_000)
    with qtbot.waitSignal(window.ready, timeout=10_000):
        dialogs(window)[0].accept()
    assert actions.people(tmp_path / "new")[0].name == "วิชัย ตัวอย่าง"


def dialogs(window: object) -> list:  # type: ignore[type-arg]
    from inspector_app.gui.widgets.dialogs import Dialog

    return [d for d in window.findChildren(Dialog) if d.isVisible()]  # type: ignore[attr-defined]


def test_initials_are_the_first_consonants() -> None:
    assert initials("วิชัย ตัวอย่าง") == "วต"
    assert initials("เอกชัย แสงดี") == "อส"
    assert initials("Somchai") == "S"
