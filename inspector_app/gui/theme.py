"""Colours, type and sizes of the window, and the one style sheet made of them.

Three themes share one token table (light, dark, sunlight for use outdoors). Fonts are set one way only: by `QFont`,
never in the style sheet, because a style sheet beats `setFont` and cannot ask for the weight axis of the variable font.
The current theme lives on the application object, as palette and font do.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

import resources

_PROPERTY = "inspector_theme"
FAMILIES = ["Noto Sans Thai", "Sarabun"]  # Sarabun has the arrows and ≤ that Noto Sans Thai lacks
MIN_TARGET = 44  # logical px, least height of anything to press
BASE_PT = 10.0


class Tokens(NamedTuple):
    """One theme: colours as #RRGGBB, widths in logical px. Least contrast of text 5.9, sunlight 9.2."""

    name: str
    bg: str
    surface: str
    sunk: str
    text: str
    muted: str
    line: str
    line2: str
    bar: str
    bar_text: str
    bar_muted: str
    acc: str
    acc_text: str
    acc_soft: str
    ok: str
    ok_soft: str
    bad: str
    bad_soft: str
    na: str
    na_soft: str
    cant: str
    cant_soft: str
    obs: str
    obs_soft: str
    lab: str
    lab_soft: str
    edge: float = 1.0
    ring: float = 2.5
    outlined: bool = False  # chips and tracks get an edge of their own

    def tone(self, name: str) -> QColor:
        """Return the strong colour of a tone: a token's name, or `info` for the accent."""
        return QColor(getattr(self, "acc" if name == "info" else name))

    def soft(self, name: str) -> QColor:
        """Return the soft ground of a tone."""
        return QColor(getattr(self, ("acc" if name == "info" else name) + "_soft"))


LIGHT = Tokens(
    "light", "#EEF1F5", "#FFFFFF", "#F6F8FA", "#16202B", "#4E5B68", "#CFD7DF", "#6F7D8B", "#17324F", "#FFFFFF",
    "#C6D5E5", "#1B5AA0", "#FFFFFF", "#E4EEF9", "#12693C", "#E3F3E9", "#AE231C", "#FBE9E7", "#4E5B68", "#E9EDF1",
    "#6A3A8C", "#F2E9F8", "#7A4D00", "#FCF0D9", "#0B5F6E", "#E0F2F4",
)  # fmt: skip
DARK = Tokens(
    "dark", "#10161D", "#1A232D", "#141C25", "#EAF0F6", "#A9B7C5", "#34424F", "#7E8D9C", "#0A1017", "#EAF0F6",
    "#A9B7C5", "#7DB8F5", "#0B1622", "#1D334A", "#69CF99", "#17332A", "#FF9A91", "#43211F", "#B4C0CC", "#2A3641",
    "#CFA8EE", "#352545", "#F0BE62", "#3A2E17", "#6FCFDC", "#143640",
)  # fmt: skip
SUNLIGHT = Tokens(
    "sunlight", "#FFFFFF", "#FFFFFF", "#FFFFFF", "#000000", "#1F1F1F", "#000000", "#000000", "#000000", "#FFFFFF",
    "#FFFFFF", "#00339A", "#FFFFFF", "#FFF3B0", "#004D26", "#FFFFFF", "#930A0A", "#FFFFFF", "#1F1F1F", "#FFFFFF",
    "#4B1670", "#FFFFFF", "#5A3800", "#FFFFFF", "#00424D", "#FFFFFF", edge=1.6, ring=4.0, outlined=True,
)  # fmt: skip
THEMES = {t.name: t for t in (LIGHT, DARK, SUNLIGHT)}

# role -> (points at 100 %, bold)
ROLES: dict[str, tuple[float, bool]] = {
    "note": (9, False), "note_bold": (9, True), "key": (9, True), "body": (10, False), "body_bold": (10, True),
    "name": (10.5, False), "name_bold": (10.5, True), "item": (11, True), "section": (13, True), "value": (13, True),
    "count": (17, True), "title": (13, True), "dialog": (14, True), "sign_in": (17, True), "closing": (12, False),
    "closing_bold": (12, True), "finding": (15, True),
}  # fmt: skip


