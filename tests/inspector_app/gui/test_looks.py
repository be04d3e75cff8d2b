"""Every screen of the shell as a test sees it: nothing cut, covered, unnamed or small, in both languages."""

from __future__ import annotations

import contextlib

import pytest
from pytestqt.exceptions import TimeoutError as NotInTimeError
from pytestqt.qtbot import QtBot

from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.inspector_app.gui.conftest import OpenWindow
from tests.support import window_checks

PATIENCE_MS = 3000  # wrapped labels tell their height over some turns of the event loop
SIZES = {"laptop": (1093, 534, 100), "small": (640, 480, 100), "large text": (1093, 614, 150)}


def seen(window: MainWindow, qtbot: QtBot, name: str) -> list[str]:
    with contextlib.suppress(NotInTimeError):
        qtbot.waitUntil(lambda: not any(window_checks.faults(window)), timeout=PATIENCE_MS)
    return [f"{name}: {fault}" for fault in window_checks.faults(window)]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_covered_unnamed_or_small(home: MainWindow, qtbot: QtBot, size: str) -> None:
    width, height, percent = SIZES[size]
    home.resize(width, height)
    home.context.theme.use(name="light", scale=percent)
    shell = home.shell
    assert shell is not None
    found: list[str] = []
    for language in ("th", "en"):
        home.context.set_language(language)
        for name in ("home", "records", "sync", "settings"):
            shell.go(name)
            found += seen(home, qtbot, f"{name} {language}")
        shell.go("start", query="1011")
        found += seen(home, qtbot, f"start {language}")
        shell.current.describe_site()  # type: ignore[union-attr]
        found += seen(home, qtbot, f"new site {language}")
        dialog = open_dialog(home)
        assert dialog is not None
        dialog.reject()
    home.context.theme.use(name="light", scale=100)
    assert found == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_sign_in_is_whole_on_a_small_screen(
    open_window: OpenWindow, workspace: object, qtbot: QtBot, language: str
) -> None:
    window = open_window(workspace, language=language)
    window.resize(640, 480)
    window.sign_in.submit()  # shows the notice
    assert seen(window, qtbot, f"sign-in {language}") == []
