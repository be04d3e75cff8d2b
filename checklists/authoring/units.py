"""Units as they stand in data, their words in both languages, and conversion where units are commensurable.

Physical units are written by their international symbol (cm, mg/L, dB(A)); counted ones by the Thai word (คน, แห่ง), so
that data without this table still reads well on a Thai paper.
"""

from __future__ import annotations

from dataclasses import dataclass

from checklists.authoring.errors import CatalogueError
from checklists.model import Words


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: value in base unit = value × factor + offset. Units of one dimension are commensurable."""

    words: Words
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


def _unit(th: str, en: str, dimension: str, factor: float = 1.0, offset: float = 0.0) -> Unit:
    return Unit(Words(th, en), dimension, factor, offset)


UNITS = {
    # length, base m
    "mm": _unit("มม.", "mm", "length", 0.001),
    "cm": _unit("ซม.", "cm", "length", 0.01),
    "m": _unit("ม.", "m", "length"),
    "km": _unit("กม.", "km", "length", 1000.0),
    # area, base m²; 1 ไร่ = 4 งาน = 400 ตารางวา
    "m²": _unit("ตร.ม.", "m²", "area"),
    "ตร.ว.": _unit("ตร.ว.", "sq. wa", "area", 4.0),
    "งาน": _unit("งาน", "ngan", "area", 400.0),
    "ไร่": _unit("ไร่", "rai", "area", 1600.0),
    # flow
    "m³/min": _unit("ลบ.ม./นาที", "m³/min", "flow", 1440.0),
    "m³/h": _unit("ลบ.ม./ชม.", "m³/h", "flow", 24.0),
    "m³/day": _unit("ลบ.ม./วัน", "m³/day", "flow"),
    # power, base kW; 1 HP = 0.746 kW (domain 8.1, unverified third digit)
    "kW": _unit("กิโลวัตต์", "kW", "power"),
    "แรงม้า": _unit("แรงม้า", "HP", "power", 0.746),
    # mass and mass per time
    "kg": _unit("กก.", "kg", "mass"),
    "g": _unit("กรัม", "g", "mass", 0.001),
    "t": _unit("ตัน", "t", "mass", 1000.0),
    # concentration in water, base mg/L
    "mg/L": _unit("มก./ล.", "mg/L", "water-concentration"),
    "µg/L": _unit("ไมโครกรัม/ล.", "µg/L", "water-concentration", 0.001),
    "g/L": _unit("กรัม/ล.", "g/L", "water-concentration", 1000.0),
    # concentration in air, base mg/m³ (ppm needs the substance: findings.computations)
    "mg/m³": _unit("มก./ลบ.ม.", "mg/m³", "air-concentration"),
    "µg/m³": _unit("ไมโครกรัม/ลบ.ม.", "µg/m³", "air-concentration", 0.001),
    "ppm": _unit("ส่วนในล้านส่วน", "ppm", "air-ratio"),
    "ppb": _unit("ส่วนในพันล้านส่วน", "ppb", "air-ratio", 0.001),
    # temperature, base °C
    "°C": _unit("องศาเซลเซียส", "°C", "temperature"),
    "°F": _unit("องศาฟาเรนไฮต์", "°F", "temperature", 5 / 9, -160 / 9),
    # time
    "วินาที": _unit("วินาที", "s", "time", 1 / 60),
    "นาที": _unit("นาที", "min", "time"),
    "ชั่วโมง": _unit("ชั่วโมง", "h", "time", 60.0),
    "วัน": _unit("วัน", "days", "days"),
    "เดือน": _unit("เดือน", "months", "months"),
    # speed of vibration
    "mm/s": _unit("มม./วินาที", "mm/s", "speed"),
    "cm/s": _unit("ซม./วินาที", "cm/s", "speed", 10.0),
    "Hz": _unit("เฮิรตซ์", "Hz", "frequency"),
    # own scales
    "dB(A)": _unit("เดซิเบลเอ", "dB(A)", "noise"),
    "lux": _unit("ลักซ์", "lux", "light"),
    "ADMI": _unit("เอดีเอ็มไอ", "ADMI", "colour"),
    "OU": _unit("หน่วยกลิ่น", "odour units", "odour"),
    "pH": _unit("", "", "ph"),
    "%": _unit("%", "%", "share"),
    "tCO₂e": _unit("ตันคาร์บอนไดออกไซด์เทียบเท่า", "tCO₂e", "carbon"),
    "บาท": _unit("บาท", "baht", "money"),
    "kWh": _unit("กิโลวัตต์-ชั่วโมง", "kWh", "energy"),
    "L": _unit("ลิตร", "L", "volume", 0.001),
    "m³": _unit("ลบ.ม.", "m³", "volume"),
    # counted
    "คน": _unit("คน", "persons", "persons"),
    "แห่ง": _unit("แห่ง", "places", "places"),
    "ที่": _unit("ที่", "seats", "seats"),
    "เครื่อง": _unit("เครื่อง", "machines", "machines"),
    "เรื่อง": _unit("เรื่อง", "cases", "cases"),
    "ราย": _unit("ราย", "partners", "partners"),
    "ผลิตภัณฑ์": _unit("ผลิตภัณฑ์", "products", "products"),
    "ชิ้น": _unit("ชิ้น", "pieces", "pieces"),
    "หลัก": _unit("หลัก", "digits", "digits"),
    "คะแนน": _unit("คะแนน", "points", "points"),
}


def unit_words(unit: str) -> Words:
    """Return the words of a unit; a unit that is not in the table stands for itself."""
    found = UNITS.get(unit)
    return found.words if found else Words(unit, unit)


def commensurable(one: str, other: str) -> bool:
    return one == other or (one in UNITS and other in UNITS and UNITS[one].dimension == UNITS[other].dimension)


def convert(value: float, unit: str, to: str) -> float:
    """Return the value in another unit of the same dimension. Raises `CatalogueError` where there is none."""
    if unit == to:
        return value
    if not commensurable(unit, to):
        raise CatalogueError("units differ in kind", where=f"{unit} → {to}", suggestion="")
    start, end = UNITS[unit], UNITS[to]
    return (value * start.factor + start.offset - end.offset) / end.factor
