"""The fill screen without its record: sections, cards, context, and the keys. Everything it shows comes from the model.

Rules of going on:
* an item that was unanswered and now needs nothing more hands over to the next unanswered one;
* an item that was answered before keeps the focus, so that a correction can be seen;
* ไม่เกี่ยวข้อง and ตรวจไม่ได้ open the field for the reason, further fields are asked in order;
* ไม่ผ่าน and ข้อสังเกต stay: the note is one key away (N), then Enter goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from checklists.authoring.units import unit_words
from checklists.model import Certainty, Problem
from inspector_app.gui import keys
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.questions.base import Asking, NoteEdit, TypedEdit
from inspector_app.gui.questions.faces import make_face, verdict_word
from inspector_app.gui.questions.model import FillModel, Need
from inspector_app.gui.screens.fill.card import ItemCard
from inspector_app.gui.screens.fill.earlier import Earlier
from inspector_app.gui.screens.fill.editor import CardEditor
from inspector_app.gui.screens.fill.page import SectionPage
from inspector_app.gui.theme import current_theme
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.context_panel import ContextPanel, ProblemFace
from inspector_app.gui.widgets.fields import LineEdit
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.gui.widgets.photo_strip import Thumbnails
from inspector_app.gui.widgets.section_list import SectionFace, SectionList

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue

SECTIONS_WIDTH, CONTEXT_WIDTH = 188, 266
NARROW = 900  # below this the context opens over the cards
LETTERS_ONLY = 640  # below this the sections keep their letters
_CURSOR_MS = 300
_NUMERIC_LETTERS = frozenset("NPLW")


class FillView(QWidget):
    """Sections on the left, cards in the middle, context on the right."""

    left = Signal()  # Esc on a card: back to the list, nothing is lost
    photos_given = Signal(int, object)  # item, list of paths, URLs or images
    photo_wanted = Signal(int)
    photo_opened = Signal(str)
    seal_wanted = Signal()
    row_added = Signal(str)  # path of the repeat
    closing_wanted = Signal()
    moved = Signal()

    def __init__(
        self, model: FillModel, asking: Asking, thumbnails: Thumbnails, *, catalogue: Catalogue | None = None,
        earlier: Earlier | None = None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.model, self.asking, self.thumbnails, self.catalogue = model, asking, thumbnails, catalogue
        self.earlier = earlier or Earlier()
        self.editor: CardEditor | None = None
        self._filtered: QWidget | None = None
        self.setAcceptDrops(True)
        self._build()
        self.pages = [SectionPage(model.range_of(s), self._make_card) for s in range(len(model.sections))]
        for page in self.pages:
            self.stack.addWidget(page)
        self._keys = self._key_table()
        model.item_changed.connect(self._item_changed)
        model.judged.connect(self._judged)
        thumbnails.loaded.connect(self._repaint_photo)
        self._building = QTimer(self)
        self._building.setInterval(0)
        self._building.timeout.connect(self._build_more)
        self._cursor_timer = QTimer(self)
        self._cursor_timer.setSingleShot(True)
        self._cursor_timer.setInterval(_CURSOR_MS)
        self._cursor_timer.timeout.connect(model.save_cursor)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)
        if model.items:
            self.open_item(model.cursor, save=False)
        self._judged()
        self._building.start()

    def t(self, key: str, **values: object) -> str:
        return self.asking.t(key, **values)

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sections = SectionList()
        self.sections.chosen.connect(self.go_to_section)
        self.context = ContextPanel()
        self.context.problem_chosen.connect(self._jump)
        self.heading = ThaiLabel("", role="section", wrap=False)
        self.goto_button = ActionButton(self.t("fill.goto"), key="Ctrl+G", icon="magnify")
        self.goto_button.clicked.connect(self.ask_where)
        self.goto_field = LineEdit()
        self.goto_field.setAccessibleName(self.t("fill.goto.name"))
        self.goto_field.setPlaceholderText(self.t("fill.goto.hint"))
        self.goto_field.setFixedWidth(260)
        self.goto_field.hide()
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 14, 4)
        head.addWidget(self.heading, 1)
        self.row_button = ActionButton(self.t("fill.add_row"), key="Ctrl+Ins", icon="plus")
        self.row_button.clicked.connect(self.add_row)
        head.addWidget(self.row_button)
        head.addWidget(self.goto_field)
        head.addWidget(self.goto_button)
        self.notice = Notice("", "bad")
        self.notice.hide()
        self.stack = QStackedWidget()
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(2)
        middle.addLayout(head)
        middle.addWidget(self.notice)
        middle.addWidget(self.stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.sections.setFixedWidth(SECTIONS_WIDTH)
        self.context.setFixedWidth(CONTEXT_WIDTH)
        row.addWidget(self.sections)
        row.addLayout(middle, 1)
        row.addWidget(self.context)
        self._row = row

    def _make_card(self, index: int, parent: QWidget) -> ItemCard:
        card = ItemCard(index, self.thumbnails.get, parent)
        card.set_face(make_face(self.model, index, self.asking.texts))
        card.pressed.connect(self._card_pressed)
        card.setVisible(self.model.state(index).relevant)
        return card

    def _build_more(self) -> None:
        """Make the cards of the open section first, then the next ones, a slice at a time."""
        here = self.stack.currentIndex()
        order = [*range(here, len(self.pages)), *range(here)]
        page = next((self.pages[s] for s in order if not self.pages[s].built), None)
        if page is None:
            self._building.stop()
        else:
            page.build()

    # --- moving -----------------------------------------------------------------------------------------------------

    @property
    def card(self) -> ItemCard | None:
        """The open card."""
        index = self.model.cursor
        return self.pages[self.model.section_of(index)].card(index) if self.model.items else None

    def open_item(self, index: int, *, path: str = "", save: bool = True) -> None:
        """Open an item's card and give it the keyboard; `path` names the field to go to."""
        self.flush()
        section = self.model.section_of(index)
        page = self.pages[section]
        old, editor_before = self.card, self.editor
        card = page.reach(index)
        if old is not card or self.editor is None:
            self.editor = CardEditor(self.asking, index, self.thumbnails)
            self._wire(self.editor)
            self.model.move_to(index)
            card.open(self.editor)
        self.stack.setCurrentWidget(page)
        page.show_card(card)
        self._focus(card, self.editor.stop_for(path) if path else self.editor.question.first_field())
        if editor_before is not None and editor_before is not self.editor and old is not None:
            old.fold()
            editor_before.hide()
            editor_before.deleteLater()
            page.show_card(card)
        self._show_place()
        if save:
            self._cursor_timer.start()
        self.moved.emit()

    def go_to_section(self, section: int) -> None:
        """Go to the first unanswered item of a section, else to its first one."""
        asked = [i for i in self.model.range_of(section) if self.model.state(i).relevant]
        if asked:
            self.open_item(next((i for i in asked if not self.model.state(i).answered), asked[0]))

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
            self.row_added.emit(repeat)

    def focus_card(self) -> None:
        card = self.card
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Hand over every text that is not saved yet."""
        if self.editor is not None:
            self.editor.flush()

    def rest(self) -> None:
        """Save the place and what is typed, then start nothing more: the screen is left, or the window closes."""
        self.flush()
        self._building.stop()
        self._cursor_timer.stop()
        self.model.rest()

    def say(self, text: str, tone: str = "bad") -> None:
        """Show a message above the cards until the next answer; blank hides it."""
        self.said = tone if text else ""
        self.notice.set(text, tone)
        self.notice.setVisible(bool(text))

    def focus_open(self) -> None:
        """Give the keyboard to the open card, as when it was opened."""
        card = self.card
        if card is not None and self.editor is not None:
            self._focus(card, self.editor.question.first_field())

    def retranslate(self) -> None:
        """Show everything in the present language."""
        self.goto_button.setText(self.t("fill.goto"))
        self.row_button.setText(self.t("fill.add_row"))
        self.goto_field.setAccessibleName(self.t("fill.goto.name"))
        self.goto_field.setPlaceholderText(self.t("fill.goto.hint"))
        for page in self.pages:
            for card in page.cards:
                card.set_face(make_face(self.model, card.index, self.asking.texts))
        self._renew_editor()
        self._judged()
        self._show_place()

    def _renew_editor(self) -> None:
        card, before = self.card, self.editor
        if card is None or before is None:
            return
        before.flush()
        self.editor = CardEditor(self.asking, card.index, self.thumbnails)
        self._wire(self.editor)
        card.open(self.editor)
        before.hide()
        before.deleteLater()
        self._focus(card, self.editor.question.first_field())

    def _wire(self, editor: CardEditor) -> None:
        editor.done.connect(lambda: self._answered(editor))
        editor.photo_wanted.connect(lambda: self.photo_wanted.emit(editor.index))
        editor.photo_opened.connect(self.photo_opened)
        editor.signing_wanted.connect(self.closing_wanted)

    def _focus(self, card: ItemCard, field: QWidget | None) -> None:
        if field is None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, QLineEdit):
            field.selectAll()

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
            self.pages[self.stack.currentIndex()].show_card(card)
            self._focus(card, field)

    _answered_before = False
    said = ""  # tone of the message that stands above the cards

    def _item_changed(self, index: int) -> None:
        card = self.pages[self.model.section_of(index)].card(index)
        if card is None:
            return
        card.set_face(make_face(self.model, index, self.asking.texts))
        relevant = self.model.state(index).relevant
        if card.isHidden() == relevant:
            card.setVisible(relevant)
            card.resized.emit(index)
        if self.editor is not None and self.editor.index == index:
            self.editor.refresh()
            card.refit_editor()
            self.pages[self.model.section_of(index)].show_card(card)

    def _judged(self) -> None:
        language = self.asking.language
        faces = []
        for number, section in enumerate(self.model.sections):
            p = self.model.progress(number)
            name = (section.short.in_language(language) or section.title.in_language(language)).strip()
            faces.append(SectionFace(section.section_id.upper(), name, p.answered, p.total, p.failed))
        here = self.model.section_of(self.model.cursor) if self.model.items else 0
        self.sections.show_sections(faces, here)
        total = self.model.progress()
        self.sections.title.setText(self.model.outline.title.in_language(language))
        self.sections.total.setText(f"{total.answered}/{total.total}")
        card = self.card
        if card is not None:
            card.set_face(make_face(self.model, card.index, self.asking.texts))
        self._show_problems()
        self._show_law()

    def _show_problems(self) -> None:
        """List what blocks sealing, without the items that are simply not answered yet, and count those in one line."""
        problems = [p for p in self.model.problems if p.kind != "missing" or self._begun(p)]
        problems.sort(key=lambda p: not p.blocking)
        faces = [self._problem_face(p) for p in problems]
        self.context.show_problems(self.t("fill.problems", count=len(faces)), faces, self.t("fill.problems.none"))

    def _begun(self, problem: Problem) -> bool:
        """Whether a missing answer belongs to an item that has some answer already."""
        index = self.model.index_of(problem.item_id, problem.path)
        return index is None or self.model.state(index).answered

    def _problem_face(self, problem: Problem) -> ProblemFace:
        index = self.model.index_of(problem.item_id, problem.path)
        number = self.model.items[index].number if index is not None else ""
        words = problem.message.in_language(self.asking.language)
        return ProblemFace(number, words, problem.item_id, problem.path, problem.blocking)

    def _jump(self, face: ProblemFace) -> None:
        self.go_to_problem(face.item_id, face.path)

    def go_to_problem(self, item_id: str, path: str) -> None:
        """Go to the field that a problem is about."""
        index = self.model.index_of(item_id, path)
        if index is not None:
            self.open_item(index, path=path)

    def _show_place(self) -> None:
        section = self.model.sections[self.model.section_of(self.model.cursor)]
        self.heading.setText(f"{section.section_id.upper()}. {section.title.in_language(self.asking.language)}")
        self.row_button.setVisible(bool(self.model.items[self.model.cursor].repeat_path))
        number = self.model.items[self.model.cursor].number
        self.context.show_last(self.t("fill.last", number=number), self._last_words())
        self._show_law()
        here = self.model.section_of(self.model.cursor)
        for index, row in enumerate(self.sections.rows):
            row.set_face(row.face, selected=index == here)

    def _last_words(self) -> str:
        """What the last visit found at the open item, as far as this laptop knows."""
        found = self.earlier.item(self.model.items[self.model.cursor].item_id)
        if found is None:
            return self.t("fill.last.none")
        language = self.asking.language
        verdict = verdict_word(found.verdict, self.asking.texts) if found.verdict else ""
        value = (
            found.shown.in_language(language) or f"{found.value} {unit_words(found.unit).in_language(language)}".strip()
        )
        when = date_and_time(self.earlier.at, language)
        lines = (" · ".join(dict.fromkeys(part for part in (verdict, value) if part)), found.note or found.reason, when)
        return "\n".join(line for line in lines if line)

    def _show_law(self) -> None:
        if not self.model.items:
            return
        language = self.asking.language
        item = self.model.items[self.model.cursor]
        texts, references, sure = [], [], True
        for law_id in item.laws:
            if self.catalogue is None:
                continue
            law = self.catalogue.law(law_id)
            texts.append(self.catalogue.law_text(law_id).in_language(language))
            certain = self.t(f"fill.certainty.{law.certainty.value.lower()}")
            sure = sure and law.certainty in {Certainty.A, Certainty.CONFIRMED}
            references.append(" · ".join(part for part in (law.title.in_language(language), certain) if part))
        text, reference = "\n".join(t for t in texts if t), "\n".join(references)
        self.context.show_law(self.t("fill.law"), text, reference, sure=sure)

    def _repaint_photo(self, attachment_id: str) -> None:
        for page in self.pages:
            if page.isVisible():
                for card in page.cards:
                    if any(photo.attachment_id == attachment_id for photo in card.face.photos):
                        card.update()

    # --- keys -------------------------------------------------------------------------------------------------------

    def _key_table(self) -> Mapping[str, Callable[[], object]]:
        return {
            "Up": lambda: self._step(-1),
            "Down": lambda: self._step(1),
            "Enter": self._enter,
            "Esc": self._escape,
            "N": self._note,
            "P": lambda: self.photo_wanted.emit(self.model.cursor),
            "Shift+P": self._captions,
            "L": lambda: self.show_context(self.context.last),
            "F1": lambda: self.show_context(self.context.law),
            "Del": lambda: self._clear(),
            "Ctrl+G": self.ask_where,
            "Ctrl+Ins": self.add_row,
            "Ctrl+E": self._problems,
            "Ctrl+PgUp": lambda: self._step_section(-1),
            "Ctrl+PgDn": lambda: self._step_section(1),
            "Ctrl+Z": lambda: self._wind(self.model.undo),
            "Ctrl+Y": lambda: self._wind(self.model.redo),
            "Ctrl+Shift+Z": lambda: self._wind(self.model.redo),
            "Ctrl+V": self._paste,
            "Ctrl+Enter": self.seal_wanted.emit,
            "F9": self.closing_wanted.emit,
            "Home": lambda: self._end_of_section(first=True),
            "End": lambda: self._end_of_section(first=False),
            "PgUp": lambda: self._scroll(-1),
            "PgDn": lambda: self._scroll(1),
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            if event.type() == QEvent.Type.ShortcutOverride and self._means(watched, event):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self.handle_key(watched, event)
        return False

    def handle_key(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Act on a key that `widget` got; False leaves it to the widget."""
        name = keys.name(event)
        if not self._means(widget, event):
            return False
        if widget is self.goto_field:
            return self._goto_key(name)
        action = self._keys.get(name)
        if action is not None:
            return action() is not False
        return self._question_key(name)

    def _means(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Whether this key means something here, or belongs to the field that has the focus."""
        name = keys.name(event)
        if widget is self.goto_field:
            return name in {"Enter", "Esc"}
        known = name in self._keys or (len(name) == 1 and name.isalnum()) or name == "Ctrl+V"
        if not known or not _is_field(widget):
            return known and not (isinstance(widget, QAbstractButton) and name == "Space")
        if keys.types_text(event):
            return isinstance(widget, TypedEdit) and widget.numeric and name in _NUMERIC_LETTERS
        return _leaves_field(widget, name)

    def _question_key(self, name: str) -> bool:
        if self.editor is None:
            return False
        self._answered_before = self.model.state(self.editor.index).answered
        return self.editor.question.key(name)

    def _goto_key(self, name: str) -> bool:
        if name == "Enter":
            self._go_where()
        elif name == "Esc":
            self._stop_asking_where()
            self.focus_card()
        return True

    def _enter(self) -> bool:
        widget = QApplication.focusWidget()
        if isinstance(widget, QAbstractButton):
            widget.click()
            return True
        if widget is not None and not _is_field(widget) and not isinstance(widget, ItemCard):
            return False  # a photo or a problem acts on Enter itself
        self.flush()
        self.say("")
        if self.editor is not None and _is_field(widget):
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
        needs = self.model.needs(editor.index)
        for need in needs:
            field = editor.stop_for_need(need) if need is not Need.NOTE or self.model.failed(editor.index) else None
            if field is not None and field is not widget:
                field.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def _escape(self) -> bool:
        widget = QApplication.focusWidget()
        if isinstance(widget, ItemCard) or widget is None:
            self.flush()
            self.left.emit()
        else:
            self.flush()
            self.focus_card()
        return True

    def _step(self, step: int) -> bool:
        if self.context.step(QApplication.focusWidget(), step):
            return True
        index = self.model.neighbour(self.model.cursor, step)
        if index is not None:
            self.open_item(index)
        return True

    def _step_section(self, step: int) -> None:
        section = self.model.section_of(self.model.cursor) + step
        while 0 <= section < len(self.model.sections):
            if any(self.model.state(i).relevant for i in self.model.range_of(section)):
                self.go_to_section(section)
                return
            section += step

    def _end_of_section(self, *, first: bool) -> None:
        asked = [
            i for i in self.model.range_of(self.model.section_of(self.model.cursor)) if self.model.state(i).relevant
        ]
        if asked:
            self.open_item(asked[0 if first else -1])

    def _scroll(self, step: int) -> None:
        bar = self.pages[self.stack.currentIndex()].verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep() * 9 // 10)

    def _note(self) -> None:
        if self.editor is not None and self.editor.note is not None:
            stop = self.editor.note.stop()
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _captions(self) -> None:
        photos = self.model.photos(self.model.items[self.model.cursor].item_id)
        if photos:
            bare = next((p for p in photos if not p.caption), photos[0])
            self.photo_opened.emit(bare.attachment_id)

    def _clear(self) -> bool:
        """Take the answer of the open item away (undo brings it back)."""
        item = self.model.items[self.model.cursor]
        for path in (item.verdict_path, item.skip_path, item.value_path):
            if path and self.model.value(path):
                self.model.set_value(path, "", visit="clear" + item.path)
        return True

    def _wind(self, step: Callable[[], int | None]) -> bool:
        self.flush()
        self.focus_card()
        index = step()
        if index is not None and index != self.model.cursor:
            self.open_item(index)
        elif self.editor is not None:
            self.editor.refresh()
        return True

    def _problems(self) -> None:
        self.model.judge_now()
        self.show_context(self.context.problems)
        if not self.context.focus_problems():
            self.say(self.t("fill.problems.none"), "ok")

    def show_context(self, block: QWidget) -> None:
        """Show a block of the context; where there is no room for it, over the cards until the next Esc or answer."""
        if self._row.indexOf(self.context) < 0:
            self.context.setVisible(True)
            self._place_drawer()
            self.context.raise_()
        self.context.area.ensureWidgetVisible(block)

    # --- go to item -------------------------------------------------------------------------------------------------

    def ask_where(self) -> None:
        self.goto_button.hide()
        self.goto_field.clear()
        self.goto_field.set_wrong(False)
        self.goto_field.show()
        self.goto_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_where(self) -> None:
        typed = self.goto_field.clean_text()
        index = self.model.find(typed)
        if index is None:
            index = self.model.search(typed, self.asking.language)
        if index is None or not self.model.state(index).relevant:
            self.goto_field.set_wrong(True)
            self.say(self.t("fill.goto.none", text=typed))
            return
        self.say("")
        self._stop_asking_where()
        self.open_item(index)

    def _stop_asking_where(self) -> None:
        self.goto_field.hide()
        self.goto_button.show()

    # --- photos -----------------------------------------------------------------------------------------------------

    def _paste(self) -> bool:
        return self._take(QGuiApplication.clipboard().mimeData(), self.model.cursor)

    def _take(self, data: QMimeData | None, index: int) -> bool:
        """Take photos out of what was pasted or dropped; False when there are none."""
        if data is None:
            return False
        sources: list[Any] = [url for url in data.urls() if url.isLocalFile()]
        if not sources and data.hasImage():
            sources = [data.imageData()]
        if not sources:
            return False
        self.photos_given.emit(index, sources)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasImage() or any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        widget: QWidget | None = self.childAt(event.position().toPoint())
        while widget is not None and not isinstance(widget, ItemCard):
            widget = widget.parentWidget()
        index = widget.index if isinstance(widget, ItemCard) else self.model.cursor
        if self._take(event.mimeData(), index):
            event.acceptProposedAction()

    # --- window -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()
        QTimer.singleShot(0, self, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        card = self.card
        if card is not None:
            self.pages[self.model.section_of(self.model.cursor)].show_card(card)

    def _share_out(self) -> None:
        """Give the columns their widths; where space is short, the context is a drawer, then the names go."""
        scale = current_theme().scale / 100
        narrow = self.width() < NARROW * max(1.0, scale / 1.25)
        sections = round(SECTIONS_WIDTH * (1 + (max(1.0, scale) - 1) / 2))
        self.sections.setFixedWidth(sections if self.width() >= LETTERS_ONLY else 92)
        self.context.setFixedWidth(round(CONTEXT_WIDTH * (1 + (max(1.0, scale) - 1) / 2)))
        if narrow and self._row.indexOf(self.context) >= 0:
            self._row.removeWidget(self.context)
            self.context.hide()
        elif not narrow and self._row.indexOf(self.context) < 0:
            self._row.addWidget(self.context)
            self.context.show()
        self._place_drawer()

    def _place_drawer(self) -> None:
        if self._row.indexOf(self.context) < 0:
            width = self.context.maximumWidth()
            self.context.setGeometry(self.width() - width, 0, width, self.height())

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Listen to whatever has the keyboard, as long as it is a part of this screen."""
        if self._filtered is not None:
            self._filtered.removeEventFilter(self)
            self._filtered = None
        if now is None or not self.isAncestorOf(now):
            return
        now.installEventFilter(self)
        self._filtered = now
        card = self.card
        if card is not None:
            card.set_inner_focus(now is not card)
        if now is not self.goto_field and self.goto_field.isVisible():
            self._stop_asking_where()
        if self._row.indexOf(self.context) < 0 and not self.context.isAncestorOf(now):
            self.context.hide()


def _is_field(widget: QWidget | None) -> bool:
    return isinstance(widget, (QLineEdit, QPlainTextEdit))


def _leaves_field(widget: QWidget, name: str) -> bool:
    """Whether a key that types nothing leaves the field, or is the field's own (its cursor, its undo, a new line)."""
    if name in {"Up", "Down"} and isinstance(widget, NoteEdit):
        return widget.at_edge(top=name == "Up")
    if name in {"Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z"}:
        back = name == "Ctrl+Z"
        if isinstance(widget, QLineEdit):
            return not (widget.isUndoAvailable() if back else widget.isRedoAvailable())
        if isinstance(widget, QPlainTextEdit):
            document = widget.document()
            return not (document.isUndoAvailable() if back else document.isRedoAvailable())
    return name not in {"Home", "End", "Del", "Shift+P"}
