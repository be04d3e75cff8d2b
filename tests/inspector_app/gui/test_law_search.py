"""Laws and limits are found offline from everywhere, with how sure they are."""

from __future__ import annotations

import pytest

from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.law_search import LawSearch
from inspector_app.gui.widgets.cards import EmptyState
from inspector_app.gui.widgets.dialogs import open_dialog
from inspector_app.gui.widgets.labels import Chip, ThaiLabel


@pytest.fixture
def search(home: MainWindow) -> LawSearch:
    assert home.shell is not None
    home.shell.search_laws()
    dialog = open_dialog(home)
    assert isinstance(dialog, LawSearch)
    return dialog


def words(search: LawSearch) -> list[str]:
    inner = search.list.widget()
    return [label.text() for label in inner.findChildren(ThaiLabel) if label.isVisibleTo(inner)]


@pytest.mark.parametrize("typed", ["เสียง", "noise"])
def test_a_limit_is_found_by_its_name_in_both_languages(search: LawSearch, typed: str) -> None:
    search.show_matches(typed)
    assert any("dB" in text or "เดซิเบล" in text for text in words(search))


def test_a_section_is_found_and_says_how_sure_it_is(search: LawSearch) -> None:
    search.show_matches("มาตรา 37")
    assert any("37" in text for text in words(search))
    assert search.list.findChildren(Chip) or words(search)


def test_what_is_not_there_says_what_to_do_next(search: LawSearch) -> None:
    search.show_matches("ไม่มีคำนี้แน่นอน")
    assert any("ไม่พบ" in state.title_label.text() for state in search.list.findChildren(EmptyState))
