"""Factory, company and citizen numbers, and provinces, as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import numbers
from checklists.text import to_thai_digits

REAL_PAIRS = {
    "10120000325542": "3-34(3)-3/54นบ",
    "10520000225172": "3-1-2/17ลป",
    "10180000125417": "3-22(3)-1/41ชน",
    "10190003325500": "3-106-33/50สบ",
    "10190000225448": "3-101-2/44สบ",
    "10240000325407": "3-88(2)-3/40ฉช",
    "10560000125311": "3-1-1/31พย",
    "10900061425657": "3-105-35/65สข",
}


@pytest.mark.parametrize("number", [*REAL_PAIRS, "72010000125312", "40100007125560"])
def test_real_factory_numbers_pass_the_check_digit(number: str) -> None:
    assert numbers.factory_number(number) == number


@pytest.mark.parametrize("position", range(14))
def test_any_single_wrong_digit_of_a_factory_number_is_noticed(position: int) -> None:
    good = "10120000325542"
    for digit in set("0123456789") - {good[position]}:
        assert not numbers.is_factory_number(good[:position] + digit + good[position + 1 :])


@pytest.mark.parametrize(
    "typed",
    ["๑๐๑๒๐๐๐๐๓๒๕๕๔๒", "10-12-00003-2554-2", " 10 12 00003 2554 2 ", "1012.00003\u200b25542", "เลขที่ 10120000325542"],
)
def test_factory_numbers_are_read_with_thai_digits_and_any_punctuation(typed: str) -> None:
    assert numbers.factory_number(typed) == "10120000325542"


@pytest.mark.parametrize("typed", ["", "1012000032554", "101200003255420", "โรงงาน"])
def test_what_is_no_factory_number_gives_nothing(typed: str) -> None:
    assert numbers.factory_number(typed) == ""


def test_a_factory_number_has_parts() -> None:
    parts = numbers.factory_number_parts("10900061425657")
    assert parts is not None
    assert (parts.issuer, parts.place, parts.province_code, parts.running, parts.year_be) == (
        "1",
        "0",
        "90",
        "00614",
        2565,
    )
    assert parts.digits == "10900061425657"
    assert numbers.format_factory_number("10900061425657") == "10 90 00614 2565 7"


@given(st.sampled_from("1247"), st.integers(0, 99999), st.integers(2480, 2570), st.sampled_from(["10", "50", "96"]))
def test_made_factory_numbers_are_valid_and_take_apart_again(issuer: str, running: int, year: int, code: str) -> None:
    made = numbers.make_factory_number(issuer=issuer, place="0", province_code=code, running=running, year_be=year)
    parts = numbers.factory_number_parts(made)
    assert parts is not None
    assert (int(parts.running), parts.year_be, parts.province_code) == (running, year, code)


@pytest.mark.parametrize("number", REAL_PAIRS.values())
def test_real_old_numbers_are_read_and_written_back(number: str) -> None:
    assert str(numbers.old_number(number)) == number


@pytest.mark.parametrize("typed", ["3 - 34 (3) - 3 / 54 นบ", "๓-๓๔(๓)-๓/๕๔นบ", "3–34(3)–3/54นบ.", "3-34-3-3/54นบ"])
def test_old_numbers_are_read_in_any_spelling(typed: str) -> None:
    assert str(numbers.old_number(typed)) == "3-34(3)-3/54นบ"


def test_an_old_number_tells_group_type_and_province() -> None:
    old = numbers.old_number("จ3-88(2)-3/40ฉช")
    assert old is not None
    assert (old.prefix, old.group, old.type_code, old.subtype, old.year) == ("จ", "3", "88", "2", "40")
    assert old.province is not None
    assert old.province.th == "ฉะเชิงเทรา"


@pytest.mark.parametrize("typed", ["4-34-3/54นบ", "3-108-3/54นบ", "3-0-3/54นบ", "3-34-3/54", "3-34-3"])
def test_what_is_no_old_number_gives_nothing(typed: str) -> None:
    assert numbers.old_number(typed) is None


def test_a_juristic_number_is_checked_shown_and_not_masked() -> None:
    assert numbers.is_juristic_number("0-10-5-536-11201-4")
    assert numbers.format_person_number("๐๑๐๕๕๓๖๑๑๒๐๑๔") == "0-10-5-536-11201-4"
    assert numbers.mask_person_number("0105536112014") == "0-10-5-536-11201-4"
    assert not numbers.is_juristic_number("0105536112015")


def test_a_citizen_number_is_shown_only_masked() -> None:
    number = "123454567878" + numbers.person_check_digit("123454567878")
    assert numbers.is_citizen_number(number)
    assert not numbers.is_juristic_number(number)
    masked = numbers.mask_person_number(number)
    assert masked == "1-2345-xxxxx-xx-1"
    assert "45678" not in masked
    assert numbers.mask_person_number("12345") == "xxxxx"


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_personal_number_is_noticed(body: str, position: int, shift: int) -> None:
    body = "0" + body[1:]
    number = numbers.make_juristic_number(body)
    other = str((int(number[position]) + shift) % 10)
    wrong = number[:position] + other + number[position + 1 :]
    if position == 12 or (13 - position) * (int(other) - int(number[position])) % 11 not in {0, 1, 10}:
        assert numbers.person_number(wrong) == ""


def test_there_are_77_provinces_with_distinct_codes_names_and_abbreviations() -> None:
    every = numbers.provinces()
    assert len(every) == 77
    for attribute in ("code", "th", "en", "abbr"):
        assert len({getattr(p, attribute) for p in every}) == 77


@pytest.mark.parametrize(
    "typed", ["ลพบุรี", "จังหวัดลพบุรี", "จ.ลพบุรี", "Lop Buri", "LOPBURI", "Loburi", "lop buri province", "16", "๑๖", "ลบ"]
)
def test_a_province_is_found_by_name_code_or_abbreviation(typed: str) -> None:
    found = numbers.province(typed)
    assert found is not None
    assert found.code == "16"


def test_bangkok_answers_to_its_common_names() -> None:
    for typed in ("กรุงเทพฯ", "กทม.", "กรุงเทพมหานคร", "Bangkok"):
        found = numbers.province(typed)
        assert found is not None, typed
        assert found.code == "10"


def test_an_unknown_province_is_none() -> None:
    assert numbers.province("แอตแลนติส") is None
    assert numbers.province("") is None


CITIZEN = "110170020345" + numbers.person_check_digit("110170020345")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"นายก เลข {CITIZEN} ให้ถ้อยคำ", f"นายก เลข {numbers.mask_person_number(CITIZEN)} ให้ถ้อยคำ"),
        (numbers.format_person_number(CITIZEN), numbers.mask_person_number(CITIZEN)),
        (to_thai_digits(CITIZEN), numbers.mask_person_number(CITIZEN)),
        ("10120000325542", "10120000325542"),
        ("0105554123450", "0105554123450"),
        (f"a{CITIZEN}b", f"a{CITIZEN}b"),
        ("ไม่มีเลข", "ไม่มีเลข"),
    ],
)
def test_citizens_numbers_in_a_text_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert numbers.mask_in_text(text) == shown
