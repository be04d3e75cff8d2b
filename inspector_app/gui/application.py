"""Starts the window: application, fonts, theme, words, then the sign-in. Nothing heavy before the first paint."""

from __future__ import annotations

import gc
import logging
import sys
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import cast

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from checklists.clock import Clock, SystemClock
from inspector_app.config import Preferences, load_preferences
from inspector_app.gui.context import AppContext
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.theme import Theme, load_fonts
from inspector_app.i18n import Translator

log = logging.getLogger("inspector.gui")

AFTER_FIRST_PAINT_MS = 250
"""After the event loop began: the first window is painted by then, and nobody has typed a passphrase yet."""


def run(workspace: Path, *, clock: Clock | None = None, preferences: Preferences | None = None) -> int:
    """Show the window on `workspace` until it is closed; return the exit code."""
    app = create_application()
    qInstallMessageHandler(_qt_message)
    window = create_window(workspace, clock=clock, preferences=preferences)
    before, sys.excepthook = sys.excepthook, partial(_unexpected, window)
    try:
        window.show()
        QTimer.singleShot(AFTER_FIRST_PAINT_MS, gc.enable)  # `__main__` turned it off in its first line
        return app.exec()
    finally:
        gc.enable()
        sys.excepthook = before
        window.context.close()  # however the loop ended: the writer thread must not keep a dead program alive


def create_application() -> QApplication:
    """Return the application object, made where there is none (tests have their own)."""
    app = cast("QApplication | None", QApplication.instance())
    if app is None:  # by argument: `setStyle` would hand a QStyle to Python, whose names take 10 ms to make
        app = QApplication([*sys.argv[:1], "-style", "Fusion"])
    app.setApplicationName("Inspector")
    return app


def create_window(workspace: Path, *, clock: Clock | None = None, preferences: Preferences | None = None) -> MainWindow:
    """Return the main window at its sign-in; call `show()`."""
    chosen = preferences or load_preferences(workspace)
    load_fonts()
    theme = Theme(chosen.theme, chosen.text_percent, parent=QApplication.instance())
    theme.apply()
    context = AppContext(
        workspace,
        clock=clock or SystemClock(),
        translator=Translator(chosen.language),
        theme=theme,
        preferences=chosen,
    )
    return MainWindow(context)


def _qt_message(kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
    level = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}.get(kind, logging.WARNING)
    log.log(level, "Qt: %s", text)


def _unexpected(
    window: MainWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log an error that nobody expected and say it in words; every acknowledged answer is safe on disk by then."""
    log.error("unexpected error", exc_info=(kind, error, trace))
    if issubclass(kind, KeyboardInterrupt):
        window.close()
    else:
        window.tell_unexpected(error)
