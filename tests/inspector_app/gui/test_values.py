"""What people type in a field, read and written back."""

from datetime import date

import pytest

from checklists.model import LimitCopy, Verdict
from inspector_app.gui.questions import values

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed, xml",
    [("9.6", "9.6"), ("๑,๒๓๔.๕", "1234.5"), ("12.", "12"), ("−3", "-3"), (".5", "0.5"), ("", ""), (" 7 ", "7")],
)
def test_numbers_are_read_as_typed(typed: str, xml: str) -> None:
    assert values.read_number(typed) == xml


@pytest.mark.parametrize("typed", ["-", ".", "1.2.3", "1e5", "สอง"])
def test_what_is_no_number_yet_is_not_taken(typed: str) -> None:
    assert values.read_number(typed) is None


def test_a_count_takes_no_fractions() -> None:
    assert values.read_number("12.0", whole=True) == "12"
    assert values.read_number("12.5", whole=True) is None


def test_dates_are_iso_in_data_and_buddhist_era_for_people() -> None:
    assert values.read_date("22/11/69", today=TODAY) == "2026-11-22"
    assert values.read_date("31/2/69", today=TODAY) is None
    assert values.show_date("2026-11-22", "th") == "22 พ.ย. 2569"


@pytest.mark.parametrize(
    "value, verdict, words",
    [
        ("9.6", Verdict.FAIL, "เกิน 0.6"),
        ("5", Verdict.FAIL, "ต่ำกว่าเกณฑ์ 0.5"),
        ("7", Verdict.PASS, "อยู่ในเกณฑ์"),
        ("7", None, ""),
    ],
)
def test_the_distance_to_the_limit_is_said_exactly(value: str, verdict: Verdict | None, words: str) -> None:
    limit = LimitCopy("ph", "ph", 5.5, 9.0, "")
    assert values.distance_words(value, limit, verdict).th == words


def test_a_limit_stands_beside_its_field_with_the_unit_in_words() -> None:
    assert values.limit_words(LimitCopy("w", "w", 110.0, None, "cm")).th == "เกณฑ์ ≥ 110 ซม."
    assert values.limit_words(LimitCopy("d", "d", None, 20.0, "m")).th == "เกณฑ์ ≤ 20 ม."
    assert values.limit_words(None).th == ""
