"""The checklists that can be begun."""

from __future__ import annotations

from PySide6.QtCore import Signal

from checklists.model import FormPin
from inspector_app.actions.reference import checklists
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.fields import ChoiceBox

USUAL_FORM = "factory_act_general"
"""Stands first and is chosen; the others follow by their ids."""


class FormBox(ChoiceBox):
    """Reads the checklists in the pool, because the first one loads the form engine. `changed` when they came."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.pins: tuple[FormPin, ...] = ()

    @property
    def form_id(self) -> str:
        """The chosen checklist."""
        return str(self.currentData() or "")

    def choose(self, form_id: str) -> None:
        self.setCurrentIndex(self.findData(form_id))

    def read(self) -> None:
        open_store = self._context.workplace.open_store

        def work() -> tuple[FormPin, ...]:
            store = open_store()
            try:
                return checklists.available(store)
            finally:
                store.close()

        self._context.tasks.run(work, self._show, self.failed.emit)

    def retranslate(self) -> None:
        self.setAccessibleName(self._context.t("start.form"))
        for place, pin in enumerate(self.pins):
            self.setItemText(place, self._words(pin))

    def _show(self, pins: tuple[FormPin, ...]) -> None:
        pins = tuple(sorted(pins, key=lambda pin: (pin.form_id != USUAL_FORM, pin.form_id)))
        if pins != self.pins:
            self.pins = pins
            self.clear()
            for pin in pins:
                self.addItem(self._words(pin), pin.form_id)
        self.changed.emit()

    def _words(self, pin: FormPin) -> str:
        """Return the title; what no official has confirmed yet says so."""
        title = pin.title.in_language(self._context.language) or pin.form_id
        return title if pin.confirmed else f"{title} · {self._context.t('start.form_draft')}"
