"""Finding what is inspected: the registry, sites described in the field, and bringing a registry in."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists import numbers
from checklists.clock import IdMaker
from checklists.errors import AnswerError, NotFoundError
from checklists.model import Changes, Site, SiteKind
from checklists.text import clean

if TYPE_CHECKING:
    from checklists.store import SiteHit, Store

FACTORY = "factory"
_WRAPPED = re.compile(r'^="(.*)"$')
_TAG = re.compile(r"<[^>]{1,40}>")
_COLUMNS = {
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


class SiteFileError(AnswerError):
    """The file that describes a site, or a registry, cannot be read; `file`, `line` in data."""

    code = "site-file"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; a repaired row was taken after a fix, a refused one was left out."""

    read: int
    repaired: int
    refused: int
    count: int
    changes: Changes


def search(store: Store, text: str, *, province: str | None = None, limit: int = 20) -> tuple[SiteHit, ...]:
    """Return registered sites for what was typed; `province` by name, code or abbreviation."""
    found = numbers.province(province) if province else None
    if province and found is None:
        raise NotFoundError(kind="province", key=province)
    return store.registry.search(clean(text), province=found.code if found else None, limit=limit)


def find(store: Store, reference: str) -> Site:
    """Return the site for a factory number, an old number, or `KIND:ID`. Raises `NotFoundError`."""
    kind, _, key = reference.rpartition(":")
    if kind and kind != FACTORY:
        return store.sites.get(key)
    site = store.registry.get(numbers.factory_number(key) or clean(key).strip())
    if site is None:
        raise NotFoundError(kind="site", key=key)
    return site


def describe(store: Store, fields: Mapping[str, Any], *, ids: IdMaker) -> tuple[Site, Changes]:
    """Keep a site that is in no registry, with a provisional id. Raises `SiteFileError` where it has no name."""
    site = described(fields, ids=ids)
    return site, store.sites.add_provisional(site)


def described(fields: Mapping[str, Any], *, ids: IdMaker) -> Site:
    """Return the site that the fields describe; province by any name, numbers checked."""
    try:
        site = Site.from_json({"kind": SiteKind.UNREGISTERED, **fields, "site_id": ids.new(), "provisional": True})
    except (TypeError, ValueError, AttributeError) as error:
        raise SiteFileError(str(error)) from error
    if not clean(str(site.name_th)).strip():
        raise SiteFileError(column="name_th")
    place = numbers.province(site.province or site.province_code)
    return replace(
        site,
        name_th=clean(site.name_th).strip(),
        province=place.th if place else site.province,
        province_code=place.code if place else site.province_code,
    )


def read_description(file: Path) -> Mapping[str, Any]:
    """Return the fields of a JSON file that describes a site."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise SiteFileError(file=str(file), line=getattr(error, "lineno", "")) from error
    if not isinstance(fields, dict):
        raise SiteFileError(file=str(file))
    return fields


def import_demo(store: Store, count: int | None = None) -> Imported:
    """Bring in the made-up factories."""
    from inspector_app import demo_data

    sites = list(demo_data.factories(demo_data.COUNT if count is None else count))
    changes = store.registry.import_rows(iter(sites), demo_data.SOURCE)
    return Imported(len(sites), 0, 0, store.registry.count(), changes)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a registry file holds."""

    sites: tuple[Site, ...]
    repaired: int
    refused: int


def read_file(file: Path) -> ReadFile:
    """Read a registry from CSV (the open factory file's columns or ours) or from a JSON list of sites."""
    repaired = refused = 0
    sites: list[Site] = []
    for site, was_repaired in _rows(file):
        repaired += was_repaired and site is not None
        refused += site is None
        if site is not None:
            sites.append(site)
    if not sites:
        raise SiteFileError(file=str(file))
    return ReadFile(tuple(sites), repaired, refused)


def import_file(store: Store, file: Path) -> Imported:
    """Bring in a registry from a file. Raises `SiteFileError` where no row of it can be used."""
    read = read_file(file)
    changes = store.registry.import_rows(iter(read.sites), file.name)
    return Imported(len(read.sites), read.repaired, read.refused, store.registry.count(), changes)


def _rows(file: Path) -> Iterator[tuple[Site | None, bool]]:
    text = _decoded(file)
    if file.suffix.lower() == ".json":
        try:
            yield from (
                (_site({k: str(v) for k, v in row.items() if v is not None}), False) for row in json.loads(text)
            )
        except (ValueError, AttributeError, TypeError) as error:
            raise SiteFileError(file=str(file)) from error
        return
    reader = csv.DictReader(io.StringIO(text))
    known = {name for names in _COLUMNS.values() for name in names}
    if not known & set(reader.fieldnames or ()):
        raise SiteFileError(file=str(file), line=1)
    for row in reader:
        tidy = {key: _tidy(value) for key, value in row.items() if key and isinstance(value, str)}
        yield _site(tidy), any(tidy[key] != row[key] for key in tidy)


def _decoded(file: Path) -> str:
    """Return the text: UTF-8, or Windows' Thai code page, which is what Excel writes."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp874", errors="replace")


def _tidy(value: str) -> str:
    """Take off what the open file wraps around values: `="…"`, HTML tags and entities, doubled blanks."""
    inner = _WRAPPED.sub(r"\1", value.strip())
    return " ".join(html.unescape(_TAG.sub(" ", inner)).split()) if inner else ""


def _site(row: Mapping[str, str]) -> Site | None:
    """Return the site of a row, None where it has no name or no number at all."""
    values = {field: next((row[n] for n in names if row.get(n)), "") for field, names in _COLUMNS.items()}
    registry_no, old = numbers.factory_number(values["registry_no"]), numbers.old_number(values["old_no"])
    key = registry_no or (str(old) if old else "")
    if not key or not values["name_th"]:
        return None
    place = numbers.province(values["province"])
    return Site(
        site_id=key,
        name_th=clean(values["name_th"]),
        name_en=values["name_en"],
        former_names=tuple(clean(n) for n in values["former_names"].split(";") if n.strip()),
        registry_no=registry_no,
        old_no=str(old) if old else clean(values["old_no"]),
        juristic_no=numbers.person_number(values["juristic_no"]),
        operator=clean(values["operator"]),
        activity=clean(values["activity"]),
        type_code=old.type_code if old else values["type_code"],
        group=old.group if old else row.get("group", ""),
        horsepower=_number(values["horsepower"]),
        workers=_whole(values["workers"]),
        address=clean(values["address"]),
        subdistrict=clean(values["subdistrict"]),
        district=clean(values["district"]),
        province_code=place.code if place else "",
        province=place.th if place else clean(values["province"]),
        postcode=numbers.digits(values["postcode"])[:5],
        lat=_number(values["lat"]) or None,
        lon=_number(values["lon"]) or None,
        example=row.get("example", "").lower() == "true",
    )


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    number = _number(text)
    return None if number is None else int(number)
