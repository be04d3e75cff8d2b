"""Icons: Material Design Icons 6 out of the qtawesome package, drawn as text at any size.

Only that one font and its table of names are read, on the first icon; importing qtawesome itself would load five fonts
before the first window.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPixmap

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

FIRST = {
    "shield-check-outline": 0xF0CC8,
    "login": 0xF0342,
    "information-outline": 0xF02FD,
    "alert-circle-outline": 0xF05D6,
    "check-circle-outline": 0xF05E1,
}
"""Icons of the first window, so that it need not read the table of 7,000 names; a test compares them with it."""


def draw(painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
    """Draw the icon `name` (e.g. `check-bold`) in the middle of `rect`, as high as the rect."""
    font = QFont(_family())
    font.setPixelSize(max(1, round(rect.height())))
    painter.save()
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, chr(code(name)))
    painter.restore()


def pixmap(name: str, size: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """Return the icon as a picture of `size` logical px."""
    result = QPixmap(QSize(size, size) * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    draw(painter, QRectF(0, 0, size, size), name, colour)
    painter.end()
    return result


def icon(name: str, colour: QColor, size: int = 20) -> QIcon:
    """Return a `QIcon` for the few places where Qt wants one (line edits, menus)."""
    from PySide6.QtGui import QIcon  # not for the first window: its names take 3 ms

    result = QIcon(pixmap(name, size, colour))
    result.addPixmap(pixmap(name, size, colour, 2.0))
    return result


def exists(name: str) -> bool:
    """Tell whether the set has this icon; a test asks for every name in use."""
    return name in _table()


def code(name: str) -> int:
    """Return the place of an icon in the font. Raises `KeyError`."""
    return FIRST[name] if name in FIRST else _table()[name]


@functools.cache
def _folder() -> Path:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("qtawesome")
    return Path(spec.origin).parent / "fonts"


def _file(start: str, end: str) -> Path:
    """Return the file between whose name's start and end stands a version only."""
    return next(file for file in _folder().iterdir() if file.name.startswith(start) and file.suffix == end)


@functools.cache
def _family() -> str:
    file = _file("materialdesignicons6-webfont-", ".ttf")
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))[0]


@functools.cache
def _table() -> dict[str, int]:
    file = _file("materialdesignicons6-webfont-charmap-", ".json")
    return {name: int(place, 16) for name, place in json.loads(file.read_text("utf-8")).items()}
