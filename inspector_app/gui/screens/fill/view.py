"""The fill screen without its record: the sheet of sections and cards with its keys.

Rules of going on:
* an item that was unanswered and now needs nothing more hands over to the next unanswered one;
* an item that was answered before keeps the focus, so that a correction can be seen;
* ไม่เกี่ยวข้อง and ตรวจไม่ได้ open the field for the reason, further fields are asked in order;
* ไม่ผ่าน and ข้อสังเกต stay: the note is one key away (N), then Enter goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from inspector_app.gui.questions.state import Need
from inspector_app.gui.screens.fill.card import ItemCard
from inspector_app.gui.screens.fill.editor import CardEditor
from inspector_app.gui.screens.fill.keyboard import Action, Keyboard, is_field
from inspector_app.gui.screens.fill.photos import sources_in
from inspector_app.gui.screens.fill.sheet import FillSheet
from inspector_app.gui.widgets.context_panel import ProblemFace


class FillView(FillSheet):
    """The sheet with its keys, and the way from answer to answer."""

    left = Signal()  # Esc on a card: back to the list, nothing is lost
    photos_given = Signal(int, object)  # item, list of paths, URLs or images
    seal_wanted = Signal()
    row_removal_wanted = Signal(int)  # an item of the row
    findings_wanted = Signal()
    calculator_wanted = Signal()
    move_wanted = Signal()  # to the newer version of the checklist
    carry_wanted = Signal(int)  # the last visit's answer for this item

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._answered_before = False
        self.setAcceptDrops(True)
        self.keyboard = Keyboard(
            self,
            self._key_table(),
            otherwise=self._question_key,
            own={self.goto.field: {"Enter": self.goto.go, "Esc": self._leave_goto}},
        )
        self.keyboard.focus_came.connect(self.focus_came)
        self.answered.connect(self._answered)
        self.sections.chosen.connect(self.go_to_section)
        self.context.problem_chosen.connect(self._jump)
        self.context.carry_chosen.connect(self._carry)
        self.row_button.clicked.connect(self.add_row)
        self.remove_button.clicked.connect(self.remove_row)
        self.goto.found.connect(self._found)
        self.goto.missed.connect(lambda typed: self.say(self.t("fill.goto.none", text=typed)))
        self.stack.pressed.connect(self._card_pressed)

    # --- moving -----------------------------------------------------------------------------------------------------

    def go_to_section(self, section: int) -> None:
        """Go to the first unanswered item of a section, else to its first one."""
        asked = self.model.asked_in(section)
        if asked:
            self.open_item(next((i for i in asked if not self.model.state(i).answered), asked[0]))

    def go_to_problem(self, item_id: str, path: str) -> None:
        """Go to the field that a problem is about."""
        index = self.model.places.of_problem(item_id, path)
        if index is not None:
            self.open_item(index, path=path)

    def go_on(self) -> None:
        """Go to the next unanswered item; where there is none, say so."""
        index = self.model.next_unanswered(self.model.cursor)
        if index is None:
            self.focus_card()
            self.say(self.t("fill.all_answered"), "ok")
        else:
            self.open_item(index)

    def add_row(self) -> None:
        """One more row of the repeat that the open item stands in, e.g. the next machine."""
        repeat = self.model.items[self.model.cursor].repeat_path
        if repeat:
            self.flush()
            self.model.add_row(repeat)

    def remove_row(self) -> None:
        """Remove the row that the open item stands in."""
        if self.model.items[self.model.cursor].repeat_path:
            self.flush()
            self.row_removal_wanted.emit(self.model.cursor)

    def _jump(self, face: ProblemFace) -> None:
        self.go_to_problem(face.item_id, face.path)

    def _found(self, index: int) -> None:
        self.say("")
        self.open_item(index)

    def _leave_goto(self) -> None:
        self.goto.stop()
        self.focus_card()

    def _card_pressed(self, index: int) -> None:
        if index != self.model.cursor:
            self.open_item(index)
        else:
            self.focus_card()

    # --- answers ----------------------------------------------------------------------------------------------------

    def _answered(self, editor: CardEditor) -> None:
        """An answer was given by one act: ask what is missing, or go on."""
        if editor is not self.editor:
            return
        self.say("")
        needs = self.model.needs(editor.index)
        if not needs:
            if not self._answered_before:
                self.go_on()
            else:
                self.focus_card()
            return
        field = editor.stop_for_need(needs[0]) if needs[0] in {Need.REASON, Need.FIELD} else None
        card = self.card
        if card is not None:
            self.stack.show_card(card)
            self._focus(card, field)

    def _question_key(self, name: str) -> bool:
        if self.editor is None:
            return False
        self._answered_before = self.model.state(self.editor.index).answered
        return self.editor.question.key(name)

    def _clear(self) -> None:
        """Take the answer of the open item away (undo brings it back)."""
        item = self.model.items[self.model.cursor]
        for path in (item.verdict_path, item.skip_path, item.value_path):
            if path and self.model.value(path):
                self.model.set_value(path, "", visit="clear" + item.path)

    def _carry(self) -> None:
        self.flush()
        self.carry_wanted.emit(self.model.cursor)

    def take_answers(self, answers: Mapping[str, str]) -> None:
        """Put answers that come from elsewhere into the open item, as one act; then go on as after any answer."""
        if self.editor is None:
            return
        self._answered_before = self.model.state(self.editor.index).answered
        visit = "taken" + self.model.items[self.editor.index].path
        for path, value in answers.items():
            self.model.set_value(path, value, visit=visit)
        self._answered(self.editor)

    def _wind(self, step: Callable[[], int | None]) -> None:
        self.flush()
        self.focus_card()
        index = step()
        if index is not None and index != self.model.cursor:
            self.open_item(index)
        elif self.editor is not None:
            self.editor.refresh()

    # --- keys -------------------------------------------------------------------------------------------------------

    def _key_table(self) -> Mapping[str, Action]:
        return {
            "Up": lambda: self._step(-1),
            "Down": lambda: self._step(1),
            "Enter": self._enter,
            "Esc": self._escape,
            "N": self._note,
            "P": lambda: self.photo_wanted.emit(self.model.cursor),
            "Shift+P": self._captions,
            "L": lambda: self.show_context(self.context.last),
            "C": self._carry,
            "F1": lambda: self.show_context(self.context.law),
            "Del": self._clear,
            "Ctrl+G": self.goto.ask,
            "Ctrl+Ins": self.add_row,
            "Ctrl+Del": self.remove_row,
            "Ctrl+E": self._problems,
            "Ctrl+PgUp": lambda: self._step_section(-1),
            "Ctrl+PgDn": lambda: self._step_section(1),
            "Ctrl+Z": lambda: self._wind(self.model.undo),
            "Ctrl+Y": lambda: self._wind(self.model.redo),
            "Ctrl+Shift+Z": lambda: self._wind(self.model.redo),
            "Ctrl+V": self._paste,
            "Ctrl+Enter": self.seal_wanted.emit,
            "F6": self.move_wanted.emit,
            "F7": self.calculator_wanted.emit,
            "F8": self.findings_wanted.emit,
            "F9": self.closing_wanted.emit,
            "Home": lambda: self._end_of_section(0),
            "End": lambda: self._end_of_section(-1),
            "PgUp": lambda: self.stack.turn(-1),
            "PgDn": lambda: self.stack.turn(1),
        }

    def _enter(self) -> bool:
        widget = QApplication.focusWidget()
        if isinstance(widget, QAbstractButton):
            widget.click()
            return True
        if widget is not None and not is_field(widget) and not isinstance(widget, ItemCard):
            return False  # a photo or a problem acts on Enter itself
        self.flush()
        self.say("")
        if self.editor is not None and is_field(widget):
            if isinstance(widget, QLineEdit) and widget.property("wrong"):
                return True
            if self._next_field(self.editor, widget):
                return True
        self.go_on()
        return True

    def _next_field(self, editor: CardEditor, widget: QWidget | None) -> bool:
        """From one field to the next blank one of the same item; from the last one on to the next item."""
        if not self.model.state(editor.index).answered:
            return False
        for need in self.model.needs(editor.index):
            field = editor.stop_for_need(need) if need is not Need.NOTE or self.model.failed(editor.index) else None
            if field is not None and field is not widget:
                field.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def _escape(self) -> None:
        widget = QApplication.focusWidget()
        self.flush()
        if isinstance(widget, ItemCard) or widget is None:
            self.left.emit()
        else:
            self.focus_card()

    def _step(self, step: int) -> None:
        if self.context.step(QApplication.focusWidget(), step):
            return
        index = self.model.neighbour(self.model.cursor, step)
        if index is not None:
            self.open_item(index)

    def _step_section(self, step: int) -> None:
        section = self.model.places.section_of(self.model.cursor) + step
        while 0 <= section < len(self.model.sections):
            if self.model.asked_in(section):
                self.go_to_section(section)
                return
            section += step

    def _end_of_section(self, place: int) -> None:
        asked = self.model.asked_in(self.model.places.section_of(self.model.cursor))
        if asked:
            self.open_item(asked[place])

    def _note(self) -> None:
        if self.editor is not None and self.editor.note is not None:
            self.editor.note.stop().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _captions(self) -> None:
        photos = self.model.photos(self.model.items[self.model.cursor].item_id)
        if photos:
            bare = next((p for p in photos if not p.caption), photos[0])
            self.photo_opened.emit(bare.attachment_id)

    def _problems(self) -> None:
        self.model.judge_now()
        self.show_context(self.context.problems)
        if not self.context.focus_problems():
            self.say(self.t("fill.problems.none"), "ok")

    # --- photos -----------------------------------------------------------------------------------------------------

    def _paste(self) -> bool:
        return self._take(QGuiApplication.clipboard().mimeData(), self.model.cursor)

    def _take(self, data: QMimeData | None, index: int) -> bool:
        """Take photos out of what was pasted or dropped; False when there are none."""
        sources = sources_in(data)
        if sources:
            self.photos_given.emit(index, sources)
        return bool(sources)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if sources_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        widget: QWidget | None = self.childAt(event.position().toPoint())
        while widget is not None and not isinstance(widget, ItemCard):
            widget = widget.parentWidget()
        index = widget.index if isinstance(widget, ItemCard) else self.model.cursor
        if self._take(event.mimeData(), index):
            event.acceptProposedAction()
