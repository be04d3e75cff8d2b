"""Multiple choices: values with blanks between them."""

from __future__ import annotations

import math

from checklists.xpath.signature import Function
from checklists.xpath.values import Kind


def selected(values: str, wanted: str) -> bool:
    """Say whether a choice is among the selected ones; a blank one is when nothing is selected (both references)."""
    choice = wanted.strip()
    return choice in values.split() if choice else not values.strip()


def selected_at(values: str, at: float) -> str:
    chosen = values.split()
    return chosen[int(at)] if not math.isnan(at) and 0 <= at < len(chosen) else ""


SELECTS = (
    Function("selected", "tt", Kind.BOOLEAN, selected),
    Function("is-selected", "tt", Kind.BOOLEAN, selected),  # JavaRosa's second name for it
    Function("selected-at", "tn", Kind.TEXT, selected_at),
    Function("count-selected", "t", Kind.NUMBER, lambda values: float(len(values.split()))),
)
