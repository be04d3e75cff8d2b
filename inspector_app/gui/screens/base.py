"""What every screen of the window has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from inspector_app.gui import keys
from inspector_app.gui.context import AppContext
from inspector_app.gui.widgets.cards import Notice
from inspector_app.messages import explain


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key and what it does on this screen, for the foot and the map of keys (`?`)."""

    key: str
    text: str


class Screen(QWidget):
    """A place in the window, told by `on_shown(**arguments)`, `on_hidden`, `retranslate`, `can_leave(then)`.

    `title`, `subtitle` stand in the head left; `key_hints` in the foot; call `head_changed.emit()` when one changes.
    `wide` screens hide the navigation (they have `back` in the head instead).
    """

    head_changed = Signal()
    name = ""
    wide = False

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.context = context

    def t(self, key: str, **values: object) -> str:
        """Return the words for `key` in the present language."""
        return self.context.t(key, **values)

    def title(self) -> str:
        return ""

    def subtitle(self) -> str:
        return ""

    def key_hints(self) -> list[KeyHint]:
        return []

    def on_shown(self, *_: Any, **arguments: Any) -> None:
        """Read again what is shown and give the keyboard to the first thing to do."""

    def on_hidden(self) -> None:
        """Save what is in a field (Esc never loses)."""

    def can_leave(self, then: Callable[[], object]) -> bool:  # noqa: ARG002 - for subclasses
        """Return False after starting a dialog that must be answered first; it calls `then` when the way is free."""
        return True

    def retranslate(self) -> None:
        """Put all words again in the present language."""

    def bind(self, key: str, slot: Callable[[], object]) -> QShortcut:
        """Bind a key that works while the focus is on this screen (a dialog above it stops it)."""
        return bind_key(self, key, slot)


class KeyedScreen(Screen):
    """A screen without text fields of its own: single letters act. `key_actions` maps names of keys to what they do.

    `error` is the notice that `tell` puts an error's words into.
    """

    error: Notice

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.key_actions: Mapping[str, Callable[[], object]] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.key_actions.get(keys.name(event))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()
            event.accept()

    def tell(self, error: BaseException) -> None:
        """Say in words what went wrong."""
        self.error.set(explain(error, self.context.translator).text(self.context.language), "bad")
        self.error.show()


def bind_key(widget: QWidget, key: str, slot: Callable[[], object]) -> QShortcut:
    """Bind a key that works only while the focus is inside `widget`.

    The context is set afterwards: PySide6 6.11.3 ignores `context=` beside a callable in the constructor, and the key
    would then work from a dialog above, too.
    """
    shortcut = QShortcut(QKeySequence(key), widget)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(slot)
    return shortcut
