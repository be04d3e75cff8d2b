"""Laws, limits and phrases: found offline, with their time in force and how sure they are."""

import pytest

from checklists.authoring.catalogue import FIRM, Catalogue, in_force
from checklists.authoring.errors import CatalogueError
from checklists.model import Certainty


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.bundled()


def test_a_clause_is_named_with_its_law_in_both_languages(catalogue):
    law = catalogue.law("fa2535-s37")
    assert law.title.th == "พ.ร.บ. โรงงาน พ.ศ. 2535 มาตรา 37"
    assert law.title.en == "Factory Act B.E. 2535 s. 37"
    assert law.certainty is Certainty.A
    assert "ระงับ" in catalogue.law_text("fa2535-s37").th


def test_an_id_that_is_not_there_stands_for_itself_unverified(catalogue):
    law = catalogue.law("somewhere-s1")
    assert (law.title.th, law.certainty) == ("somewhere-s1", Certainty.C)


@pytest.mark.parametrize(
    "text, law_id", [("อุทธรณ์", "fa2535-s41"), ("appeal minister", "fa2535-s41"), ("ทางออก 110", "mr2-2535-c5-3")]
)
def test_laws_are_found_by_words_of_their_text(catalogue, text, law_id):
    assert law_id in [entry.law_id for entry in catalogue.search(text)]


def test_penalties_are_never_certain_before_somebody_confirms_them(catalogue):
    penalties = [entry for entry in catalogue.laws if entry.kind == "penalty"]
    assert len(penalties) > 10
    assert all(entry.certainty not in FIRM for entry in penalties)
    assert catalogue.entry("fa2535-s12").penalty == "fa2535-s50"


def test_the_limit_in_force_on_the_day_is_copied(catalogue):
    old, new = catalogue.limit("waste-storage-days", "2023-10-31"), catalogue.limit("waste-storage-days", "2023-11-01")
    assert (old.maximum, old.law.law_id) == (90, "moi-waste-2548")
    assert (new.maximum, new.law.law_id) == (None, "moi-waste-2566")
    assert catalogue.limit("nothing", "2026-11-22") is None


@pytest.mark.parametrize(
    "start, end, day, inside",
    [
        ("1992", "", "1992-01-01", True),
        ("1992", "", "1991-12-31", False),
        ("", "1999", "1999-12-31", True),
        ("", "1999", "2000-01-01", False),
        ("2025-05-25", "", "2025-05-24", False),
        ("2025-05-25", "2025-05-25", "2025-05-25", True),
    ],
)
def test_a_bare_year_counts_from_its_first_day_to_its_last(start, end, day, inside):
    assert in_force(start, end, day) is inside


def test_every_number_has_a_source_a_unit_and_a_law(catalogue):
    for limit in catalogue.limits:
        assert limit.source, limit.limit_id
        assert limit.unit or limit.operator == "check-digit", limit.limit_id
        assert catalogue.entry(limit.law), limit.limit_id


def test_a_phrase_is_filled_in_each_language_by_its_own_words(catalogue):
    words = catalogue.words("problems", "signature-void", role=catalogue.words("roles", "guide"))
    assert "ผู้นำตรวจ" in words.th
    assert "guide" in words.en
    with pytest.raises(CatalogueError):
        catalogue.words("problems", "nonsense")
