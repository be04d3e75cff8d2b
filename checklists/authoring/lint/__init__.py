"""The linter for authors: places, words in Thai and English, suggestions. It runs nothing and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checklists.authoring.catalogue import HANDBOOK, Catalogue
from checklists.authoring.errors import CatalogueError, ChecklistError
from checklists.authoring.lint.catalogues import lint_laws, lint_limits, lint_results, lint_rows
from checklists.authoring.lint.checklists import lint_checklist
from checklists.authoring.lint.expressions import lint_expressions
from checklists.authoring.lint.issues import Issue, issue
from checklists.authoring.lint.sheets import lint_markdown, lint_sheets
from checklists.authoring.reading import load_yaml

__all__ = [
    "Issue",
    "is_catalogue",
    "lint",
    "lint_checklist",
    "lint_expressions",
    "lint_laws",
    "lint_limits",
    "lint_markdown",
    "lint_results",
    "lint_rows",
    "lint_sheets",
]


def lint(file: Path, *, on: str, catalogue: Catalogue | None = None) -> tuple[Issue, ...]:
    """Return what is wrong with a YAML file: a checklist, or one of the catalogues; errors before warnings.

    `on` is the day (ISO) whose law counts. Sheets of an XLSForm are checked by `lint_sheets`, once they are read.
    """
    try:
        content = load_yaml(file)
        found = list(_lint(content, file, on, catalogue))
    except (ChecklistError, CatalogueError) as error:
        detail = f"{error.detail} {error.data.get('where', '')}".strip()
        found = [issue("not-readable", file=file.name, line=_line(error), detail=detail)]
    except OSError as error:
        found = [issue("not-readable", file=file.name, detail=str(error.strerror))]
    return tuple(sorted(found, key=lambda one: (one.severity, one.line)))


def is_catalogue(file: Path) -> bool:
    """Tell whether a YAML file is one of the catalogues and no checklist: only the linter has a say about it."""
    if file.suffix.lower() not in (".yaml", ".yml"):
        return False
    try:
        content = load_yaml(file)
    except (ChecklistError, OSError, UnicodeDecodeError):
        return False
    return "sections" not in content and "checklist" not in content


def _lint(content: Mapping[str, Any], file: Path, on: str, catalogue: Catalogue | None) -> Iterator[Issue]:
    if "laws" in content:
        yield from lint_laws(content["laws"], file=file.name)
    elif "limits" in content:
        beside = file.with_name("laws.yaml")
        laws = load_yaml(beside if beside.exists() else HANDBOOK / "laws.yaml")["laws"]
        yield from lint_limits(content["limits"], laws, file=file.name)
    elif "results" in content:
        yield from lint_results(content["results"], catalogue or Catalogue.bundled(), _standards(), file=file.name)
    elif "sections" in content or "checklist" in content:
        yield from lint_checklist(content, catalogue or Catalogue.bundled(), on=on, file=file.name)
    else:
        yield from lint_rows(content, catalogue or Catalogue.bundled(), file=file.name)


def _standards() -> frozenset[str]:
    """Return what the bundled checklists rest on."""
    texts = (file.read_text(encoding="utf-8") for file in HANDBOOK.glob("*.yaml"))
    return frozenset(name for text in texts for name in re.findall(r"(?m)^standard: (\S+)$", text))


def _line(error: ChecklistError | CatalogueError) -> int:
    line = error.data.get("line", 0)
    return line if isinstance(line, int) else 0
