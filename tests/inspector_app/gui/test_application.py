"""Starting and ending: however the loop ends, the writer is closed and the lock is free; errors become words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector_app.gui import application
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.widgets.dialogs import open_dialog
from tests.inspector_app.gui.conftest import sign_in


def test_a_loop_that_ends_by_an_error_still_closes_the_workspace(
    workspace: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[MainWindow] = []
    create = application.create_window

    def note(*arguments: object, **named: object) -> MainWindow:
        made.append(create(*arguments, **named))  # type: ignore[arg-type]
        return made[0]

    def loop() -> int:
        sign_in(qtbot, made[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(application, "create_window", note)
    monkeypatch.setattr(application, "qInstallMessageHandler", lambda _: None)
    monkeypatch.setattr(QApplication, "exec", staticmethod(loop))
    before = sys.excepthook
    with pytest.raises(KeyboardInterrupt):
        application.run(workspace)
    assert sys.excepthook is before
    assert not made[0].context.inside  # and the fixture sees that no thread is left
    made[0].deleteLater()


def test_an_unforeseen_error_is_told_and_the_window_goes_on(home: MainWindow) -> None:
    try:
        raise ZeroDivisionError("secret text")
    except ZeroDivisionError as error:
        application._unexpected(home, type(error), error, error.__traceback__)
    question = open_dialog(home)
    assert question is not None
    assert "secret text" not in question.accessibleName()
    question.reject()
    assert home.isVisible()
    assert home.context.inside
