"""A session as submission XML, as plain values and as a draft."""

from __future__ import annotations

from typing import Any

from lxml import etree

from checklists.model import AnswerRow, RepeatRow
from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode, RepeatNode, Row
from checklists.session.show import every_node
from checklists.xform.nodes import NodeDef
from checklists.xform.xml import XFORMS

_INHERITED = f"{{{XFORMS}}}"


def submission(live: LiveForm, *, overrides: dict[NodeDef, str]) -> bytes:
    """Return the XML to submit: hidden nodes left out, blank ones kept, in the order of the form. UTF-8.

    `overrides` replace values of top-level nodes (instance id, end time) without touching the session.
    """
    root: LiveNode = live.root.slots[0]
    prefixes = {prefix: uri for prefix, uri in root.definition.nsmap.items() if prefix and uri != XFORMS}
    element = etree.Element(_tag(root.definition), nsmap=prefixes)
    _attributes(element, root)
    _children(element, root, overrides)
    etree.cleanup_namespaces(element)
    return etree.tostring(element, encoding="utf-8", xml_declaration=False)


def _tag(definition: NodeDef) -> str:
    """Return the name of an element; answers that merely inherit the XForms namespace are in none (ODK XForms spec)."""
    return definition.tag.removeprefix(_INHERITED)


def _attributes(element: etree._Element, node: LiveNode) -> None:
    for name, value in node.definition.attributes.items():
        element.set(name, value)
    for kid in node.definition.children:
        live = node.row.slots[kid.slot]
        if kid.is_attribute and live.relevant:
            element.set(kid.tag, live.value)


def _children(element: etree._Element, node: LiveNode, overrides: dict[NodeDef, str]) -> None:
    for kid in node.definition.children:
        if kid.is_attribute:
            continue
        live = node.row.slots[kid.slot]
        if isinstance(live, RepeatNode):
            for row in live.rows:
                _element(element, row.slots[0], overrides)
        else:
            _element(element, live, overrides)


def _element(parent: etree._Element, node: LiveNode, overrides: dict[NodeDef, str]) -> None:
    if not node.relevant:
        return
    element = etree.SubElement(parent, _tag(node.definition))
    _attributes(element, node)
    if node.definition.is_leaf:
        text = overrides.get(node.definition, node.value)
        if text:
            element.text = text
    else:
        _children(element, node, overrides)


def as_values(node: LiveNode) -> dict[str, Any]:
    """Return the visible answers as nested plain values: text for leaves, lists for repeats."""
    found: dict[str, Any] = {}
    for kid in node.definition.children:
        if kid.is_attribute:
            continue
        live = node.row.slots[kid.slot]
        if not live.relevant:
            continue
        if isinstance(live, RepeatNode):
            found[kid.name] = [as_values(row.slots[0]) for row in live.rows if row.slots[0].relevant]
        else:
            found[kid.name] = live.value if kid.is_leaf else as_values(live)
    return found


def answers(live: LiveForm) -> tuple[AnswerRow, ...]:
    """Return every stored value that is not blank, and blank ones that the form would otherwise fill in again."""
    rows: list[AnswerRow] = []
    for node in every_node(live.root.slots[0]):
        if node.definition.is_leaf and not isinstance(node, RepeatNode):
            rows.append(AnswerRow(node.definition.path, node.row.row_id, node.value))
        for kid in node.definition.children:
            if kid.is_attribute:
                attribute = node.row.slots[kid.slot]
                rows.append(AnswerRow(kid.path, node.row.row_id, attribute.value))
    return tuple(rows)


def repeat_rows(live: LiveForm) -> tuple[RepeatRow, ...]:
    """Return all rows, outer ones before the rows inside them."""
    return tuple(
        found for node in every_node(live.root.slots[0]) if isinstance(node, RepeatNode) for found in rows_of(node)
    )


def rows_of(repeat: RepeatNode) -> list[RepeatRow]:
    return [row_of(row) for row in repeat.rows]


def row_of(row: Row) -> RepeatRow:
    path = row.scope.repeat.path if row.scope.repeat is not None else ""
    return RepeatRow(row.row_id, path, _parent_id(row), row.position)


def _parent_id(row: Row) -> str:
    return row.parent.row_id if row.parent is not None else ""
