"""The demo's photos: drawn scenes of a factory with the camera's data, each marked ตัวอย่าง, none of a real place.

Drawn with shapes and a little grain, so that a file has the size of a small photo and an upload takes several parts.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

import resources

SIZE = (1600, 1200)
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
Draw = ImageDraw.ImageDraw
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """One drawn photo: what it belongs to and what it shows."""

    item: str
    caption: str
    draw: Callable[[Draw], None]


def _ground(draw: Draw, wall: str, floor: str) -> None:
    draw.rectangle((0, 0, 1600, 780), fill=wall)
    draw.rectangle((0, 780, 1600, 1200), fill=floor)
    for x in range(-400, 2000, 200):
        draw.line((x, 1200, 800 + (x - 800) // 3, 780), fill="#8d8d86", width=3)


def _sign(draw: Draw, box: Box, text: str, ground: str = "#0b6b3a") -> None:
    draw.rounded_rectangle(box, 14, fill=ground, outline="white", width=6)
    draw.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), text, fill="white", font=_font(54), anchor="mm")


def _licence(draw: Draw) -> None:
    _ground(draw, "#dcd6c8", "#a79e8c")
    draw.rectangle((520, 160, 1080, 700), fill="#6b4a2b")
    draw.rectangle((545, 185, 1055, 675), fill="#fbf7ea")
    for y in range(330, 640, 34):
        draw.line((600, y, 1000 - (y * 7) % 160, y), fill="#7d7a70", width=5)
    draw.text((800, 260), "ใบอนุญาต (ร.ง.4)", fill="#333", font=_font(46), anchor="mm")


def _front(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 700), fill="#a9cbe8")
    draw.rectangle((0, 700, 1600, 1200), fill="#8b8f86")
    draw.rectangle((150, 360, 1450, 900), fill="#b9c0c6")
    for x in range(150, 1450, 260):
        draw.polygon([(x, 360), (x + 130, 250), (x + 260, 360)], fill="#8d979f")
        draw.rectangle((x + 70, 480, x + 190, 600), fill="#5c7d96")
    draw.rectangle((1180, 90, 1250, 360), fill="#9c6f5b")
    _sign(draw, (480, 640, 1120, 740), "โรงงาน (ตัวอย่าง)", "#17324f")


def _blocked_exit(draw: Draw) -> None:
    _ground(draw, "#d8dde2", "#9a9d9f")
    draw.rectangle((600, 220, 1000, 860), fill="#5d6f7c", outline="#2c3a44", width=10)
    _sign(draw, (620, 90, 980, 190), "ทางออก")
    for x, y, c in ((430, 640, "#b98a52"), (650, 700, "#a87942"), (880, 620, "#c39a63"), (560, 460, "#b98a52")):
        draw.rectangle((x, y, x + 260, y + 240), fill=c, outline="#6e4d24", width=6)
        draw.line((x + 130, y, x + 130, y + 240), fill="#e1c48d", width=16)


def _belt(draw: Draw) -> None:
    _ground(draw, "#c9cfd4", "#85888a")
    for x, r in ((480, 230), (1130, 150)):
        draw.ellipse((x - r, 560 - r, x + r, 560 + r), fill="#4d5962", outline="#222", width=14)
        draw.ellipse((x - 40, 520, x + 40, 600), fill="#c7c7c7")
    draw.line((470, 325, 1140, 405), fill="#1d1d1d", width=34)
    draw.line((470, 795, 1140, 715), fill="#1d1d1d", width=34)


def _extinguisher(draw: Draw) -> None:
    _ground(draw, "#e6e2da", "#a5a199")
    draw.rounded_rectangle((690, 330, 910, 880), 70, fill="#b3241c", outline="#6d120d", width=8)
    draw.rectangle((760, 250, 840, 340), fill="#222")
    draw.line((840, 290, 1000, 420, 980, 640), fill="#111", width=22)
    draw.rectangle((720, 520, 880, 700), fill="#f7f3e8")
    _sign(draw, (600, 90, 1000, 190), "ถังดับเพลิง", "#b3241c")


def _panel(draw: Draw) -> None:
    _ground(draw, "#d6d9dc", "#90949a")
    draw.rectangle((480, 140, 1000, 860), fill="#767f87", outline="#3b4349", width=10)
    draw.polygon([(1000, 140), (1240, 220), (1240, 900), (1000, 860)], fill="#8b949c", outline="#3b4349")
    for row in range(5):
        for column in range(6):
            x, y = 540 + column * 72, 220 + row * 110
            draw.rectangle((x, y, x + 48, y + 76), fill="#20262b")
            draw.line((x + 24, y + 76, x + 24 + (column * 31) % 60, y + 130), fill="#c23b22", width=6)


def _boiler(draw: Draw) -> None:
    _ground(draw, "#cfd6d2", "#868b86")
    draw.rounded_rectangle((260, 380, 1240, 860), 220, fill="#6f8792", outline="#33434b", width=12)
    draw.ellipse((1080, 400, 1400, 840), fill="#86a0ac", outline="#33434b", width=12)
    draw.ellipse((1190, 560, 1290, 660), fill="#e9e5d8", outline="#222", width=8)
    draw.line((600, 380, 600, 80), fill="#7b5a49", width=70)


def _puddle(draw: Draw) -> None:
    _ground(draw, "#d9d9d3", "#8f918d")
    draw.ellipse((380, 900, 1240, 1120), fill="#6f8fa5")
    draw.ellipse((520, 930, 900, 1030), fill="#9db7c8")
    draw.rectangle((1180, 420, 1420, 880), fill="#caa54a", outline="#6d561f", width=8)


def _stairs(draw: Draw) -> None:
    _ground(draw, "#dadfe2", "#92979b")
    for step in range(9):
        draw.rectangle((300 + step * 100, 1060 - step * 90, 1500, 1150 - step * 90), fill="#7d868d", outline="#49525a")
    draw.line((290, 900, 1190, 90), fill="#d9a520", width=22)


def _alarm(draw: Draw) -> None:
    _ground(draw, "#ece7df", "#a9a49a")
    draw.rounded_rectangle((560, 220, 1040, 700), 24, fill="#b3241c", outline="#6d120d", width=10)
    draw.ellipse((690, 350, 910, 570), fill="#f5f0e4", outline="#333", width=10)
    draw.text((800, 640), "แจ้งเหตุเพลิงไหม้", fill="white", font=_font(44), anchor="mm")


def _assembly(draw: Draw) -> None:
    draw.rectangle((0, 0, 1600, 720), fill="#b5d3ea")
    draw.rectangle((0, 720, 1600, 1200), fill="#7c9a63")
    draw.line((800, 1050, 800, 420), fill="#5b5b5b", width=26)
    _sign(draw, (520, 200, 1080, 480), "จุดรวมพล")


def _plate(draw: Draw) -> None:
    _ground(draw, "#4f5c64", "#3c454b")
    draw.rectangle((320, 260, 1280, 860), fill="#c9ccce", outline="#7b8186", width=12)
    for y, text in ((370, "MOTOR 3 PHASE"), (490, "55 kW   73.8 HP"), (610, "380 V   50 Hz"), (730, "EXAMPLE ONLY")):
        draw.text((800, y), text, fill="#25292c", font=_font(64), anchor="mm")


SCENES = (
    Scene("FA-A01", "ใบอนุญาตติดไว้ที่ผนังสำนักงาน", _licence),
    Scene("FA-A05", "ด้านหน้าโรงงาน", _front),
    Scene("FA-A06", "แผ่นป้ายกำลังเครื่องจักร", _plate),
    Scene("FA-B06", "กล่องสินค้าขวางทางออกด้านหลัง", _blocked_exit),
    Scene("FA-B07", "บันไดขึ้นชั้นลอย", _stairs),
    Scene("FA-B09", "น้ำขังบนพื้นข้างเครื่องผสม", _puddle),
    Scene("FA-C02", "สายพานไม่มีเครื่องป้องกันอันตราย", _belt),
    Scene("FA-C08", "หม้อน้ำและมาตรวัดความดัน", _boiler),
    Scene("FA-C11", "แผงไฟเปิดฝาทิ้งไว้", _panel),
    Scene("FA-D01", "ปุ่มแจ้งเหตุเพลิงไหม้", _alarm),
    Scene("FA-D04", "เครื่องดับเพลิงใกล้ทางออก", _extinguisher),
    Scene("FA-D07", "ป้ายจุดรวมพล", _assembly),
)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(resources.font_path("Sarabun", "Bold")), size)


def photo(scene: Scene, *, taken: datetime, lat: float, lon: float) -> bytes:
    """Return the JPEG of a scene, with time and place as a camera writes them."""
    image = Image.new("RGB", SIZE, "#cccccc")
    draw = ImageDraw.Draw(image)
    scene.draw(draw)
    grain = Image.effect_noise(SIZE, 26).convert("RGB")
    image = Image.blend(image, grain, 0.12)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((1140, 1070, 1570, 1170), 16, fill="#000000")
    draw.text((1355, 1120), "ภาพตัวอย่าง · Example", fill="#ffd54a", font=_font(40), anchor="mm")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=84, exif=_exif(taken, lat, lon))
    return out.getvalue()


def _exif(taken: datetime, lat: float, lon: float) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Example", "Drawn by program"
    details = exif.get_ifd(_EXIF_IFD)
    details[0x9003], details[0x9011] = taken.strftime("%Y:%m:%d %H:%M:%S"), "+07:00"
    exif.get_ifd(_GPS_IFD).update({1: "N", 2: _dms(lat), 3: "E", 4: _dms(lon)})
    return exif


def _dms(value: float) -> tuple[float, float, float]:
    degrees, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return degrees, minutes, round(rest * 60, 3)
