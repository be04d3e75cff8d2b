"""Pictures made in memory for tests: with EXIF, turned, damaged."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def photo(
    number: int = 1,
    *,
    size: tuple[int, int] = (640, 480),
    taken: str = "",
    offset: str = "",
    gps: tuple[float, float] | None = None,
    orientation: int = 1,
    kind: str = "JPEG",
) -> bytes:
    """Return the bytes of a small drawn photo; different numbers give different bytes."""
    image = Image.new("RGB", size, (200, 210, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, size[0] // 2, size[1] // 2), fill=((number * 37) % 256, (number * 91) % 256, 90))
    draw.text((30, 30), f"photo {number}", fill="black")
    exif = Image.Exif()
    exif[0x0112] = orientation
    if taken:
        exif.get_ifd(EXIF_IFD)[0x9003] = taken
    if offset:
        exif.get_ifd(EXIF_IFD)[0x9011] = offset
    if gps:
        exif.get_ifd(GPS_IFD).update(
            {1: "N" if gps[0] >= 0 else "S", 2: _dms(gps[0]), 3: "E" if gps[1] >= 0 else "W", 4: _dms(gps[1])}
        )
    out = io.BytesIO()
    image.save(out, kind, **({"exif": exif, "quality": 80} if kind == "JPEG" else {}))
    return out.getvalue()


def large(number: int) -> bytes:
    """Return a photo that is larger than any small picture made of it."""
    return photo(number, size=(1600, 900))


def _dms(value: float) -> tuple[float, float, float]:
    value = abs(value)
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return (float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 4))


def signature() -> bytes:
    """Return a drawn signature: a black line on nothing."""
    image = Image.new("RGBA", (400, 120), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(20, 90), (90, 30), (150, 95), (260, 40), (380, 80)], fill=(10, 20, 60, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
