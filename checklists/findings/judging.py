"""A value against the limit in force on a day. Nothing here refuses a value; it only says what it means."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.authoring.catalogue import LimitEntry
from checklists.authoring.units import convert
from checklists.model import Verdict
from checklists.numbers import is_factory_number


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and for a failure the phrase of `phrases.yaml` (facts) with its limit as text."""

    verdict: Verdict
    fact: str = ""
    limit: str = ""


PASSED = Judgement(Verdict.PASS)


def judge(
    value: str,
    limit: LimitEntry,
    *,
    on: str,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "",
) -> Judgement | None:
    """Judge XML text by a limit on a day (ISO). Bounds given here stand for the entry's own (computed limits).

    Returns None where nothing can be said: no value, no bound, a text that is no number or date.
    """
    if not value or not limit.in_force(on) or limit.operator == "threshold":
        return None
    if limit.operator in _DATED:
        return _judge_date(value, limit, on)
    if limit.operator == "check-digit":
        return PASSED if is_factory_number(value) else Judgement(Verdict.FAIL, "check-digit", limit.unit)
    number = as_number(value)
    if number is None:
        return None
    number = round(convert(number, unit or limit.unit, limit.unit), 9)  # conversion must not fail a value on the line
    low = limit.minimum if minimum is None else minimum
    high = limit.maximum if maximum is None else maximum
    return judge_number(number, low, high, exclusive=limit.operator == "below")


def judge_number(number: float, low: float | None, high: float | None, *, exclusive: bool = False) -> Judgement | None:
    """Judge a number by its bounds; both are allowed values, unless the upper one is exclusive."""
    if low is None and high is None:
        return None
    if low is not None and number < low:
        return Judgement(Verdict.FAIL, "below", number_text(low))
    if high is not None and exclusive and number >= high:
        return Judgement(Verdict.FAIL, "reached", number_text(high))
    if high is not None and not exclusive and number > high:
        return Judgement(Verdict.FAIL, "above", number_text(high))
    return PASSED


# --- dates ----------------------------------------------------------------------------------------------------------


def _judge_date(value: str, limit: LimitEntry, on: str) -> Judgement | None:
    day, today = as_date(value), as_date(on)
    if day is None or today is None or day > today:
        return None
    return _DATED[limit.operator](day, today, limit)


def _judge_age(day: date, today: date, limit: LimitEntry) -> Judgement:
    months = int(limit.maximum or 0)
    if add_months(day, months) >= today:
        return PASSED
    return Judgement(Verdict.FAIL, "too-old", str(months))


def _judge_due(day: date, today: date, limit: LimitEntry) -> Judgement:
    """A yearly report: the one whose due date came last before today must be there, and in time.

    A date of the year whose due date is still to come is the next report sent early; it says nothing against the last.
    """
    due = last_due(limit.due, today)
    if due < day and day.year == due.year:
        return Judgement(Verdict.FAIL, "late", due.isoformat())
    if day.year < due.year:
        return Judgement(Verdict.FAIL, "round-missing", due.isoformat())
    return PASSED


def _judge_half_year(day: date, today: date, _: LimitEntry) -> Judgement:
    """A half-yearly report. No due date is known: only a round that is missing for over half a year is a failure."""
    this_half = date(today.year, 1 if today.month <= 6 else 7, 1)
    before = add_months(this_half, -6)
    if day < before:
        return Judgement(Verdict.FAIL, "round-missing", (before - timedelta(days=1)).isoformat())
    return PASSED


_DATED: dict[str, Callable[[date, date, LimitEntry], Judgement]] = {
    "age-months": _judge_age,
    "due": _judge_due,
    "half-year": _judge_half_year,
}


def last_due(month_day: str, today: date) -> date:
    """Return the last yearly due date (MM-DD) that is not after today."""
    month, day = (int(part) for part in month_day.split("-"))
    due = date(today.year, month, day)
    return due if due <= today else date(today.year - 1, month, day)


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the month's last day where it has none (31 Aug + 6 = 28/29 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# --- text to values -------------------------------------------------------------------------------------------------


def as_number(text: str) -> float | None:
    """Return XML text as a number, None for blank, NaN, infinite or anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def number_text(number: float) -> str:
    """Return a number without a needless decimal part, with thousands apart: 3,000 and 0.25."""
    return f"{number:,.9f}".rstrip("0").rstrip(".")
