"""Reading a factory registry row by row: the ministry's open CSV with its traps, our own columns, or a JSON list.

Nothing is repaired in silence: each row says by codes what was taken off or put right, or why it is left out. Memory
does not grow with the file. Traps (domain notes 7.1): values wrapped as `="…"`, HTML tags and entities in texts, blanks
and Thai digits in numbers, position 0/0, empty new numbers, provinces as text, Windows' Thai code page.
"""

from __future__ import annotations

import codecs
import csv
import functools
import html
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from checklists import numbers
from checklists.errors import AnswerError
from checklists.model import Site
from checklists.text import clean, fold, to_western_digits

_WRAPPED = re.compile(r'^="(.*)"$', re.DOTALL)
_TAG = re.compile(r"<[^>]{1,40}>")
_THAI_DIGIT = re.compile("[๐-๙]")
_LAND = (5.0, 21.0, 97.0, 106.0)
"""Latitudes and longitudes that hold all of Thailand."""
COLUMNS = {
    "registry_no": ("FID", "registry_no"),
    "old_no": ("DISPFACREG", "old_no"),
    "name_th": ("FNAME", "name_th", "name"),
    "name_en": ("name_en",),
    "former_names": ("former_names",),
    "operator": ("ONAME", "operator"),
    "activity": ("OBJECT", "activity"),
    "type_code": ("FACTYPE", "type_code"),
    "horsepower": ("HP", "horsepower"),
    "workers": ("TOTAL_WORKER", "workers"),
    "address": ("FADDR", "address"),
    "subdistrict": ("FTUMNAME", "subdistrict"),
    "district": ("FAMPNAME", "district"),
    "province": ("FPROVNAME", "province"),
    "postcode": ("FZIPCODE", "postcode"),
    "juristic_no": ("juristic_no",),
    "lat": ("LAT", "lat"),
    "lon": ("LNG", "lon"),
}
"""Our field → column names: those of the ministry's open factory file, and our own."""
_NUMBERS = ("horsepower", "workers", "lat", "lon")
_ADDRESS_PARTS = (("FMOO", "หมู่ {}"), ("FSOI", "ซอย{}"), ("FROAD", "ถนน{}"))


class SiteFileError(AnswerError):
    """The file that describes a site, or a registry, cannot be read; `file`, `line` in data."""

    code = "site-file"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row: the site, or None where it is left out; `codes` say what was repaired or why it was refused."""

    line: int
    site: Site | None
    codes: tuple[str, ...]
    number: str
    name: str
    end: int  # position in the file behind this row, in bytes


def rows(file: Path, *, start: int = 0, line: int = 1) -> Iterator[ReadRow]:
    """Yield the rows of a file; `start` and `line` are where a broken off reading goes on.

    Raises `SiteFileError` where the file is no such file, or ends inside a quoted value.
    """
    if file.suffix.lower() == ".json":
        yield from _json_rows(file)
        return
    encoding = encoding_of(file)
    with file.open("rb") as source:
        lines = _Lines(source, encoding)
        try:
            reader = csv.reader(lines, strict=True)
            head = [name.strip() for name in next(reader, [])]
            if not {name for names in COLUMNS.values() for name in names} & set(head):
                raise SiteFileError(file=str(file), line=1)
            if start:
                lines.seek(start, line)
            for values in reader:
                if values:
                    raw = dict(zip(head, values, strict=False))
                    yield read_row(raw, line=lines.number, end=lines.position, short=len(values) != len(head))
        except csv.Error as error:
            raise SiteFileError(file=str(file), line=lines.number) from error


class _Lines:
    """Gives the lines of an open file as text and knows how far it is."""

    def __init__(self, source: object, encoding: str) -> None:
        self._source, self._encoding = source, encoding
        self.position = self.number = 0

    def seek(self, position: int, number: int) -> None:
        self._source.seek(position)  # type: ignore[attr-defined]  # a binary file
        self.position, self.number = position, number

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        data: bytes = self._source.readline()  # type: ignore[attr-defined]  # a binary file
        if not data:
            raise StopIteration
        self.position += len(data)
        self.number += 1
        return data.decode(self._encoding, errors="replace").replace("\x00", "")


def encoding_of(file: Path) -> str:
    """Return utf-8-sig where every byte is UTF-8, else cp874, Windows' Thai code page, which is what Excel writes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as source:
            while chunk := source.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp874"
    return "utf-8-sig"


def _json_rows(file: Path) -> Iterator[ReadRow]:
    try:
        listed = json.loads(file.read_text(encoding="utf-8-sig"))
        texts = [{key: _text(value) for key, value in row.items() if value is not None} for row in listed]
    except (ValueError, AttributeError, TypeError) as error:
        raise SiteFileError(file=str(file)) from error
    yield from (read_row(row, line=number, end=0) for number, row in enumerate(texts, 1))


