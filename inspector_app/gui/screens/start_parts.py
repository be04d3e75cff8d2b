"""Parts of the start screen: the card of the chosen site, the team, the form for a site that is in no registry."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from checklists import numbers
from checklists.model import Officer, PersonMet, Site
from inspector_app.actions import records
from inspector_app.gui.context import AppContext
from inspector_app.gui.dates import short_date
from inspector_app.gui.site_words import name_of, number_of, place_of
from inspector_app.gui.widgets.buttons import CHOICE, LINK, ActionButton
from inspector_app.gui.widgets.cards import Card
from inspector_app.gui.widgets.dialogs import Dialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.groups import RowLabel, Rule
from inspector_app.gui.widgets.labels import Chip, ThaiLabel

VISITS_SHOWN = 3


class SiteCard(Card):
    """What the registry knows about the chosen site, and when somebody from this laptop was there."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._site: Site | None = None
        self.name = ThaiLabel(role="section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self.labels: list[tuple[ThaiLabel, ThaiLabel]] = []
        for row in range(4):
            pair = (ThaiLabel(tone="muted", wrap=False), ThaiLabel())
            self.labels.append(pair)
            self._grid.addWidget(pair[0], row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(pair[1], row, 1)
        self.body.addWidget(self.name)
        self.body.addLayout(self._grid)
        self._rule = Rule()
        self.body.addWidget(self._rule)
        self.visits = ThaiLabel(role="note", tone="muted")
        self.body.addWidget(self.visits)

    def show_site(self, site: Site | None) -> None:
        self._site = site
        self.retranslate()

    def retranslate(self) -> None:
        t, site = self._context.t, self._site
        self.name.setText(name_of(site, self._context.language) if site else t("start.no_site"))
        values = self._values(site) if site else []
        for i, (label, value) in enumerate(self.labels):
            shown = i < len(values)
            label.setText(t(values[i][0]) if shown else "")
            value.setText(values[i][1] if shown else "")
            label.setVisible(shown)
            value.setVisible(shown)
        self._rule.setVisible(site is not None)
        self.visits.setText(self._visits(site) if site else t("start.no_site_next"))

    def _values(self, site: Site) -> list[tuple[str, str]]:
        t = self._context.t
        facts = [number_of(site) or t("start.no_number")]
        if site.group:
            facts.append(t("start.group", group=site.group))
        if site.horsepower:
            facts.append(t("start.horsepower", value=f"{site.horsepower:,.0f}"))
        if site.workers:
            facts.append(t("start.workers", value=f"{site.workers:,}"))
        activity = f"{site.activity} ({site.type_code})" if site.type_code else site.activity
        address = f"{site.address} {place_of(site, self._context.language)}".strip()
        if site.lat is not None and site.lon is not None:
            address += f" · {site.lat:.4f}, {site.lon:.4f}"
        rows = [("start.number", " · ".join(facts)), ("start.operator", site.operator), ("start.activity", activity)]
        return [row for row in [*rows, ("start.address", address)] if row[1].strip()]

    def _visits(self, site: Site) -> str:
        t, language = self._context.t, self._context.language
        visits = self._context.store.visits.list(site_id=site.site_id, limit=VISITS_SHOWN)
        if not visits:
            return t("start.never_visited")
        parts = [f"{short_date(v.started_at, language)} {t(f'start.kind_{v.kind.value}')}" for v in visits]
        return t("start.visited", visits=" · ".join(parts))


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


class NewSiteDialog(Dialog):
    """A place described on the spot. Only the name is needed; the rest helps to join it to the registry later."""

    described = Signal(object)
    FIELDS = ("name_th", "operator", "activity", "address", "subdistrict", "district", "lat", "lon")

    def __init__(self, over: QWidget, context: AppContext, name: str) -> None:
        super().__init__(over, context.t("start.new_title"), context.t("start.new_hint"), width=680)
        self._context = context
        self.fields = {key: Field(context.t(f"start.new_{key}")) for key in self.FIELDS}
        self.first = self.fields["name_th"]
        self.first.setText(name if not name.replace(" ", "").isdigit() else "")
        self.province = ChoiceBox()
        self.province.setAccessibleName(context.t("start.new_province"))
        self.province.addItem(context.t("start.new_province_none"), "")
        for place in numbers.provinces():
            self.province.addItem(place.en if context.language == "en" else place.th, place.th)
        self._lay_out()
        self.add_button(context.t("start.cancel"), accept=False, key="Esc")
        self.add_button(context.t("start.new_save"), accept=True, key="Ctrl+Enter")

    def _lay_out(self) -> None:
        self.body.addWidget(self.first)
        for pair in (("operator", "activity"), ("address", "subdistrict")):
            line = QHBoxLayout()
            for key in pair:
                line.addWidget(self.fields[key], 1)
            self.body.addLayout(line)
        line = QHBoxLayout()
        line.addWidget(self.fields["district"], 1)
        box = QVBoxLayout()
        box.setSpacing(4)
        box.addWidget(ThaiLabel(self._context.t("start.new_province"), role="body_bold"))
        box.addWidget(self.province)
        line.addLayout(box, 1)
        self.body.addLayout(line)
        line = QHBoxLayout()
        for key in ("lat", "lon"):
            line.addWidget(self.fields[key], 1)
        self.body.addLayout(line)

    def keyPressEvent(self, event: Any) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Check what can be checked at once; the name is needed, a position must be in Thailand's neighbourhood."""
        wrong = self._wrong()
        for key, field in self.fields.items():
            field.set_message(self._context.t(wrong[key]) if key in wrong else "", wrong=key in wrong)
        if wrong:
            self.fields[next(iter(wrong))].setFocus()
            return
        values: dict[str, Any] = {k: f.text() for k, f in self.fields.items() if f.text()}
        for key in ("lat", "lon"):
            if key in values:
                values[key] = float(values[key])
        values["province"] = str(self.province.currentData() or "")
        self.described.emit(values)
        super().accept()

    def _wrong(self) -> dict[str, str]:
        wrong = {}
        if not self.first.text():
            wrong["name_th"] = "start.new_need_name"
        for key, low, high in (("lat", 4.0, 22.0), ("lon", 96.0, 107.0)):  # a box around Thailand, decimal degrees
            text = self.fields[key].text()
            try:
                good = not text or low <= float(text) <= high
            except ValueError:
                good = False
            if not good:
                wrong[key] = "start.new_wrong_position"
        return wrong
