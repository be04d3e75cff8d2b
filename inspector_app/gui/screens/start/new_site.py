"""A site that is in no registry, described on the spot."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from checklists import numbers
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.dialogs import EntryDialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.labels import ThaiLabel


class NewSiteDialog(EntryDialog):
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
