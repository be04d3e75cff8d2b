"""Expressions of an XLSForm that are wrong, or that other engines read in another way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checklists.authoring.lint.issues import Issue, issue, nearest
from checklists.xform.functions import FUNCTIONS
from checklists.xpath import parse
from checklists.xpath.errors import XPathSyntaxError
from checklists.xpath.syntax import Binary, Call, Expr, Negation, Number, Path, Text

CONDITIONS = frozenset({"relevant", "constraint", "required", "readonly", "choice_filter"})
EXPRESSIONS = CONDITIONS | {"calculation", "repeat_count", "default"}
"""Columns that hold expressions, by the name that pyxform gives them."""

INSPECTION = frozenset({"fail-when", "weight", "limit-min", "limit-max"})
"""Our own columns that hold expressions, behind `bind::insp:`."""

_ALIASES = {
    "relevance": "relevant", "calculate": "calculation", "read_only": "readonly", "count": "repeat_count",
    "jr:count": "repeat_count", "bind::relevant": "relevant", "bind::calculate": "calculation",
    "bind::constraint": "constraint", "bind::required": "required", "bind::readonly": "readonly",
}  # fmt: skip
_PLAIN = frozenset({"yes", "no", "true", "false", "true()", "false()", ""})
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]*)\s*\}")
_DATES = frozenset({"date", "today", "datetime", "start", "end"})
_NOT_EVERYWHERE = {"ceiling": "int(… + 1)", "floor": "int(…)", "substring": "substr(…)"}
"""XPath functions that ODK Collect does not know, and what to write instead."""

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class _Cell:
    """One expression with its place and what the form says about the questions."""

    source: str
    column: str
    at: Mapping[str, Any]
    types: Mapping[str, str]


def lint_expressions(sheets: Mapping[str, Sequence[Mapping[str, str]]], *, file: str = "") -> Iterator[Issue]:
    """Yield what is wrong with the expressions of the survey sheet; rows count from 2, the first below the header."""
    survey = sheets.get("survey", ())
    types = {str(row.get("name") or "").strip(): _type(row) for row in survey}
    for number, row in enumerate(survey, start=2):
        for header, value in row.items():
            column, source = _column(header), str(value or "").strip()
            if column and source.lower() not in _PLAIN and not (column == "default" and not _is_dynamic(source)):
                at = {"file": file, "sheet": "survey", "row": number, "column": header, "where": row.get("name") or ""}
                yield from _lint(_Cell(source, column, at, types))


def _type(row: Mapping[str, str]) -> str:
    return str(row.get("type") or "").strip().lower()


def _column(header: str) -> str:
    """Return the known name of a column with expressions, '' for any other."""
    plain = header.strip().lower()
    name = _ALIASES.get(plain, plain.replace(" ", "_"))
    own = plain.rpartition(":")[2]
    return name if name in EXPRESSIONS else own if plain.startswith("bind:") and own in INSPECTION else ""


def _is_dynamic(source: str) -> bool:
    """A default is an expression only where it refers to something or calls a function."""
    return bool(_REFERENCE.search(source) or re.search(r"[a-z]\(", source))


def _lint(cell: _Cell) -> Iterator[Issue]:
    unknown = next((name for name in _REFERENCE.findall(cell.source) if name not in cell.types), "")
    if unknown:
        near = nearest(unknown, filter(None, cell.types))
        hint = "did-you-mean" if near else "names"
        yield issue("unknown-question", **cell.at, name=unknown, suggest=hint, nearest=near)
    try:
        tree = parse(_REFERENCE.sub(r" /form/\1 ", cell.source))
    except XPathSyntaxError as error:
        detail = str(error.data.get("expression", cell.source))[: int(str(error.data.get("at", 0)))]
        yield issue("xpath", **cell.at, expression=cell.source, after=_shown(detail), suggest="brackets")
        return
    if cell.column in CONDITIONS or cell.column == "fail-when":
        yield from _conditions(tree, cell)
    yield from _walk(tree, cell, dated=cell.column not in INSPECTION)


def _shown(text: str) -> str:
    """Return the part before a mistake as the author wrote it."""
    return re.sub(r" /form/(\S+) ", r"${\1}", text)[-40:]


def _conditions(tree: Expr, cell: _Cell) -> Iterator[Issue]:
    """A bare reference is true when there is a node, whatever it holds."""
    if isinstance(tree, Path) and tree.absolute:
        name = tree.steps[-1].test
        yield issue("bare-condition", **cell.at, name=name, suggest="compare", warning=True)
    elif isinstance(tree, Binary) and tree.operator in ("and", "or"):
        yield from _conditions(tree.left, cell)
        yield from _conditions(tree.right, cell)
    elif isinstance(tree, Call) and tree.name == "not":
        for argument in tree.arguments:
            yield from _conditions(argument, cell)


def _walk(tree: Expr, cell: _Cell, *, dated: bool) -> Iterator[Issue]:
    """Yield issues of a tree; `dated` says whether a date made here is taken for a date by what is around it."""
    for rule in _RULES:
        yield from rule(tree, cell)
    if dated and isinstance(tree, Binary) and _moves_date(tree, cell):
        yield issue("date-arithmetic", **cell.at, expression=cell.source, suggest="date", warning=True)
        dated = False
    inside = dated
    if isinstance(tree, Call):
        inside = tree.name in ("if", "coalesce", "once", "format-date", "format-date-time", "concat", "string")
    elif isinstance(tree, Binary) and tree.operator in _COMPARISONS | {"and", "or"}:
        inside = False
    for child in _children(tree):
        yield from _walk(child, cell, dated=inside)


def _children(tree: Expr) -> Iterator[Expr]:
    if isinstance(tree, Binary):
        yield from (tree.left, tree.right)
    elif isinstance(tree, Negation):
        yield tree.operand
    elif isinstance(tree, Call):
        yield from tree.arguments
    elif isinstance(tree, Path):
        if tree.start is not None:
            yield tree.start
        yield from (*tree.predicates, *(one for step in tree.steps for one in step.predicates))


def _moves_date(tree: Binary, cell: _Cell) -> bool:
    """Tell whether days are added to a date; the difference of two dates is a number of days and no date."""
    left, right = _is_date(tree.left, cell), _is_date(tree.right, cell)
    return (tree.operator == "+" and (left or right)) or (tree.operator == "-" and left and not right)


def _is_date(tree: Expr, cell: _Cell) -> bool:
    if isinstance(tree, Call):
        return tree.name in ("today", "now", "date", "date-time")
    return isinstance(tree, Path) and tree.absolute and cell.types.get(tree.steps[-1].test, "") in _DATES


# --- rules of single nodes ------------------------------------------------------------------------------------------


def _function(tree: Expr, cell: _Cell) -> Iterator[Issue]:
    if not isinstance(tree, Call):
        return
    if tree.name in _NOT_EVERYWHERE:
        better = _NOT_EVERYWHERE[tree.name]
        yield issue("not-everywhere", **cell.at, name=tree.name, suggest="use", nearest=better, warning=True)
    elif tree.name not in FUNCTIONS:
        near = nearest(tree.name, FUNCTIONS)
        yield issue(
            "unknown-function", **cell.at, name=tree.name, suggest="did-you-mean" if near else "functions", nearest=near
        )


def _zero(tree: Expr, cell: _Cell) -> Iterator[Issue]:
    if isinstance(tree, Binary) and tree.operator in ("div", "mod") and tree.right == Number(0):
        yield issue("division-by-zero", **cell.at, expression=cell.source, suggest="guard", warning=True)


def _regex(tree: Expr, cell: _Cell) -> Iterator[Issue]:
    if not (isinstance(tree, Call) and tree.name == "regex" and len(tree.arguments) == 2):
        return
    pattern = tree.arguments[1]
    if isinstance(pattern, Text) and not (pattern.value.startswith("^") and pattern.value.endswith("$")):
        yield issue("regex", **cell.at, suggest="anchor", warning=True)


_RULES: tuple[Callable[[Expr, _Cell], Iterator[Issue]], ...] = (_function, _zero, _regex)
