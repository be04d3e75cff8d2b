"""The result that an inspection proposes, by the rules of `handbook/results.yaml`. The officer decides."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, in_force
from checklists.model import Finding, Overall, Severity

ALL = "*"


@dataclass(frozen=True, slots=True)
class ResultRule:
    """What findings of one severity propose, in one span of time (ISO days), and who may propose it."""

    overall: Overall
    severity: Severity
    standards: frozenset[str]  # of the checklists; `ALL` for every one
    otherwise: Overall  # where the checklist rests on another standard
    in_force_from: str
    in_force_until: str

    def proposed(self, standard: str) -> Overall:
        return self.overall if self.standards & {ALL, standard} else self.otherwise


@functools.cache
def result_rules(folder: Path = HANDBOOK) -> tuple[ResultRule, ...]:
    """Return the rules of `results.yaml`, the gravest severity first."""
    order = list(Severity)
    rules = (
        ResultRule(
            Overall(row["id"]),
            Severity(row["severity"]),
            frozenset(row["standards"].split()),
            Overall(row.get("otherwise", row["id"])),
            row["from"],
            row.get("until", ""),
        )
        for row in load_yaml(folder / "results.yaml")["results"]
    )
    return tuple(sorted(rules, key=lambda rule: order.index(rule.severity)))


def overall(
    findings: Iterable[Finding], standard: str, *, on: str, rules: Sequence[ResultRule] | None = None
) -> Overall:
    """Return what the worst finding proposes under the standard of the checklist, by the rules in force on a day.

    A visit that has not begun, `on` '', is judged by every rule.
    """
    severities = {finding.severity for finding in findings}
    standing = (
        rule
        for rule in (result_rules() if rules is None else rules)
        if rule.severity in severities and (not on or in_force(rule.in_force_from, rule.in_force_until, on))
    )
    worst = next(standing, None)
    return worst.proposed(standard) if worst else Overall.PASS
