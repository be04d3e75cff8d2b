"""How a session starts: from nothing, with preloads, presets and first-load actions, or from a draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from checklists.clock import stamp
from checklists.model import AnswerRow, Draft
from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode
from checklists.session.places import find
from checklists.session.typed import normal


def begin(live: LiveForm, preset: Mapping[str, str]) -> None:
    """Put in the form's own values, preloads and presets, compute everything, run the first-load actions."""
    parts = live.parts
    live.seed(live.root, parts.seed)
    for preload in parts.preloads:
        text = _preloaded(live, preload.kind, preload.parameter)
        if text and preload.target.own_scope.repeat is None:
            node: LiveNode = live.root.slots[preload.target.own_slot]
            node.value = text
            node.see(text)
    for path, value in preset.items():
        node = find(live, path)
        node.value = normal(value, node.definition.data_type)
        node.see(node.value)
    live.compute_all()
    for action in (*parts.first_load, *parts.every_load):
        live.act(action)
    live.settle()


def _preloaded(live: LiveForm, kind: str, parameter: str) -> str:
    client, now = live.env.client, live.env.now()
    if kind == "uid":
        return f"uuid:{uuid.uuid4()}"
    if kind == "date" and parameter == "today":
        return now.date().isoformat()
    if kind == "timestamp" and parameter == "start":
        return stamp(now)
    if kind == "property":
        return client.get(parameter)
    if kind == "context" and parameter in {"UserName", "UserID"}:
        return client.username
    return ""


def resume(live: LiveForm, draft: Draft) -> None:
    """Go on where a draft stood; actions of the first load and preloads never run again."""
    for found in sorted(draft.rows, key=lambda row: (row.path.count("/"), row.path, row.parent, row.position)):
        definition, parent = live.parts.by_path.get(found.path), live.rows.get(found.parent)
        if definition is not None and parent is not None and definition.scope is parent.scope:
            live.insert_row(parent.slots[definition.slot], found.row)
    for answer in draft.answers:
        node = _stored_node(live, answer)
        if node is not None:
            node.value = answer.value
            node.see(answer.value)
    live.compute_all()
    for action in live.parts.every_load:
        live.act(action)
    live.settle()


def _stored_node(live: LiveForm, answer: AnswerRow) -> LiveNode | None:
    definition, row = live.parts.by_path.get(answer.path), live.rows.get(answer.row)
    if definition is None or row is None or definition.own_scope is not row.scope:
        return None
    node: LiveNode = row.slots[definition.own_slot]
    return node
