"""What people type on the command line, read as they mean it: dates of either era, Thai digits, ends of ids."""

from __future__ import annotations

from datetime import date, datetime, time

from checklists.clock import BANGKOK
from checklists.errors import AnswerError
from checklists.text import clean, parse_date, to_western_digits
from inspector_app.cli.calls import Call


class GivenDateError(AnswerError):
    """What was typed is no date or time; `value` in data."""

    code = "given-date"


def day(call: Call, text: str) -> str:
    """Return a day as ISO text ('' for nothing): 2026-11-23, 23/11/2569, ๒๓ พ.ย. ๖๙. Raises `GivenDateError`."""
    if not text.strip():
        return ""
    found = parse_date(text, today=today(call))
    if found is None:
        raise GivenDateError(value=text)
    return found.isoformat()


def today(call: Call) -> date:
    return call.clock.now().astimezone(BANGKOK).date()


def moment(call: Call, text: str) -> datetime | None:
    """Return a time of today (HH:MM, also 22.30 and Thai digits). Raises `GivenDateError`."""
    if not text.strip():
        return None
    plain = to_western_digits(clean(text)).strip().removesuffix("น.").strip().replace(".", ":")
    try:
        at = time.fromisoformat(plain if len(plain.split(":", maxsplit=1)[0]) == 2 else f"0{plain}")
    except ValueError as error:
        raise GivenDateError(value=text) from error
    return call.clock.now().astimezone(BANGKOK).replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
