"""Starts the window: application, fonts, theme, words, then the sign-in. Nothing heavy before the first paint."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import TracebackType
from typing import cast

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from checklists.clock import Clock, SystemClock
from inspector_app.config import Preferences, load_preferences
from inspector_app.gui.context import AppContext
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.theme import Theme, load_fonts
from inspector_app.i18n import Translator

log = logging.getLogger(__name__)


def run(workspace: Path, *, clock: Clock | None = None, preferences: Preferences | None = None) -> int:
    """Show the window on `workspace` until it is closed; return the exit code."""
    app = create_application()
    qInstallMessageHandler(_qt_message)
    sys.excepthook = _unexpected
    window = create_window(workspace, clock=clock, preferences=preferences)
    window.show()
    return app.exec()


def create_application() -> QApplication:
    """Return the application object, made where there is none (tests have their own)."""
    app = cast("QApplication | None", QApplication.instance()) or QApplication(sys.argv[:1])
    app.setApplicationName("Inspector")
    app.setStyle("Fusion")
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


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error nobody expected is logged; the window stays, because drafts are safe and closing would help nobody."""
    log.error("unexpected error", exc_info=(kind, error, trace))
