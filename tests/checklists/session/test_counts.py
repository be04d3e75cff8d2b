"""Rows that the form counts: before a smaller count takes answers away, a window can ask."""

from __future__ import annotations

import pytest

from checklists.model import AnswerRow

COUNTED = """
| | type | name | label | repeat_count | calculation | default |
| | integer | n | N | | | |
| | begin repeat | r | R | ${n} | | |
| | text | x | X | | | |
| | text | y | Y | | | given |
| | calculate | place | | | position(..) | |
| | end repeat | | | | | |
| | text | other | O | | | |
| | calculate | rows | | | count(${r}) | |
"""


@pytest.fixture
def session(fill):
    session = fill(COUNTED)
    session.set_value("/data/n", "3")
    session.set_value("/data/r[2]/x", "second")
    return session


def test_rows_with_answers_are_named_before_they_go(session):
    (row,) = session.rows("/data/r")[1:2]
    assert session.would_lose("/data/n", "1") == (AnswerRow("/data/r/x", row, "second"),)


@pytest.mark.parametrize(("path", "value"), [("/data/n", "2"), ("/data/n", "7"), ("/data/other", "x")])
def test_nothing_is_lost_with_rows_that_nobody_answered_in(session, path, value):
    assert session.would_lose(path, value) == ()


def test_asking_changes_nothing_and_tells_nobody(session):
    told = []
    session.subscribe(told.append)
    before, rows = session.to_draft(), session.rows("/data/r")
    session.would_lose("/data/n", "1")
    session.would_lose("/data/n", "5")
    assert session.to_draft() == before
    assert session.rows("/data/r") == rows
    assert told == []
    session.undo()
    assert session.value("/data/r[2]/x") == ""


def test_undo_brings_the_rows_back_with_their_answers(session):
    session.set_value("/data/n", "1")
    assert session.value("/data/rows") == "1"
    session.undo()
    assert (session.value("/data/r[2]/x"), session.value("/data/rows")) == ("second", "3")
