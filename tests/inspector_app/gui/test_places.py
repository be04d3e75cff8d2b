"""Items found as people name them, and by the nodes that belong to them."""

from __future__ import annotations

import pytest

from inspector_app.gui.questions.places import Places
from tests.support import fill_fake


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(fill_fake.outline())


def number_at(places: Places, index: int | None) -> str:
    return "" if index is None else places.items[index].number


@pytest.mark.parametrize("typed", ["B03", "b3", "fa-b03", " b 03 "])
def test_an_item_is_found_by_its_number_however_it_is_typed(places: Places, typed: str) -> None:
    assert number_at(places, places.find(typed)) == "B03"


@pytest.mark.parametrize("typed", ["", "Z99", "-"])
def test_what_is_no_number_finds_nothing(places: Places, typed: str) -> None:
    assert places.find(typed) is None


def test_words_are_looked_for_from_the_open_item_on_and_from_the_start_again(places: Places) -> None:
    first = places.search("หม้อน้ำ", "th", after=-1)
    assert number_at(places, first) == "B03"
    assert places.search("หม้อน้ำ", "th", after=first or 0) == first
    assert places.search("ไม่มีคำนี้แน่", "th", after=0) is None


def test_a_node_belongs_to_the_item_above_it(places: Places) -> None:
    item = places.items[2]
    assert places.of_path(item.note_path) == 2
    assert places.of_path(item.path) == 2
    assert places.of_path("/data/elsewhere") is None


def test_a_problem_is_at_its_item_and_else_at_its_node(places: Places) -> None:
    item = places.items[1]
    assert places.of_problem(item.item_id) == 1
    assert places.of_problem("", item.note_path) == 1


def test_the_positions_of_the_sections_cover_all_items_once(places: Places) -> None:
    sections = range(places.section_of(len(places.items) - 1) + 1)
    assert [index for section in sections for index in places.range_of(section)] == list(range(len(places.items)))
