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


DOMAIN_NUMBERS = """
2.1  distance-public-place-g12 50  distance-public-place-g3 100  ventilation-per-worker 0.5  exit-count 2
     exit-width 110  exit-height 200  rail-height-threshold 1.5  ceiling-height 3  working-space 3  pit-rim 100
2.2  effluent-temperature 40  effluent-colour 300  effluent-tds 3000  effluent-tss 50  effluent-bod 20  effluent-cod 120
     effluent-sulfide 1  effluent-cyanide 0.2  effluent-oil-grease 5  effluent-formaldehyde 1  effluent-phenols 1
     effluent-free-chlorine 1  effluent-tkn 100  effluent-zn 5  effluent-cr6 0.25  effluent-cr3 0.75  effluent-as 0.25
     effluent-cu 2  effluent-hg 0.005  effluent-cd 0.03  effluent-ba 1  effluent-se 0.02  effluent-pb 0.2  effluent-ni 1
     effluent-mn 5  estate-temperature 45  estate-colour 600  estate-tss 200  estate-bod 500  estate-cod 750
     estate-oil-grease 10  estate-tds 3000  estate-fluoride 5  estate-surfactants 30  wpms-threshold 500
     wpms-deviation-reports 2  wpms-record-keeping 12
2.3  stack-tsp-oil 240  stack-tsp-solid 320  stack-tsp-metal 300  stack-tsp-metal-burning 240  stack-tsp-process 400
     stack-tsp-process-burning 320  stack-so2-oil 950  stack-so2-coal 700  stack-so2-biomass 60  stack-so2-process 500
     stack-nox-oil 200  stack-nox-coal 400  stack-nox-other 200  stack-co 870  stack-co-burning 690  stack-h2s 100
     stack-h2s-burning 80  stack-hcl 200  stack-hcl-burning 160  stack-h2so4 25  stack-xylene 200  stack-cresol 5
     stack-sb 20  stack-sb-burning 16  stack-as 20  stack-as-burning 16  stack-cu 30  stack-cu-burning 24  stack-pb 30
     stack-pb-burning 24  stack-cl2 30  stack-cl2-burning 24  stack-hg 3  stack-hg-burning 2.4
2.5  noise-leq24 70  noise-lmax 115  noise-annoyance 10  noise-workplace-moi 90  noise-peak 140
     noise-hearing-programme 85  noise-workplace-labour 85
2.6  wbgt-light 34  wbgt-moderate 32  wbgt-heavy 30  light-walkway 20  light-passage 50  light-store 50  light-rough 100
     light-rather-fine 200  light-fine 300  light-very-fine 1000
2.7  extinguisher-distance 20  extinguisher-height 1.5  extinguisher-check-interval 6  fire-water 30  evacuation-time 5
     fire-training 40  fire-drill-interval 12
2.8  boiler-inspection-interval 12  electrical-inspection-interval 12
2.9  waste-processor-report-day 15  waste-manifest-threshold 100
2.10 chemical-report-threshold 1  soil-interval 36  groundwater-interval 12
2.11 rv-water-threshold 500  rv-bod-threshold 100  rv-plating-threshold 50
6.1  mine-distance-1 100  mine-distance-23 300  mine-noise-leq24 70  mine-noise-lmax 115
"""
"""Every number of section 2 of the domain notes (and of 6.1) by its limit, copied by hand."""


@pytest.mark.parametrize(
    ("limit_id", "number"),
    [
        pair
        for line in DOMAIN_NUMBERS.strip().splitlines()
        for pair in zip(line[5:].split()[::2], line[5:].split()[1::2], strict=True)
    ],
)
def test_every_number_of_the_domain_notes_is_a_limit_in_force(catalogue, limit_id, number):
    entry = catalogue.limit_entry(limit_id, "2026-11-23")
    assert float(number) in (entry.minimum, entry.maximum)
    assert entry.unit
    assert entry.source
