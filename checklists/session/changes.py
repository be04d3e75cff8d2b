"""What one change brought about, collected from the live form."""

from __future__ import annotations

from operator import attrgetter

from checklists.model import AnswerRow, NodeRef
from checklists.session import history, serialise
from checklists.session.history import Step
from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode, RepeatNode, Row
from checklists.session.rows import RowSnapshot
from checklists.session.views import ChangeSet

_slot = attrgetter("slot")


def collect(live: LiveForm) -> tuple[ChangeSet, Step]:
    """Return the running change as a value, and the step that turns it round."""
    nodes, names = in_order(live), live.changed
    fields = [(node.definition.path, node.row.row_id, names[node]) for node in nodes]
    values = history.values_of(live, nodes)
    if not (live.added or live.removed or live.placed):
        return ChangeSet.of(fields, values), Step(values)
    added = {row.row_id: row for row in live.added if not row.gone}
    removed = [row for row in live.removed if row.row_id not in added]
    seeded = [(node, row) for row in added.values() for node in row.slots if node.value and node not in live.stored]
    done = ChangeSet.of(
        fields,
        values + [(node.definition, row.row_id, "", node.value) for node, row in seeded],
        added=tuple(_row_ref(row) for row in added.values()),
        removed=tuple(_row_ref(row) for row in removed),
        rows=tuple(serialise.row_of(row) for row in live.placed.values() if not row.gone),
        removed_rows=tuple(inner for row in removed for inner in _ids(row)),
    )
    return done, history.step_of(live)


def in_order(live: LiveForm) -> list[LiveNode]:
    """Return the nodes that changed and are still there, in the order of the form."""
    nodes = [node for node in live.changed if not node.row.gone] if live.removed else list(live.changed)
    if len(nodes) > 1:
        rows = {node.row for node in nodes}
        if len(rows) == 1:
            nodes.sort(key=_slot)
        else:
            above = {row: tuple((repeat.slot, position) for repeat, position in row.path()) for row in rows}
            nodes.sort(key=lambda node: (*above[node.row], (node.slot, 0)))
    return nodes


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
