"""Patterns of authors search, and never take more than their time."""

from __future__ import annotations

import time

import pytest

from checklists.xpath import patterns
from checklists.xpath.errors import UnsafePatternError
from checklists.xpath.patterns import pattern


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("[0-9]+", "abc123", True),
        ("^[0-9]+$", "abc123", False),
        (r"^\d{13}$", "1234567890123", True),
        ("^(a|b)*c$", "ababc", True),
        (r"^(\d+,)*\d+$", "1,22,333", True),
        ("^[ก-๙ ]+$", "โรงงาน ก", True),
        ("[(]a+[)]+", "(aa)", True),
        ("^x?$", "", True),
        ("a", "b" * (patterns.MAX_TEXT + 1) + "a", False),
    ],
)
def test_a_pattern_searches(source, text, found):
    assert pattern(source).found_in(text) is found


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a*a*a*b", "a" * 10_000),
        ("a*a*a*[bc]$", "a" * 9_999 + "!"),
        ("(x+x+)+y", "x" * 10_000),
        (r"^(\w+\s?)*$", "ก" * 9_999 + "!"),
        ("(?:a{1,9}){1,9}x", "a" * 9_999),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 9_999),
    ],
)
def test_a_pattern_that_would_take_for_ever_ends_in_its_time_as_no_match(source, text):
    start = time.process_time()
    assert pattern(source).found_in(text) is False
    assert time.process_time() - start < 10 * patterns.TIME_LIMIT


def test_a_pattern_that_ran_out_says_so_and_gets_less_time_the_next_time():
    slow = pattern("(y+y+)+z")
    told: list[str] = []
    start = time.process_time()
    for _ in range(100):
        assert slow.found_in("y" * 9_999, told.append) is False
    assert told == ["(y+y+)+z"] * 100
    assert time.process_time() - start < 15, "a hundred rows with such an answer are no hang"
    assert slow.found_in("yyyz") is True


@pytest.mark.parametrize("source", ["(", "[a", "a{3,1}", "(((a{1000}){1000}){1000}){9}", "a{2000000000}", "x" * 2_001])
def test_a_malformed_or_overlarge_pattern_is_refused(source):
    with pytest.raises(UnsafePatternError):
        pattern(source)


@pytest.mark.parametrize(
    ("source", "costly"),
    [
        ("(a+)+", True),
        ("(a+b)*", True),
        ("(a|b)*", False),
        ("[(+]+[)+]+", False),
        (r"\(a+\)+", False),
        ("(a+)?", False),
    ],
)
def test_a_repeated_group_that_repeats_is_known_as_costly(source, costly):
    assert pattern(source).costly is costly
