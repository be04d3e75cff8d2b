"""Fields for one node of the form, chosen by its type: number, date, time, position, text, choice.

A field hands each readable state to the session at once (text: within a second). What cannot be read yet stays in the
field, with words about it, and is kept when the card folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from checklists.text import clean
from inspector_app.gui.questions import values
from inspector_app.gui.questions.base import Asking, NoteEdit, TypedEdit
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.verdict_bar import Option, OptionBar

if TYPE_CHECKING:
    from checklists.session import Choice

NUMBER_TYPES = frozenset({"integer", "decimal"})
CHOICE_TYPES = frozenset({"choice"})
MANY_TYPES = frozenset({"choices"})
CHOICE_KEYS = "1234567890ABDEFGHIJKMOQRSTUVXYZ"
"""Keys of choices in their order: digits, then the letters that mean nothing else on the screen (N P L C, W)."""
_TYPED = "0123456789๐๑๒๓๔๕๖๗๘๙.,-−–+ "


class NodeField(QWidget):
    """Base: one node with its label, field and a line of words below it."""

    def __init__(self, asking: Asking, path: str, *, name: str, label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asking, self.path, self.spoken = asking, path, name
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        if label:
            self.column.addWidget(ThaiLabel(label, role="body_bold"))
        self.message: ThaiLabel | None = None  # made with the first words: most fields never need it

    @property
    def value(self) -> str:
        return self.asking.model.value(self.path)

    def stop(self) -> QWidget:
        """Return the widget that takes the keyboard."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show the value of the session."""

    def flush(self) -> None:
        """Hand over what was typed."""

    def key(self, name: str) -> bool:  # noqa: ARG002 - for subclasses
        return False

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Put words below the field; wrong ones are red, marked at the field and told to a screen reader."""
        if self.message is None and text:
            self.message = ThaiLabel("", role="note", tone="muted")
            self.column.addWidget(self.message)
        if self.message is not None:
            self.message.setText(text)
            self.message.set_tone("bad" if wrong else "muted")
            self.message.setVisible(bool(text))
        self.stop().setAccessibleDescription(text)

    def set_value(self, value: str) -> None:
        self.asking.model.set_value(self.path, value, visit=self.path)

    def say_form_error(self) -> bool:
        """Show the form's own words where it does not accept the value; True when it does not."""
        node = self.asking.model.session.node(self.path)
        if node.value and not node.valid:
            self.say(node.error or self.asking.t("fill.field.invalid"), wrong=True)
            return True
        return False


class LineField(NodeField):
    """One-line fields: numbers and dates. Subclasses read and show."""

    numeric = False

    def __init__(self, asking: Asking, path: str, *, name: str, label: str = "", unit: str = "") -> None:
        super().__init__(asking, path, name=name, label=label)
        self.edit = TypedEdit(name, numeric=self.numeric)
        self.unit = ThaiLabel(unit, tone="muted", wrap=False)
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        self.edit.setFixedWidth(150)
        self.row.addWidget(self.edit)
        self.row.addWidget(self.unit)
        self.row.addStretch(1)  # where the card is wide, the field stays at its left
        self.column.addLayout(self.row)
        self.unit.setVisible(bool(unit))
        self.edit.edited.connect(self._edited)
        self.edit.left.connect(self._left)
        self.refresh()

    def stop(self) -> QWidget:
        return self.edit

    def refresh(self) -> None:
        unread = self.asking.model.unread.get(self.path)
        if unread is None:
            self.edit.show_text(self.show_value(self.value))
        elif not self.edit.hasFocus():
            self.edit.setText(unread)
        self._judge(unread is not None)

    def read(self, typed: str) -> str | None:
        raise NotImplementedError

    def show_value(self, value: str) -> str:
        return value

    def words(self, value: str) -> str:
        """Return what to say below a value that could be read."""
        raise NotImplementedError

    def unreadable(self) -> str:
        raise NotImplementedError

    def _edited(self, typed: str) -> None:
        typed = clean(typed)
        value = self.read(typed)
        if value is None:
            self.asking.model.unread[self.path] = typed
        else:
            self.asking.model.unread.pop(self.path, None)
            self.set_value(value)
        self._judge(value is None, typing=True)

    def _left(self) -> None:
        unread = self.path in self.asking.model.unread
        if not unread:
            self.edit.setText(self.show_value(self.value))
        self._judge(unread)

    def _judge(self, unread: bool, *, typing: bool = False) -> None:
        wrong = unread and not typing
        if unread:
            self.say(self.unreadable(), wrong=wrong)
        elif not self.say_form_error():
            self.say(self.words(self.value) if self.edit.hasFocus() or typing else "")
        else:
            wrong = True
        self.edit.set_wrong(wrong)


class NumberField(LineField):
    """A number; Thai digits and thousands separators are understood."""

    numeric = True
    whole = False

    def __init__(self, asking: Asking, path: str, *, name: str, label: str = "", unit: str = "") -> None:
        super().__init__(asking, path, name=name, label=label, unit=unit)
        self.edit.setFixedWidth(120)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.edit.textEdited.disconnect(self.edit.edited)
        self.edit.textEdited.connect(self._filter)

    def read(self, typed: str) -> str | None:
        return values.read_number(typed, whole=self.whole)

    def words(self, value: str) -> str:
        del value
        return ""

    def unreadable(self) -> str:
        return self.asking.t("fill.field.whole_number" if self.whole else "fill.field.number")

    def _filter(self, typed: str) -> None:
        """Letters do not get in, so that a slip of the finger or a pasted unit leaves a number."""
        kept = "".join(c for c in typed if c in _TYPED)
        if kept != typed:
            place = self.edit.cursorPosition() - (len(typed) - len(kept))
            self.edit.setText(kept)
            self.edit.setCursorPosition(max(0, place))
        self.edit.edited.emit(kept)


