"""Numbers of factories, companies and citizens, and the 77 provinces.

Every function takes what people type: Thai digits, blanks, any dash, stray punctuation. What comes out is the one
stored form. A check digit proves only that a number was copied correctly, not that the factory exists.

Sources: the 14-digit number's check digit is Luhn over all digits (tested on 32 real numbers); the meaning of its parts
is from secondary sources. The 13-digit rule is that of the civil registration (same for juristic persons). Province
codes are those of ISO 3166-2:TH; abbreviations in old numbers are partly unverified (`abbr_certainty` in the data).
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass

import resources
from checklists.text import clean, fold, to_western_digits

FACTORY_DIGITS = 14
PERSON_DIGITS = 13
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_]")
_NOT_DIGIT = re.compile(r"[^0-9]")
_OLD = re.compile(
    r"(?P<prefix>[จนขส]?)(?P<group>[123])-(?P<type>\d{1,3})(?:[(\-](?P<sub>\d{1,2})\)?)?"
    r"-(?P<running>\d{1,5})/(?P<year>\d{2})(?P<province>[ก-ฮ]{2,4})"
)


def digits(text: str) -> str:
    """Return only the digits of `text`, western ones."""
    return _NOT_DIGIT.sub("", to_western_digits(clean(text)))


# --- 14-digit factory registration number ---------------------------------------------------------------------------


def luhn_check_digit(body: str) -> str:
    """Return the digit that makes `body` plus it pass Luhn (mod 10)."""
    total = 0
    for position, char in enumerate(reversed(body)):
        value = int(char) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def factory_number(text: str) -> str:
    """Return the 14 digits of a factory number, or '' when there are not 14 or the check digit does not fit."""
    number = digits(text)
    return number if len(number) == FACTORY_DIGITS and luhn_check_digit(number[:-1]) == number[-1] else ""


def is_factory_number(text: str) -> bool:
    return bool(factory_number(text))


@dataclass(frozen=True, slots=True)
class FactoryNumber:
    """The parts `A B CC DDDDD EEEE F`; `province_code` is an estate code where `issuer` is 7 (IEAT)."""

    issuer: str
    place: str
    province_code: str
    running: str
    year_be: int
    check: str

    @property
    def digits(self) -> str:
        return f"{self.issuer}{self.place}{self.province_code}{self.running}{self.year_be:04d}{self.check}"


def factory_number_parts(text: str) -> FactoryNumber | None:
    """Return the parts of a valid number, or None."""
    n = factory_number(text)
    return FactoryNumber(n[0], n[1], n[2:4], n[4:9], int(n[9:13]), n[13]) if n else None


def make_factory_number(*, issuer: str, place: str, province_code: str, running: int, year_be: int) -> str:
    """Return a number with its check digit; used for made-up factories only."""
    body = f"{issuer}{place}{province_code}{running:05d}{year_be:04d}"
    return body + luhn_check_digit(body)


def format_factory_number(text: str) -> str:
    """Return `10 12 00003 2554 2` for reading aloud and for paper, or `text` as it is when it is no such number."""
    n = digits(text)
    return f"{n[:2]} {n[2:4]} {n[4:9]} {n[9:13]} {n[13]}" if len(n) == FACTORY_DIGITS else text


# --- old displayed number -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OldNumber:
    """`3-34(3)-3/54นบ`: group 3, type 34 subtype 3, running 3, year 2554, province abbreviation นบ."""

    prefix: str
    group: str
    type_code: str
    subtype: str
    running: str
    year: str
    province_abbr: str

    def __str__(self) -> str:
        sub = f"({self.subtype})" if self.subtype else ""
        return f"{self.prefix}{self.group}-{self.type_code}{sub}-{self.running}/{self.year}{self.province_abbr}"

    @property
    def province(self) -> Province | None:
        return province_by_abbreviation(self.province_abbr)


def old_number(text: str) -> OldNumber | None:
    """Return the parts of an old number, or None; a number that does not parse is worth a warning, never a refusal."""
    plain = _DASHES.sub("-", to_western_digits(clean(text)))
    found = _OLD.fullmatch(re.sub(r"[\s.]", "", plain))
    if not found or not 1 <= int(found["type"]) <= 107:
        return None
    return OldNumber(
        found["prefix"],
        found["group"],
        str(int(found["type"])),
        found["sub"] or "",
        found["running"],
        found["year"],
        found["province"],
    )


# --- 13-digit numbers -----------------------------------------------------------------------------------------------


def person_check_digit(body: str) -> str:
    """Return the last digit for the first 12 of a citizen's or juristic person's number."""
    return str((11 - sum((13 - i) * int(d) for i, d in enumerate(body)) % 11) % 10)


def person_number(text: str) -> str:
    """Return the 13 digits of a citizen's or juristic person's number, or '' when the check digit does not fit."""
    number = digits(text)
    fits = len(number) == PERSON_DIGITS and number[0] != "9" and person_check_digit(number[:12]) == number[12]
    return number if fits else ""


def is_juristic_number(text: str) -> bool:
    return person_number(text).startswith("0")


def is_citizen_number(text: str) -> bool:
    return person_number(text)[:1] in set("12345678")


def make_juristic_number(body: str) -> str:
    """Return the 12 digits of `body` (first one 0) with the check digit; used for made-up companies only."""
    return body + person_check_digit(body)


def format_person_number(text: str) -> str:
    """Return `0-10-5-536-11201-4` for a juristic person and `1-2345-45678-78-1` for a citizen."""
    n = digits(text)
    if len(n) != PERSON_DIGITS:
        return text
    if n[0] == "0":
        return f"{n[0]}-{n[1:3]}-{n[3]}-{n[4:7]}-{n[7:12]}-{n[12]}"
    return f"{n[0]}-{n[1:5]}-{n[5:10]}-{n[10:12]}-{n[12]}"


def mask_person_number(text: str) -> str:
    """Return `1-2345-xxxxx-xx-1`: what may be shown of a citizen's number. A company's number is public and stays."""
    n = digits(text)
    if len(n) != PERSON_DIGITS:
        return "x" * len(n)
    return format_person_number(n) if n[0] == "0" else f"{n[0]}-{n[1:5]}-xxxxx-xx-{n[12]}"


_CITIZEN = re.compile(
    r"(?<![0-9๐-๙A-Za-z])(?:[0-9๐-๙]{13}|[0-9๐-๙]-[0-9๐-๙]{4}-[0-9๐-๙]{5}-[0-9๐-๙]{2}-[0-9๐-๙])(?![0-9๐-๙A-Za-z])"
)


def mask_in_text(text: str) -> str:
    """Return a text in which every citizen's number (thirteen digits whose check digit fits) is masked."""
    return _CITIZEN.sub(lambda found: mask_person_number(found[0]) if is_citizen_number(found[0]) else found[0], text)


