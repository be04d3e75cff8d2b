"""What one change brought about, collected from the live form."""

from __future__ import annotations

from checklists.model import AnswerRow, NodeRef
from checklists.session import serialise
from checklists.session.live import LiveForm
from checklists.session.nodes import RepeatNode, Row
from checklists.session.places import order_key
from checklists.session.rows import RowSnapshot
from checklists.session.views import ChangeSet, NodeChange


def collect(live: LiveForm) -> ChangeSet:
    """Return the running change as a value."""
    changed = [node for node in live.changed if not node.row.gone]
    if len(changed) > 1:
        changed.sort(key=order_key)
    added = {row.row_id: row for row in live.added if not row.gone}
    stored = [node for node in changed if node in live.stored and live.stored[node] != node.value]
    stored += [node for row in added.values() for node in row.slots if node.value and node not in live.stored]
    removed = [row for row in live.removed if row.row_id not in added]
    return ChangeSet(
        changes=tuple(NodeChange(node.ref, live.changed[node]) for node in changed),
        added=tuple(_row_ref(row) for row in added.values()),
        removed=tuple(_row_ref(row) for row in removed),
        answers=tuple(AnswerRow(n.definition.path, n.row.row_id, n.value) for n in stored),
        rows=tuple(serialise.row_of(row) for row in live.placed.values() if not row.gone),
        removed_rows=tuple(inner for row in removed for inner in _ids(row)),
    )


def lost_answers(live: LiveForm) -> tuple[AnswerRow, ...]:
    """Return what people answered in the rows that the running change took away."""
    return tuple(answer for found in live.removed_snapshots for answer in _answers_in(live, found))


def _answers_in(live: LiveForm, found: RowSnapshot) -> list[AnswerRow]:
    repeat = live.parts.by_path[found.path]
    if repeat.inside is None:
        return []
    answers: list[AnswerRow] = []
    for slot, value in found.values:
        node = repeat.inside.nodes[slot]
        asked = node in live.parts.controls and node.is_leaf and "calculate" not in node.rules
        if asked and value != repeat.template.values.get(slot, ""):
            answers.append(AnswerRow(node.path, found.row, value))
    return answers + [answer for inner in found.rows for answer in _answers_in(live, inner)]


def _row_ref(row: Row) -> NodeRef:
    return NodeRef(row.scope.repeat.path if row.scope.repeat is not None else "", row.row_id)


def _ids(row: Row) -> list[str]:
    """Return the ids of a row and of the rows inside it."""
    found = [row.row_id]
    for node in row.slots:
        if isinstance(node, RepeatNode):
            found += [inner_id for inner in node.rows for inner_id in _ids(inner)]
    return found
