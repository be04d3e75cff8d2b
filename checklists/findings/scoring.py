"""Points and shares, each traceable to items and their weights.

Pass-fail checklists: share of pass = pass ÷ (pass + fail) per section, without not-applicable and not-checked items
(item bank). Weighted ones: points per dimension; a failed gate item makes its dimension zero.
"""

from __future__ import annotations

from collections.abc import Sequence

from checklists.findings.judging import as_number
from checklists.findings.reading import Reading
from checklists.items import ChecklistOutline, SectionDef
from checklists.model import Score, SectionResult, Verdict


def scores(outline: ChecklistOutline, readings: Sequence[tuple[SectionDef, Sequence[Reading]]]) -> tuple[Score, ...]:
    """Return one score per section that has anything to count."""
    score = _weighted if outline.scoring == "weighted" else _shares
    return tuple(score(section, found) for section, found in readings if found)


def _shares(section: SectionDef, readings: Sequence[Reading]) -> Score:
    verdicts = [reading.verdict for reading in readings if _counts(reading)]
    passed, failed = verdicts.count(Verdict.PASS), verdicts.count(Verdict.FAIL)
    possible = passed + failed
    return Score(
        dimension=section.dimension or section.section_id,
        got=passed,
        possible=possible,
        percent=round(100 * passed / possible, 1) if possible else None,
        not_applicable=verdicts.count(Verdict.NA),
        not_checked=sum(1 for v in verdicts if v in (None, Verdict.CANNOT, Verdict.LAB)),
    )


def _counts(reading: Reading) -> bool:
    """Whether an item can pass or fail at all; a plain fact, once given, cannot."""
    item = reading.item
    if item.kind == "signature":
        return False
    judged = item.kind == "verdict" or item.limit_id or item.limit_path or any(c.outcome for c in item.choices)
    return bool(judged) or reading.verdict is not None


def _weighted(section: SectionDef, readings: Sequence[Reading]) -> Score:
    got, possible, gate_failed = 0.0, 0.0, False
    not_applicable = not_checked = 0
    for reading in readings:
        if reading.item.gate:
            gate_failed = gate_failed or reading.verdict is Verdict.FAIL
        if reading.item.weight is None:
            continue
        points = _points(reading)
        if reading.verdict is Verdict.NA:
            not_applicable += 1
            continue
        possible += reading.item.weight
        not_checked += points is None
        got += points or 0.0
    got = 0.0 if gate_failed else got
    return Score(
        dimension=section.dimension or section.section_id,
        got=got,
        possible=possible,
        percent=round(100 * got / possible, 1) if possible else None,
        not_applicable=not_applicable,
        not_checked=not_checked,
    )


def _points(reading: Reading) -> float | None:
    chosen = next((choice.score for choice in reading.item.choices if choice.value == reading.value), "")
    return as_number(chosen) if chosen else None


AWARD_CLASSES = ((85.0, "very-good"), (70.0, "good"), (60.0, "pass"), (0.0, "improve"))
"""Points of 100 and the class they give (own draft of the item bank); words in phrases.yaml, group classes."""


def award_class(scores: Sequence[Score]) -> tuple[float, str]:
    """Return the points of the four dimensions as a share of 100 of what was possible, and their class."""
    dimensions = [score for score in scores if score.dimension.startswith("D") and score.possible]
    possible = sum(score.possible for score in dimensions)
    points = round(100 * sum(score.got for score in dimensions) / possible, 1) if possible else 0.0
    return points, next(name for least, name in AWARD_CLASSES if points >= least)


def level_reached(sections: Sequence[SectionResult]) -> int:
    """Return the highest level whose items and those of all lower levels are met (Green Industry, own draft rule).

    An item is met when it passed or does not apply; an item that was not or could not be checked is not met.
    """
    level = 0
    for section in sections:
        if not section.section_id.startswith("L"):
            continue
        if any(item.verdict not in (Verdict.PASS, Verdict.NA) for item in section.items):
            break
        level = int(section.section_id[1:])
    return level
