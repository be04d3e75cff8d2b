"""Many rows: counting and adding over a repeat does not walk over all of them for every new one."""

from __future__ import annotations

import pytest

from checklists.session.nodes import LiveNode
from checklists.session.queue import RuleQueue

ROWS = """
| | type | name | label | relevant | calculation |
| | select_one v | show | Show | | |
| | begin group | g | G | ${show} != 'fail' | |
| | begin repeat | r | R | | |
| | decimal | n | N | | |
| | text | t | T | ${n} > 5 | |
| | calculate | place | | | position(..) |
| | end repeat | | | | |
| | end group | | | | |
| | calculate | rows | | | count(${r}) |
| | calculate | numbers | | | count(${n}) |
| | calculate | texts | | | count(${t}) |
| | calculate | total | | | sum(${n}) |
| | calculate | most | | | max(${n}) |
| | calculate | least | | | min(${n}) |
| | calculate | filled | | | count-non-empty(${n}) |
"""
RUNNING = """
| | type | name | label | calculation |
| | begin repeat | r | R | |
| | integer | n | N | |
| | calculate | c | | if(position(..) = 1, 0, indexed-repeat(${c}, ${r}, position(..) - 1)) + ${n} |
| | end repeat | | | |
"""
VERDICTS = """
| | list_name | name | label |
| | v | pass | Pass |
| | v | fail | Fail |
"""


@pytest.fixture
def session(fill):
    return fill(ROWS, choices=VERDICTS)


def sums(session) -> tuple[str, ...]:
    return tuple(session.value(f"/data/{name}") for name in ("rows", "numbers", "texts", "total"))


def row(session, number: str) -> int:
    session.add_row("/data/g/r")
    last = len(session.rows("/data/g/r"))
    session.set_value(f"/data/g/r[{last}]/n", number)
    return last


def test_counts_and_sums_follow_every_change(session):
    row(session, "1.5")
    row(session, "7")
    row(session, "")
    assert sums(session) == ("4", "4", "1", "8.5")
    session.set_value("/data/g/r[2]/n", "6.5")
    assert sums(session) == ("4", "4", "2", "13.5")
    session.remove_row("/data/g/r[3]")
    assert sums(session) == ("3", "3", "1", "6.5")
    session.undo()
    assert sums(session) == ("4", "4", "2", "13.5")
    session.set_value("/data/g/r[1]/n", "100")
    assert sums(session) == ("4", "4", "3", "113.5")


def test_the_largest_and_the_smallest_follow_every_change(session):
    def extremes():
        return tuple(session.value(f"/data/{name}") for name in ("most", "least", "filled"))

    assert extremes() == ("", "", "0")
    for number in ("3", "", "8", "-2.5"):
        row(session, number)
    assert extremes() == ("8", "-2.5", "3")
    session.remove_row("/data/g/r[4]")
    assert extremes() == ("3", "-2.5", "2")
    session.set_value("/data/g/r[2]/n", "-4")
    assert extremes() == ("-2.5", "-4", "2")
    session.set_value("/data/show", "fail")
    assert extremes() == ("", "", "0")
    session.set_value("/data/show", "pass")
    session.undo()
    session.undo()
    session.undo()
    assert extremes() == ("3", "-2.5", "2")


def test_a_running_total_runs_a_few_times_for_each_row_and_not_for_each_pair_of_rows(fill, monkeypatch):
    session = fill(RUNNING)
    for number in range(2, 61):
        session.add_row("/data/r")
        session.set_value(f"/data/r[{number}]/n", "1")
    puts = []
    plain = RuleQueue.put
    monkeypatch.setattr(RuleQueue, "put", lambda queue, rule, row: (puts.append(rule), plain(queue, rule, row)))
    session.set_value("/data/r[1]/n", "5")
    assert session.value("/data/r[60]/c") == "64"
    assert len(puts) < 3 * 60


def test_hidden_rows_count_nothing(session):
    row(session, "3")
    session.set_value("/data/show", "fail")
    assert sums(session) == ("0", "0", "0", "0")
    session.set_value("/data/show", "pass")
    assert sums(session) == ("2", "2", "0", "3")


def test_a_late_row_looks_at_as_many_nodes_as_an_early_one(session, monkeypatch):
    looks = [0]
    plain = LiveNode.hidden

    def hidden(node):
        looks[0] += 1
        return plain.fget(node)

    session.set_value("/data/g/r[1]/n", "1")
    monkeypatch.setattr(LiveNode, "hidden", property(hidden))
    taken = []
    for _ in range(60):
        before = looks[0]
        row(session, "2")
        taken.append(looks[0] - before)
    # count(${t}) has to look at every row, for each of them may be hidden by its own rule; the others look at none
    assert taken[-1] - taken[0] <= 2 * 60
    assert sums(session) == ("61", "61", "0", "121")


def test_positions_are_computed_again_only_where_they_change(session):
    for number in range(5):
        row(session, str(number))
    places = [f"/data/g/r[{at}]/place" for at in range(1, 7)]
    changes = session.remove_row("/data/g/r[4]")
    moved = [answer.value for answer in changes.answers if answer.path == "/data/g/r/place"]
    assert moved == ["4", "5"]
    assert [session.value(path) for path in places[:5]] == ["1", "2", "3", "4", "5"]
