"""The visual language: contrast of every pair in use, one sheet without fonts, sizes that grow."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inspector_app.gui
from inspector_app.gui import icons
from inspector_app.gui.theme import THEMES, Theme, Tokens, load_fonts, make_font, stylesheet
from inspector_app.gui.widgets.buttons import ActionButton
from inspector_app.gui.widgets.labels import ThaiLabel

TONES = ("ok", "bad", "na", "cant", "obs", "lab", "info")


def luminance(colour: QColor) -> float:
    def part(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (part(v) for v in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast by WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_pairs(t: Tokens) -> list[tuple[str, QColor, QColor]]:
    grounds = {"surface": t.tone("surface"), "sunk": t.tone("sunk"), "bg": t.tone("bg")}
    pairs = [(f"{name} on {g}", t.tone(name), c) for name in ("text", "muted") for g, c in grounds.items()]
    pairs += [(f"{tone} on surface", t.tone(tone), t.tone("surface")) for tone in TONES]
    pairs += [(f"{tone} on its soft ground", t.tone(tone), t.soft(tone)) for tone in TONES]
    pairs += [(f"{tone} chosen", t.tone("acc_text"), t.tone(tone)) for tone in TONES]
    return [*pairs, ("head", t.tone("bar_text"), t.tone("bar")), ("head 2", t.tone("bar_muted"), t.tone("bar"))]


@pytest.mark.parametrize("name", THEMES)
def test_every_text_can_be_read(name: str) -> None:
    least = 7.0 if name == "sunlight" else 4.5
    poor = [(what, round(contrast(a, b), 1)) for what, a, b in text_pairs(THEMES[name]) if contrast(a, b) < least]
    assert poor == []


@pytest.mark.parametrize("name", THEMES)
def test_edges_of_controls_can_be_seen(name: str) -> None:
    t = THEMES[name]
    assert contrast(t.tone("line2"), t.tone("surface")) >= 3
    assert contrast(t.tone("acc"), t.tone("surface")) >= 3


def test_the_style_sheet_is_whole_and_holds_no_fonts() -> None:
    for tokens, points in itertools.product(THEMES.values(), (8.0, 10.0, 20.0)):
        sheet = stylesheet(tokens, points)
        assert "@" not in sheet
        assert "font" not in sheet


def test_no_widget_has_a_style_sheet_of_its_own() -> None:
    folder = Path(inspector_app.gui.__file__).parent
    users = [f.name for f in folder.rglob("*.py") if ".setStyleSheet(" in f.read_text("utf-8")]
    assert users == ["theme.py"]


def test_bold_is_the_bold_of_the_font_and_not_smeared(qtbot: QtBot) -> None:
    load_fonts()
    regular, bold = make_font(10), make_font(10, bold=True)
    assert QFontInfo(regular).family() == "Noto Sans Thai"
    assert ThaiLabel("ไม่ผ่าน").fontMetrics().horizontalAdvance("ไม่ผ่าน") > 0
    from PySide6.QtGui import QFontMetricsF

    assert QFontMetricsF(bold).horizontalAdvance("ไม่ผ่าน") > QFontMetricsF(regular).horizontalAdvance("ไม่ผ่าน")


def test_text_size_makes_text_and_targets_grow(qtbot: QtBot) -> None:
    theme = Theme(parent=QApplication.instance())
    theme.apply()
    button, label = ActionButton("เข้าใช้งาน", key="Enter"), ThaiLabel("ผ่าน")
    qtbot.addWidget(button)
    qtbot.addWidget(label)
    small = (button.sizeHint(), label.sizeHint())
    theme.use(scale=200)
    assert button.sizeHint().height() > small[0].height()
    assert label.sizeHint().height() > small[1].height() * 1.6
    theme.use(scale=80)
    assert button.sizeHint().height() == 44
    theme.use(scale=100)


def test_a_text_size_out_of_range_is_kept_readable(qtbot: QtBot) -> None:
    theme = Theme(scale=100, parent=QApplication.instance())
    theme.use(scale=1000)
    assert theme.scale == 200
    theme.use(scale=1)
    assert theme.scale == 80
    theme.use(scale=100)


def test_every_icon_in_use_exists(qtbot: QtBot) -> None:
    folder = Path(inspector_app.gui.__file__).parent
    code = "".join(file.read_text("utf-8") for file in folder.rglob("*.py"))
    used = set(re.findall(r'icon="([a-z0-9-]+)"', code))
    assert len(used) > 10
    assert sorted(name for name in used if not icons.exists(name)) == []
    assert {name: icons._table()[name] for name in icons.FIRST} == icons.FIRST
