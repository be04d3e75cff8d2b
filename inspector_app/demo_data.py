"""Made-up factories for the demo and for practice: valid numbers, nothing real, every one marked ตัวอย่าง.

The same seed gives the same factories on every computer. Numbers pass their check digits so that everything that checks
them is exercised; running numbers start at 90000, which keeps clear of those in use. Words and ranges are data in
`resources/demo/factories.json`; positions are near the middle of the province and mean nothing.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import resources
from checklists.model import Site
from checklists.numbers import Province, make_factory_number, make_juristic_number, provinces

COUNT = 5_000
SEED = 2569
MARK_TH = "(ตัวอย่าง)"
MARK_EN = "(Example)"
SOURCE = "demo"
_FIRST_RUNNING = 90_000
_GROUP_3_ABOVE = 75  # HP or workers; facts on the size rule in the law catalogue
_OLD_NUMBERS_UNTIL = 2560
_RENAMED = 12
"""One factory of so many had another name before."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A sub-district with everything that an address needs."""

    subdistrict: str
    district: str
    province: Province
    postcode: str


def factories(count: int = COUNT, *, seed: int = SEED) -> Iterator[Site]:
    """Yield `count` made-up factories; every province has some once `count` is 77 or more."""
    chance = random.Random(seed)  # noqa: S311 - made-up data must be the same every time, not unguessable
    words = json.loads(resources.path("demo", "factories.json").read_text(encoding="utf-8"))
    places = {p.code: _places_of(p) for p in provinces()}
    weights = [words["weights"].get(p.code, 1) for p in provinces()]
    running = dict.fromkeys(places, _FIRST_RUNNING)
    for number in range(count):
        province = provinces()[number] if number < len(weights) else chance.choices(provinces(), weights)[0]
        running[province.code] += 1
        yield _factory(chance, words, chance.choice(places[province.code]), number, running[province.code])


def first_factory() -> Site:
    """Return the factory that the demo inspects: the first in Samut Prakan."""
    return next(site for site in factories(len(provinces())) if site.province_code == "11")


def _places_of(province: Province) -> list[_Place]:
    import geothai  # 30 ms and 880 kB; needed only while making demo data

    return [
        _Place(s.name_th, d.name_th, province, s.postal_codes[0])
        for d in geothai.districts(province.code)
        for s in geothai.subdistricts(d.code)
        if s.postal_codes and s.postal_codes[0]
    ]


def _factory(chance: random.Random, words: dict[str, Any], place: _Place, number: int, running: int) -> Site:
    kind = chance.choices(words["types"], [t["weight"] for t in words["types"]])[0]
    name_th, name_en, juristic_form = _name(chance, words, kind)
    horsepower = _between(chance, kind["horsepower"])
    workers = _between(chance, kind["workers"])
    group = "3" if horsepower > _GROUP_3_ABOVE or workers > _GROUP_3_ABOVE else "2"
    year = chance.randint(2520, 2568)
    lat, lon = words["middles"][place.province.code]
    return Site(
        site_id=(registry_no := _registry_number(chance, place, running, year)),
        name_th=name_th,
        name_en=name_en,
        former_names=_former_names(registry_no, words, kind) if number % _RENAMED == 0 else (),
        registry_no=registry_no,
        old_no=_old_number(kind, group, running, year, place.province) if year <= _OLD_NUMBERS_UNTIL else "",
        juristic_no=make_juristic_number(f"0{place.province.code}{juristic_form}{year % 1000:03d}{number:05d}"),
        operator=name_th,
        activity=kind["activity"],
        type_code=kind["type"],
        group=group,
        horsepower=float(horsepower),
        workers=workers,
        address=_address(chance, words),
        subdistrict=place.subdistrict,
        district=place.district,
        province_code=place.province.code,
        province=place.province.th,
        postcode=place.postcode,
        lat=round(lat + chance.uniform(-0.15, 0.15), 5),
        lon=round(lon + chance.uniform(-0.15, 0.15), 5),
        example=True,
    )


def _name(chance: random.Random, words: dict[str, Any], kind: dict[str, Any]) -> tuple[str, str, str]:
    """Return the marked name in Thai and English and the digit for the legal form in the juristic number."""
    first, second = chance.choice(words["first"]), chance.choice(words["second"])
    if first[0] == second[0]:
        second = ["", ""]
    english = " ".join(part for part in (first[1], second[1], kind["en"]) if part)
    stem = first[0] + second[0] + kind["th"]
    if chance.random() < 0.12:
        return f"ห้างหุ้นส่วนจำกัด {stem} {MARK_TH}", f"{english} Ltd., Part. {MARK_EN}", "3"
    return f"บริษัท {stem} จำกัด {MARK_TH}", f"{english} Co., Ltd. {MARK_EN}", "5"


def _former_names(registry_no: str, words: dict[str, Any], kind: dict[str, Any]) -> tuple[str, ...]:
    """Return the name that a factory had before; from a chance of its own, so that the others stay as they are."""
    return (_name(random.Random(registry_no), words, kind)[0],)  # noqa: S311 - as above


def _between(chance: random.Random, bounds: list[int]) -> int:
    """Return a number between the bounds, small ones more often, as factories are."""
    low, high = bounds
    return low + int((high - low) * chance.random() ** 2.5)


def _registry_number(chance: random.Random, place: _Place, running: int, year: int) -> str:
    return make_factory_number(
        issuer=chance.choice("12"), place="0", province_code=place.province.code, running=running, year_be=year
    )


def _old_number(kind: dict[str, Any], group: str, running: int, year: int, province: Province) -> str:
    sub = f"({kind['sub']})" if kind["sub"] else ""
    return f"{group}-{kind['type']}{sub}-{running - _FIRST_RUNNING}/{year % 100:02d}{province.abbr}"


def _address(chance: random.Random, words: dict[str, Any]) -> str:
    house = (
        f"{chance.randint(1, 399)}/{chance.randint(1, 40)}" if chance.random() < 0.6 else str(chance.randint(1, 999))
    )
    moo = f" หมู่ {chance.randint(1, 14)}" if chance.random() < 0.75 else ""
    road = f" ถนน{chance.choice(words['roads'])}" if chance.random() < 0.6 else ""
    return f"{house}{moo}{road}"


def some(count: int) -> list[Site]:
    """Return the first `count` made-up factories as a list."""
    return list(itertools.islice(factories(count), count))
