"""Computations beside a measured value: Leq, TWA, WBGT and the rest, each with its formula, taken by one key."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from checklists.authoring.units import unit_words
from checklists.clock import BANGKOK
from checklists.errors import InspectorError
from inspector_app.actions.inspection import computing
from inspector_app.actions.reference import handbook
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import EntryDialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.layouts import empty_layout
from inspector_app.messages import explain


class Calculator(EntryDialog):
    """Inputs of the chosen computation; the result and its formula follow while typing. `taken(value)` gives it."""

    taken = Signal(str)

    def __init__(self, over: QWidget, context: AppContext) -> None:
        super().__init__(over, context.t("computing.title"), context.t("computing.subtitle"), width=680)
        self._context, self._t = context, context.t
        self._value = ""
        self.kind = ChoiceBox()
        self.kind.setAccessibleName(self._t("computing.kind"))
        for one in computing.computations():
            self.kind.addItem(one.words.in_language(context.language), one.computation_id)
        self.kind.currentIndexChanged.connect(lambda _: self._show_inputs())
        self.fields: dict[str, Field] = {}
        self._inputs = QWidget()
        self._column = QVBoxLayout(self._inputs)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.result = ThaiLabel("", role="section")
        self.formula = ThaiLabel("", tone="muted")
        self.ground = ThaiLabel("", role="note", tone="muted")
        self.notice = Notice("", "obs")
        self.notice.hide()
        self.body.addWidget(self.kind)
        self.body.addWidget(self._inputs)
        for widget in (self.result, self.formula, self.ground, self.notice):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.add_button(self._t("computing.back"), accept=False, key="Esc")
        self.take_button = self.add_button(self._t("computing.take"), accept=True, key="Ctrl+Enter", icon="check-bold")
        self._show_inputs()

    def choose(self, computation_id: str) -> None:
        self.kind.setCurrentIndex(self.kind.findData(computation_id))

    def accept(self) -> None:
        if self._value:
            super().accept()
            self.taken.emit(self._value)

    def _show_inputs(self) -> None:
        empty_layout(self._column)
        language = self._context.language
        found = next(c for c in computing.computations() if c.computation_id == self.kind.currentData())
        self.fields = {}
        for one in found.inputs:
            label = one.words.in_language(language)
            hint = self._t("computing.many") if one.many else ("" if one.needed else self._t("computing.optional"))
            field = Field(label, placeholder=hint, unit=unit_words(one.unit).in_language(language))
            field.edit.textEdited.connect(lambda _: self.compute())
            field.edit.returnPressed.connect(lambda: self.focusNextPrevChild(True))
            self.fields[one.name] = field
            self._column.addWidget(field)
        self._many = {one.name for one in found.inputs if one.many}
        self.compute()
        self._place()

    def compute(self) -> None:
        """Compute with what is typed so far; what is missing or cannot be read is told once something is typed."""
        given = {name: field.text() for name, field in self.fields.items() if field.text()}
        self._value = ""
        self.notice.hide()
        self.result.setText("")
        self.formula.setText("")
        self.ground.setText("")
        self.take_button.setEnabled(False)
        if not given:
            return
        texts = {name: text.replace(",", " ").split() if name in self._many else text for name, text in given.items()}
        catalogue, on = handbook.catalogue(self._context.store), self._context.clock.now().astimezone(BANGKOK)
        try:
            found = computing.compute(str(self.kind.currentData()), texts, catalogue, on=on.date().isoformat())
        except InspectorError as error:
            self.notice.set(explain(error, self._context.translator).text(self._context.language), "obs")
            self.notice.show()
            return
        self._value = f"{found.value:.6g}"
        unit = unit_words(found.unit).in_language(self._context.language)
        self.result.setText(f"{self._value} {unit}".strip())
        self.formula.setText(found.formula)
        self.ground.setText(computing.ground(found, catalogue).in_language(self._context.language))
        self.take_button.setEnabled(True)
