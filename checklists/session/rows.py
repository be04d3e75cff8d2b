"""Rows of repeats: walking over them, and keeping one as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checklists.session.nodes import LiveNode, RepeatNode, Row


@dataclass(frozen=True, slots=True)
class RowSnapshot:
    """One row with everything in it, so that it can be put back: `at` is its place among its siblings, from 0."""

    path: str
    parent: str
    row: str
    at: int
    values: tuple[tuple[int, str], ...]
    rows: tuple[RowSnapshot, ...]


def snapshot(row: Row) -> RowSnapshot:
    """Return a row as it stands."""
    repeats = [node for node in row.slots if isinstance(node, RepeatNode)]
    return RowSnapshot(
        path=row.scope.repeat.path if row.scope.repeat is not None else "",
        parent=row.parent.row_id if row.parent is not None else "",
        row=row.row_id,
        at=row.position - 1,
        values=tuple((slot, node.value) for slot, node in enumerate(row.slots) if node.value),
        rows=tuple(snapshot(inner) for repeat in repeats for inner in repeat.rows),
    )


def rows_below(rows: list[Row], hops: Iterable[int]) -> list[Row]:
    """Return the rows reached through repeats, slot by slot."""
    for hop in hops:
        rows = [inner for row in rows for inner in row.slots[hop].rows]
    return rows


def below(node: LiveNode) -> Iterator[LiveNode]:
    """Yield the nodes directly below: children, attributes, repeats, and the rows of a repeat."""
    if isinstance(node, RepeatNode):
        for row in node.rows:
            yield row.slots[0]
        return
    for kid in node.definition.children:
        yield node.row.slots[kid.slot]


def repeat_of(row: Row) -> RepeatNode:
    """Return the repeat that a row belongs to."""
    if row.parent is None or row.scope.repeat is None:
        raise ValueError("the root is in no repeat")
    repeat: RepeatNode = row.parent.slots[row.scope.repeat.slot]
    return repeat


def show_below(node: LiveNode) -> None:
    """Pass relevance down without asking what changed: nothing has been computed yet."""
    for kid in below(node):
        if not kid.own or not node.relevant:
            kid.relevant = False
            kid.see("")
        show_below(kid)
