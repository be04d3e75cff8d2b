"""Appointment, card and hours of entry, Act by Act."""

from datetime import datetime, time

import pytest

from checklists.authoring.catalogue import Catalogue
from checklists.clock import BANGKOK
from checklists.findings.authority import Appointment, powers, warnings

CATALOGUE = Catalogue.bundled()
KNOWN = powers()
EVERYWHERE = tuple(Appointment(power.act) for power in KNOWN)


def at(hour):
    return datetime(2026, 11, 22, hour, 0, tzinfo=BANGKOK)


def codes(checklist, hour, *, appointments=EVERYWHERE, **more):
    found = warnings(checklist, at(hour), catalogue=CATALOGUE, known=KNOWN, appointments=appointments, **more)
    return [one.code for one in found]


def test_by_daylight_with_an_appointment_nothing_is_warned_of():
    assert codes("factory_act_general", 10) == []


@pytest.mark.parametrize(
    "appointment, covered",
    [
        (Appointment("fa2535"), True),
        (Appointment("fa2535", provinces=("12",)), True),
        (Appointment("fa2535", provinces=("10",)), False),
        (Appointment("fa2535", valid_until="2026-11-21"), False),
        (Appointment("fa2535", valid_from="2026-11-23"), False),
        (Appointment("ma2560"), False),  # each Act appoints its officers separately
    ],
)
def test_an_appointment_must_cover_act_area_and_day(appointment, covered):
    found = codes("factory_act_general", 10, appointments=[appointment], province="12")
    assert found == ([] if covered else ["appointment"])


def test_after_dark_the_working_hours_of_the_place_open_the_door_under_the_factory_act_only():
    night_shift = {"working": (time(8, 0), time(23, 0))}
    assert codes("factory_act_general", 20) == ["hours"]
    assert codes("factory_act_general", 20, **night_shift) == []
    assert codes("machinery_registration", 20, **night_shift) == ["hours"]


def test_a_mine_visit_begun_by_daylight_may_go_on():
    assert codes("minerals_act", 20) == ["hours"]
    assert codes("minerals_act", 20, entered=at(16)) == []
    assert codes("factory_act_general", 20, entered=at(16)) == ["hours"]


def test_hours_that_still_have_to_be_read_are_said_to_be_unknown():
    assert codes("industrial_product_standards", 10) == ["hours-unknown"]


def test_two_acts_demand_the_card_always():
    assert codes("minerals_act", 10, card_shown=False) == ["card"]
    assert codes("factory_act_general", 10, card_shown=False) == []


def test_an_award_needs_no_power():
    assert codes("four_dimensions", 22, appointments=()) == []


def test_each_warning_names_its_ground_in_both_languages():
    found = warnings("machinery_registration", at(20), catalogue=CATALOGUE, known=KNOWN)
    assert [one.law.law_id for one in found] == ["mra2514-s13ter", "mra2514-s13ter"]
    assert all(one.message.th and one.message.en for one in found)
    assert "กรุณาบันทึกเหตุ" in found[1].message.th