class Theme(QObject):
    """The theme in use; `changed` fires after everything visible has been told."""

    changed = Signal()

    def __init__(self, name: str = "light", scale: int = 100, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens = THEMES.get(name, LIGHT)
        self.scale = scale
        self._fonts: dict[str, QFont] = {}

    def font(self, role: str) -> QFont:
        """Return the font of a role (`ROLES`) at the present text size."""
        if role not in self._fonts:
            points, bold = ROLES[role]
            self._fonts[role] = make_font(points * self.scale / 100, bold=bold)
        return self._fonts[role]

    def px(self, points: float) -> float:
        """Return logical pixels that grow with the text size, for icons and things beside text."""
        return points * self.scale / 100

    @property
    def target(self) -> int:
        """Return the least height of something to press, in logical px, growing with large text."""
        return max(MIN_TARGET, round(MIN_TARGET * self.scale / 125))

    def use(self, name: str | None = None, scale: int | None = None) -> None:
        """Change theme or text size and repaint everything."""
        self.tokens = THEMES.get(name or self.tokens.name, LIGHT)
        self.scale = min(200, max(80, scale or self.scale))
        self._fonts.clear()
        self.apply()

    def apply(self) -> None:
        """Give the application this theme; called once at start and by `use`."""
        app = cast("QApplication", QApplication.instance())
        app.setProperty(_PROPERTY, self)
        app.setFont(self.font("body"))
        app.setPalette(palette(self.tokens))
        app.setStyleSheet(stylesheet(self.tokens, BASE_PT * self.scale / 100))
        for widget in QApplication.allWidgets():
            if isinstance(widget, Themed):
                widget.apply_theme(self)
        self.changed.emit()


class Themed:
    """Mixin of widgets that hold fonts or colours of their own and must be told of a new theme."""

    def apply_theme(self, _theme: Theme) -> None:
        """Take fonts and colours from the theme; the default repaints."""
        widget = cast("QWidget", self)
        widget.updateGeometry()
        widget.update()


def current_theme() -> Theme:
    """Return the application's theme; a light one where none was applied (single widgets in tests)."""
    app = QApplication.instance()
    if app is None:
        raise RuntimeError("no QApplication")
    theme = app.property(_PROPERTY)
    if not isinstance(theme, Theme):
        load_fonts()
        theme = Theme(parent=app)
        app.setProperty(_PROPERTY, theme)
    return theme


@functools.cache
def load_fonts() -> None:
    """Register the bundled fonts, once; without them Thai depends on what the laptop has."""
    for family in FAMILIES:
        QFontDatabase.addApplicationFont(str(resources.font_path(family)))


def make_font(points: float, *, bold: bool = False) -> QFont:
    """Return a Noto Sans Thai font. Bold by the weight axis: by `setBold` Qt would only smear the regular one."""
    font = QFont(FAMILIES)
    font.setPointSizeF(points)
    font.setVariableAxis(QFont.Tag("wght"), 700 if bold else 400)
    return font


def palette(t: Tokens) -> QPalette:
    """Return the palette for what Fusion draws itself."""
    result = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: t.bg, role.WindowText: t.text, role.Base: t.surface, role.AlternateBase: t.sunk, role.Text: t.text,
        role.Button: t.surface, role.ButtonText: t.text, role.Highlight: t.acc, role.HighlightedText: t.acc_text,
        role.ToolTipBase: t.surface, role.ToolTipText: t.text, role.PlaceholderText: t.muted, role.Link: t.acc,
        role.Mid: t.line, role.Dark: t.line2, role.Light: t.surface, role.BrightText: t.bad, role.Accent: t.acc,
    }  # fmt: skip
    for name, colour in pairs.items():
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(t.muted))
    return result


def stylesheet(t: Tokens, base_pt: float) -> str:
    """Return the application's one style sheet. Holds no fonts; areas are selected by object name."""
    text = re.sub(r"/\*.*?\*/", "", resources.path("styles", "window.qss").read_text("utf-8"), flags=re.DOTALL)
    grow = base_pt / BASE_PT
    values = {name: str(value) for name, value in t._asdict().items()}
    # a style sheet's min-height is without border and padding: 42 + 2 x 1 = 44
    values |= {"field_height": str(round(max(42, 34 * grow))), "bar_width": str(round(max(10, 10 * grow)))}
    values |= {"field_edge": str(round(max(1, t.edge))), "focus_edge": str(round(t.ring - 0.6))}
    values |= {"focus_height": str(round(max(42, 34 * grow)) - 2 * (round(t.ring - 0.6) - round(max(1, t.edge))))}
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