class WholeField(NumberField):
    """A count."""

    whole = True


class ReadField(LineField):
    """Base: text in a form that people write, read into the form's own; below it stands how it was read."""

    wide = 180
    kind = ""  # of the words `fill.field.<kind>` (what is wrong) and `fill.field.<kind>_example`

    def __init__(self, asking: Asking, path: str, *, name: str, label: str = "", unit: str = "") -> None:
        super().__init__(asking, path, name=name, label=label, unit=unit)
        self.edit.setFixedWidth(self.wide)
        self.edit.setPlaceholderText(asking.t(f"fill.field.{self.kind}_example"))

    def shown(self, value: str, language: str) -> str:
        """Return a value in words of a language."""
        raise NotImplementedError

    def show_value(self, value: str) -> str:
        return self.shown(value, "th") if value else ""

    def words(self, value: str) -> str:
        if not value:
            return ""
        return self.asking.t("fill.field.read", value=self.shown(value, self.asking.language))

    def unreadable(self) -> str:
        return self.asking.t(f"fill.field.{self.kind}")


class DateField(ReadField):
    """A date in any form that people write: 22/11/69, ๒๒ พ.ย. ๒๕๖๙, 2026-11-22, วันนี้."""

    kind = "date"

    def read(self, typed: str) -> str | None:
        return values.read_date(typed, today=self.asking.today())

    def shown(self, value: str, language: str) -> str:
        return values.show_date(value, language)


class TimeField(ReadField):
    """A time of day: 13:45, 13.45 น., 1345."""

    kind = "time"

    def read(self, typed: str) -> str | None:
        return values.read_time(typed)

    def shown(self, value: str, language: str) -> str:
        return values.show_time(value, language)


class MomentField(ReadField):
    """A date and a time of day: 22/11/69 13.45, วันนี้ 1345."""

    kind = "moment"
    wide = 260

    def read(self, typed: str) -> str | None:
        return values.read_moment(typed, today=self.asking.today())

    def shown(self, value: str, language: str) -> str:
        return values.show_moment(value, language)


class PointField(ReadField):
    """A position: latitude and longitude in degrees, as maps show and copy it."""

    kind = "point"
    wide = 260

    def read(self, typed: str) -> str | None:
        return values.read_point(typed)

    def shown(self, value: str, language: str) -> str:
        del language
        return values.show_point(value)


class TextField(NodeField):
    """Text of any length; Enter goes on, Shift+Enter begins a new line."""

    def __init__(
        self, asking: Asking, path: str, *, name: str, label: str = "", unit: str = "", hint: str = ""
    ) -> None:
        super().__init__(asking, path, name=name, label=label)
        del unit  # text has none
        self.edit = NoteEdit(name, hint)
        self.edit.changed_text.connect(self._typed)
        self.column.addWidget(self.edit)
        self.refresh()

    def stop(self) -> QWidget:
        return self.edit

    def refresh(self) -> None:
        self.edit.show_text(self.value)
        self.say_or_clear()

    def say_or_clear(self) -> None:
        if not self.say_form_error():
            self.say("")

    def flush(self) -> None:
        self.edit.flush()

    def _typed(self, text: str) -> None:
        self.set_value(text)
        self.say_or_clear()


class ChoiceField(NodeField):
    """One or several of a list, each with its key as far as `keys` reach."""

    def __init__(
        self, asking: Asking, path: str, *, name: str, label: str = "", unit: str = "", many: bool = False,
        keys: str = "",
    ) -> None:  # fmt: skip
        super().__init__(asking, path, name=name, label=label)
        del unit
        choices: Sequence[Choice] = asking.model.session.node(path).choices
        options = [Option(c.value, c.label, keys[i] if i < len(keys) else "") for i, c in enumerate(choices)]
        self.many = many
        self.order = [c.value for c in choices]
        self.bar = OptionBar(options, name=name, many=many)
        self.bar.chosen.connect(self._chosen)
        self.column.addWidget(self.bar)
        self.refresh()

    def stop(self) -> QWidget:
        first = self.bar.button(self.order[0]) if self.order else None
        return first or self.bar

    def refresh(self) -> None:
        self.bar.show_value(self.value)

    def key(self, name: str) -> bool:
        return self.bar.press(name)

    def _chosen(self, value: str) -> None:
        if self.many:
            now = set(self.value.split()) ^ {value}
            value = " ".join(v for v in self.order if v in now)
        self.set_value(value)
        self.bar.show_value(self.value)


READ_FIELDS: Mapping[str, type[ReadField]] = MappingProxyType(
    {"date": DateField, "time": TimeField, "datetime": MomentField, "geopoint": PointField}
)


def make_field(
    asking: Asking, path: str, value_type: str, *, name: str, label: str = "", unit: str = "", keys: str = ""
) -> NodeField:
    """Return the field for a node's type; everything unknown is text. `keys` are those of its choices."""
    if value_type in NUMBER_TYPES:
        kind = NumberField if value_type == "decimal" else WholeField
        return kind(asking, path, name=name, label=label, unit=unit)
    if value_type in READ_FIELDS:
        return READ_FIELDS[value_type](asking, path, name=name, label=label, unit=unit)
    if value_type in CHOICE_TYPES | MANY_TYPES:
        return ChoiceField(asking, path, name=name, label=label, many=value_type in MANY_TYPES, keys=keys)
    return TextField(asking, path, name=name, label=label)
