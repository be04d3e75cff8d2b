"""Dates and times as ISO text; numbers are days since 1970-01-01 in Thailand's zone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from checklists.clock import BANGKOK, stamp
from checklists.xpath.signature import Function
from checklists.xpath.values import (
    DAY_SECONDS,
    NAN,
    Kind,
    day_number_to_moment,
    day_of,
    days_of,
    moment_of,
    number_of,
    to_text,
)

_CLOCK = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII).fullmatch
_FIELD = re.compile(r"%(.)", re.DOTALL)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_FIELDS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda m: f"{m.year:04}",
    "y": lambda m: f"{m.year % 100:02}",
    "m": lambda m: f"{m.month:02}",
    "n": lambda m: str(m.month),
    "B": lambda m: _MONTHS[m.month - 1],
    "b": lambda m: _MONTHS[m.month - 1][:3],
    "d": lambda m: f"{m.day:02}",
    "e": lambda m: str(m.day),
    "H": lambda m: f"{m.hour:02}",
    "h": lambda m: str(m.hour),
    "M": lambda m: f"{m.minute:02}",
    "S": lambda m: f"{m.second:02}",
    "3": lambda m: f"{m.microsecond // 1000:03}",
    "A": lambda m: _DAYS[m.weekday()],
    "a": lambda m: _DAYS[m.weekday()][:3],
    "W": lambda m: f"{m.isocalendar().week:02}",
    "%": lambda _: "%",
}


def to_moment(value: Any) -> datetime | None:
    """Return the local moment of a date, a moment, a time of today's kind, or a number of days."""
    if isinstance(value, (float, bool)):
        return day_number_to_moment(float(value)) if math.isfinite(value) else None
    text = to_text(value).strip()
    day = day_of(text)
    if day is not None:
        return datetime.combine(day, time(), tzinfo=BANGKOK)
    moment = moment_of(text)
    if moment is not None:
        return moment
    clock = _clock_of(text)
    if clock is not None:
        return day_number_to_moment(clock)
    number = number_of(text)
    return day_number_to_moment(number) if math.isfinite(number) else None


def to_date(value: Any) -> str:
    """Return the ISO date of a date, moment or number of days; blank for anything else."""
    moment = to_moment(value)
    return "" if moment is None or (isinstance(value, str) and ":" in value and "-" not in value) else day_text(moment)


def day_text(moment: datetime) -> str:
    return moment.date().isoformat()


def to_date_time(value: Any) -> str:
    """Return the ISO moment; a date stays a date; blank for anything else."""
    if isinstance(value, str) and day_of(value):
        return to_date(value)
    moment = to_moment(value)
    return "" if moment is None else stamp(moment)


def format_date(value: Any, form: str) -> str:
    """Write a date with `%Y %y %m %n %b %B %d %e %H %h %M %S %3 %a %A %W %%`; blank when there is none."""
    moment = to_moment(value)
    if moment is None:
        return ""
    return _FIELD.sub(lambda field: _FIELDS[field[1]](moment) if field[1] in _FIELDS else field[0], form)


def decimal_date_time(value: Any) -> float:
    """Return the days since 1970-01-01T00:00Z; unlike other numbers of dates, in universal time (both references)."""
    if isinstance(value, float):
        return value
    text = to_text(value)
    day = day_of(text)
    moment = datetime.combine(day, time(), tzinfo=BANGKOK) if day is not None else moment_of(text)
    return NAN if moment is None else moment.timestamp() / DAY_SECONDS


def decimal_time(value: Any) -> float:
    """Return the fraction of the local day of a time or moment."""
    text = to_text(value).strip()
    moment = moment_of(text)
    if moment is not None:
        days = days_of(moment)
        return days - math.floor(days)
    clock = _clock_of(text)
    return NAN if clock is None else clock


def _clock_of(text: str) -> float | None:
    found = _CLOCK(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    shift = _shift_minutes(found[5])
    if hour > 23 or minute > 59 or second > 59 or shift is None:
        return None
    seconds = hour * 3600 + minute * 60 + second + float("0." + (found[4] or "0"))
    return (seconds + shift * 60) % DAY_SECONDS / DAY_SECONDS


def _shift_minutes(zone: str | None) -> int | None:
    """Return the minutes from a written zone to Thailand's, or None for an impossible one."""
    if zone is None:
        return 0
    here = 7 * 60
    if zone == "Z":
        return here
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        return None
    return here - (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _today(frame: Any) -> str:
    today: date = frame.env.now().date()
    return today.isoformat()


DATES = (
    Function("today", "", Kind.TEXT, _today, framed=True),
    Function("now", "", Kind.TEXT, lambda frame: stamp(frame.env.now()), framed=True),
    Function("date", "v", Kind.TEXT, to_date),
    Function("date-time", "v", Kind.TEXT, to_date_time),
    Function("format-date", "vt", Kind.TEXT, format_date),
    Function("format-date-time", "vt", Kind.TEXT, format_date),
    Function("decimal-date-time", "v", Kind.NUMBER, decimal_date_time),
    Function("decimal-time", "v", Kind.NUMBER, decimal_time),
)
