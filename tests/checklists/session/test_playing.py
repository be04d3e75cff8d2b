"""An author plays steps on a form and reads where it stands."""

from __future__ import annotations

import pytest

from checklists.session.playing import UnknownStepError, play

ROWS = """
| | type | name | label | relevant | required | constraint | constraint_message |
| | select_one yn | ok | OK? | | yes | | |
| | text | why | Why | ${ok} = 'no' | yes | | |
| | integer | n | N | | | . < 10 | too big |
| | begin repeat | r | R | | | | |
| | text | x | X | | | | |
| | end repeat | | | | | | |
"""
YN = "| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |"


def test_steps_are_played_and_the_state_is_told(fill, clock):
    definition = fill(ROWS, choices=YN).definition
    steps = [
        {"do": "set", "path": "/data/ok", "value": "no"},
        {"do": "set", "path": "/data/ok", "value": "perhaps"},
        {"do": "set", "path": "/data/n", "value": "11"},
        {"do": "add_repeat", "path": "/data/r"},
        {"do": "set", "path": "/data/r[2]/x", "value": "second"},
        {"do": "reload"},
        {"do": "remove_repeat", "path": "/data/r[1]"},
    ]
    state = play(definition, steps, clock=clock)
    assert state.steps[0].changed == {"/data/ok": "no"}
    assert state.steps[1].refused == "not-a-choice"
    assert state.missing == ("/data/why",)
    assert state.invalid == {"/data/n": "too big"}
    assert state.values["/data/r[1]/x"] == "second"
    assert state.asked == ("/data/ok", "/data/why", "/data/n", "/data/r[1]/x")


@pytest.mark.parametrize("step", [{"do": "fly"}, {}, {"do": "set", "path": "/data/ok"}, {"do": "language"}])
def test_a_step_that_is_none_is_named_by_its_number(fill, clock, step):
    with pytest.raises(UnknownStepError) as caught:
        play(fill(ROWS, choices=YN).definition, [step], clock=clock)
    assert caught.value.data["number"] == 1
