"""The acceptance cases, and the traces that reference engines left on large public forms.

Further case files and traces are played when `INSPECTOR_FORM_CASES` names them (paths, separated as in PATH).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import engine_judge
from tests.support.case_driver import Driver
from tests.support.engine_play import OWN_CASES, load, not_run, play_cases, play_trace, reference

DOC = load(OWN_CASES)
TRACES = ("ifrc.s11.json.gz", "soar.s11.json.gz", "whova.s11.json.gz", "whova.s12.json.gz")
FURTHER = [path for path in os.environ.get("INSPECTOR_FORM_CASES", "").split(os.pathsep) if path]


@pytest.mark.parametrize("case", DOC["cases"], ids=lambda case: case["id"])
def test_case(case):
    assert engine_judge.run(case, Driver(), DOC) == []


@pytest.mark.parametrize("name", TRACES)
def test_every_node_is_as_the_reference_engine_had_it_after_every_step(name):
    path = reference("data", "forms", "traces", name)
    if not path.exists():
        pytest.skip(not_run(path))
    compared, differences = play_trace(path)
    assert differences == []
    assert compared > 9_000


def test_the_shared_cases_are_the_ones_kept_here():
    path = reference("cases", "forms", "cases.json")
    if not path.exists():
        pytest.skip(not_run(path))
    assert load(path) == DOC


@pytest.mark.parametrize("name", FURTHER)
def test_further_file(name):
    path = Path(name)
    failures = play_trace(path)[1] if path.suffix == ".gz" else [f for f in play_cases(path) if f[1]]
    assert failures == []
