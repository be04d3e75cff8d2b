"""When rules run, and what they judge."""

from __future__ import annotations

import pytest


def test_rules_of_a_nested_repeat_run_in_its_own_rows_when_an_outer_row_comes_or_goes(fill):
    """Found by playing against JavaRosa: a rule of the inner repeat was run in the outer row."""
    session = fill(
        """
| | type | name | label | calculation | repeat_count |
| | begin repeat | o | O | | |
| | text | first | F | | |
| | begin repeat | i | I | | 2 |
| | calculate | place | | position(..) | |
| | text | t | T | | |
| | end repeat | | | | |
| | end repeat | | | | |
"""
    )
    session.add_row("/data/o")
    assert session.value("/data/o[2]/first") == ""
    assert [session.value(f"/data/o[2]/i[{n}]/place") for n in (1, 2)] == ["1", "2"]
    session.remove_row("/data/o[1]")
    assert session.value("/data/o[1]/first") == ""


def test_a_constraint_that_does_not_look_at_the_answer_is_judged_with_every_answer(fill):
    """Found by the fuzzer: such a rule was never run again."""
    session = fill(
        "| | type | name | label | constraint |\n| | text | a | A | false() |\n| | text | b | B | ${a} = 'x' |"
    )
    assert session.validate().clean
    session.set_value("/data/a", "x")
    session.set_value("/data/b", "y")
    assert [ref.path for ref, _ in session.validate().invalid] == ["/data/a"]


def test_a_pattern_that_runs_out_of_time_breaks_the_constraint_and_is_told(fill):
    session = fill("| | type | name | label | constraint |\n| | text | t | T | regex(., '^(x+x+)+y$') |")
    assert [problem.code for problem in session.definition.problems] == ["regex-costly"]
    session.set_value("/data/t", "xxxy")
    assert (session.node("/data/t").valid, session.problems) == (True, ())
    session.set_value("/data/t", "x" * 5_000)
    assert session.node("/data/t").valid is False
    assert [problem.code for problem in session.problems] == ["regex-slow"]


LOOKED_UP = """
| | type | name | label | calculation |
| | begin repeat | r | R | |
| | select_one c | n | N | |
| | calculate | found | | {calculation} |
| | end repeat | | | |
"""
CHOICES = """
| | list_name | name | label |
| | c | 1 | One |
| | c | 2 | Two |
"""


@pytest.mark.parametrize(
    ("calculation", "values"),
    [
        ("instance('c')/root/item[name = ${n}]/label", ["One", "One", "Two"]),
        ("instance('c')/root/item[name = current()/../n]/label", ["One", "One", "Two"]),
        ("count(${r}[n = current()/../n])", ["2", "2", "1"]),
        ("sum(${r}[position() <= position(current()/..)]/n)", ["1", "2", "4"]),
    ],
    ids=["list", "list-current", "same-answers", "running-sum"],
)
def test_a_calculation_may_start_a_path_at_itself_without_reading_itself(fill, calculation, values):
    session = fill(LOOKED_UP.format(calculation=calculation), choices=CHOICES)
    for number, answer in enumerate(("2", "1", "2"), 1):
        if number > 1:
            session.add_row("/data/r")
        session.set_value(f"/data/r[{number}]/n", answer)
    session.set_value("/data/r[1]/n", "1")
    assert [session.value(f"/data/r[{number}]/found") for number in (1, 2, 3)] == values


def test_a_hidden_question_keeps_choices_that_a_filter_takes_away_until_it_is_shown_again(fill):
    """As in JavaRosa: a filter on an answer that is being changed must not empty what nobody sees."""
    session = fill(
        """
| | type | name | label | relevant | choice_filter |
| | select_multiple c | from | F | | |
| | rank c | order | O | ${from} != '' | selected(${from}, name) |
""",
        choices="| | list_name | name | label |\n| | c | a | A |\n| | c | b | B |\n| | c | c | C |",
    )
    session.set_value("/data/from", "a b c")
    session.set_value("/data/order", "c a b")
    session.set_value("/data/from", "")
    assert session.value("/data/order") == "c a b"
    session.set_value("/data/from", "b c")
    assert session.value("/data/order") == "c b"
    session.undo()
    assert session.value("/data/order") == "c a b"
