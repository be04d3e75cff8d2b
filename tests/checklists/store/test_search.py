"""Search finds factories however their names are typed: floors per kind of query (long form: bench.store_search)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.model import Draft, Site
from checklists.store import Store
from checklists.store.search import looks_like_number, number_key
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_names import recall, sites
from tests.support.store_workspace import new_store

EVERYTHING = list(sites(3000))

LEAST = 98
LESS = {"middle part": 90, "typed prefix": 90}
"""Twelve letters out of the middle, or the beginning of a name, stand in many names."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    from tests.conftest import NOON

    folder: Path = tmp_path_factory.mktemp("search") / "w"
    with new_store(folder, FrozenClock(NOON)) as opened:
        opened.registry.import_rows(EVERYTHING, "test")
        yield opened


def test_recall_of_every_kind_of_query(store: Store) -> None:
    found = recall(lambda text: [hit.site for hit in store.registry.search(text)], EVERYTHING, 120)
    assert {kind: share for kind, share in found.items() if share < LESS.get(kind, LEAST)} == {}


def test_every_factory_is_found_by_each_of_its_numbers(store: Store) -> None:
    for site in EVERYTHING[::150]:
        for number in (site.registry_no, site.old_no, site.juristic_no, site.old_no.replace("-", " ")):
            assert [h.site.site_id for h in store.registry.search(number)][:1] == [site.site_id]


def test_a_name_with_its_province_is_found_there(store: Store) -> None:
    for site in EVERYTHING[::200]:
        core = site.name_th.split()[-1] if " " in site.name_th else site.name_th
        hits = store.registry.search(f"{core} {site.province}", province=site.province_code)
        assert all(hit.site.province_code == site.province_code for hit in hits)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("3-34(3)-3/54นบ", "3343354นบ"),
        ("๓-๓๔(๓)-๓/๕๔นบ", "3343354นบ"),
        (" 1012 0000-525545 ", "10120000525545"),
        ("", ""),
    ],
)
def test_a_number_is_its_digits_and_letters(text: str, key: str) -> None:
    assert number_key(text) == key


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("3-34(3)-3/54นบ", True),
        ("๓-๓๔", True),
        ("1012", True),
        ("แป้งมัน 3", False),
        ("3M ประเทศไทย", False),
        ("", False),
    ],
)
def test_what_looks_like_a_number(text: str, is_one: bool) -> None:
    assert looks_like_number(text) is is_one


def test_a_factory_is_found_by_a_name_it_had_before_and_that_is_said(tmp_path: Path, clock: FrozenClock) -> None:
    renamed = Site("1", name_th="บริษัท รุ่งเรืองยางพารา จำกัด", former_names=("โรงงานไทยเจริญการยาง", "Old Rubber"))
    other = Site("2", name_th="บริษัท น้ำแข็งใส จำกัด")
    with new_store(tmp_path / "w", clock) as opened:
        opened.registry.import_rows([renamed, other], "test")
        assert opened.registry.get("1") == renamed
        for text in ("ไทยเจริญการยาง", "การยาง ไทย", "ไทยเจริญการยงา", "old rub"):
            assert [(h.site.site_id, h.why) for h in opened.registry.search(text)] == [("1", "former")], text
        assert [h.why for h in opened.registry.search("รุ่งเรืองยาง")] == ["name"]


def test_a_record_is_found_by_a_former_name_of_its_site(tmp_path: Path, clock: FrozenClock) -> None:
    with new_store(tmp_path / "w", clock) as opened:
        opened.visits.start(make.visit(site=replace(make.SITE, former_names=("โรงแป้งเก่าแก่",))))
        draft = Draft(make.PIN.form_id, make.PIN.version, make.PIN.sha256)
        opened.records.create(record_id="r-1", visit_id="v-1", form=make.PIN, draft=draft, author=make.OFFICER)
        assert [r.record_id for r in opened.records.search("แป้งเก่า")] == ["r-1"]
