"""Values as people read them: numbers, units, dates, limits and the distance to them, in the report's language."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from checklists.authoring.units import unit_words
from checklists.model import Certainty, LimitCopy, Site, Words
from checklists.text import english_date, thai_date
from inspector_app.i18n import Translator

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
CERTAINTY_LETTERS = {
    Certainty.CONFIRMED: Words("ก", "A"),
    Certainty.A: Words("ก", "A"),
    Certainty.B: Words("ข", "B"),
    Certainty.C: Words("ค", "C"),
}


def certainty_key(certainty: Certainty) -> str:
    """Return a, b or c: read in the text, from a secondary source, not yet checked."""
    return "a" if certainty in (Certainty.A, Certainty.CONFIRMED) else certainty.value.lower()


def number(value: float) -> str:
    """Return at most six significant decimals without trailing zeros, thousands with commas."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def as_float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class Wording:
    """Puts values into words of one language."""

    def __init__(self, language: str) -> None:
        self.language = "en" if language == "en" else "th"
        self._translator = Translator(self.language)

    def t(self, key: str, /, **values: object) -> str:
        return self._translator.t(f"report.{key}", **values)

    def words(self, words: Words) -> str:
        return words.in_language(self.language)

    # --- times ------------------------------------------------------------------------------------------------------

    def date(self, text: str, *, short: bool = True) -> str:
        """Return an ISO date or time as a date of the Buddhist era; anything else as it is."""
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            return text
        return english_date(day) if self.language == "en" else thai_date(day, short=short)

    def time(self, text: str) -> str:
        """Return the hour and minute of an RFC 3339 time as `10.42`, or ''."""
        try:
            return f"{datetime.fromisoformat(text):%H.%M}"
        except ValueError:
            return ""

    def moment(self, text: str) -> str:
        time = self.time(text) if "T" in text else ""
        return f"{self.date(text)} {self.t('at-time', time=time)}" if time else self.date(text)

    # --- numbers ----------------------------------------------------------------------------------------------------

    def unit(self, unit: str) -> str:
        if not unit:
            return ""
        return self.words(unit_words(unit))

    def quantity(self, value: str | float, unit: str = "") -> str:
        """Return a value with its unit; dates become dates, other text stays."""
        if isinstance(value, str):
            if _DATE.match(value):
                return self.date(value)
            parsed = as_float(value) if not re.fullmatch(r"0\d+|\d{9,}", value) else None  # codes stay as typed
            shown = value if parsed is None else number(parsed)
        else:
            shown = number(value)
        name = self.unit(unit)
        return f"{shown} {name}" if name and name != "pH" else shown

    # --- limits -----------------------------------------------------------------------------------------------------

    def limit(self, limit: LimitCopy) -> str:
        """Return the limit in words, e.g. `ไม่น้อยกว่า 110 ซม.`; '' where it has no bounds to tell."""
        low, high, unit = limit.minimum, limit.maximum, self.unit(limit.unit)
        low_text = number(low) if low is not None else ""
        high_text = number(high) if high is not None else ""
        if limit.operator == "check-digit":
            return ""
        if limit.operator in ("age-months", "due", "half-year"):
            return self.t("limit-months", high=high_text) if limit.operator == "age-months" and high_text else ""
        if low_text and high_text:
            return self.t("limit-between", low=low_text, high=high_text, unit=unit).strip()
        if low_text:
            return self.t("limit-min", low=low_text, unit=unit).strip()
        if high_text:
            key = "limit-below" if limit.operator == "below" else "limit-max"
            return self.t(key, high=high_text, unit=unit).strip()
        return ""

    def distance(self, value: float, limit: LimitCopy) -> str:
        """Return how far outside the limit the value is, e.g. `ขาด 26 ซม.`; '' inside it."""
        unit = self.unit(limit.unit)
        if limit.operator not in ("", "between", "below"):
            return ""
        if limit.minimum is not None and value < limit.minimum:
            return self.t("short-by", by=number(round(limit.minimum - value, 9)), unit=unit).strip()
        if limit.maximum is not None and value > limit.maximum:
            return self.t("over-by", by=number(round(value - limit.maximum, 9)), unit=unit).strip()
        if limit.operator == "below" and value == limit.maximum:
            return self.t("at-limit")
        return ""

    def certainty_letter(self, certainty: Certainty) -> str:
        return self.words(CERTAINTY_LETTERS[certainty])

    # --- places -----------------------------------------------------------------------------------------------------

    def address(self, site: Site) -> str:
        """Return the address on one line; Bangkok has แขวง and เขต and no จังหวัด."""
        if self.language == "en":
            parts = [site.address, site.subdistrict, site.district, site.province, site.postcode]
            return ", ".join(p for p in parts if p)
        bangkok = site.province_code == "10" or site.province == "กรุงเทพมหานคร"
        prefixes = ("แขวง", "เขต", "") if bangkok else ("ตำบล", "อำเภอ", "จังหวัด")
        named = zip(prefixes, (site.subdistrict, site.district, site.province), strict=True)
        parts = [site.address, *(_prefixed(p, name) for p, name in named), site.postcode]
        return " ".join(p for p in parts if p)


def _prefixed(prefix: str, name: str) -> str:
    if not name:
        return ""
    return name if name.startswith(prefix) else prefix + name
