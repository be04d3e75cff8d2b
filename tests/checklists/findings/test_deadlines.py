"""Dates by which something has to happen, with the rule behind each; examples counted by hand on a calendar."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.authoring.catalogue import Catalogue
from checklists.authoring.errors import CatalogueError
from checklists.clock import BANGKOK
from checklists.findings.deadlines import Deadlines, Holidays
from checklists.findings.sun import in_daylight, sun_times

CATALOGUE = Catalogue.bundled()
HOLIDAYS = Holidays.bundled()
DEADLINES = Deadlines(CATALOGUE, HOLIDAYS)


@pytest.mark.parametrize(
    "rule, event, due",
    [
        ("accident-death", "2026-11-15", "2026-11-18"),
        ("accident-stop", "2026-11-15", "2026-11-25"),
        ("appeal", "2026-11-22", "2026-12-22"),
        ("machine-change", "2026-01-31", "2026-03-02"),
        ("start-notice", "2026-11-22", "2026-11-07"),  # at least 15 days before
        ("closing", "2026-03-01", "2026-01-30"),
    ],
)
def test_calendar_days_leave_out_the_day_of_the_event(rule, event, due):
    assert DEADLINES.deadline(rule, event).due == due


def test_an_order_by_post_counts_after_five_working_days():
    # Mon 23 Nov 2026 delivered: Tue 24, Wed 25, Thu 26, Fri 27, Mon 30
    assert DEADLINES.received("post", "2026-11-23").due == "2026-11-30"


def test_public_holidays_do_not_count():
    # from Wed 2 Dec 2026: Thu 3, Fri 4, Tue 8, Wed 9, Fri 11; Mon 7 and Thu 10 are holidays
    assert HOLIDAYS.name(date(2026, 12, 10))
    assert HOLIDAYS.name(date(2026, 12, 7))
    assert DEADLINES.received("posting", "2026-12-02").due == "2026-12-11"


@pytest.mark.parametrize("method", ["hand", "adult"])
def test_an_order_handed_over_counts_at_once(method):
    assert DEADLINES.received(method, "2026-11-23").due == "2026-11-23"


def test_the_time_to_obey_runs_from_receipt():
    received = DEADLINES.received("post", "2026-11-23")
    due = DEADLINES.compliance(received.due, 30)
    assert due.due == "2026-12-30"
    assert due.reason.th == "30 วันนับแต่วันที่ได้รับคำสั่ง 30 พ.ย. 2569"


def test_each_date_carries_its_rule_and_law():
    found = DEADLINES.deadline("accident-death", "2026-11-15")
    assert found.law.law_id == "fa2535-s34"
    assert found.reason.th == "แจ้งอุบัติเหตุ (นับแต่วันตาย): 3 วันนับแต่วันที่ 15 พ.ย. 2569"


def test_every_rule_refers_to_a_law_of_the_catalogue():
    assert [rule.rule_id for rule in DEADLINES.rules.values() if CATALOGUE.entry(rule.law_id) is None] == []


def test_an_office_can_add_and_remove_holidays():
    own = Holidays({date(2026, 11, 24): "วันหยุดพิเศษ"}, frozenset({date(2026, 12, 10)}))
    assert own.after(date(2026, 11, 23), 1) == date(2026, 11, 25)
    assert own.is_working(date(2026, 12, 10))


def test_an_unknown_rule_or_way_of_service_is_refused():
    with pytest.raises(CatalogueError):
        DEADLINES.deadline("whenever", "2026-11-22")
    with pytest.raises(CatalogueError):
        DEADLINES.received("pigeon", "2026-11-22")


@given(st.dates(date(2020, 1, 1), date(2027, 12, 1)), st.integers(1, 20))
def test_working_days_end_on_a_working_day_and_are_as_many_as_asked(start, days):
    end = HOLIDAYS.after(start, days)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert HOLIDAYS.is_working(end)
    assert sum(HOLIDAYS.is_working(day) for day in between) == days


# --- the sun --------------------------------------------------------------------------------------------------------


def test_sunrise_and_sunset_in_bangkok_are_those_of_the_almanac():
    rise, fall = sun_times(date(2026, 11, 22), 13.75, 100.5)  # almanac: about 06:23 and 17:47
    assert abs(rise - datetime(2026, 11, 22, 6, 23, tzinfo=BANGKOK)) < timedelta(minutes=4)
    assert abs(fall - datetime(2026, 11, 22, 17, 47, tzinfo=BANGKOK)) < timedelta(minutes=4)


def test_entry_after_dark_is_seen():
    assert in_daylight(datetime(2026, 11, 22, 9, 0, tzinfo=BANGKOK), 13.75, 100.5)
    assert not in_daylight(datetime(2026, 11, 22, 19, 0, tzinfo=BANGKOK), 13.75, 100.5)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.floats(5.6, 20.5), st.floats(97.3, 105.7))
def test_a_day_in_thailand_is_between_eleven_and_thirteen_and_a_half_hours(day, lat, lon):
    rise, fall = sun_times(day, lat, lon)
    assert timedelta(hours=10.9) < fall - rise < timedelta(hours=13.5)
    assert rise.date() == day == fall.date()
