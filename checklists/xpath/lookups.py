"""Predicates that are a look-up: `item[key = answer]` over a list takes one index, not a scan.

`key` must be a child's name and the other side must not depend on the item. Further conditions joined by `and` are
tested on what the index gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from checklists.xpath.syntax import Binary, Call, Expr, Path, Text

_PURE = frozenset({"string", "concat", "coalesce", "normalize-space", "lower-case", "upper-case", "substr"})
_PLACES = frozenset({"position", "last"})


@dataclass(frozen=True, slots=True)
class Lookup:
    """One predicate taken apart: the key's name, the value it must have, and what else must hold."""

    key: str
    key_path: Path
    value: Expr
    rest: tuple[Expr, ...]


def lookup_of(predicate: Expr) -> Lookup | None:
    """Return the look-up that a predicate is, or None."""
    conditions = _conditions(predicate)
    for at, condition in enumerate(conditions):
        if not isinstance(condition, Binary) or condition.operator != "=":
            continue
        for key, value in ((condition.left, condition.right), (condition.right, condition.left)):
            if isinstance(key, Path) and (name := _child_name(key)) and _is_outside(value):
                rest = (*conditions[:at], *conditions[at + 1 :])
                return None if any(map(_asks_for_place, rest)) else Lookup(name, key, value, rest)
    return None


def _conditions(tree: Expr) -> list[Expr]:
    found: list[Expr] = []
    while isinstance(tree, Binary) and tree.operator == "and":
        found.append(tree.right)
        tree = tree.left
    return [tree, *reversed(found)]


def _child_name(path: Path) -> str:
    """Return the name where a path is nothing but the name of a child."""
    if path.absolute or path.start is not None or len(path.steps) != 1:
        return ""
    (step,) = path.steps
    plain = step.axis == "child" and not step.predicates and not set(step.test) & set("*:()")
    return step.test if plain else ""


def _is_outside(tree: Expr) -> bool:
    """Say whether an expression has one value, whatever item is tested."""
    if isinstance(tree, Text):
        return True
    if isinstance(tree, Path):
        current = isinstance(tree.start, Call) and tree.start.name == "current"
        starts = (tree.absolute and tree.start is None) or current
        return starts and not tree.predicates and not any(step.predicates for step in tree.steps)
    if isinstance(tree, Call):
        return tree.name in _PURE and bool(tree.arguments) and all(map(_is_outside, tree.arguments))
    return False


def _asks_for_place(tree: Expr) -> bool:
    """Say whether an expression may ask for the place of the item in the whole list."""
    if isinstance(tree, Call):
        return tree.name in _PLACES or any(map(_asks_for_place, tree.arguments))
    if isinstance(tree, Binary):
        return _asks_for_place(tree.left) or _asks_for_place(tree.right)
    return not isinstance(tree, (Text, Path))
