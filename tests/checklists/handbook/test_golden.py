"""Scripted inspections with results written by hand from the item bank: the handbook means what its text says."""

import pytest

from checklists.findings.scoring import award_class, level_reached
from checklists.model import ProblemKind, Verdict
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
    if "findings" in expected:
        assert {f.finding_id: f.severity.value for f in result.findings} == dict(expected["findings"])
    for severity, number in expected.get("count", {}).items():
        assert [f.severity.value for f in result.findings].count(severity) == int(number) == len(result.findings)
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
    for item_id, value in expected.get("values", {}).items():
        assert items[item_id].value == value
    for name, value in expected.get("fields", {}).items():
        item_id, _, field = name.partition(".")
        assert next(f.value for f in items[item_id].fields if f.name == field) == value
    measured = {m.parameter: m.value for m in result.measurements}
    for parameter, value in expected.get("measured", {}).items():
        assert measured[parameter] == value
    if "number" in expected:
        assert expected["number"] in [item.number for item in result.items if item.verdict is Verdict.FAIL]
    if "class" in expected:
        assert award_class(result.scores)[1] == expected["class"]
        assert result.scores[-1].grade == expected["class"]
    if "level" in expected:
        assert level_reached(result.sections) == int(expected["level"])
        assert result.scores[-1].grade == expected["level"]
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
