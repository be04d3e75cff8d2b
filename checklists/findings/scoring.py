"""Points and shares, each traceable to items, their weights and the version of the rules.

How a checklist counts (`insp:scoring` of its root):

* pass-fail (also where it says nothing): share of pass = pass ÷ (pass + fail), without items that do not apply and
  items that were not checked (item bank).
* weighted: points per dimension; a choice may give points, or for XLSForms of others a share of the weight; a pass
  gives the whole weight; a failed gate item makes its dimension zero.
* deduct: the whole weight stands until an item fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from checklists.authoring.catalogue import Catalogue
from checklists.findings.judging import as_number
from checklists.findings.reading import Reading
from checklists.items import ChecklistOutline, SectionDef
from checklists.model import Score, ScorePart, SectionResult, Verdict, Words

UNCHECKED = (None, Verdict.CANNOT, Verdict.LAB)
TOTAL = "total"

Readings = Sequence[tuple[SectionDef, Sequence[Reading]]]


def scores(outline: ChecklistOutline, readings: Readings) -> tuple[Score, ...]:
    """Return one score per dimension that has anything to count; a section is a dimension where items name none."""
    make = {"weighted": _weighted, "deduct": _deducted}.get(outline.scoring, _shares)
    return tuple(make(name, title, _rule(outline), found) for name, title, found in _dimensions(readings))


def _rule(outline: ChecklistOutline) -> str:
    """Return the version of the rules that points were given by: that of the checklist that holds them."""
    return f"{outline.form_id} {outline.version}".strip()


def _dimensions(readings: Readings) -> Iterator[tuple[str, Words, list[Reading]]]:
    titles: dict[str, Words] = {}
    grouped: dict[str, list[Reading]] = {}
    for section, found in readings:
        for reading in found:
            name = reading.item.dimension or section.dimension or section.section_id
            titles.setdefault(name, Words(name, name) if reading.item.dimension else section.title)
            grouped.setdefault(name, []).append(reading)
    for name, found in grouped.items():
        yield name, titles[name], found


def _score(dimension: str, title: Words, rule: str, parts: Sequence[ScorePart], *, gate_failed: bool = False) -> Score:
    counted = [part for part in parts if part.verdict is not Verdict.NA]
    got = 0.0 if gate_failed else sum(part.got or 0.0 for part in counted)
    possible = sum(part.possible for part in counted)
    return Score(
        dimension=dimension,
        got=got,
        possible=possible,
        percent=round(100 * got / possible, 1) if possible else None,
        not_applicable=len(parts) - len(counted),
        not_checked=sum(part.got is None for part in counted),
        title=title,
        parts=tuple(parts),
        rule_version=rule,
    )


# --- shares of pass -------------------------------------------------------------------------------------------------


def _shares(dimension: str, title: Words, rule: str, readings: Sequence[Reading]) -> Score:
    parts = [_share(reading) for reading in readings if _counts(reading)]
    return _score(dimension, title, rule, parts)


def _share(reading: Reading) -> ScorePart:
    """One for a pass, none for a failure; what was only observed or not checked is outside the share."""
    got = {Verdict.PASS: 1.0, Verdict.FAIL: 0.0}.get(reading.verdict) if reading.verdict else None
    if reading.verdict is Verdict.OBSERVE:
        return ScorePart(reading.key, 0.0, 0.0, reading.verdict)
    return ScorePart(reading.key, got, 0.0 if got is None else 1.0, reading.verdict)


def _counts(reading: Reading) -> bool:
    """Whether an item can pass or fail at all; a plain fact, once given, cannot."""
    item = reading.item
    if item.kind == "signature":
        return False
    judged = item.kind == "verdict" or item.limit_id or item.limit_path or any(c.outcome for c in item.choices)
    return bool(judged or item.live) or reading.verdict is not None


# --- points ---------------------------------------------------------------------------------------------------------


def _weighted(dimension: str, title: Words, rule: str, readings: Sequence[Reading]) -> Score:
    gate_failed = any(reading.item.gate and reading.verdict is Verdict.FAIL for reading in readings)
    return _score(dimension, title, rule, list(_parts(readings, _points)), gate_failed=gate_failed)


def _deducted(dimension: str, title: Words, rule: str, readings: Sequence[Reading]) -> Score:
    return _score(dimension, title, rule, list(_parts(readings, _kept)))


def _parts(readings: Sequence[Reading], points: Callable[[Reading, float], float | None]) -> Iterator[ScorePart]:
    for reading in readings:
        if reading.weight is not None:
            got = None if reading.verdict is Verdict.NA else points(reading, reading.weight)
            yield ScorePart(reading.key, got, reading.weight, reading.verdict)


def _points(reading: Reading, weight: float) -> float | None:
    """Return the points of an item, None where it was not checked."""
    item = reading.item
    if item.kind == "score" and not item.choices:
        return as_number(reading.value)
    chosen = next((choice.score for choice in item.choices if choice.value == reading.value), "")
    number = as_number(chosen) if chosen else None
    if number is not None:
        return number * weight if item.shares else number
    return {Verdict.PASS: weight, Verdict.FAIL: 0.0, Verdict.OBSERVE: weight}.get(reading.verdict or Verdict.LAB)


def _kept(reading: Reading, weight: float) -> float | None:
    if reading.verdict in UNCHECKED:
        return weight if reading.verdict is None and reading.answered else None
    return 0.0 if reading.verdict is Verdict.FAIL else weight


# --- what the points amount to --------------------------------------------------------------------------------------


AWARD_CLASSES = ((85.0, "very-good"), (70.0, "good"), (60.0, "pass"), (0.0, "improve"))
"""Points of 100 and the class they give (own draft of the item bank); words in phrases.yaml, group classes."""

GREEN_LEVELS = 5


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


def total(
    outline: ChecklistOutline, scores: Sequence[Score], sections: Sequence[SectionResult], catalogue: Catalogue
) -> tuple[Score, ...]:
    """Return the score over all dimensions with its class or level, for the checklists that have one."""
    if outline.standard == "four-dimensions":
        points, grade = award_class(scores)
        words = catalogue.words("classes", grade)
        found = Score(TOTAL, points, 100.0, points, title=catalogue.words("grades", "award-class"))
    elif outline.standard == "green-industry":
        level = level_reached(sections)
        grade = str(level)
        words = catalogue.words("grades", "level" if level else "no-level", level=level)
        found = Score(TOTAL, level, GREEN_LEVELS, None, title=catalogue.words("grades", "green-level"))
    else:
        return ()
    return (
        replace(
            found,
            not_applicable=sum(score.not_applicable for score in scores),
            not_checked=sum(score.not_checked for score in scores),
            rule_version=_rule(outline),
            grade=grade,
            grade_words=words,
        ),
    )
