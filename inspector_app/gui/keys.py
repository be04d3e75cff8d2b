"""Which key was pressed, told by its place on the keyboard and not by the letter the layout puts there.

`name(event)` gives one word per key press, as it is printed on a US keyboard: `1`, `N`, `?`, `Enter`, `Ctrl+PgDn`,
`Shift+Enter`. Screens look these words up in a table. On the Thai Kedmanee layout the keys 1-5 send ๅ / - ภ ถ, so the
letter alone says nothing: a `/` may be the key 2, the slash beside the right Shift or the slash of the number pad. The
scan code tells them apart; where there is none (remote desktops, tests) only Thai characters that can be nothing else
count, and a bare `/` or `-` never becomes a digit.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_ROWS: Final = (  # first scan code of a row in set 1, which evdev shares; its keys from left to right on a US keyboard
    (2, "1234567890-="),
    (16, "QWERTYUIOP[]"),
    (30, "ASDFGHJKL;'`"),
    (44, "ZXCVBNM,./"),
)
_SET_1: Final[Mapping[int, str]] = {first + i: key for first, row in _ROWS for i, key in enumerate(row)}
_XKB: Final[Mapping[int, str]] = {code + 8: key for code, key in _SET_1.items()}  # X11 and Wayland count from 8

_NAMED: Final[Mapping[int, str]] = {
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backtab: "Tab",
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Insert: "Ins",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "PgUp",
    Qt.Key.Key_PageDown: "PgDn",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    **{Qt.Key(Qt.Key.Key_F1.value + i): f"F{i + 1}" for i in range(12)},
}

_KEDMANEE: Final[Mapping[str, str]] = {  # without `/` and `-`: on their own they could be other keys
    "ๅ": "1",
    "ภ": "4",
    "ถ": "5",
    "ุ": "6",
    "ึ": "7",
    "ค": "8",
    "ต": "9",
    "จ": "0",
    **dict(zip("ๆไำพะัีรนย", "QWERTYUIOP", strict=True)),
    **dict(zip("ฟหกดเ้่าส", "ASDFGHJKL", strict=True)),
    **dict(zip("ผปแอิืท", "ZXCVBNM", strict=True)),
}
_THAI_DIGITS: Final = "๐๑๒๓๔๕๖๗๘๙"
_MODIFIERS: Final = Qt.KeyboardModifier
_TYPING: Final = frozenset({"Space", "Backspace", "Del", "Ins", "Home", "End", "Left", "Right"})


def scan_codes() -> Mapping[int, str]:
    """Return the scan codes of this system's keyboard driver."""
    return _SET_1 if sys.platform == "win32" else _XKB


def name(event: QKeyEvent, codes: Mapping[int, str] | None = None) -> str:
    """Return the word for this key press, `''` for keys that have none here (a lone Shift, dead keys, media keys)."""
    modifiers = event.modifiers()
    base = _base(event, scan_codes() if codes is None else codes)
    if not base:
        return ""
    shifted = bool(modifiers & _MODIFIERS.ShiftModifier)
    prefix = "Ctrl+" if modifiers & _MODIFIERS.ControlModifier else ""
    prefix += "Alt+" if modifiers & _MODIFIERS.AltModifier else ""
    if not prefix and shifted:
        return _shifted(base, event.text())
    return prefix + ("Shift+" if shifted else "") + base


def types_text(event: QKeyEvent) -> bool:
    """Whether a text field would use this key press for typing or for moving its cursor sideways."""
    if event.modifiers() & (_MODIFIERS.ControlModifier | _MODIFIERS.AltModifier):
        return False
    return _NAMED.get(event.key(), "") in _TYPING or (event.text() != "" and event.text().isprintable())


def _base(event: QKeyEvent, codes: Mapping[int, str]) -> str:
    named = _NAMED.get(event.key())
    if named:
        return named
    if event.modifiers() & _MODIFIERS.KeypadModifier:
        return _keypad(event)
    physical = codes.get(event.nativeScanCode(), "") or _virtual(event.nativeVirtualKey())
    return physical or _by_character(event)


def _keypad(event: QKeyEvent) -> str:
    digit = event.key() - Qt.Key.Key_0.value
    return str(digit) if 0 <= digit <= 9 else "Num" + event.text()


def _virtual(code: int) -> str:
    """Windows keeps the US letter of a key in its virtual key code, also on the Thai layout."""
    if sys.platform == "win32" and (0x30 <= code <= 0x39 or 0x41 <= code <= 0x5A):
        return chr(code)
    return ""


def _by_character(event: QKeyEvent) -> str:
    text = event.text().strip()
    if text in _KEDMANEE:
        return _KEDMANEE[text]
    if text and text in _THAI_DIGITS:
        return str(_THAI_DIGITS.index(text))
    key = event.key()
    return chr(key).upper() if 0x21 <= key <= 0x7E else text


def _shifted(base: str, text: str) -> str:
    """Shift makes another key of it: `?` wherever the layout has it, Thai digits count as the digits that they are."""
    if text == "?" or (base == "/" and text in {"", "?", "ฦ"}):
        return "?"
    if text and text in _THAI_DIGITS:
        return str(_THAI_DIGITS.index(text))
    return "Shift+" + base
