"""Icons: Material Design Icons 6 out of the qtawesome package, drawn as text at any size.

Only that one font and its table of names are read, on the first icon; importing qtawesome itself would load five fonts
before the first window.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap


def draw(painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
    """Draw the icon `name` (e.g. `check-bold`) in the middle of `rect`, as high as the rect."""
    family, codes = _font()
    font = QFont(family)
    font.setPixelSize(max(1, round(rect.height())))
    painter.save()
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, chr(codes[name]))
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
    result = QIcon(pixmap(name, size, colour))
    result.addPixmap(pixmap(name, size, colour, 2.0))
    return result


def exists(name: str) -> bool:
    """Tell whether the set has this icon; a test asks for every name in use."""
    return name in _font()[1]


@functools.cache
def _font() -> tuple[str, dict[str, int]]:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("qtawesome")
    folder = Path(spec.origin).parent / "fonts"
    table = next(folder.glob("materialdesignicons6-webfont-charmap-*.json"))
    file = next(folder.glob("materialdesignicons6-webfont-[0-9]*.ttf"))
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))[0]
    names = json.loads(table.read_text("utf-8"))
    return family, {name: int(code, 16) for name, code in names.items()}
