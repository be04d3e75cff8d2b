"""Data files that ship with the program, and where the fonts are.

Imports nothing of ours. Fonts come from the packages `fontpkg-sarabun` and `fontpkg-noto-sans-thai` (OFL-1.1, see
NOTICE); they are found by package name so that nothing is imported to read a file.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the path of a bundled data file or folder, e.g. `path("i18n", "fill.json")`."""
    return _HERE.joinpath(*parts)


_FONT_FILES = {
    "Sarabun": ("fontpkg_sarabun", "Sarabun-{style}.ttf"),
    "Noto Sans Thai": ("fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf"),  # variable: one file, all weights
}


def font_path(family: str, style: str = "Regular") -> Path:
    """Return the TTF file of a bundled family; `style` is Regular, Bold, Italic, BoldItalic, Medium, SemiBold, Light.

    Raises `KeyError` for an unknown family and `FileNotFoundError` where the package or the style is missing.
    """
    package, pattern = _FONT_FILES[family]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(package)
    file = Path(spec.origin).parent / "files" / pattern.format(style=style)
    if not file.is_file():
        raise FileNotFoundError(file)
    return file
