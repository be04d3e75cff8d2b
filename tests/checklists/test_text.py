"""Thai text: one stored form, forgiving search keys, words for display, dates of two eras."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import text
from checklists.clock import BANGKOK

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("น\u0e4d\u0e32", "นำ"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("เเม่", "แม่"),
        ("โรง\u200bงาน\ufeff", "โรงงาน"),
    ],
)
def test_equal_looking_text_is_stored_equal(typed: str, stored: str) -> None:
    assert text.clean(typed) == stored


@given(st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), max_size=30))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    assert text.clean(text.clean(typed)) == text.clean(typed)


@pytest.mark.parametrize(
    "typed", ["บริษัท ไทยยูเนี่ยน จำกัด", "ไทยยูเนียน", "ไทย ยูเนี่ยน", "บมจ. ไทยยูเนี่ยน", "ไทยยูเนี่ยน จํากัด (มหาชน)"]
)
def test_search_key_ignores_legal_form_tone_marks_and_spaces(typed: str) -> None:
    assert text.fold(typed) == text.fold("ไทยยูเนี่ยน")


def test_search_key_reads_thai_digits() -> None:
    assert text.fold("โรงสี ๑๒๓") == text.fold("โรงสี 123") == "โรงส123".replace("ส", "สี")


def test_display_text_breaks_between_words_and_loses_nothing() -> None:
    sentence = "ผู้ประกอบกิจการต้องจัดให้มีทางออกฉุกเฉินไม่น้อยกว่า 2 แห่ง (exit)"
    shown = text.break_words(sentence)
    assert text.ZWSP in shown
    assert text.unbreak(shown) == sentence


@pytest.mark.parametrize("term", ["ไม่ผ่าน", "ไม่เกี่ยวข้อง", "ดีขึ้น", "น้ำทิ้ง", "หม้อน้ำ"])
def test_terms_of_inspection_stay_whole(term: str) -> None:
    assert term in text.break_words(f"ผลการตรวจ{term}ตามเกณฑ์")


@given(st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), max_size=40))
def test_no_line_can_start_with_a_dependent_mark(typed: str) -> None:
    for piece in text.break_words(typed).split(text.ZWSP)[1:]:
        assert not piece.startswith(
            tuple("ะาำๅๆฯ\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c")
        )


def test_the_word_breaker_has_its_data() -> None:
    assert text.breaker_works()


def test_dates_are_shown_in_the_buddhist_era() -> None:
    assert text.thai_date(TODAY) == "22 พ.ย. 2569"
    assert text.thai_date(TODAY, short=False) == "22 พฤศจิกายน พ.ศ. 2569"
    assert text.thai_datetime(datetime(2026, 11, 22, 9, 5, tzinfo=BANGKOK)) == "22 พ.ย. 2569 09:05 น."
    assert text.english_date(TODAY) == "22 Nov 2026 (B.E. 2569)"
    assert text.to_thai_digits("22 พ.ย. 2569") == "๒๒ พ.ย. ๒๕๖๙"


@pytest.mark.parametrize(
    "typed",
    [
        "22/11/2569", "๒๒/๑๑/๒๕๖๙", "22-11-2569", "22.11.69", "22 พ.ย. 2569", "22พ.ย.69", "22 พฤศจิกายน พ.ศ. 2569",
        "2026-11-22", "2569-11-22", "22 Nov 2026", "22 november 2026", "วันนี้", "today",
    ],
)  # fmt: skip
def test_people_type_dates_in_many_ways(typed: str) -> None:
    assert text.parse_date(typed, today=TODAY) == TODAY


@pytest.mark.parametrize("typed", ["", "x", "31/4/2569", "29/2/2569", "0/1/2569", "22/13/2569", "2569", "22/11"])
def test_what_is_not_a_date_is_not_guessed(typed: str) -> None:
    assert text.parse_date(typed, today=TODAY) is None


def test_leap_days_are_checked_in_the_common_era() -> None:
    assert text.parse_date("29/2/2567", today=TODAY) == date(2024, 2, 29)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 12, 31)))
def test_every_date_we_show_can_be_typed_back(day: date) -> None:
    assert text.parse_date(text.thai_date(day), today=TODAY) == day
    assert text.parse_date(text.thai_date(day, short=False), today=TODAY) == day
