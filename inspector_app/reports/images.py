"""Photos as a page can take them: JPEGs pass through untouched, everything else is made a plain JPEG.

Touched only where a page could not show it right: turned by EXIF, CMYK, 16-bit, transparent, animated, or larger than
`LARGEST` pixels on a side. A file that is no picture gives None and the report shows a frame that says so.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import Any

LARGEST = 2400
"""Pixels on the longer side; 2400 on 78 mm are 780 dpi, far beyond what paper shows."""
HUGE_BYTES = 3_500_000
_QUALITY = 86
_TURNED = 0x0112  # EXIF orientation


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes as the PDF holds them: `coding` is DCTDecode (a JPEG) or FlateDecode (packed rows), size in pixels."""

    data: bytes
    width: int
    height: int
    gray: bool = False
    coding: str = "DCTDecode"


def _ends(data: bytes) -> bool:
    """Tell whether a JPEG's last scan is closed; a torn file is not, and is then decoded to be sure."""
    return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")


def _passes(image: Any, data: bytes) -> bool:
    plain = image.format == "JPEG" and image.mode in ("RGB", "L") and not getattr(image, "is_animated", False)
    upright = image.getexif().get(_TURNED, 1) == 1
    return plain and upright and _ends(data) and max(image.size) <= LARGEST * 2 and len(data) <= HUGE_BYTES


def _flat(image: Any) -> Any:
    """Return an 8-bit RGB copy, transparency laid on white."""
    from PIL import Image

    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        low, high = image.getextrema()
        span = max(high - low, 1)
        image = image.convert("F").point(lambda v: (v - low) * (255.0 / span)).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, (255, 255, 255))
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image.convert("RGB")


def prepare(data: bytes, *, longest: int = LARGEST) -> Picture | None:
    """Return the picture ready for print, or None where the bytes are no readable picture."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as image:
            if _passes(image, data):
                return Picture(data, *image.size, gray=image.mode == "L")
            if image.format == "JPEG":
                image.draft("RGB" if image.mode == "RGB" else image.mode, (longest, longest))
            image.seek(0)
            upright = ImageOps.exif_transpose(_flat_first(image))
            upright.thumbnail((longest, longest))
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=_QUALITY)
            return Picture(out.getvalue(), *upright.size)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        return None


def _flat_first(image: Any) -> Any:
    """Flatten, but keep the EXIF turn for `exif_transpose`."""
    turned = image.getexif().get(_TURNED, 1)
    flat = _flat(image)
    if turned != 1:
        flat.getexif()[_TURNED] = turned
    return flat


def cropped_signature(data: bytes) -> Picture | None:
    """Return a signature on white, cut to its ink, as a small picture."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as image:
            flat = _flat(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
    box = ImageOps.invert(flat.convert("L")).point(lambda v: 255 if v > 24 else 0).getbbox()
    flat = flat.crop(box) if box else flat
    flat.thumbnail((900, 360))
    width, height = flat.size
    return Picture(zlib.compress(flat.tobytes()), width, height, coding="FlateDecode")
