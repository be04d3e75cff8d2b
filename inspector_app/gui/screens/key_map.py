"""The map of keys, opened by `?`: what works here and what works everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from inspector_app.gui.context import AppContext
from inspector_app.gui.screens.base import KeyHint
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.labels import KeyCap, ThaiLabel

COLUMNS = 2


class KeyMap(Dialog):
    """A list to read; Esc or the button closes it."""

    def __init__(
        self, over: QWidget, context: AppContext, place: str, here: Sequence[KeyHint], everywhere: Sequence[KeyHint]
    ) -> None:
        super().__init__(over, context.t("shell.all_keys"), width=720)
        own = {hint.key for hint in here}
        self._add_group(place, here)
        self._add_group(context.t("shell.keys_everywhere"), [hint for hint in everywhere if hint.key not in own])
        self.body.addStretch(1)
        self.add_button(context.t("shell.close"), accept=True, key="Esc")

    def _add_group(self, title: str, hints: Sequence[KeyHint]) -> None:
        self.body.addWidget(ThaiLabel(title, role="name_bold"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for i, hint in enumerate(hints):
            row, column = divmod(i, COLUMNS)
            grid.addWidget(KeyCap(hint.key), row, column * 2, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(ThaiLabel(hint.text), row, column * 2 + 1)
        for column in range(COLUMNS):
            grid.setColumnStretch(column * 2 + 1, 1)
        self.body.addLayout(grid)
