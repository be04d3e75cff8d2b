"""The window after sign-in: head, navigation, screens and foot. A screen is built when it is first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from checklists.model import Changes
from checklists.store import Room
from inspector_app.gui import keys, status
from inspector_app.gui.context import AppContext
from inspector_app.gui.saving import SavedState
from inspector_app.gui.screens.base import KeyHint, Screen, bind_key
from inspector_app.gui.screens.key_map import KeyMap
from inspector_app.gui.widgets.cards import Notice
from inspector_app.gui.widgets.dialogs import Question, open_dialog
from inspector_app.gui.widgets.frame import Foot, Head, NavButton
from inspector_app.gui.widgets.labels import ThaiLabel
from inspector_app.messages import explain

# name -> (module, class); a screen is imported and built on its first visit
SCREENS = {
    "home": ("inspector_app.gui.screens.home", "HomeScreen"),
    "start": ("inspector_app.gui.screens.start", "StartScreen"),
    "records": ("inspector_app.gui.screens.records", "RecordsScreen"),
    "sync": ("inspector_app.gui.screens.sync", "SyncScreen"),
    "settings": ("inspector_app.gui.screens.settings", "SettingsScreen"),
    "fill": ("inspector_app.gui.screens.fill", "FillScreen"),
    "closing": ("inspector_app.gui.screens.closing", "ClosingScreen"),
    "orders": ("inspector_app.gui.screens.orders", "OrdersScreen"),
    "record": ("inspector_app.gui.screens.record", "RecordScreen"),
}
PLACES = (
    ("home", "home-outline"),
    ("records", "clipboard-text-outline"),
    ("sync", "upload-outline"),
    ("settings", "cog-outline"),
)
"""What stands in the navigation, Alt+1 to Alt+4."""


class Shell(QWidget):
    """Shows one screen at a time and remembers the way back."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.context = context
        self.head, self.foot = Head(), Foot()
        self.banner = Notice(tone="bad")
        self.banner.hide()
        self.stack = QStackedWidget()
        self.leave_unsaved = False
        self._room: Room | None = None
        self._said = ""
        self._screens: dict[str, Screen] = {}
        self._way: list[tuple[str, dict[str, Any]]] = []
        self._nav = QWidget()
        self._nav_buttons = {name: NavButton(icon) for name, icon in PLACES}
        self._person = ThaiLabel(role="note_bold")
        self._position = ThaiLabel(role="note", tone="muted")
        self._office = ThaiLabel(role="note", tone="muted")
        self._build()
        self._bind()
        self._follow()
        self.retranslate()

    # --- building

    def _build(self) -> None:
        self._nav.setObjectName("nav")
        self._nav.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self._nav)
        column.setContentsMargins(8, 10, 9, 8)
        column.setSpacing(2)
        for button in self._nav_buttons.values():
            column.addWidget(button)
        column.addStretch(1)
        for label in (self._person, self._position, self._office):
            column.addWidget(label)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._nav)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banner)
        right.addWidget(self.stack, 1)
        middle.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.head)
        whole.addLayout(middle, 1)
        whole.addWidget(self.foot)

    def _bind(self) -> None:
        self.head.back.connect(self.back)
        for number, (name, _) in enumerate(PLACES, start=1):
            self._nav_buttons[name].clicked.connect(partial(self._go_to, name))
            bind_key(self, f"Alt+{number}", partial(self.go, name))
        bind_key(self, "Ctrl+N", partial(self.go, "start"))
        bind_key(self, "Ctrl+K", self._search)
        bind_key(self, "F5", self._send)
        bind_key(self, "Shift+F1", self.search_laws)

    def _follow(self) -> None:
        context = self.context
        context.go_requested.connect(self._go_asked)
        context.back_requested.connect(self.back)
        context.saver.state_changed.connect(self._show_saved)
        context.sync.state_changed.connect(self._show_connection)
        context.refresh.changed.connect(self._on_changes)

    # --- places

    @property
    def current(self) -> Screen | None:
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, Screen) else None

    def place(self, name: str) -> Screen:
        """Return the screen of this name, built now if it was never asked for."""
        if name not in self._screens:
            module, kind = SCREENS[name]
            made: Screen = getattr(importlib.import_module(module), kind)(self.context)
            made.name = name
            made.head_changed.connect(self._show_screen_words)
            self._screens[name] = made
            self.stack.addWidget(made)
        return self._screens[name]

    def go(self, name: str, /, **arguments: Any) -> None:
        """Show a screen. Places of the navigation begin a new way back, others are added to it."""
        if not self._leave_current(partial(self.go, name, **arguments)):
            return
        if name in self._nav_buttons:
            self._way.clear()
        elif self._way and self._way[-1][0] == name:
            self._way.pop()
        self._way.append((name, arguments))
        self._show(name, arguments)

    def _go_to(self, name: str, _checked: bool = False) -> None:
        self.go(name)

    def _go_asked(self, name: str, arguments: dict[str, Any]) -> None:
        self.go(name, **arguments)

    @property
    def way(self) -> list[tuple[str, dict[str, Any]]]:
        """The places from home to here, for coming back after a lock."""
        return list(self._way)

    def resume(self, way: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Show the last place of an earlier way; a record opens at its last item by itself."""
        once = {"send", "seal"}  # what was asked for once is not asked for again
        self._way = [(name, {k: v for k, v in arguments.items() if k not in once}) for name, arguments in way]
        self._show(*self._way[-1])

    def show_room(self, room: Room) -> None:
        """Say when the disk is getting full, before photos have to stop."""
        self._room = room
        self._show_saved()

    def say(self, text: str) -> None:
        """Show a message above the screens until it is taken back by a blank one."""
        self._said = text
        self._show_saved()

    def back(self) -> None:
        """Go back one step, home at the end; nothing is lost, because leaving saves."""
        if len(self._way) < 2 and self.current is not None and self.current.name == "home":
            return
        if not self._leave_current(self.back):
            return
        self._way = self._way[:-1] or [("home", {})]
        self._show(*self._way[-1])

    def leave(self) -> None:
        """Tell the screen in sight that the window closes, so that it saves what is in a field."""
        if self.current is not None:
            self.current.on_hidden()

    def _leave_current(self, then: Callable[[], object]) -> bool:
        current = self.current
        if current is None:
            return True
        if not current.can_leave(then):
            return False
        current.on_hidden()
        return True

    def _show(self, name: str, arguments: dict[str, Any]) -> None:
        screen = self.place(name)
        self._said = ""
        self.stack.setCurrentWidget(screen)
        self._nav.setVisible(not screen.wide)
        self.head.back_button.setVisible(screen.wide)
        for place, button in self._nav_buttons.items():
            button.setChecked(place == name)
        screen.on_shown(**arguments)
        self._show_screen_words()
        self._show_saved()

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = keys.name(event)
        current = self.current
        if key == "Esc" and current is not None and current.name != "home":
            self.back()
        elif key == "?":
            self.show_keys()
        else:
            super().keyPressEvent(event)

    def show_keys(self) -> None:
        """Show every key of this screen and of the window."""
        screen = self.current
        if screen is not None and open_dialog(self) is None:
            everywhere = [KeyHint(key, self.context.t(text)) for key, text in EVERYWHERE]
            KeyMap(self, self.context, screen.title(), [*screen.key_hints()], everywhere).open()

    def _search(self) -> None:
        if self.current is not None and self.current.name == "start":
            self.current.on_shown()
        else:
            self.go("start")

    def search_laws(self) -> None:
        """Open laws and limits, offline."""
        if open_dialog(self) is None:
            from inspector_app.gui.screens.law_search import LawSearch  # the catalogue, not before it is asked for

            dialog = LawSearch(self, self.context)
            dialog.open(dialog.search)

    def _send(self) -> None:
        self.go("sync", send=True)

    # --- words

    def retranslate(self) -> None:
        t = self.context.t
        for name, button in self._nav_buttons.items():
            button.set_words(t(f"shell.place_{name}"))
        self.head.back_button.set_words(t("shell.place_home"))
        officer = self.context.officer
        self._person.setText(officer.name)
        for label, text in ((self._position, officer.position), (self._office, officer.office)):
            label.setText(text)
            label.setVisible(bool(text))
        self._nav.setFixedWidth(max(158, *(b.sizeHint().width() + 17 for b in self._nav_buttons.values())))
        for screen in self._screens.values():
            screen.retranslate()
        self._show_screen_words()
        self._show_saved()
        self._show_connection()

    def _show_screen_words(self) -> None:
        screen = self.current
        if screen is None:
            return
        self.head.set_title(screen.title(), screen.subtitle())
        hints = [(hint.key, hint.text) for hint in screen.key_hints()]
        self.foot.set_hints([*hints, ("?", self.context.t("shell.all_keys"))])

    def _show_saved(self) -> None:
        saver, t = self.context.saver, self.context.t
        self.head.set_saved(*status.saved_words(saver, t))
        shown = True
        if saver.state is SavedState.FAILED and saver.error is not None:
            self.banner.set(explain(saver.error, self.context.translator).text(self.context.language), "bad")
        elif self._room is not None and self._room.level != "plenty":
            self.banner.set(*status.room_words(self._room, t))
        elif self._said:
            self.banner.set(self._said, "info")
        else:
            shown = False
        self.banner.setVisible(shown)

    def _show_connection(self) -> None:
        waiting = sum(self.context.store.outbox.counts().values())
        self.head.set_connection(*status.connection_words(self.context.sync, waiting, self.context.t))
        self._nav_buttons["sync"].set_count(waiting)

    def _on_changes(self, changes: Changes) -> None:
        if changes.touches("outbox", "record", "receipt", "sync"):
            self._show_connection()

    # --- closing

    def ask_leave_unsaved(self, close: Callable[[], object]) -> None:
        """The last answer could not be written: closing now would lose it, so the person decides."""
        t = self.context.t
        question = Question(
            self,
            t("shell.unsaved_title"),
            t("shell.unsaved_text"),
            yes=t("shell.unsaved_leave"),
            no=t("shell.unsaved_stay"),
        )

        def answered(leave: bool) -> None:
            self.leave_unsaved = leave
            if leave:
                close()

        question.closed.connect(answered)
        question.open(question.no_button)


EVERYWHERE = (
    ("Alt+1…4", "shell.key_places"),
    ("Ctrl+N", "shell.key_start"),
    ("Ctrl+K", "shell.key_search"),
    ("F5", "shell.key_send"),
    ("Shift+F1", "shell.key_laws"),
    ("Ctrl+L", "shell.key_lock"),
    ("Esc", "shell.key_back"),
    ("?", "shell.all_keys"),
)
