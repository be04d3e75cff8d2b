"""Computed values against examples worked out by hand, and properties that must always hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, UNCONFIRMED, Catalogue
from checklists.authoring.errors import CatalogueError
from checklists.authoring.expanding import expand
from checklists.authoring.units import UNITS, commensurable, convert
from checklists.findings import computations as c
from checklists.findings import judge
from checklists.model import Verdict
from tests.support.handbook_player import begin

CATALOGUE = Catalogue.bundled()


def in_force(limit_id, catalogue=CATALOGUE):
    return catalogue.limit_entry(limit_id, "2026-11-22")


def changed(tmp_path, old, new):
    """The bundled catalogue with one text of limits.yaml replaced."""
    for name in ("laws.yaml", "limits.yaml", "phrases.yaml"):
        text = (HANDBOOK / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace(old, new) if name == "limits.yaml" else text, "utf-8")
    return Catalogue.read(tmp_path)


def test_two_equal_levels_average_to_themselves_and_ten_decibels_more_dominate():
    assert c.leq([80, 80]).value == 80
    assert c.leq([80, 90]).value == 87.4  # 10·log10((10^8 + 10^9) / 2)


def test_levels_count_by_their_time():
    assert c.leq([70, 80], [7, 1]).value == 73.3  # 10·log10((7·10^7 + 10^8) / 8)


def test_eight_hours_at_the_criterion_are_the_criterion():
    limit = in_force("noise-workplace-moi")
    assert c.twa([(90, 8)], limit).value == 90
    assert c.twa([(95, 4)], limit).value == 90  # twice the level step, half the time
    assert c.twa([(88, 4)], limit, criterion=85, exchange=3).value == 85
    assert c.allowed_hours(100, criterion=90, exchange=5) == 2


def test_heat_inside_and_in_the_sun():
    assert c.wbgt(28, 34).value == 29.8
    assert c.wbgt(28, 40, 34).value == 31.0
    assert c.wbgt(28, 34).formula == "0.7×28 + 0.3×34 = 29.8"


@pytest.mark.parametrize(
    "present, line",
    [(80, 130), (100, 150), (101, 201), (500, 600), (1000, 1200), (2000, 2300), (3000, 3400), (3001, 3501)],
)
def test_the_expansion_table_of_s_18(present, line):
    assert c.expansion_line(present, in_force("expansion-line")).value == line


@pytest.mark.parametrize(
    "workers, seats", [(1, 1), (15, 1), (16, 2), (40, 2), (41, 3), (80, 3), (81, 4), (130, 4), (131, 5)]
)
def test_toilets_by_workers_and_the_checklist_agree(workers, seats):
    assert c.by_steps(workers, in_force("toilets")).value == seats
    assert _limit("FA-B11", workers) == seats


@pytest.mark.parametrize("persons, width", [(50, 110), (51, 112), (120, 250)])
def test_exit_width_by_persons_and_the_checklist_agree(persons, width):
    assert c.by_steps(persons, in_force("exit-width")).value == width
    assert _limit("FA-B05", persons) == width


def _limit(item_id, workers):
    played = begin("factory_act_general", group="3")
    played.put("FA-A09", str(workers))
    return next(item.limit.minimum for item in played.result().items if item.item_id == item_id)


def test_a_changed_law_changes_computation_and_checklist_in_one_place(tmp_path):
    catalogue = changed(tmp_path, "0= 15=1 40=2 80=3", "0= 10=1 30=2 60=4")
    assert c.by_steps(60, in_force("toilets", catalogue)).value == 4
    assert c.by_steps(111, in_force("toilets", catalogue)).formula == "4 + ⌈(111 − 60) ÷ 50⌉ = 6"
    rows = expand(load_yaml(HANDBOOK / "factory_act_general.yaml"), catalogue)["survey"]
    limit = next(row["bind::insp:limit-min"] for row in rows if row.get("name") == "fa_b11_x")
    assert limit.startswith("if(${fa_a09_x} > 60, 4 + int((${fa_a09_x} - 11) div 50), if(${fa_a09_x} > 30, 4,")


@pytest.mark.parametrize(
    "wrong",
    ["0= 15=1 80=3 40=2", "0= 15=x", "15", "0= 15= 40=2", "0="],
    ids=["falling", "no-number", "no-value", "a-gap", "nothing-asked"],
)
def test_steps_that_cannot_be_read_are_refused_by_name(tmp_path, wrong):
    with pytest.raises(CatalogueError) as refused:
        changed(tmp_path, "0= 15=1 40=2 80=3", wrong)
    assert (refused.value.data["where"], refused.value.data["key"]) == ("toilets", "steps")


def test_a_limit_without_steps_is_named():
    with pytest.raises(CatalogueError) as refused:
        c.by_steps(10, in_force("exit-height"))
    assert refused.value.data["where"] == "exit-height"


def test_a_result_says_what_it_rests_on_and_that_it_is_a_draft():
    found = c.by_steps(81, in_force("toilets"))
    words = c.ground_words(found.limit, CATALOGUE.law(found.limit.law))
    assert "พ.ศ. 2535" in words.th
    assert words.th.endswith(UNCONFIRMED.th)
    assert "source domain 2.1 · certainty C" in words.en
    line = c.expansion_line(80, in_force("expansion-line"))
    assert UNCONFIRMED.th not in c.ground_words(line.limit, CATALOGUE.law(line.limit.law)).th


def test_no_input_is_asked_for_nothing():
    with pytest.raises(ValueError, match="0"):
        c.by_steps(0, in_force("toilets"))


def test_annoyance_difference_carbon_and_gas():
    assert c.annoyance(62.4, 55).value == 7.4
    assert c.difference(100, 125).value == 25
    assert c.difference(0, 5) is None
    assert c.carbon(10_000, 2.71).value == 27.1
    assert c.ppm_to_mg(100, 64.07).value == 262.04  # SO₂


def test_a_degree_of_latitude_is_about_111_km():
    assert abs(c.distance(13, 100, 14, 100).value - 111_195) < 10


# --- units ----------------------------------------------------------------------------------------------------------


@given(st.floats(-1e6, 1e6), st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_conversion_and_back_gives_the_value_again(value, unit, other):
    if not commensurable(unit, other):
        with pytest.raises(CatalogueError):
            convert(value, unit, other)
    else:
        there = convert(value, unit, other)
        assert math.isclose(convert(there, other, unit), value, rel_tol=1e-9, abs_tol=1e-6)


def test_units_by_hand():
    assert convert(1, "ไร่", "m²") == 1600
    assert convert(100, "แรงม้า", "kW") == pytest.approx(74.6)
    assert convert(212, "°F", "°C") == pytest.approx(100)


# --- every limit ----------------------------------------------------------------------------------------------------

NUMERIC = [x for x in CATALOGUE.limits if x.operator in ("", "below") and (x.minimum, x.maximum) != (None, None)]


@pytest.mark.parametrize("limit", NUMERIC, ids=lambda x: f"{x.limit_id} {x.in_force_from}")
def test_a_value_on_the_limit_passes_and_just_beyond_it_fails(limit):
    on = limit.in_force_until or "2026-11-22"
    for bound, beyond in ((limit.minimum, -1e-6), (limit.maximum, 1e-6)):
        if bound is None:
            continue
        inside = Verdict.FAIL if limit.operator == "below" and beyond > 0 else Verdict.PASS
        assert judge(repr(bound), limit, on=on).verdict is inside
        assert judge(repr(bound + beyond), limit, on=on).verdict is Verdict.FAIL


@pytest.mark.parametrize("limit", CATALOGUE.limits, ids=lambda x: f"{x.limit_id} {x.in_force_from}")
def test_a_limit_says_nothing_outside_its_time(limit):
    if limit.in_force_until:
        assert judge("1", limit, on="2200-01-01") is None
    if len(limit.in_force_from) == 10:
        assert judge("1", limit, on="1900-01-01") is None


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.sampled_from(NUMERIC))
def test_a_verdict_is_exactly_the_comparison_with_the_bounds(value, limit):
    on = limit.in_force_until or "2026-11-22"
    value = round(value, 6)
    low = limit.minimum is None or value >= limit.minimum
    high = limit.maximum is None or (value < limit.maximum if limit.operator == "below" else value <= limit.maximum)
    assert judge(repr(value), limit, on=on).verdict is (Verdict.PASS if low and high else Verdict.FAIL)
