"""Who inspects, and who guides them."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from checklists.model import Officer, PersonMet
from inspector_app.actions.inspection import records
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.buttons import CHOICE, LINK, ActionButton
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import Field
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.groups import RowLabel
from inspector_app.gui.widgets.labels import Chip


class TeamLine(QWidget):
    """Who inspects: the signed-in officer leads; the last team comes back by one key; others are added by name."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._others: list[Officer] = []
        self._last: tuple[Officer, ...] = ()
        self.label = RowLabel()
        self._flow = FlowLayout(self)
        self._chips: list[Chip] = []
        self.last_button = ActionButton(key="Ctrl+T", icon="history", kind=LINK)
        self.add_button = ActionButton(icon="account-plus-outline", kind=LINK)
        self.last_button.clicked.connect(self.use_last)
        self.add_button.clicked.connect(self._ask)

    def read(self) -> None:
        """Read the team of the last visit; a new start begins with the officer alone."""
        me = self._context.officer.person_id
        self._last = tuple(o for o in records.last_team(self._context.store) if o.person_id != me)
        self._others = []
        self.retranslate()

    def officers(self) -> tuple[Officer, ...]:
        lead = dataclasses.replace(self._context.officer, lead=True)
        return (lead, *(dataclasses.replace(other, lead=False) for other in self._others))

    def use_last(self) -> None:
        self._others = list(self._last)
        self.retranslate()

    def _ask(self) -> None:
        t = self._context.t
        dialog = Dialog(self, t("start.add_officer"), width=460)
        name, position = Field(t("start.officer_name")), Field(t("start.officer_position"))
        dialog.body.addWidget(name)
        dialog.body.addWidget(position)
        dialog.add_button(t("start.cancel"), accept=False, key="Esc")
        dialog.add_button(t("start.add"), accept=True, key="Enter")
        position.edit.returnPressed.connect(dialog.accept)
        name.edit.returnPressed.connect(dialog.accept)
        dialog.closed.connect(lambda yes: self._add(name.text(), position.text()) if yes else None)
        dialog.open(name)

    def _add(self, name: str, position: str) -> None:
        if name:
            self._others.append(Officer(self._context.ids.new(), name, position=position))
            self.retranslate()

    def retranslate(self) -> None:
        t = self._context.t
        self.label.setText(t("start.team"))
        self.add_button.setText(t("start.add_officer"))
        self.last_button.setText(t("start.last_team"))
        self.last_button.setVisible(bool(self._last) and not self._others)
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        while self._flow.takeAt(0) is not None:
            pass
        self._chips = []
        for officer in self.officers():
            words = t("start.lead", name=officer.name) if officer.lead else officer.name
            self._chips.append(Chip(words, "na", icon="account"))
        for widget in (*self._chips, self.add_button, self.last_button):
            self._flow.addWidget(widget)


class GuideLine(QWidget):
    """Who guides the officers, where that is known at the gate, and whether the officer's card was shown (s. 44)."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.name, self.position = Field(), Field()
        self.card_button = ActionButton(icon="checkbox-blank-outline", kind=CHOICE)
        self.card_button.toggled.connect(self._show_card)
        self._show_card()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.name, 3)
        line.addWidget(self.position, 2)
        line.addWidget(self.card_button, 0, Qt.AlignmentFlag.AlignBottom)

    def _show_card(self) -> None:
        shown = self.card_button.isChecked()
        self.card_button.set_icon("checkbox-marked-outline" if shown else "checkbox-blank-outline")

    def retranslate(self) -> None:
        t = self._context.t
        self.name.set_label(t("start.guide"))
        self.position.set_label(t("start.guide_position"))
        self.card_button.setText(t("start.card_shown"))

    def clear(self) -> None:
        self.name.setText("")
        self.position.setText("")
        self.card_button.setChecked(False)

    def met(self) -> tuple[PersonMet, ...]:
        name = self.name.text()
        return (PersonMet(name, position=self.position.text()),) if name else ()

    def card_shown(self) -> bool | None:
        """Return True once it was shown; None as long as nothing is known, never a silent no."""
        return True if self.card_button.isChecked() else None
