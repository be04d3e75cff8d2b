"""Finding what is inspected: the registry, and sites described in the field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists import numbers
from checklists.clock import IdMaker
from checklists.errors import NotFoundError
from checklists.model import Changes, Site, SiteKind
from checklists.text import clean, to_western_digits
from inspector_app.actions.factories import factory_csv
from inspector_app.actions.factories.factory_csv import ReadRow, SiteFileError
from inspector_app.actions.factories.importing import Imported

if TYPE_CHECKING:
    from checklists.store import SiteHit, Store

FACTORY = "factory"


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
    """Return the site that the fields describe: province by any name, numbers as people type them.

    Raises `SiteFileError` with the `column` that has no name or a number that cannot be (check digits, no number).
    """
    typed = {name: _typed(name, value) for name, value in fields.items()}
    try:
        site = Site.from_json({"kind": SiteKind.UNREGISTERED, **typed, "site_id": ids.new(), "provisional": True})
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


_CHECKED: Mapping[str, Callable[[str], str]] = {
    "registry_no": numbers.factory_number,
    "juristic_no": numbers.person_number,
    "postcode": lambda text: found if len(found := numbers.digits(text)) == 5 else "",
    "old_no": lambda text: str(numbers.old_number(text) or clean(text).strip()),
}
_MEASURED: Mapping[str, Callable[[str], float]] = {
    "horsepower": float,
    "lat": float,
    "lon": float,
    "workers": lambda text: int(float(text)),
}


def _typed(name: str, value: Any) -> Any:
    """Return a field with its number in the one stored form. Raises `SiteFileError` naming the field."""
    if name in _CHECKED and str(value or "").strip():
        found = _CHECKED[name](str(value))
        if not found:
            raise SiteFileError(column=name)
        return found
    if name in _MEASURED and isinstance(value, str):
        plain = to_western_digits(clean(value)).replace(",", "").strip()
        try:
            return _MEASURED[name](plain) if plain else None
        except ValueError as error:
            raise SiteFileError(column=name) from error
    return value


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
    """What a registry file holds; `refused` are the rows that are left out, each with its reasons."""

    sites: tuple[Site, ...]
    repaired: int
    refused: tuple[ReadRow, ...]


def read_file(file: Path) -> ReadFile:
    """Read a whole registry from CSV (the open factory file's columns or ours) or from a JSON list of sites.

    Raises `SiteFileError` where no row of it can be used.
    """
    found: list[Site] = []
    refused: list[ReadRow] = []
    repaired = 0
    for row in factory_csv.rows(file):
        if row.site is None:
            refused.append(row)
        else:
            found.append(row.site)
            repaired += bool(row.codes)
    if not found:
        raise SiteFileError(file=str(file))
    return ReadFile(tuple(found), repaired, tuple(refused))
