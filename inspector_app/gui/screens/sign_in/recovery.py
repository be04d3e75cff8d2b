"""The recovery key, shown this once, to be written down for the office's safe."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.labels import ThaiLabel


def show_recovery_key(over: QWidget, t: Callable[..., str], key: str) -> Dialog:
    """Open the dialog with a new recovery key; its `closed` comes when the person has written it down."""
    dialog = Dialog(over, t("signin.recovery_title"), width=620)
    dialog.body.addWidget(ThaiLabel(t("signin.recovery_text")))
    words = ThaiLabel(key, role="section")
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    dialog.body.addWidget(words)
    dialog.open(dialog.add_button(t("signin.recovery_done"), accept=True, key="Enter"))
    return dialog
