"""From a reference or a path for people to a live node, and back."""

from __future__ import annotations

import re

from checklists.errors import AnswerError
from checklists.model import NodeRef
from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode, RepeatNode, Row

_STEP = re.compile(r"/([^/\[\]]+)(?:\[(\d+)\])?")


class UnknownNodeError(AnswerError):
    """The form has no such node, or the row is gone; `path` and `row` in data."""

    code = "unknown-node"


def find(live: LiveForm, ref: NodeRef | str) -> LiveNode:
    """Return the node of a reference, or of an absolute path with positions. Raises `UnknownNodeError`.

    The path of a repeat with the id of one of its own rows is that row; with the id of the row around it, the repeat.
    """
    if isinstance(ref, str):
        return _by_path(live, ref)
    definition = live.parts.by_path.get(ref.path)
    row = live.rows.get(ref.row)
    if definition is not None and row is not None:
        if definition.own_scope is row.scope:
            node: LiveNode = row.slots[definition.own_slot]
            return node
        if definition.scope is row.scope:
            repeat: LiveNode = row.slots[definition.slot]
            return repeat
    raise UnknownNodeError(path=ref.path, row=ref.row)


def _by_path(live: LiveForm, path: str) -> LiveNode:
    plainly = live.parts.by_path.get(path)
    if plainly is not None and plainly.scope is live.root.scope:
        found: LiveNode = live.root.slots[plainly.slot]
        return found
    row, plain = live.root, ""
    node: LiveNode | None = None
    at = 0
    for step in _STEP.finditer(path):
        if step.start() != at:
            break
        plain += "/" + step[1]
        definition = live.parts.by_path.get(plain)
        if definition is None or definition.scope is not row.scope:
            break
        node = row.slots[definition.slot]
        if isinstance(node, RepeatNode) and step[2]:
            number = int(step[2])
            if not 1 <= number <= len(node.rows):
                break
            row = node.rows[number - 1]
            node = row.slots[0]
        at = step.end()
    if node is None or at != len(path):
        raise UnknownNodeError(path=path, row="")
    return node


def row_prefix(row: Row) -> tuple[str, str]:
    """Return the path of the innermost repeat without and with positions."""
    plain = placed = ""
    for repeat, position in row.path():
        placed += f"{repeat.path[len(plain) :]}[{position}]"
        plain = repeat.path
    return plain, placed


def path_for_people(node: LiveNode) -> str:
    """Return the absolute path with the position of every row."""
    plain, placed = row_prefix(node.row)
    return placed + node.definition.path[len(plain) :] if plain else node.definition.path
