"""The types of XPath 1.0 and the conversions between them, with ODK's dates.

There is no date type: a date is its ISO text. Where a number is needed a date counts as whole local days since
1970-01-01 and a moment as days with a fraction, both in Thailand's zone (docs/forms.md). A number that is not a
number is NaN here and blank where it is stored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Protocol

from checklists.clock import BANGKOK

NAN = math.nan
EPOCH = date(1970, 1, 1).toordinal()
DAY_SECONDS = 86_400.0


class Kind(Enum):
    """Static type of a compiled expression; `NODE` is exactly one node, `ANY` is known only when it runs."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    NODE = "node"
    NODES = "nodes"
    ANY = "any"

    __hash__ = object.__hash__  # members are single; Enum's own hash runs in Python


class TreeNode(Protocol):
    """What an expression can walk over: elements of external data and live nodes of a form.

    `seen` is the text that expressions see, blank for a hidden node; a set of nodes leaves hidden ones out.
    """

    @property
    def name(self) -> str: ...

    @property
    def seen(self) -> str: ...

    @property
    def hidden(self) -> bool: ...

    @property
    def parent(self) -> TreeNode | None: ...

    def kids(self) -> Sequence[TreeNode]: ...

    def attributes(self) -> Mapping[str, str]: ...


_NUMBER = re.compile(r"\s*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*").fullmatch
_DATE = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*", re.ASCII).fullmatch
_MOMENT = re.compile(
    r"\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?\s*",
    re.ASCII,
).fullmatch


@lru_cache(maxsize=8192)
def number_of(text: str) -> float:
    """Return the number that `text` stands for: a decimal number, a date as days, or NaN."""
    if _NUMBER(text):
        return float(text)
    day = day_of(text)
    if day is not None:
        return float(day.toordinal() - EPOCH)
    moment = moment_of(text)
    return NAN if moment is None else days_of(moment)


def day_of(text: str) -> date | None:
    """Return the date of ISO text without a time, or None."""
    found = _DATE(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    """Return the moment of ISO text with a time, in Thailand's zone (assumed where the text names none), or None."""
    found = _MOMENT(text)
    if found is None:
        return None
    day, hour, minute, second, fraction, zone = found.groups()
    micro = ((fraction or "") + "000000")[:6]
    try:
        moment = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second or '00'}.{micro}{_offset(zone)}")
        return moment.replace(tzinfo=BANGKOK) if moment.tzinfo is None else moment.astimezone(BANGKOK)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> str:
    if not zone or zone == "Z":
        return "+00:00" if zone else ""
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"


def days_of(moment: datetime) -> float:
    """Return local days since 1970-01-01 with a fraction."""
    local = moment.astimezone(BANGKOK)
    clock = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    return local.toordinal() - EPOCH + clock / DAY_SECONDS


def day_number_to_moment(days: float) -> datetime | None:
    """Return the local moment of a number of days since 1970-01-01, or None when no calendar reaches it."""
    try:
        whole = math.floor(days)
        millis = round((days - whole) * 86_400_000)
        if millis >= 86_400_000:
            whole, millis = whole + 1, 0
        day = date.fromordinal(whole + EPOCH)
    except (ValueError, OverflowError):
        return None
    seconds, milli = divmod(millis, 1000)
    clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60, milli * 1000)
    return datetime.combine(day, clock, tzinfo=BANGKOK)


def format_number(value: float) -> str:
    """Return XPath's text of a number: no exponent, no trailing zero."""
    if value.is_integer():
        return str(int(value))
    if value != value:  # noqa: PLR0124 - the quickest test for NaN
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def to_text(value: Any) -> str:
    """Convert a value of any type to text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, list):
        return value[0].seen if value else ""
    return str(value.seen)


def to_number(value: Any) -> float:
    """Convert a value of any type to a number."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return number_of(to_text(value))


def to_boolean(value: Any) -> bool:
    """Convert a value of any type to a boolean; nodes are true when there is one."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0.0 and value == value  # noqa: PLR0124 - NaN is false
    if isinstance(value, (str, list)):
        return bool(value)
    return True


def texts_of(value: Any) -> list[str]:
    """Return the text of each node of a node-set, or the one text of a plain value."""
    if isinstance(value, list):
        return [node.seen for node in value]
    return [to_text(value)]
