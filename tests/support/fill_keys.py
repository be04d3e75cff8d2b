"""Key events as two real keyboards send them: US and Thai Kedmanee, with X11 scan codes."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

US = "us"
KEDMANEE = "kedmanee"

_ROWS = ((2, "1234567890-="), (16, "QWERTYUIOP[]"), (30, "ASDFGHJKL;'`"), (44, "ZXCVBNM,./"))
_THAI = ((2, "ๅ/-ภถุึคตจขช"), (16, "ๆไำพะัีรนยบล"), (30, "ฟหกดเ้่าสวง_"), (44, "ผปแอิืทมใฝ"))
_NAMED = {
    "Enter": (Qt.Key.Key_Return, "\r"),
    "Esc": (Qt.Key.Key_Escape, "\x1b"),
    "Tab": (Qt.Key.Key_Tab, "\t"),
    "Space": (Qt.Key.Key_Space, " "),
    "Del": (Qt.Key.Key_Delete, "\x7f"),
    "Backspace": (Qt.Key.Key_Backspace, "\b"),
    "Ins": (Qt.Key.Key_Insert, ""),
    "PgUp": (Qt.Key.Key_PageUp, ""),
    "PgDn": (Qt.Key.Key_PageDown, ""),
    "Home": (Qt.Key.Key_Home, ""),
    "End": (Qt.Key.Key_End, ""),
    "Up": (Qt.Key.Key_Up, ""),
    "Down": (Qt.Key.Key_Down, ""),
    "Left": (Qt.Key.Key_Left, ""),
    "Right": (Qt.Key.Key_Right, ""),
    **{f"F{n}": (Qt.Key(Qt.Key.Key_F1.value + n - 1), "") for n in range(1, 13)},
}
_OFFSET = 0 if sys.platform == "win32" else 8


def scan_code(key: str) -> int:
    return next((first + row.index(key) + _OFFSET for first, row in _ROWS if key in row), 0)


def _character(key: str, layout: str) -> str:
    for (_, latin), (_, thai) in zip(_ROWS, _THAI, strict=True):
        if key in latin:
            return thai[latin.index(key)] if layout == KEDMANEE else key.lower()
    raise KeyError(key)


def press_event(word: str, layout: str = US, kind: QEvent.Type = QEvent.Type.KeyPress) -> QKeyEvent:
    """Return the event of a key named as on a US keyboard: `N`, `Ctrl+G`, `Shift+Enter`, `?`."""
    *prefixes, key = word.split("+") if word != "+" else ["+"]
    modifiers = Qt.KeyboardModifier.NoModifier
    for prefix in prefixes:
        modifiers |= {
            "Ctrl": Qt.KeyboardModifier.ControlModifier,
            "Shift": Qt.KeyboardModifier.ShiftModifier,
            "Alt": Qt.KeyboardModifier.AltModifier,
        }[prefix]
    if key in _NAMED:
        code, text = _NAMED[key]
        return QKeyEvent(kind, code, modifiers, 0, 0, 0, text)
    if key == "?":
        return QKeyEvent(kind, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier, scan_code("/"), 0, 0, "?")
    character = _character(key, layout)
    text = "" if prefixes else character
    return QKeyEvent(kind, ord(character.upper()), modifiers, scan_code(key), 0, 0, text)


class Typist:
    """Presses keys on whatever has the focus in a window, and counts them."""

    def __init__(self, window: QWidget, layout: str = US) -> None:
        self.window = window
        self.layout = layout
        self.count = 0

    def press(self, *words: str) -> None:
        """Press keys one after the other, each named as on a US keyboard."""
        for word in words:
            self.count += 1
            self._send(press_event(word, self.layout), press_event(word, self.layout, QEvent.Type.KeyRelease))

    def type(self, text: str) -> None:
        """Type text character by character, as an input method would deliver it."""
        for character in text:
            self.count += 1
            code = ord(character.upper())
            none = Qt.KeyboardModifier.NoModifier
            self._send(
                QKeyEvent(QEvent.Type.KeyPress, code, none, 0, 0, 0, character),
                QKeyEvent(QEvent.Type.KeyRelease, code, none, 0, 0, 0, character),
            )

    def _send(self, *events: QKeyEvent) -> None:
        target = QApplication.activeModalWidget() or self.window
        for event in events:
            QApplication.sendEvent(QApplication.focusWidget() or target, event)
        QApplication.processEvents()
