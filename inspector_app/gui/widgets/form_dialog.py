"""A dialog that asks for a few things at once: lines of text, dates as people write them, choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from checklists import text
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import EntryDialog
from inspector_app.gui.widgets.fields import ChoiceBox, Field
from inspector_app.gui.widgets.labels import ThaiLabel


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to ask. With `choices` (value, words) it is a choice; `kind` is text, date or number."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    needed: bool = False
    choices: tuple[tuple[str, str], ...] = ()


class FormDialog(EntryDialog):
    """`given(values)` fires with every value by name (dates ISO, numbers as typed digits) once all can be read."""

    given = Signal(object)

    def __init__(
        self, over: QWidget, t: Callable[..., str], title: str, asked: Sequence[Asked], *, today: date,
        subtitle: str = "", keep: str = "", width: int = 620,
    ) -> None:  # fmt: skip
        super().__init__(over, title, subtitle, width=width)
        self._t, self._today, self._asked = t, today, tuple(asked)
        self.fields: dict[str, Field] = {}
        self.choices: dict[str, ChoiceBox] = {}
        for one in self._asked:
            self.body.addWidget(self._choice(one) if one.choices else self._field(one))
        self.notice = Notice("", "bad")
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.body.addStretch(1)
        self.add_button(t("form.back"), accept=False, key="Esc")
        self.add_button(keep or t("form.keep"), accept=True, key="Ctrl+Enter", icon="check-bold")

    def _field(self, one: Asked) -> Field:
        field = Field(one.label, placeholder=one.hint)
        shown = one.value
        if one.kind == "date" and shown:
            shown = text.thai_date(date.fromisoformat(shown))
        field.setText(shown)
        field.edit.returnPressed.connect(lambda: self.focusNextPrevChild(True))
        self.fields[one.name] = field
        return field

    def _choice(self, one: Asked) -> QWidget:
        box, holder = ChoiceBox(), QWidget()
        box.setAccessibleName(one.label)
        for value, words in one.choices:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(one.value)))
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(ThaiLabel(one.label, role="body_bold"))
        column.addWidget(box)
        self.choices[one.name] = box
        return holder

    def first(self) -> QWidget:
        """Return what gets the keyboard."""
        one = self._asked[0]
        return self.choices[one.name] if one.choices else self.fields[one.name]

    def accept(self) -> None:
        values, wrong = self._read()
        for name, field in self.fields.items():
            field.set_message(wrong.get(name, ""), wrong=name in wrong)
        if wrong:
            self.fields[next(iter(wrong))].setFocus()
            self._place()
            return
        super().accept()
        self.given.emit(values)

    def typed(self) -> dict[str, str]:
        """Return what stands in the fields, readable or not."""
        values = {name: field.text() for name, field in self.fields.items()}
        return values | {name: str(box.currentData()) for name, box in self.choices.items()}

    def restore(self, typed: Mapping[str, str]) -> None:
        """Put back what stood there."""
        for name, value in typed.items():
            if name in self.fields:
                self.fields[name].setText(value)
            elif name in self.choices:
                self.choices[name].setCurrentIndex(max(0, self.choices[name].findData(value)))

    def _read(self) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = self.typed()
        wrong: dict[str, str] = {}
        for one in self._asked:
            typed = values[one.name]
            if one.needed and not typed:
                wrong[one.name] = self._t("form.needed")
            elif one.kind == "date" and typed:
                day = text.parse_date(typed, today=self._today)
                values[one.name] = day.isoformat() if day else ""
                if day is None:
                    wrong[one.name] = self._t("fill.field.date")
            elif one.kind == "number" and typed:
                digits = text.to_western_digits(typed)
                values[one.name] = digits
                if not digits.isdigit():
                    wrong[one.name] = self._t("fill.field.whole_number")
        return values, wrong
