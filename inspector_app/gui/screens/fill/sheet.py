"""What the fill screen shows: sections, cards, the questions of the open card, and what stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.model import FillModel
from inspector_app.gui.screens.fill.beside import Beside
from inspector_app.gui.screens.fill.card import ItemCard
from inspector_app.gui.screens.fill.columns import Columns
from inspector_app.gui.screens.fill.editor import CardEditor
from inspector_app.gui.screens.fill.goto import GotoBox
from inspector_app.gui.screens.fill.page import SectionPage
from inspector_app.gui.screens.fill.pages import Pages
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.context_panel import ContextPanel
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.photo_strip import Thumbnails
from inspector_app.gui.widgets.section_list import SectionFace, SectionList

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue
    from inspector_app.actions.afterwards.earlier import LastTime

_CURSOR_MS = 300


class FillSheet(QWidget):
    """Sections on the left, cards in the middle, context on the right; exactly one card is open."""

    answered = Signal(object)  # the editor whose question was answered by one act
    photo_wanted = Signal(int)
    photo_opened = Signal(str)
    closing_wanted = Signal()
    moved = Signal()

    def __init__(
        self, model: FillModel, asking: Asking, thumbnails: Thumbnails, *, catalogue: Catalogue | None = None,
        last: LastTime | None = None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.model, self.asking, self.thumbnails = model, asking, thumbnails
        self.editor: CardEditor | None = None
        self.said = ""  # tone of the message that stands above the cards
        self._build()
        self.beside = Beside(self.context, asking, catalogue=catalogue, last=last)
        model.item_changed.connect(self._item_changed)
        model.judged.connect(self._judged)
        self._cursor_timer = QTimer(self)
        self._cursor_timer.setSingleShot(True)
        self._cursor_timer.setInterval(_CURSOR_MS)
        self._cursor_timer.timeout.connect(model.save_cursor)
        if model.items:
            self.open_item(model.cursor, save=False)
        self._judged()
        self.stack.begin_building()

    def t(self, key: str, **values: object) -> str:
        return self.asking.t(key, **values)

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sections = SectionList()
        self.context = ContextPanel(self.thumbnails)
        self.heading = ThaiLabel("", role="section", wrap=False)
        self.row_button = ActionButton(self.t("fill.add_row"), key="Ctrl+Ins", icon="plus")
        self.goto = GotoBox(self.asking)
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 14, 4)
        head.addWidget(self.heading, 1)
        head.addWidget(self.row_button)
        self.remove_button = ActionButton(self.t("fill.remove_row"), key="Ctrl+Del", icon="delete-outline")
        head.addWidget(self.remove_button)
        head.addWidget(self.goto)
        self.notice = Notice("", "bad")
        self.notice.hide()
        self.stack = Pages(self.asking, self.thumbnails)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(2)
        middle.addLayout(head)
        middle.addWidget(self.notice)
        middle.addWidget(self.stack, 1)
        self.columns = Columns(self, self.sections, middle, self.context)

    @property
    def pages(self) -> list[SectionPage]:
        return self.stack.pages

    # --- the open card ----------------------------------------------------------------------------------------------

    @property
    def card(self) -> ItemCard | None:
        """The open card."""
        return self.stack.card(self.model.cursor) if self.model.items else None

    def open_item(self, index: int, *, path: str = "", save: bool = True) -> None:
        """Open an item's card and give it the keyboard; `path` names the field to go to."""
        self.flush()
        page = self.stack.page_of(index)
        old, editor_before = self.card, self.editor
        card = page.reach(index)
        if old is not card or self.editor is None:
            self.model.move_to(index)
            self._put_editor(card)
        editor = self.editor
        self.stack.setCurrentWidget(page)
        page.show_card(card)
        if editor is not None:
            self._focus(card, editor.stop_for(path) if path else editor.question.first_field())
        if editor_before is not None and editor_before is not editor and old is not None:
            old.fold()
            _throw_away(editor_before)
            page.show_card(card)
        self._show_place()
        if save:
            self._cursor_timer.start()
        self.moved.emit()

    def focus_card(self) -> None:
        card = self.card
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_open(self) -> None:
        """Give the keyboard to the open card, as when it was opened."""
        card = self.card
        if card is not None and self.editor is not None:
            self._focus(card, self.editor.question.first_field())

    def _focus(self, card: ItemCard, field: QWidget | None) -> None:
        if field is None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, QLineEdit):
            field.selectAll()

    # --- resting ----------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Hand over every text that is not saved yet."""
        if self.editor is not None:
            self.editor.flush()

    def rest(self) -> None:
        """Save the place and what is typed, then start nothing more: the screen is left, or the window closes."""
        self.flush()
        self.stack.stop_building()
        self._cursor_timer.stop()
        self.model.rest()

    # --- showing ----------------------------------------------------------------------------------------------------

    def say(self, text: str, tone: str = "bad") -> None:
        """Show a message above the cards until the next answer; blank hides it."""
        self.said = tone if text else ""
        self.notice.set(text, tone)
        self.notice.setVisible(bool(text))

    def retranslate(self) -> None:
        """Show everything in the present language."""
        self.goto.retranslate()
        self.row_button.setText(self.t("fill.add_row"))
        self.remove_button.setText(self.t("fill.remove_row"))
        self.stack.show_faces()
        card, before = self.card, self.editor
        if card is not None and before is not None:
            before.flush()
            self._focus(card, self._put_editor(card).question.first_field())
            _throw_away(before)
        self._judged()
        self._show_place()

    def show_context(self, block: QWidget) -> None:
        """Show a block of the context; where there is no room for it, over the cards until the next Esc or answer."""
        self.columns.open_drawer()
        self.context.area.ensureWidgetVisible(block)

    def _put_editor(self, card: ItemCard) -> CardEditor:
        editor = CardEditor(self.asking, card.index, self.thumbnails)
        editor.done.connect(lambda: self.answered.emit(editor))
        editor.photo_wanted.connect(lambda: self.photo_wanted.emit(editor.index))
        editor.photo_opened.connect(self.photo_opened)
        editor.signing_wanted.connect(self.closing_wanted)
        self.editor = editor
        card.open(editor)
        return editor

    def _item_changed(self, index: int) -> None:
        self.stack.show_face(index)
        card = self.stack.card(index)
        if card is not None and self.editor is not None and self.editor.index == index:
            self.editor.refresh()
            card.refit_editor()
            self.stack.show_card(card)

    def _judged(self) -> None:
        language = self.asking.language
        faces = []
        for number, section in enumerate(self.model.sections):
            p = self.model.progress(number)
            name = (section.short.in_language(language) or section.title.in_language(language)).strip()
            faces.append(SectionFace(section.section_id.upper(), name, p.answered, p.total, p.failed))
        here = self.model.places.section_of(self.model.cursor) if self.model.items else 0
        self.sections.show_sections(faces, here)
        total = self.model.progress()
        self.sections.title.setText(self.model.outline.title.in_language(language))
        self.sections.total.setText(f"{total.answered}/{total.total}")
        if self.model.items:
            self.stack.show_face(self.model.cursor)
        self.beside.show_judged()

    def _show_place(self) -> None:
        here = self.model.places.section_of(self.model.cursor)
        section = self.model.sections[here]
        self.heading.setText(f"{section.section_id.upper()}. {section.title.in_language(self.asking.language)}")
        in_row = bool(self.model.items[self.model.cursor].repeat_path)
        self.row_button.setVisible(in_row)
        self.remove_button.setVisible(in_row)
        self.beside.show_place()
        for index, row in enumerate(self.sections.rows):
            row.set_face(row.face, selected=index == here)

    # --- window -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.share_out()
        QTimer.singleShot(0, self, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        card = self.card
        if card is not None:
            self.stack.show_card(card)

    def focus_came(self, now: QWidget) -> None:
        """Show where the keyboard is: the ring at the field or at the card, never at both."""
        card = self.card
        if card is not None:
            card.set_inner_focus(now is not card)
        if now is not self.goto.field and self.goto.field.isVisible():
            self.goto.stop()
        self.columns.leave_drawer(now)


def _throw_away(editor: CardEditor) -> None:
    editor.hide()
    editor.deleteLater()
