"""What people type in a field, read into XML text and written back in words. No Qt here.

Digits may be Thai, dates Buddhist era; what is stored is what the form says: western digits, ISO 8601.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from checklists import text
from checklists.authoring.units import unit_words
from checklists.clock import BANGKOK
from checklists.model import LimitCopy, Verdict, Words

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))(?:[:.](\d{2}))?")
_OFFSET = "+07:00"  # Thailand has one time, without summer time
_DASHES = str.maketrans({"−": "-", "–": "-"})
_MINUS = str.maketrans({"−": "-", "–": "-", ",": "", " ": "", "\u00a0": ""})


def read_number(typed: str, *, whole: bool = False) -> str | None:
    """Return the XML text of a typed number, `''` for nothing typed, None where it is not (yet) a number."""
    plain = text.to_western_digits(typed).translate(_MINUS).strip()
    if not plain:
        return ""
    if not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain.rstrip(".") if plain.endswith(".") else plain)
    if whole:
        return str(int(number)) if number == number.to_integral_value() else None
    return f"{number:f}"


def read_date(typed: str, *, today: date) -> str | None:
    """Return the ISO date of `22/11/69`, `๒๒ พ.ย. ๒๕๖๙` or `2026-11-22`, `''` for nothing, None for no date."""
    if not typed.strip():
        return ""
    day = text.parse_date(typed, today=today)
    return day.isoformat() if day else None


def show_date(iso: str, language: str) -> str:
    """Return a stored date as people write it; text that is no date comes back unchanged."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return text.english_date(day) if language == "en" else text.thai_date(day)


def read_time(typed: str) -> str | None:
    """Return the XML text of `13:45`, `13.45 น.` or `1345`, Bangkok time; `''` for nothing, None for no time of day."""
    plain = text.to_western_digits(text.clean(typed)).strip().removesuffix("น.").removesuffix("น").strip()
    if not plain:
        return ""
    found = _CLOCK.fullmatch(plain)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    return f"{hour:02}:{minute:02}:{second:02}.000{_OFFSET}" if hour < 24 and minute < 60 and second < 60 else None


def read_moment(typed: str, *, today: date) -> str | None:
    """Return the ISO moment of `22/11/69 13.45` or `วันนี้ 13:45 น.`; `''` for nothing, None where a part is missing."""
    plain = text.to_western_digits(text.clean(typed)).strip().removesuffix("น.").removesuffix("น").strip()
    if not plain:
        return ""
    day, _, clock = re.sub(r"(?<=\d)T(?=\d)", " ", plain).rpartition(" ")
    read_day, read_clock = read_date(day, today=today), read_time(clock)
    return f"{read_day}T{read_clock}" if read_day and read_clock else None


def read_point(typed: str) -> str | None:
    """Return the geopoint of latitude and longitude, `13.7563, 100.5018`; `""` for nothing, None for no position."""
    parts = re.split(r"[\s,;°]+", text.to_western_digits(text.clean(typed)).translate(_DASHES).strip(" ,;°"))
    if parts == [""]:
        return ""
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    latitude, longitude = (Decimal(part) for part in parts)
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return f"{latitude:f} {longitude:f} 0 0"


def show_time(value: str, language: str) -> str:
    """Return a stored time of day as people write it: `13:45 น.`; text that is none comes back unchanged."""
    try:
        return _clock(time.fromisoformat(value), language)
    except ValueError:
        return value


def show_moment(value: str, language: str) -> str:
    """Return a stored moment as people write it in Thailand: `22 พ.ย. 2569 13:45 น.`; other text unchanged."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    local = moment.astimezone(BANGKOK) if moment.tzinfo else moment
    return f"{show_date(local.date().isoformat(), language)} {_clock(local.time(), language)}"


def show_point(value: str) -> str:
    """Return a stored geopoint as `13.7563, 100.5018`."""
    return ", ".join(value.split()[:2])


def _clock(moment: time, language: str) -> str:
    shown = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return shown if language == "en" else f"{shown} น."


def show_number(value: str) -> str:
    """Return a stored number with thousands separated; the decimals stay as they were typed."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return f"{number:,f}" if number.is_finite() else value


def _plain(number: float | Decimal) -> str:
    exact = Decimal(str(number)) if isinstance(number, float) else number
    shown = f"{exact.normalize():,f}"
    return "0" if shown in {"-0", ""} else shown


def limit_words(limit: LimitCopy | None) -> Words:
    """Return the limit as it stands beside a field: `เกณฑ์ 5.5 – 9 `, `เกณฑ์ ≤ 20 mg/L`."""
    if limit is None:
        return Words()
    if limit.formula.th or limit.formula.en:
        return Words("เกณฑ์ " + limit.formula.th, "Limit " + (limit.formula.en or limit.formula.th))
    low, high = limit.minimum, limit.maximum
    below = getattr(limit, "operator", "") == "below"
    if low is not None and high is not None:
        span = f"{_plain(low)} – {_plain(high)}"
    elif high is not None:
        span = f"{'<' if below else '≤'} {_plain(high)}"
    elif low is not None:
        span = f"≥ {_plain(low)}"
    else:
        return Words()
    unit = unit_words(limit.unit)
    return Words(f"เกณฑ์ {span} {unit.th}".strip(), f"Limit {span} {unit.en}".strip())


def distance_words(value: str, limit: LimitCopy | None, verdict: Verdict | None) -> Words:
    """Return how far a judged value is from its limit: `เกิน 0.6`, `ต่ำกว่าเกณฑ์ 2`, `อยู่ในเกณฑ์`; blank if not judged."""
    if limit is None or verdict not in {Verdict.PASS, Verdict.FAIL}:
        return Words()
    if verdict is Verdict.PASS:
        return Words("อยู่ในเกณฑ์", "within the limit")
    try:
        number = Decimal(value)
    except InvalidOperation:
        return Words("ไม่เป็นไปตามเกณฑ์", "outside the limit")
    if limit.maximum is not None and number > (high := Decimal(str(limit.maximum))):
        return Words(f"เกิน {_plain(number - high)}", f"over by {_plain(number - high)}")
    if limit.minimum is not None and number < (low := Decimal(str(limit.minimum))):
        return Words(f"ต่ำกว่าเกณฑ์ {_plain(low - number)}", f"under by {_plain(low - number)}")
    return Words("ไม่เป็นไปตามเกณฑ์", "outside the limit")