def _text(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def read_row(raw: Mapping[str, str], *, line: int = 0, end: int = 0, short: bool = False) -> ReadRow:
    """Return one row as a site, or why it is none."""
    codes: dict[str, None] = {"columns": None} if short else {}
    row = {key: _tidy(value, codes) for key, value in raw.items() if key}
    values = {field: next((row[n] for n in names if row.get(n)), "") for field, names in COLUMNS.items()}
    registry_no, old = numbers.factory_number(values["registry_no"]), numbers.old_number(values["old_no"])
    if values["registry_no"] and not registry_no:
        codes["factory-number"] = None
    if values["old_no"] and (old is None or str(old) != values["old_no"]):
        codes["old-number" if old else "old-number-odd"] = None
    key = registry_no or (str(old) if old else "")
    if not key or not values["name_th"]:
        return ReadRow(line, None, ("no-name" if key else "no-number",), key, values["name_th"], end)
    site = _site(row, values, key=key, old=old, registry_no=registry_no, codes=codes)
    return ReadRow(line, site, tuple(codes), key, site.name_th, end)


def _tidy(value: str, codes: dict[str, None]) -> str:
    """Take off what the open file wraps around values."""
    inner = _WRAPPED.sub(r"\1", value.strip())
    if inner != value.strip():
        codes["wrapped"] = None
    plain = html.unescape(_TAG.sub(" ", inner))
    if plain != inner:
        codes["html"] = None
    return " ".join(plain.split())


def _site(
    row: Mapping[str, str],
    values: Mapping[str, str],
    *,
    key: str,
    old: numbers.OldNumber | None,
    registry_no: str,
    codes: dict[str, None],
) -> Site:
    found = {name: _number(values[name], codes) for name in _NUMBERS}
    place = numbers.province(values["province"])
    if values["province"] and place is None:
        codes["province"] = None
    lat, lon = _position(found["lat"], found["lon"], codes)
    juristic = numbers.person_number(values["juristic_no"])
    if values["juristic_no"] and not juristic:
        codes["juristic-number"] = None
    return Site(
        site_id=key,
        name_th=clean(values["name_th"]),
        name_en=values["name_en"],
        former_names=tuple(clean(n).strip() for n in values["former_names"].split(";") if n.strip()),
        registry_no=registry_no,
        old_no=str(old) if old else clean(values["old_no"]),
        juristic_no=juristic,
        operator=clean(values["operator"]),
        activity=clean(values["activity"]),
        type_code=old.type_code if old else values["type_code"],
        group=old.group if old else row.get("group", ""),
        horsepower=found["horsepower"],
        workers=None if found["workers"] is None else int(found["workers"]),
        address=_address(row, values["address"]),
        subdistrict=clean(values["subdistrict"]),
        district=clean(values["district"]),
        province_code=place.code if place else "",
        province=place.th if place else clean(values["province"]),
        postcode=_postcode(values, place.code if place else "", codes),
        lat=lat,
        lon=lon,
        example=row.get("example", "").lower() == "true",
    )


def _address(row: Mapping[str, str], house: str) -> str:
    more = [words.format(row[name]) for name, words in _ADDRESS_PARTS if row.get(name, "").strip("-")]
    return clean(" ".join(part for part in (house, *more) if part))


def _number(text: str, codes: dict[str, None]) -> float | None:
    """Return a number in Western digits without blanks and commas; what is none is left out and said."""
    if text in ("", "-"):
        return None
    plain = to_western_digits(text).replace(" ", "").replace(",", "")
    if " " in text or _THAI_DIGIT.search(text):
        codes["number"] = None
    try:
        number = float(plain)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        codes["number-left-out"] = None
        return None
    return number


def _position(lat: float | None, lon: float | None, codes: dict[str, None]) -> tuple[float | None, float | None]:
    """Return a position in Thailand; 0/0 is none, and latitude and longitude that were changed over are set right."""
    if not lat or not lon:
        return None, None
    south, north, west, east = _LAND
    if south <= lat <= north and west <= lon <= east:
        return lat, lon
    if south <= lon <= north and west <= lat <= east:
        codes["position-turned"] = None
        return lon, lat
    codes["position-left-out"] = None
    return None, None


def _postcode(values: Mapping[str, str], province_code: str, codes: dict[str, None]) -> str:
    """Return the five digits; where they are missing, those of the sub-district, if it is known."""
    given = numbers.digits(values["postcode"])[:5]
    known = _places().get((province_code, _bare(values["district"])))
    if known is None:
        if province_code and values["district"]:
            codes["district"] = None
        return given
    if len(given) == 5:
        return given
    found = known.get(_bare(values["subdistrict"]), "")
    if found:
        codes["postcode"] = None
    return found or given


def _bare(name: str) -> str:
    return fold(re.sub(r"^(เขต|อำเภอ|อ\.|แขวง|ตำบล|ต\.)\s*", "", name.strip()))


@functools.cache
def _places() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return post codes by sub-district, by province code and district, as geothai knows them."""
    import geothai  # 30 ms and 880 kB; needed only while a registry is read

    found: dict[tuple[str, str], dict[str, str]] = {}
    for province in numbers.provinces():
        for district in geothai.districts(province.code):
            inside = {
                _bare(place.name_th): str(next(iter(place.postal_codes), ""))
                for place in geothai.subdistricts(district.code)
            }
            found[province.code, _bare(district.name_th)] = inside
            if _bare(district.name_th).startswith(fold("เมือง")):
                found[province.code, fold("เมือง")] = inside
    return found
