"""Keys of the fill screen: told by their place on the keyboard, acted on unless the focused field needs them itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget

from inspector_app.gui import keys
from inspector_app.gui.questions.base import NoteEdit, TypedEdit

Action = Callable[[], object]  # returning False leaves the key to the widget

_NUMERIC_LETTERS = frozenset("NPLWC")
_FIELD_KEYS = frozenset({"Home", "End", "Del", "Shift+P", "Shift+Del"})


class Keyboard(QObject):
    """Listens to whatever has the focus inside `owner`.

    `actions` are the screen's keys; `otherwise` is offered every other letter and digit; `own` gives some widgets a
    small table of their own, which stands in place of the screen's.
    """

    focus_came = Signal(QWidget)  # the part of the screen that has the keyboard now

    def __init__(
        self, owner: QWidget, actions: Mapping[str, Action], *, otherwise: Callable[[str], bool],
        own: Mapping[QWidget, Mapping[str, Action]],
    ) -> None:  # fmt: skip
        super().__init__(owner)
        self._owner, self._actions, self._otherwise, self._own = owner, actions, otherwise, own
        self._watched: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)

    def names(self) -> frozenset[str]:
        """Return the keys of the screen."""
        return frozenset(self._actions)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            if event.type() == QEvent.Type.ShortcutOverride and self._means(watched, event):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self.act(watched, event)
        return False

    def act(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Act on a key that `widget` got; False leaves it to the widget."""
        if not self._means(widget, event):
            return False
        name = keys.name(event)
        action = self._own.get(widget, self._actions).get(name)
        return action() is not False if action is not None else self._otherwise(name)

    def _means(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Whether this key means something here, or belongs to the field that has the focus."""
        name = keys.name(event)
        if widget in self._own:
            return name in self._own[widget]
        known = name in self._actions or (len(name) == 1 and name.isalnum())
        if not known or not is_field(widget):
            return known and not (isinstance(widget, QAbstractButton) and name == "Space")
        if keys.types_text(event):
            return isinstance(widget, TypedEdit) and widget.numeric and name in _NUMERIC_LETTERS
        return _leaves_field(widget, name)

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None
        if now is not None and self._owner.isAncestorOf(now):
            now.installEventFilter(self)
            self._watched = now
            self.focus_came.emit(now)


def is_field(widget: QWidget | None) -> bool:
    """Whether a widget takes typed text."""
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
    return name not in _FIELD_KEYS
