"""The last inspection of the same site beside each item: better, worse, unchanged; and answers to carry forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checklists.findings.judging import as_number
from checklists.model import InspectionResult, ItemResult, SectionResult, Verdict


class Trend(StrEnum):
    """How an item compares with last time."""

    BETTER = "better"
    WORSE = "worse"
    UNCHANGED = "unchanged"
    DIFFERENT = "different"  # another answer that is neither better nor worse
    NEW = "new"  # not asked or not answered last time
    OPEN = "open"  # not answered yet this time


RANK = {Verdict.FAIL: 0, Verdict.OBSERVE: 1, Verdict.PASS: 2}
"""Verdicts that can be compared; the others say nothing about the site."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One item now and then."""

    item_id: str
    trend: Trend
    then: ItemResult | None
    difference: float | None = None  # of a measured value, in its unit


def compare(now: InspectionResult, then: Sequence[SectionResult]) -> tuple[Compared, ...]:
    """Compare every item of an inspection with the sections of an earlier record of the same site."""
    earlier = {item.item_id: item for section in then for item in section.items}
    return tuple(_compare(item, earlier) for item in now.items if item.kind != "signature")


def _compare(item: ItemResult, earlier: Mapping[str, ItemResult]) -> Compared:
    then = earlier.get(item.item_id)
    if not item.answered:
        return Compared(item.item_id, Trend.OPEN, then)
    if then is None or not then.answered:
        return Compared(item.item_id, Trend.NEW, then)
    before, after = as_number(then.value), as_number(item.value)
    difference = after - before if before is not None and after is not None and then.unit == item.unit else None
    return Compared(item.item_id, _trend(item, then), then, difference)


def _trend(item: ItemResult, then: ItemResult) -> Trend:
    if item.verdict in RANK and then.verdict in RANK and item.verdict != then.verdict:
        return Trend.BETTER if RANK[item.verdict] > RANK[then.verdict] else Trend.WORSE
    if item.verdict == then.verdict and item.value == then.value:
        return Trend.UNCHANGED
    return Trend.UNCHANGED if item.verdict == then.verdict and item.verdict in RANK else Trend.DIFFERENT


CARRIED_MARK = "ยกมาจากการตรวจครั้งก่อน"
"""Note of an answer that was carried forward; it must be visible on screen and paper."""


def carry_forward(then: ItemResult, *, sealed_on: str) -> dict[str, str]:
    """Return what one key carries into this visit: the answer with a mark that it was carried; never a failure.

    Facts that do not change by themselves (numbers, texts, dates, choices) may be carried; a verdict is this visit's
    own and is carried only for what does not apply.
    """
    if then.verdict in (Verdict.FAIL, Verdict.LAB, Verdict.CANNOT) or (
        then.kind in ("signature", "verdict") and then.verdict is not Verdict.NA
    ):
        return {}
    mark = f"{CARRIED_MARK} {sealed_on}"
    if then.verdict is Verdict.NA:
        return {"skip" if then.kind != "verdict" else "verdict": "na", "reason": then.reason or mark, "note": mark}
    return {"value": then.value, "note": mark} if then.value else {}
