"""Looking at a file before it becomes evidence: is it what it says, when and where was it taken, its small picture.

The bytes that are kept are the camera's, unchanged: the hash in the record is the hash of the original. Only the
thumbnail is turned upright and made small. Safe in a pool thread; Pillow is loaded on first use.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from checklists.clock import BANGKOK, stamp
from checklists.errors import AnswerError

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT_BYTES = 50 * 1024 * 1024
"""Largest attachment; the centre takes no larger blob (sync.protocol.Limits)."""
LIMIT_PIXELS = 200_000_000
THUMBNAIL = (320, 320)
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
_MIMES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011


class BrokenImageError(AnswerError):
    """The file is no image or is damaged; `file` in data."""

    code = "broken-image"


class ImageTypeError(AnswerError):
    """The file is an image of a kind that cannot be kept; `file`, `kind_of_file` in data."""

    code = "image-type"


class ImageTooLargeError(AnswerError):
    """More pixels than can be shown safely."""

    code = "image-too-large"


class FileTooLargeError(AnswerError):
    """The file is larger than the centre takes; `limit_mb` in data."""

    code = "file-too-large"


class EmptyFileError(AnswerError):
    """The file has no bytes."""

    code = "empty-file"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file turned out to be. `taken_at` RFC 3339 or '', position decimal degrees or None."""

    mime: str
    extension: str
    size: int
    width: int = 0
    height: int = 0
    taken_at: str = ""
    lat: float | None = None
    lon: float | None = None
    thumbnail: bytes | None = None

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")


def examine(data: bytes, *, file: str = "") -> Examined:
    """Return what `data` is. Raises an `AnswerError` that says what is wrong; nothing is kept then."""
    if not data:
        raise EmptyFileError(file=file)
    if len(data) > LIMIT_BYTES:
        raise FileTooLargeError(file=file, limit_mb=LIMIT_BYTES // (1024 * 1024))
    if data.startswith(b"%PDF-"):
        return Examined("application/pdf", "pdf", len(data))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise ImageTypeError(file=file, kind_of_file="HEIC")
    return _examine_image(data, file)


def _examine_image(data: bytes, file: str) -> Examined:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb and damaged metadata are warnings in Pillow
            warnings.simplefilter("ignore", UserWarning)
            return _read_image(data, file)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLargeError(file=file) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise BrokenImageError(file=file) from error


def _read_image(data: bytes, file: str) -> Examined:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        kind = image.format or ""
        if kind not in _MIMES:
            raise ImageTypeError(file=file, kind_of_file=kind or "?")
        if image.width * image.height > LIMIT_PIXELS:
            raise ImageTooLargeError(file=file)
        mime, (width, height) = _MIMES[kind], image.size
        exif = image.getexif()
        taken_at, position = _taken_at(exif), _position(exif)
    return Examined(
        mime,
        EXTENSIONS[mime],
        len(data),
        width,
        height,
        taken_at=taken_at,
        lat=position[0] if position else None,
        lon=position[1] if position else None,
        thumbnail=thumbnail(data),
    )


def thumbnail(data: bytes, size: tuple[int, int] = THUMBNAIL) -> bytes:
    """Return a small upright JPEG. Decodes every row, so that a truncated file is noticed here and not in court."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    with Pillow.open(io.BytesIO(data)) as image:
        image.draft("RGB", size)  # JPEG: decode at a reduced scale, 5x faster for 12 MP
        image.load()
        upright: Image = ImageOps.exif_transpose(image)
        upright.thumbnail(size)
        out = io.BytesIO()
        _on_white(upright).save(out, "JPEG", quality=82)
        return out.getvalue()


def _on_white(image: Image) -> Image:
    from PIL import Image as Pillow

    if image.mode in {"RGBA", "LA", "P"}:
        rgba = image.convert("RGBA")
        ground = Pillow.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    return image.convert("RGB")


def _taken_at(exif: Any) -> str:
    """Return the camera's time; without an offset it is taken as Thai time, the only zone there is."""
    details = exif.get_ifd(_EXIF_IFD)
    try:
        moment = datetime.strptime(str(details[_TAKEN]).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=BANGKOK)
        offset = str(details.get(_TAKEN_OFFSET, "")).strip("\0 ")
        if offset:
            moment = datetime.fromisoformat(moment.replace(tzinfo=None).isoformat() + offset)
    except (KeyError, ValueError):
        return ""
    return stamp(moment)


def _position(exif: Any) -> tuple[float, float] | None:
    gps = exif.get_ifd(_GPS_IFD)
    try:
        lat, lon = _degrees(gps[2]), _degrees(gps[4])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    lat, lon = (-lat if gps.get(1) == "S" else lat), (-lon if gps.get(3) == "W" else lon)
    return (round(lat, 6), round(lon, 6)) if (lat or lon) and abs(lat) <= 90 and abs(lon) <= 180 else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
