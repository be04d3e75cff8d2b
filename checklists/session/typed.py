"""Answers at the edge: what a person may give for each data type, and the Python value of a stored text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from checklists.errors import AnswerError
from checklists.text import clean, to_western_digits
from checklists.xpath.functions.geo import points_of
from checklists.xpath.values import day_of, moment_of

MAX_ANSWER = 1_000_000
"""Longest answer in characters."""

_INT = re.compile(r"[+-]?[0-9]{1,40}").fullmatch
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})").fullmatch
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?").fullmatch


class BadValueError(AnswerError):
    """The text is not of the question's type; `value` and `data_type` in data."""

    code = "bad-value"


class NotAChoiceError(AnswerError):
    """The value is not among the choices offered now; `value` and `path` in data."""

    code = "not-a-choice"


def _whole(text: str) -> str | None:
    digits = to_western_digits(text.strip())
    return str(int(digits)) if _INT(digits) else None


def _decimal(text: str) -> str | None:
    digits = to_western_digits(text.strip())
    if not _DECIMAL(digits):
        return None
    number = format(Decimal(digits), "f")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return "0" if number in {"-0", "", "-"} else number.removeprefix("+")


def _date(text: str) -> str | None:
    digits = to_western_digits(text.strip())
    day = day_of(digits)
    if day is None and (moment := moment_of(digits)) is not None:
        day = moment.date()
    return None if day is None else day.isoformat()


def _moment(text: str) -> str | None:
    return text.strip() if moment_of(text) is not None or day_of(text) is not None else None


def _time(text: str) -> str | None:
    return text.strip() if _TIME(text.strip()) else None


def _boolean(text: str) -> str | None:
    return {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text.strip())


def _geo(text: str) -> str | None:
    return text.strip() if points_of((text,)) else None


_NORMAL: dict[str, Callable[[str], str | None]] = {
    "int": _whole, "decimal": _decimal, "date": _date, "dateTime": _moment, "time": _time, "boolean": _boolean,
    "geopoint": _geo, "geotrace": _geo, "geoshape": _geo,
}  # fmt: skip


def normal(value: str, data_type: str) -> str:
    """Return the stored form of an answer; '' stays ''. Raises `BadValueError`."""
    if value == "":
        return ""
    if len(value) > MAX_ANSWER:
        raise BadValueError(value=value[:80], data_type=data_type, most=MAX_ANSWER)
    convert = _NORMAL.get(data_type)
    if convert is None:
        return _storable(clean(value))
    result = convert(value)
    if result is None:
        raise BadValueError(value=value[:80], data_type=data_type)
    return result


def fitting(value: str, data_type: str) -> str:
    """Return the stored form of a default; blank where it is not of the type, as in JavaRosa."""
    try:
        return normal(value, data_type)
    except BadValueError:
        return ""


def _storable(text: str) -> str:
    """Leave out characters that XML cannot hold."""
    return text if text.isprintable() else "".join(c for c in text if c in "\t\n\r" or _is_xml(ord(c)))


def _is_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF


def typed(value: str, data_type: str) -> object:
    """Return the Python value of a stored text: None when blank, the text itself where it does not fit the type."""
    if value == "":
        return None
    try:
        return _TYPED[data_type](value) if data_type in _TYPED else value
    except (ValueError, InvalidOperation):
        return value


def _read_moment(text: str) -> datetime | str:
    return moment_of(text) or text


_TYPED: dict[str, Callable[[str], object]] = {
    "int": int,
    "decimal": Decimal,
    "date": date.fromisoformat,
    "dateTime": _read_moment,
    "time": time.fromisoformat,
    "boolean": lambda text: text == "true",
    "select": lambda text: tuple(text.split()),
}
