"""Dates by which something has to happen, each with the rule behind it.

Thai working days come from the `holidays` library, corrected by `handbook/holidays.yaml`, which a person can edit. The
library knows past years and a few to come; a deadline that runs into a year it does not know says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, Catalogue
from checklists.authoring.errors import CatalogueError
from checklists.findings.judging import as_date
from checklists.model import LawRef, Words
from checklists.text import english_date, thai_date


@dataclass(frozen=True, slots=True)
class Rule:
    """One period that the law sets."""

    rule_id: str
    name: Words
    days: int
    working: bool
    before: bool
    event: str
    law_id: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date, the day it was counted from, and why it is that date. `sure` is False where holidays are not known."""

    due: str
    start: str
    rule: str
    reason: Words
    law: LawRef
    sure: bool = True


class Holidays:
    """Thai public holidays and weekends."""

    def __init__(self, added: Mapping[date, str] | None = None, removed: frozenset[date] = frozenset()) -> None:
        self._added = dict(added or {})
        self._removed = removed

    @classmethod
    def bundled(cls, folder: Path = HANDBOOK) -> Holidays:
        """Return the holidays with the corrections of the handbook."""
        content = load_yaml(folder / "holidays.yaml")
        added = {date.fromisoformat(row["date"]): row.get("th", "") for row in content.get("added") or ()}
        removed = frozenset(date.fromisoformat(row["date"]) for row in content.get("removed") or ())
        return cls(added, removed)

    @cached_property
    def _library(self) -> Mapping[date, str]:
        import holidays

        calendar: Mapping[date, str] = holidays.country_holidays("TH")
        return calendar

    def name(self, day: date) -> str:
        """Return the name of a public holiday, '' on any other day."""
        if day in self._removed:
            return ""
        return self._added.get(day) or str(self._library.get(day, "") or "")

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and not self.name(day)

    def known(self, year: int) -> bool:
        """Tell whether the year's holidays are known at all (New Year's Day always is one)."""
        return bool(self.name(date(year, 1, 1))) and bool(self.name(date(year, 5, 4)) or self.name(date(year, 12, 5)))

    def after(self, start: date, days: int) -> date:
        """Return the day that completes so many working days after a start, which is not counted."""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day


class Deadlines:
    """The periods of `handbook/deadlines.yaml`, counted by the calendar or by working days."""

    def __init__(self, catalogue: Catalogue, holidays: Holidays | None = None, folder: Path = HANDBOOK) -> None:
        self._catalogue = catalogue
        self._holidays = holidays or Holidays.bundled(folder)
        self.rules = {rule.rule_id: rule for rule in _rules(folder)}

    def deadline(self, rule_id: str, event: date | str) -> Deadline:
        """Return the last day by a rule, counted from the day of its event. Raises `CatalogueError`."""
        start = as_date(event) if isinstance(event, str) else event
        rule = self.rules.get(rule_id)
        if rule is None or start is None:
            raise CatalogueError("no deadline", where=rule_id, suggestion="")
        if rule.working:
            due = self._holidays.after(start, rule.days)
        else:
            due = start - timedelta(days=rule.days) if rule.before else start + timedelta(days=rule.days)
        sure = not rule.working or all(self._holidays.known(year) for year in {start.year, due.year})
        return Deadline(
            due.isoformat(), start.isoformat(), rule_id, _reason(rule, start), self._catalogue.law(rule.law_id), sure
        )

    def received(self, method: str, happened: date | str) -> Deadline:
        """Return when an order counts as received (s. 38): by hand or to an adult at once, else after working days."""
        if method in ("post", "posting"):
            return self.deadline("service-deemed", happened)
        start = as_date(happened) if isinstance(happened, str) else happened
        if start is None or method not in ("hand", "adult"):
            raise CatalogueError("no such way of service", where=method, suggestion="")
        at_once = Words("นำส่งถึงตัวหรือผู้บรรลุนิติภาวะ ณ ที่นั้น ถือว่าได้รับทันที", "handed over: received at once")
        day = start.isoformat()
        return Deadline(day, day, "service-by-hand", at_once, self._catalogue.law("fa2535-s38"))

    def compliance(self, received: date | str, days: int) -> Deadline:
        """Return the last day to obey an order, counted from the day it counts as received."""
        start = as_date(received) if isinstance(received, str) else received
        if start is None:
            raise CatalogueError("no date", where=str(received), suggestion="")
        due = start + timedelta(days=days)
        reason = Words(
            f"{days} วันนับแต่วันที่ได้รับคำสั่ง {thai_date(start)}",
            f"{days} days from receipt of the order on {english_date(start)}",
        )
        return Deadline(due.isoformat(), start.isoformat(), "compliance", reason, self._catalogue.law("fa2535-s37"))


def _rules(folder: Path) -> list[Rule]:
    return [
        Rule(
            row["id"],
            Words(row["th"], row["en"]),
            int(row["days"]),
            row["unit"] == "working-days",
            row["direction"] == "before",
            row["event"],
            row["law"],
        )
        for row in load_yaml(folder / "deadlines.yaml")["deadlines"]
    ]


def _reason(rule: Rule, start: date) -> Words:
    unit = ("วันทำการ", "working days") if rule.working else ("วัน", "days")
    way = ("ก่อน", "before") if rule.before else ("นับแต่", "after")
    return Words(
        f"{rule.name.th}: {rule.days} {unit[0]}{way[0]}วันที่ {thai_date(start)}",
        f"{rule.name.en}: {rule.days} {unit[1]} {way[1]} {english_date(start)}",
    )
