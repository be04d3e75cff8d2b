"""What the handbook covers and how sure it is, counted from the data; `python -m checklists.authoring.coverage` writes
it into docs/handbook-coverage.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import HANDBOOK, UNCONFIRMED, Catalogue
from checklists.authoring.rules import words
from checklists.model import Certainty

CERTAINTIES = (Certainty.CONFIRMED, Certainty.A, Certainty.B, Certainty.C)


def checklist_files(folder: Path = HANDBOOK) -> list[Path]:
    """Return the checklists of a handbook, the catalogues left out."""
    return [file for file in sorted(folder.glob("*.yaml")) if "sections" in load_yaml(file)]


def report(folder: Path = HANDBOOK) -> str:
    """Return the coverage report as markdown."""
    catalogue = Catalogue.read(folder)
    checklists = [load_yaml(file) for file in checklist_files(folder)]
    lines = [
        "# What the handbook covers / ความครอบคลุมของคู่มือ",
        "",
        "Made by `python -m checklists.authoring.coverage`; do not edit by hand. Every checklist is a draft:",
        f"**{UNCONFIRMED.th}**. Certainty: A primary text read, B secondary source, C unverified.",
        "",
        *_checklists(checklists, catalogue),
        *_laws(checklists, catalogue),
        *_limits(catalogue),
    ]
    return "\n".join(lines) + "\n"


def _checklists(checklists: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> list[str]:
    lines = ["## Checklists", ""]
    lines += _head("checklist", "items", "critical", "major", "minor", "A", "B", "C", "without help", "status")
    totals: Counter[str] = Counter()
    for checklist in checklists:
        items = [item for section in checklist["sections"] for item in section["items"]]
        counts = Counter(item.get("severity", "minor") for item in items)
        counts.update(_worst(item, catalogue).value for item in items)
        counts["items"] = len(items)
        counts["without help"] = sum(1 for item in items if not item.get("help_th") or not item.get("help_en"))
        totals.update(counts)
        status = checklist.get("status", "draft")
        lines.append(_row(f"{checklist['checklist']} {checklist['version']}", *_counts(counts), status))
    return [*lines, _row("**total**", *_counts(totals), ""), ""]


def _counts(counts: Counter[str]) -> list[int]:
    return [counts[key] for key in ("items", "critical", "major", "minor", "A", "B", "C", "without help")]


def _worst(item: Mapping[str, Any], catalogue: Catalogue) -> Certainty:
    """Return the least certain of an item's references: the one that holds a paper back."""
    found = [entry.certainty for law in words(item.get("law", "")) if (entry := catalogue.entry(law))]
    return max(found, key=CERTAINTIES.index, default=Certainty.C)


def _laws(checklists: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> list[str]:
    used: Counter[str] = Counter()
    for checklist in checklists:
        for section in checklist["sections"]:
            for item in section["items"]:
                used.update(words(item.get("law", "")))
    lines = ["## Items by law or criterion", "", *_head("law or criterion", "certainty", "items")]
    lines += [
        _row(f"{entry.title.th} (`{entry.law_id}`)", entry.certainty.value, used[entry.law_id])
        for entry in catalogue.laws
        if used[entry.law_id]
    ]
    return [*lines, ""]


def _limits(catalogue: Catalogue) -> list[str]:
    counts = Counter(limit.certainty for limit in catalogue.limits)
    lines = ["## Catalogues", "", *_head("catalogue", "entries", *(certainty.value for certainty in CERTAINTIES))]
    lines.append(_row("limits", len(catalogue.limits), *(counts[certainty] for certainty in CERTAINTIES)))
    laws = Counter(law.certainty for law in catalogue.laws)
    lines.append(_row("laws and clauses", len(catalogue.laws), *(laws[certainty] for certainty in CERTAINTIES)))
    open_limits = [limit for limit in catalogue.limits if _unread(limit.minimum, limit.maximum, limit.operator)]
    lines += ["", "Limits in force whose number still has to be read from the text:", ""]
    lines += [f"* {limit.name.th} (`{limit.limit_id}`, {limit.source})" for limit in open_limits if not limit.computed]
    return [*lines, ""]


def _unread(low: float | None, high: float | None, operator: str) -> bool:
    return low is None and high is None and operator == ""


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main(arguments: Iterable[str]) -> None:
    target = next(iter(arguments), "docs/handbook-coverage.md")
    Path(target).write_text(report(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
