"""Keys are told by their place on the keyboard: the same finger works on every layout."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from inspector_app.gui import keys
from tests.support.fill_keys import KEDMANEE, US, press_event

XKB = {10: "1", 11: "2", 12: "3", 13: "4", 14: "5", 57: "N", 33: "P", 46: "L", 61: "/", 20: "-"}
NONE = Qt.KeyboardModifier.NoModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def event(key=0, text="", *, scan=0, modifiers=NONE, virtual=0):
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan, virtual, 0, text)


@pytest.mark.parametrize("layout", [US, KEDMANEE], ids=["us", "kedmanee"])
@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5", "N", "P", "L", "W", "T", "S", "J", "K"])
def test_the_same_finger_gives_the_same_word_on_every_layout(layout, key):
    assert keys.name(press_event(key, layout)) == key


@pytest.mark.parametrize("key", ["Ctrl+G", "Ctrl+E", "Ctrl+Z", "Ctrl+Y", "Ctrl+PgDn", "Ctrl+Enter", "F1", "Esc", "Up"])
def test_named_keys_and_combinations(key):
    assert keys.name(press_event(key, US)) == key
    assert keys.name(press_event(key, KEDMANEE)) == key


def test_the_slash_and_the_minus_of_a_latin_layout_are_no_verdicts():
    assert keys.name(event(Qt.Key.Key_Slash, "/", scan=61)) == "/"
    assert keys.name(event(Qt.Key.Key_Minus, "-", scan=20)) == "-"


def test_the_number_pads_slash_and_minus_are_no_verdicts():
    assert keys.name(event(Qt.Key.Key_Slash, "/", scan=106, modifiers=KEYPAD)) == "Num/"
    assert keys.name(event(Qt.Key.Key_Minus, "-", scan=82, modifiers=KEYPAD)) == "Num-"


def test_the_number_pads_digits_are_digits_and_its_enter_is_enter():
    assert keys.name(event(Qt.Key.Key_2, "2", scan=88, modifiers=KEYPAD)) == "2"
    assert keys.name(event(Qt.Key.Key_Enter, "\r", scan=104, modifiers=KEYPAD)) == "Enter"


def test_without_a_scan_code_a_lone_slash_or_minus_stays_what_it_is():
    assert keys.name(event(Qt.Key.Key_Slash, "/")) == "/"
    assert keys.name(event(Qt.Key.Key_Minus, "-")) == "-"


@pytest.mark.parametrize(
    "text, key", [("ๅ", "1"), ("ภ", "4"), ("ถ", "5"), ("ื", "N"), ("ย", "P"), ("ส", "L"), ("๓", "3")]
)
def test_without_a_scan_code_thai_characters_tell_the_key(text, key):
    assert keys.name(event(ord(text), text)) == key


def test_windows_counts_its_scan_codes_without_the_offset_of_x11(monkeypatch):
    monkeypatch.setattr(keys.sys, "platform", "win32")
    assert keys.name(event(0x0E45, "ๅ", scan=2)) == "1"
    assert keys.name(event(Qt.Key.Key_Slash, "/", scan=3, virtual=0x32)) == "2"
    assert keys.name(event(Qt.Key.Key_Slash, "/", scan=0x135, modifiers=KEYPAD, virtual=0x6F)) == "Num/"


def test_windows_virtual_keys_help_where_a_remote_desktop_sends_no_scan_code(monkeypatch):
    monkeypatch.setattr(keys.sys, "platform", "win32")
    assert keys.name(event(Qt.Key.Key_Minus, "-", virtual=0x33)) == "3"


def test_the_question_mark_is_found_wherever_the_layout_has_it():
    assert keys.name(event(Qt.Key.Key_Question, "?", scan=61, modifiers=SHIFT)) == "?"
    assert keys.name(event(Qt.Key.Key_Question, "?", scan=58, modifiers=SHIFT)) == "?"  # Kedmanee: Shift+M
    assert keys.name(event(0x0E26, "ฦ", scan=61, modifiers=SHIFT)) == "?"  # the key with ? printed on it


def test_shift_with_a_verdict_key_is_no_verdict_unless_it_types_a_thai_digit():
    assert keys.name(event(Qt.Key.Key_Exclam, "!", scan=10, modifiers=SHIFT)) == "Shift+1"
    assert keys.name(event(ord("๑"), "๑", scan=11, modifiers=SHIFT)) == "1"


def test_a_lone_modifier_has_no_word():
    assert keys.name(event(Qt.Key.Key_Shift, modifiers=SHIFT, scan=50)) == ""


def test_typing_is_told_from_commands():
    assert keys.types_text(event(Qt.Key.Key_N, "n", scan=57))
    assert keys.types_text(event(Qt.Key.Key_Backspace, "\b"))
    assert not keys.types_text(event(Qt.Key.Key_G, "\x07", scan=42, modifiers=CTRL))
    assert not keys.types_text(event(Qt.Key.Key_F1))
    assert not keys.types_text(event(Qt.Key.Key_Return, "\r"))
