"""Undo and redo: what each change did, kept so that it can be turned round.

A step holds values before and after and whole rows that came or went. Going back puts rows in place first, then values;
rules run as usual, actions of the form do not (their effects are in the step).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode, RepeatNode, Row
from checklists.session.rows import RowSnapshot, snapshot
from checklists.session.views import StoredValue
from checklists.xform.nodes import NodeDef

LENGTH = 50
"""Steps that can be undone."""


@dataclass(frozen=True, slots=True)
class Step:
    """Everything one change did."""

    values: Sequence[StoredValue]
    added: tuple[RowSnapshot, ...] = ()
    removed: tuple[RowSnapshot, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.added or self.removed)


class History:
    """The last steps, and those that were undone."""

    def __init__(self) -> None:
        self._done: deque[Step] = deque(maxlen=LENGTH)
        self._undone: list[Step] = []

    def keep(self, step: Step) -> None:
        if step:
            self._done.append(step)
            self._undone.clear()

    def back(self) -> Step | None:
        """Take the last step, to be undone."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def forward(self) -> Step | None:
        """Take the step that was undone last, to be done again."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1]

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)


def values_of(live: LiveForm, nodes: Iterable[LiveNode]) -> list[StoredValue]:
    """Return the values of those of the nodes that the running change has given another one."""
    stored = live.stored
    return [
        (node.definition, node.row.row_id, before, node.value)
        for node in nodes
        if (before := stored.get(node)) is not None and before != node.value
    ]


def step_of(live: LiveForm) -> Step:
    """Return what the running change has done so far."""
    fresh = {row.row_id for row in live.added}
    return Step(
        values=[value for value in values_of(live, live.stored) if value[1] not in fresh],
        added=tuple(snapshot(row) for row in live.added if not row.gone and _outermost(row, fresh)),
        removed=tuple(found for found in live.removed_snapshots if found.row not in fresh),
    )


def _outermost(row: Row, fresh: set[str]) -> bool:
    return row.parent is None or row.parent.row_id not in fresh


def undo(live: LiveForm, step: Step) -> None:
    """Turn a step round."""
    _remove(live, reversed(step.added))
    _restore(live, reversed(step.removed))
    for definition, row, before, _ in reversed(step.values):
        _store(live, definition, row, before)


def redo(live: LiveForm, step: Step) -> None:
    """Do a step again."""
    _remove(live, step.removed)
    _restore(live, step.added)
    for definition, row, _, after in step.values:
        _store(live, definition, row, after)


def _remove(live: LiveForm, rows: Iterable[RowSnapshot]) -> None:
    for found in rows:
        row = live.rows.get(found.row)
        if row is not None:
            live.remove_row(row)


def _restore(live: LiveForm, rows: Iterable[RowSnapshot]) -> None:
    for found in rows:
        parent, repeat = live.rows.get(found.parent), live.parts.by_path.get(found.path)
        if parent is not None and repeat is not None and found.row not in live.rows:
            live.restore_row(parent.slots[repeat.slot], found)


def _store(live: LiveForm, definition: NodeDef, row_id: str, text: str) -> None:
    row = live.rows.get(row_id)
    if row is not None:
        node: LiveNode = row.slots[definition.own_slot]
        if not isinstance(node, RepeatNode):
            live.store(node, text)
