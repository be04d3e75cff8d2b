"""Dates on screen in the present language: Buddhist era in Thai, common era in English; western digits."""

from __future__ import annotations

from datetime import datetime

from checklists import text
from checklists.clock import BANGKOK

ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _moment(value: str | datetime) -> datetime:
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(BANGKOK)


def short_date(value: str | datetime, language: str) -> str:
    """Return `22 พ.ย. 2569` or `22 Nov 2026`; '' for ''."""
    if not value:
        return ""
    day = _moment(value).date()
    return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}" if language == "en" else text.thai_date(day)


def short_time(value: str | datetime) -> str:
    return f"{_moment(value):%H:%M}" if value else ""


def date_and_time(value: str | datetime, language: str) -> str:
    return f"{short_date(value, language)} {short_time(value)}" if value else ""


def long_date(value: datetime, language: str) -> str:
    """Return the day in words, as the head of home shows it."""
    day = _moment(value).date()
    if language == "en":
        return f"{ENGLISH_DAYS[day.weekday()]} {text.english_date(day)}"
    return f"วัน{text.WEEKDAYS[day.weekday()]}ที่ {text.thai_date(day, short=False)}"
