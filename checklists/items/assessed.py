"""Items of somebody else's XLSForm: plain questions, and questions that carry inspection attributes.

An author of an XLSForm puts `bind::insp:item` and its sisters (docs/handbook.md) on a question, or on a group whose
questions say their part by `insp:role`. A question without `insp:item` is an item without a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping

from checklists.items.definitions import ItemDef
from checklists.items.nodes import (
    KIND_OF_TYPE,
    Node,
    attributes_of,
    choices_of,
    hint_of,
    label_of,
    number_of,
    questions_in,
    value_type,
)
from checklists.model import Severity
from checklists.xform import GroupDef, QuestionDef

LIVE = frozenset({"fail-when", "weight", "limit-min", "limit-max"})
"""Attributes that may be expressions."""

ANSWERS = ("item", "verdict", "measure", "score")
"""Roles of the question that takes an item's answer."""

PARTS = frozenset({"finding", "action", "evidence", "reason", "note", "context", "exhibit"})
"""Roles of questions that belong to an item and are none themselves."""

Siblings = Mapping[str, QuestionDef]


def is_assessed(node: Node) -> bool:
    """Tell whether a group of a form that is not ours makes one item; the groups of our items say their kind."""
    return isinstance(node, GroupDef) and "item" in (found := attributes_of(node)) and "kind" not in found


def item_of(node: Node, repeat: str, siblings: Siblings) -> ItemDef | None:
    """Return the item that a question or assessed group makes, None where it is only a part of another."""
    question = node if isinstance(node, QuestionDef) else _answer(node)
    if question is None or not question.control:
        return None
    found = attributes_of(node)
    if "item" not in found:
        return None if found.get("role") in PARTS else _plain(question, repeat)
    return _assessed(node, question, {**attributes_of(question), **found}, repeat, siblings)


def _answer(group: Node) -> QuestionDef | None:
    """Return the question of a group that takes the answer: by its role, else the first that is no other part."""
    questions = [question for question in questions_in(group) if question.control]
    roles = {attributes_of(question).get("role", ""): question for question in reversed(questions)}
    own = next((roles[role] for role in ANSWERS if role in roles), None)
    return own or next((q for q in questions if attributes_of(q).get("role") not in PARTS), None)


def _plain(question: QuestionDef, repeat: str) -> ItemDef:
    kind = value_type(question)
    return ItemDef(
        item_id=question.path.split("/", 2)[-1],
        number=question.name,
        path=question.path,
        kind=KIND_OF_TYPE.get(kind, "text"),
        title=label_of(question),
        help=hint_of(question),
        evidence_rule="optional",
        na_rule="allowed",
        value_path=question.path,
        value_type=kind,
        choices=choices_of(question),
        repeat_path=repeat,
    )


def _assessed(node: Node, question: QuestionDef, found: Mapping[str, str], repeat: str, siblings: Siblings) -> ItemDef:
    kind = value_type(question)
    severity = found.get("severity", "minor")
    parts = {} if node is question else _by_role(node)
    live = frozenset(name for name in LIVE if found.get(name))
    if number_of(found.get("weight", "")) is not None:
        live -= {"weight"}
    return ItemDef(
        item_id=found["item"],
        number=found["item"],
        path=node.path or question.path,
        kind="score" if found.get("role") == "score" else KIND_OF_TYPE.get(kind, "text"),
        title=label_of(question if node is question or not label_of(node).th else node),
        help=hint_of(question),
        severity=Severity(severity) if severity in set(Severity) else Severity.MINOR,
        observation=severity == "observation",
        laws=tuple(found.get("law", "").split()),
        limit_id=found.get("limit", ""),
        limit_law=found.get("limit-law", ""),
        na_rule=found.get("na", "allowed"),
        evidence_rule=found.get("evidence", "optional"),
        evidence_min=int(number_of(found.get("evidence-min", "")) or 0),
        audience=found.get("audience", "factory"),
        due_days=_whole(found.get("due-days", "")),
        value_path=question.path,
        value_type=kind,
        unit=found.get("unit", ""),
        parameter=found.get("parameter", found["item"] if live & {"limit-min", "limit-max"} else ""),
        note_path=_part(found.get("finding", ""), parts.get("finding") or parts.get("note"), siblings),
        proposal_path=_part(found.get("action", ""), parts.get("action"), siblings),
        reason_path=_part("", parts.get("reason"), siblings),
        choices=choices_of(question),
        weight=number_of(found.get("weight", "")),
        shares=found.get("role") != "score",
        repeat_path=repeat,
        dimension=found.get("dim", ""),
        live=live,
        live_path=node.path if live & attributes_of(node).keys() else question.path,
    )


def _by_role(group: Node) -> dict[str, QuestionDef]:
    return {attributes_of(question).get("role", ""): question for question in questions_in(group)}


def _part(named: str, own: QuestionDef | None, siblings: Siblings) -> str:
    """Return the path of a further question: named by `${name}`, name or path, else found by its role."""
    name = named.strip().removeprefix("${").removesuffix("}")
    if name.startswith("/"):
        return name
    if name in siblings:
        return siblings[name].path
    return own.path if own else ""


def _whole(text: str) -> int | None:
    number = number_of(text)
    return None if number is None else int(number)
