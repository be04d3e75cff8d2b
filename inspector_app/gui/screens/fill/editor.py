"""The open card below its title: help, question, further fields, reason, note, photos, what is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from checklists.authoring.units import unit_words
from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.fields import NodeField, TextField, make_field
from inspector_app.gui.questions.kinds import make_question
from inspector_app.gui.questions.state import Need
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.flow import FlowLayout
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel
from inspector_app.gui.widgets.photo_strip import PhotoStrip, Thumbnails


class CardEditor(QWidget):
    """The questions of one item. `done` fires after an act that may lead on to the next item."""

    done = Signal()
    photo_wanted = Signal()
    photo_opened = Signal(str)  # attachment id
    signing_wanted = Signal()

    def __init__(self, asking: Asking, index: int, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.asking, self.index = asking, index
        self.item = asking.model.items[index]
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 2, 0, 0)
        self.column.setSpacing(6)
        self._add_help()
        self.question = make_question(asking, index)
        self.question.answered.connect(self.done)
        self.column.addWidget(self.question)
        self.fields: list[NodeField] = []
        self._add_fields()
        self.reason: TextField | None = None  # made when a reason is asked for
        self._reason_place = self.column.count()
        self.note = self._add_note_row()
        self.strip = PhotoStrip(thumbnails)
        self.strip.opened.connect(self.photo_opened)
        self.column.addWidget(self.strip)
        self._add_missing()
        button = getattr(self.question, "button", None)
        if isinstance(button, ActionButton):
            button.clicked.connect(self.signing_wanted)
        self.refresh()

    # --- parts ------------------------------------------------------------------------------------------------------

    def _t(self, key: str, **values: object) -> str:
        return self.asking.t(key, **values)

    def _named(self, what: str) -> str:
        return f"{self.item.number} {what}"

    def _add_help(self) -> None:
        words = self.item.help.in_language(self.asking.language)
        if words:
            self.column.addWidget(ThaiLabel(words, role="note", tone="muted"))

    def _add_fields(self) -> None:
        if not self.item.field_defs:
            return
        row = QWidget()
        flow = FlowLayout(row, spacing=10)
        for field in self.item.field_defs:
            label = field.label.in_language(self.asking.language)
            unit, name = unit_words(field.unit).in_language(self.asking.language), self._named(label)
            widget = make_field(self.asking, field.path, field.value_type, name=name, label=label, unit=unit)
            self.fields.append(widget)
            if isinstance(widget, TextField):
                self.column.addWidget(widget)
            else:
                flow.addWidget(widget)
        self.column.addWidget(row)

    def _show_reason(self) -> None:
        path = self.item.reason_path
        asked = bool(path) and self.asking.model.session.node(path).relevant
        if asked and self.reason is None:
            name, hint = self._named(self._t("fill.reason")), self._t("fill.reason.hint")
            self.reason = TextField(self.asking, path, name=name, hint=hint)
            self.column.insertWidget(self._reason_place, self.reason)
        if self.reason is not None:
            self.reason.setVisible(asked)
            self.reason.refresh()

    def _add_note_row(self) -> TextField | None:
        row = QHBoxLayout()
        row.setSpacing(8)
        note = None
        if self.item.note_path:
            note = TextField(
                self.asking, self.item.note_path, name=self._named(self._t("fill.note")), hint=self._t("fill.note.hint")
            )
            row.addWidget(note, 1)
        else:
            row.addStretch(1)
        self.photo_button = ActionButton("", key="P", icon="camera-outline")
        self.photo_button.clicked.connect(self.photo_wanted)
        row.addWidget(self.photo_button)
        self.column.addLayout(row)
        self.photo_button.setVisible(
            self.item.evidence_rule != "none"
        )  # never before it has a parent: it would be a window
        return note

    def _add_missing(self) -> None:
        self._missing_row = QWidget()
        row = QHBoxLayout(self._missing_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel("alert-circle-outline", "bad"))
        self.missing = ThaiLabel("", role="note", tone="bad")
        row.addWidget(self.missing, 1)
        self.column.addWidget(self._missing_row)

    # --- showing ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the present answers, and only what is asked now."""
        self.question.refresh()
        session = self.asking.model.session
        for field in self.fields:
            field.setVisible(session.node(field.path).relevant)
            field.refresh()
        self._show_reason()
        if self.note is not None:
            self.note.refresh()
        photos = self.asking.model.photos(self.item.item_id)
        self.photo_button.setText(self._t("fill.photo.count", count=len(photos)) if photos else self._t("fill.photo"))
        self.strip.show_photos(photos)
        self._show_missing()

    def _show_missing(self) -> None:
        needs = [need for need in self.asking.model.needs(self.index) if need is not Need.VALUE]
        state = self.asking.model.state(self.index)
        words = " · ".join(self._t(f"fill.need.{need.value}") for need in needs) if state.answered else ""
        self.missing.setText(words)
        self._missing_row.setVisible(bool(words))

    def flush(self) -> None:
        """Hand over every text that is not saved yet."""
        for part in (self.question, *self.fields, self.reason, self.note):
            if part is not None:
                part.flush()

    # --- keyboard ---------------------------------------------------------------------------------------------------

    def stop_for(self, path: str) -> QWidget | None:
        """Return the field of a node, for a jump from the list of problems."""
        if self.note is not None and path == self.item.note_path:
            return self.note.stop()
        if self.reason is not None and path == self.item.reason_path:
            return self.reason.stop()
        for field in self.fields:
            if field.path == path:
                return field.stop()
        return self.question.first_field()

    def stop_for_need(self, need: Need) -> QWidget | None:
        """Return the field that a need asks for, as far as it is shown."""
        if need is Need.REASON and self.reason is not None:
            return self.reason.stop()
        if need is Need.NOTE and self.note is not None:
            return self.note.stop()
        if need is Need.FIELD:
            blank = next((f for f in self.fields if self.asking.model.blank(f.path)), None)
            return blank.stop() if blank else None
        return None
