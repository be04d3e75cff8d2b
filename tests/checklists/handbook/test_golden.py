"""Scripted inspections with results written by hand from the item bank: the handbook means what its text says."""

import pytest

from checklists.model import ProblemKind
from tests.support.handbook_player import GOLDEN, play, scripts

CASES = [
    pytest.param(path.stem, script, good, id=f"{path.stem}: {name}")
    for path in sorted(GOLDEN.glob("*.yaml"))
    for name, script, good in scripts(path.stem)
]


@pytest.mark.parametrize("checklist, script, good", CASES)
def test_a_scripted_inspection_amounts_to_what_the_item_bank_says(checklist, script, good):
    played = play(checklist, script, good)
    result = played.result()
    expected = script["expect"]
    assert {f.finding_id: f.severity.value for f in result.findings} == dict(expected["findings"])
    assert result.overall.value == expected["overall"]
    items = {item.item_id: item for item in result.items}
    if "items" in expected:
        assert len(items) == int(expected["items"])
    shares = {score.dimension: f"{score.got:g}/{score.possible:g}" for score in result.scores}
    for section, share in expected.get("shares", {}).items():
        assert (section, shares[section]) == (section, share)
    for item_id, number in expected.get("limits", {}).items():
        limit = items[item_id].limit
        assert float(number) in (limit.minimum, limit.maximum), item_id
    findings = {f.finding_id: f for f in result.findings}
    for item_id, due in expected.get("due", {}).items():
        assert findings[item_id].due_date == due
    for item_id, law in expected.get("laws", {}).items():
        assert findings[item_id].laws[0].law_id == law


@pytest.mark.parametrize("checklist, script, good", CASES)
def test_a_fully_answered_inspection_lacks_nothing_but_evidence(checklist, script, good):
    problems = play(checklist, script, good).result().problems
    assert [p for p in problems if p.blocking and p.kind is not ProblemKind.EVIDENCE] == []


def test_every_checklist_has_at_least_five_scripts():
    from checklists.loading import bundled_ids

    for pin in bundled_ids():
        assert len(list(scripts(pin.form_id))) >= 5, pin.form_id
