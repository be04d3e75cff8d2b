"""Small pictures of photos, for laptops that fetch a site's last visits ahead: made once, kept beside the files."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

SIDE = 320
QUALITY = 70
MOST_PIXELS = 60_000_000
"""A picture of more pixels than this is not opened: a small file can stand for a huge one."""


def thumbnail(file: Path, kept: Path) -> bytes | None:
    """Return a JPEG of at most 320 px a side, from `kept` where it was made before; None for what is no picture."""
    try:
        return kept.read_bytes()
    except OSError:
        made = _make(file)
    if made is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(".new")
        fresh.write_bytes(made)
        fresh.replace(kept)
    return made


def _make(file: Path) -> bytes | None:
    try:
        with Image.open(file) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            picture = ImageOps.exif_transpose(opened).convert("RGB")
            picture.thumbnail((SIDE, SIDE))
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=QUALITY)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return out.getvalue()
