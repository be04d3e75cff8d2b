"""ODK's own reference engine beside ours: random answers, every node after every step.

Thousands of steps by hand: `python -m tests.support.engine_play_both --steps 2000`.
"""

from __future__ import annotations

import pytest

from tests.support.engine_play import FORMS, not_run, reference
from tests.support.engine_play_both import play
from tests.support.engine_referee import Referee, missing

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.timeout(300)
def test_random_answers_give_the_same_states(name, seed):
    form = reference("data", "forms", FORMS[name])
    if missing():
        pytest.skip(f"not run: {missing()} is missing")
    if not form.exists():
        pytest.skip(not_run(form))
    with Referee() as referee:
        played = play(form, steps=15, seed=seed, referee=referee)
    assert played.differences == []
    assert played.steps == 15
