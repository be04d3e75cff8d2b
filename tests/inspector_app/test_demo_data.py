"""The made-up factories: valid numbers, all provinces, all marked, always the same."""

from __future__ import annotations

from collections import Counter

import pytest

from checklists import numbers
from checklists.model import Site
from inspector_app import demo_data


@pytest.fixture(scope="module")
def every() -> list[Site]:
    return list(demo_data.factories())


def test_there_are_5000_over_all_77_provinces(every: list[Site]) -> None:
    assert len(every) == 5000
    assert len({site.province_code for site in every}) == 77


def test_all_are_marked_as_examples(every: list[Site]) -> None:
    assert all(site.example and "ตัวอย่าง" in site.name_th and "Example" in site.name_en for site in every)


def test_all_numbers_pass_their_check_digits_and_are_distinct(every: list[Site]) -> None:
    assert all(numbers.is_factory_number(site.registry_no) for site in every)
    assert all(numbers.is_juristic_number(site.juristic_no) for site in every)
    for attribute in ("registry_no", "juristic_no", "site_id"):
        assert len({getattr(site, attribute) for site in every}) == len(every)


def test_numbers_agree_with_the_province_and_the_old_number_with_group_and_type(every: list[Site]) -> None:
    for site in every:
        parts = numbers.factory_number_parts(site.registry_no)
        assert parts is not None
        assert parts.province_code == site.province_code
        if site.old_no:
            old = numbers.old_number(site.old_no)
            assert old is not None, site.old_no
            assert (old.group, old.type_code) == (site.group, site.type_code)
            assert old.province is not None
            assert old.province.th == site.province
    assert sum(1 for site in every if site.old_no) > 2000


def test_the_group_follows_horsepower_and_workers(every: list[Site]) -> None:
    for site in every:
        assert site.horsepower is not None
        assert site.workers is not None
        assert site.group == ("3" if site.horsepower > 75 or site.workers > 75 else "2")
        assert site.horsepower >= 50 or site.workers >= 50


def test_every_address_is_complete_and_within_thailand(every: list[Site]) -> None:
    for site in every:
        assert all((site.address, site.subdistrict, site.district, site.province))
        assert len(site.postcode) == 5
        assert site.lat is not None
        assert site.lon is not None
        assert 5.5 < site.lat < 20.6
        assert 97.2 < site.lon < 105.8


def test_the_same_seed_gives_the_same_factories_and_another_one_others(every: list[Site]) -> None:
    assert demo_data.some(200) == every[:200]
    assert list(demo_data.factories(20, seed=1)) != every[:20]


def test_names_and_types_are_varied_enough_to_search(every: list[Site]) -> None:
    assert len({site.type_code for site in every}) > 50
    assert Counter(site.name_th for site in every).most_common(1)[0][1] < 10


def test_the_demo_inspects_one_known_factory() -> None:
    site = demo_data.first_factory()
    assert site.province_code == "11"
    assert site.example