# --- provinces ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 77 provinces; `code` is 10-96."""

    code: str
    th: str
    en: str
    abbr: str
    abbr_certainty: str = "C"


@functools.cache
def provinces() -> tuple[Province, ...]:
    """Return the 77 provinces by code."""
    rows = json.loads(resources.path("geo", "provinces.json").read_text(encoding="utf-8"))
    return tuple(Province(**row) for row in rows)


@functools.cache
def _province_index() -> dict[str, Province]:
    index: dict[str, Province] = {"กทม": _by_code("10"), "กรุงเทพ": _by_code("10"), fold("Loburi"): _by_code("16")}
    for p in provinces():
        for key in (p.code, p.abbr, fold(p.th), fold(p.en)):
            index.setdefault(key, p)
    return index


def _by_code(code: str) -> Province:
    return next(p for p in provinces() if p.code == code)


def province(text: str) -> Province | None:
    """Return the province with this code, abbreviation, Thai or English name (with or without จังหวัด), or None."""
    key = fold(re.sub(r"^\s*(จังหวัด|จ\.)\s*|ฯ", "", clean(text)))
    return _province_index().get(key) or _province_index().get(re.sub("province$", "", key))


def province_by_abbreviation(abbr: str) -> Province | None:
    return next((p for p in provinces() if p.abbr == clean(abbr).strip()), None)
