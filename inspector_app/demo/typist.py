"""A person at the keyboard and with the pen: real Qt events to whatever has the focus, on two keyboard layouts.

Keys are named as printed on a US keyboard (`1`, `N`, `Ctrl+Enter`). Letters and digits carry the scan code that a real
keyboard sends, so that keys 1-5 are tried on the Thai Kedmanee layout too; shortcuts go through Qt's own test path,
which knows shortcuts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

US, KEDMANEE = "us", "kedmanee"
_ROWS = ((2, "1234567890-="), (16, "QWERTYUIOP[]"), (30, "ASDFGHJKL;'`"), (44, "ZXCVBNM,./"))
_THAI = ((2, "ๅ/-ภถุึคตจขช"), (16, "ๆไำพะัีรนยบล"), (30, "ฟหกดเ้่าสวง_"), (44, "ผปแอิืทมใฝ"))
_SCAN_OFFSET = 0 if sys.platform == "win32" else 8  # X11 counts scan codes from 8
_NAMED = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Down": Qt.Key.Key_Down,
    "Up": Qt.Key.Key_Up,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "PgDn": Qt.Key.Key_PageDown,
    **{f"F{n}": Qt.Key(Qt.Key.Key_F1.value + n - 1) for n in range(1, 13)},
}
_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}


class Typist:
    """Presses keys, types text and draws strokes in one window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.layout = US
        self.keys = 0

    def press(self, *words: str) -> None:
        """Press keys one after the other."""
        for word in words:
            self.keys += 1
            *prefixes, key = word.split("+")
            if prefixes or key in _NAMED:
                self._shortcut(key, prefixes)
            else:
                self._letter(key)

    def _shortcut(self, key: str, prefixes: Sequence[str]) -> None:
        modifiers = Qt.KeyboardModifier.NoModifier
        for prefix in prefixes:
            modifiers |= _MODIFIERS[prefix]
        code = _NAMED.get(key) or Qt.Key(ord(key))
        QTest.keyClick(self._target(), code, modifiers)

    def _letter(self, key: str) -> None:
        place = next((first, row.index(key)) for first, row in _ROWS if key in row)
        letters = dict(_THAI if self.layout == KEDMANEE else _ROWS)
        text = letters[place[0]][place[1]].lower()
        self._send(ord(text.upper()), place[0] + place[1] + _SCAN_OFFSET, text)

    def type(self, text: str) -> None:
        """Type text character by character, as an input method delivers it."""
        for character in text:
            self.keys += 1
            self._send(ord(character.upper()[0]), 0, character)

    def _send(self, code: int, scan_code: int, text: str) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, scan_code, 0, 0, text)
            QApplication.sendEvent(self._target(), event)

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def draw(self, pad: QWidget, points: Sequence[tuple[float, float]]) -> None:
        """Draw one stroke with the mouse; points are in parts of the field's width and height."""
        places = [QPointF(x * pad.width(), y * pad.height()) for x, y in points]
        self._mouse(pad, QEvent.Type.MouseButtonPress, places[0])
        for before, after in pairwise(places):
            for step in range(1, 9):
                self._mouse(pad, QEvent.Type.MouseMove, before + (after - before) * (step / 8))
        self._mouse(pad, QEvent.Type.MouseButtonRelease, places[-1])

    def _mouse(self, pad: QWidget, kind: QEvent.Type, place: QPointF) -> None:
        left = Qt.MouseButton.LeftButton
        button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else left
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else left
        where = pad.mapToGlobal(place)
        QApplication.sendEvent(pad, QMouseEvent(kind, place, where, button, held, Qt.KeyboardModifier.NoModifier))
