"""A number that the law gives in steps ("up to 15 workers one, up to 40 two …"), as it stands in limits.yaml.

`steps` lists "up to=value" apart by blanks; a step without value ("0=") says that nothing is asked up to there. Above
the last step either `beyond` holds for all, or `more` is added for each `every` that is begun. `min` beside steps is
what holds while the input is not known. The same table gives the value and the expression of a checklist.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checklists.authoring.errors import CatalogueError

KEYS = ("steps", "beyond", "every", "more")


@dataclass(frozen=True, slots=True)
class StepTable:
    """Steps (up to, value) in rising order, what follows the last one, and the least value of all if there is one."""

    rows: tuple[tuple[float, float | None], ...]
    beyond: float | None = None
    every: float = 1
    more: float = 0
    least: float | None = None

    def value(self, given: float) -> float | None:
        """Return the value for an input; None where the table asks for nothing."""
        if given < 0:
            return self.least
        for most, value in self.rows:
            if given <= most:
                return value
        most, last = self.last
        return last + self.more * math.ceil((given - most) / self.every) if self.beyond is None else self.beyond

    def expression(self, given: str) -> str:
        """Return the same as an XForms expression over a reference (`${FA-A09}`); '' where nothing is asked."""
        first = self.rows[0][1]
        if self.least is not None:
            chain = _text(self.least)
        else:
            chain = "''" if first is None else f"if({given} >= 0, {_text(first)}, '')"
        for (most, _), (_, value) in zip(self.rows, self.rows[1:], strict=False):
            chain = f"if({given} > {_text(most)}, {_text(value)}, {chain})"
        return f"if({given} > {_text(self.last[0])}, {self._above(given)}, {chain})"

    @property
    def numbers(self) -> frozenset[str]:
        """Every number of the table as text, but 0; the words of the formula have to name them."""
        found = {number for row in self.rows for number in row} | {self.beyond}
        found |= {self.every, self.more} if self.beyond is None else set()
        found -= {1.0} if self.every == 1 and self.beyond is None else set()
        return frozenset(_text(number) for number in found if number)

    @property
    def last(self) -> tuple[float, float]:
        """The last step: up to, value."""
        most, value = self.rows[-1]
        return most, value or 0

    def _above(self, given: str) -> str:
        most, last = self.last
        if self.beyond is not None:
            return _text(self.beyond)
        if self.every == 1:
            return f"{_text(last)} + {_text(self.more)} * ({given} - {_text(most)})"
        begun = f"int(({given} - {_text(most - self.every + 1)}) div {_text(self.every)})"
        return f"{_text(last)} + {begun if self.more == 1 else f'{_text(self.more)} * {begun}'}"


def table_of(entry: Mapping[str, Any]) -> StepTable | None:
    """Return the steps of an entry of limits.yaml, None where it has none. Raises `CatalogueError` naming the entry."""
    if not entry.get("steps"):
        if any(entry.get(key) for key in KEYS):
            raise _wrong(entry, "steps", "")
        return None
    rows = tuple(_row(entry, pair) for pair in str(entry["steps"]).split())
    mosts = [most for most, _ in rows]
    if mosts != sorted(set(mosts)) or any(value is None for _, value in rows[1:]) or rows[-1][1] is None:
        raise _wrong(entry, "steps", entry["steps"])
    if entry.get("beyond"):
        if entry.get("every") or entry.get("more"):
            raise _wrong(entry, "beyond", entry["beyond"])
        table = StepTable(rows, beyond=_number(entry, "beyond"), least=_least(entry, rows))
    else:
        table = StepTable(rows, None, _number(entry, "every"), _number(entry, "more"), _least(entry, rows))
        if table.every <= 0:
            raise _wrong(entry, "every", entry["every"])
    return table


def _row(entry: Mapping[str, Any], pair: str) -> tuple[float, float | None]:
    most, equals, value = pair.partition("=")
    try:
        if equals:
            return float(most), float(value) if value else None
    except ValueError:
        pass
    raise _wrong(entry, "steps", pair)


def _least(entry: Mapping[str, Any], rows: tuple[tuple[float, float | None], ...]) -> float | None:
    """`min` says what holds while the input is not known: the first step, not a second number beside it."""
    least = _number(entry, "min") if entry.get("min") else None
    if least is not None and least != rows[0][1]:
        raise _wrong(entry, "min", entry["min"])
    return least


def _number(entry: Mapping[str, Any], key: str) -> float:
    try:
        return float(entry.get(key, ""))
    except ValueError:
        raise _wrong(entry, key, entry.get(key, "")) from None


def _wrong(entry: Mapping[str, Any], key: str, value: object) -> CatalogueError:
    line = getattr(entry, "line", 0)
    return CatalogueError("bad steps", where=entry.get("id", ""), line=line, key=key, value=value, what="steps")


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"
