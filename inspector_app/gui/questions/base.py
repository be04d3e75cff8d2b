"""What all questions share: what they are handed, how they are asked, and the fields that they use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QResizeEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from checklists.text import clean
from inspector_app.gui.theme import Theme, Themed, current_theme
from inspector_app.gui.widgets.fields import LineEdit
from inspector_app.i18n import Translator

if TYPE_CHECKING:
    from checklists.items import ItemDef
    from inspector_app.gui.questions.model import FillModel

TEXT_DELAY_MS = 700  # DECISIONS: text is saved within a second after the last key


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question is handed. `visited_on` is the ISO day of the visit, whose law counts."""

    model: FillModel
    texts: Translator
    today: Callable[[], date]
    visited_on: str

    def t(self, key: str, **values: object) -> str:
        return self.texts.t(key, **values)

    @property
    def language(self) -> str:
        return self.texts.language


class Question(QWidget):
    """The part of the open card that takes the answer of one item.

    `answered` fires when an answer was given by one act (a key, a button), so that the screen may go on. `key` is
    offered each key that no text field wants.
    """

    answered = Signal()

    def __init__(self, asking: Asking, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asking, self.index = asking, index
        self.item: ItemDef = asking.model.items[index]
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)

    @property
    def model(self) -> FillModel:
        return self.asking.model

    def t(self, key: str, **values: object) -> str:
        return self.asking.t(key, **values)

    def named(self, what: str) -> str:
        """Return an accessible name: the item's number and what the control is."""
        return f"{self.item.number} {what}"

    def first_field(self) -> QWidget | None:
        """Return the field that gets the keyboard when the card opens; None leaves it with the card."""
        return None

    def key(self, name: str) -> bool:  # noqa: ARG002 - for subclasses
        """Take a key; True when it meant something here."""
        return False

    def refresh(self) -> None:
        """Show the present answers, without touching what is being typed."""

    def flush(self) -> None:
        """Hand over what was typed and not yet saved."""


class NoteEdit(Themed, QPlainTextEdit):
    """A text of several lines that grows. `changed_text` comes 0.7 s after the last key and on leaving.

    Pasted text loses its formatting and zero-width characters; what is handed over is clean.
    """

    changed_text = Signal(str)
    MOST_LINES = 5

    def __init__(self, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = ""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TEXT_DELAY_MS)
        self._timer.timeout.connect(self.flush)
        self.textChanged.connect(self._typed)
        self.apply_theme(current_theme())

    def clean_text(self) -> str:
        return clean(self.toPlainText()).strip()

    def show_text(self, text: str) -> None:
        """Show a stored text unless the person is typing another one."""
        self._given = text
        if not self._timer.isActive() and self.clean_text() != text:
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
            self._fit()

    def flush(self) -> None:
        self._timer.stop()
        text = self.clean_text()
        if text != self._given:
            self._given = text
            self.changed_text.emit(text)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.insertPlainText(clean(source.text()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.flush()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def apply_theme(self, theme: Theme) -> None:
        self.setFont(theme.font("body"))
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(300, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height())

    def at_edge(self, *, top: bool) -> bool:
        """Whether the cursor stands in the first or last line, so that an arrow leaves the field."""
        cursor = self.textCursor()
        block = cursor.block()
        document = self.document()
        line = block.layout().lineForTextPosition(cursor.positionInBlock()).lineNumber()
        if top:
            return block == document.firstBlock() and line <= 0
        return block == document.lastBlock() and line >= block.layout().lineCount() - 1

    def _typed(self) -> None:
        self._timer.start()
        self._fit()

    def _height(self) -> int:
        lines = min(self.MOST_LINES, max(1, self._line_count()))
        return max(current_theme().target, round(QFontMetricsF(self.font()).lineSpacing() * lines + 24))

    def _line_count(self) -> int:
        document, count = self.document(), 0
        block = document.firstBlock()
        while block.isValid():
            count += max(1, block.layout().lineCount())
            block = block.next()
        return count

    def _fit(self) -> None:
        many = self._line_count() > self.MOST_LINES
        wanted = Qt.ScrollBarPolicy.ScrollBarAsNeeded if many else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != wanted:
            self.setVerticalScrollBarPolicy(wanted)
        height = self._height()
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            self.updateGeometry()


class TypedEdit(LineEdit):
    """A one-line field that hands over each readable state at once: `edited(text)`.

    `numeric` fields take no letters, so the screen lets letter keys act while one has the focus.
    """

    edited = Signal(str)

    def __init__(self, name: str, *, numeric: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numeric = numeric
        self.setAccessibleName(name)
        self.textEdited.connect(self.edited)

    def show_text(self, text: str) -> None:
        """Show a stored value unless the field is being typed in."""
        if not self.hasFocus() and self.text() != text:
            self.setText(text)
