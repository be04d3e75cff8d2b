"""Live nodes as views: labels in the session's language, choices, errors, inspection attributes."""

from __future__ import annotations

from collections.abc import Iterator

from checklists.model import NodeRef
from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode, RepeatNode, Row
from checklists.session.places import path_for_people
from checklists.session.typed import typed
from checklists.session.views import Choice, NodeKind, NodeView
from checklists.xform.definitions import BodyDef, GroupDef, QuestionDef, RepeatDef
from checklists.xform.texts import TextDef
from checklists.xform.xml import INSPECTION

_INSP = f"{{{INSPECTION}}}"
_SELECTS = {"select": "select", "rank": "select"}


def view(live: LiveForm, node: LiveNode, *, depth: int = 0) -> NodeView:
    """Return a node as it stands."""
    definition, row, language = node.definition, node.row, live.env.language
    body = live.parts.controls.get(definition)
    control = body.control if body is not None else ""
    missing = node.required and node.relevant and not node.value
    constraint = words(definition.constraint_message, row, language)
    required = words(definition.required_message, row, language)
    return NodeView(
        ref=node.ref,
        path=path_for_people(node),
        name=definition.name,
        kind=kind_of(node),
        control=control,
        data_type=definition.data_type,
        appearance=body.appearance if body is not None else "",
        value=node.value,
        typed=typed(node.value, _SELECTS.get(control, definition.data_type)),
        relevant=relevant(node),
        required=node.required,
        readonly=readonly(node),
        valid=node.valid,
        error=constraint if not node.valid else required if missing else "",
        label=words(body.label, row, language) if body is not None else "",
        hint=words(body.hint, row, language) if body is not None else "",
        choices=choices(live, node),
        insp=inspection(node),
        position=row.position if row.scope.repeat is not None else 0,
        depth=depth,
        required_message=required,
        constraint_message=constraint,
        media=body.label.media_in(language, row=row) if body is not None and body.label.media else {},
    )


def words(text: TextDef | None, row: Row, language: str) -> str:
    return "" if text is None else text.in_language(language, row=row)


def kind_of(node: LiveNode) -> NodeKind:
    if isinstance(node, RepeatNode):
        return "repeat"
    if node.definition.is_repeat:
        return "row"
    return "question" if node.definition.is_leaf else "group"


def readonly(node: LiveNode) -> bool:
    """Say whether a node, or a group around it, is read-only."""
    if not node.definition.guarded:
        return False
    at: LiveNode | None = node
    while at is not None and isinstance(at, LiveNode):
        if at.readonly:
            return True
        at = at.parent
    return False


def relevant(node: LiveNode) -> bool:
    """Say whether a node is shown. A repeat is when one of its rows is, or would be when it has none."""
    if not isinstance(node, RepeatNode) or not node.relevant or "relevant" not in node.definition.rules:
        return node.relevant
    if node.rows:
        return any(row.slots[0].relevant for row in node.rows)
    scope = node.definition.inside
    return scope is None or bool(node.definition.rules["relevant"].run(Row(scope, node.row, "", node.row.env)))


def inspection(node: LiveNode) -> dict[str, str]:
    """Return the inspection attributes by local name, expressions evaluated."""
    definition = node.definition
    if not definition.bind.attributes:
        return {}
    plain = {name[len(_INSP) :]: value for name, value in definition.bind.attributes.items() if name.startswith(_INSP)}
    return {**plain, **definition.fixed_insp, **(node.insp or {})}


def choices(live: LiveForm, node: LiveNode) -> tuple[Choice, ...]:
    """Return what is offered now; remembered until the filter or the language changes."""
    source = node.definition.choices
    if source is None:
        return ()
    if node.choices is None:
        language = live.env.language
        node.choices = tuple(
            Choice(found.value, found.label.in_language(language, row=node.row), found.attributes)
            for found in source.now(node.row)
        )
    known: tuple[Choice, ...] = node.choices
    return known


# --- walks ----------------------------------------------------------------------------------------------------------


def outline(live: LiveForm, body: tuple[BodyDef, ...]) -> Iterator[NodeView]:
    """Yield the visible groups, repeats, rows and questions in the order of the body."""
    yield from _outline(live, body, live.root, 0)


def _outline(live: LiveForm, parts: tuple[BodyDef, ...], row: Row, depth: int) -> Iterator[NodeView]:
    for part in parts:
        node = row.slots[part.node.slot] if part.node is not None and part.node.scope is row.scope else None
        if node is not None and not relevant(node):
            continue
        if isinstance(part, RepeatDef) and node is not None:
            yield from _rows(live, part, node, depth)
        elif isinstance(part, QuestionDef):
            if node is not None:
                yield view(live, node, depth=depth)
        else:
            yield view(live, node, depth=depth) if node is not None else _presentation(live, part, row, depth)
            yield from _outline(live, part.children, row, depth + 1)


def _rows(live: LiveForm, part: RepeatDef, repeat: RepeatNode, depth: int) -> Iterator[NodeView]:
    yield view(live, repeat, depth=depth)
    for row in repeat.rows:
        if row.slots[0].relevant:
            yield view(live, row.slots[0], depth=depth + 1)
            yield from _outline(live, part.children, row, depth + 2)


def _presentation(live: LiveForm, part: BodyDef, row: Row, depth: int) -> NodeView:
    """Return the view of a group that is in no answer: it only has a label."""
    language = live.env.language
    kind: NodeKind = "group" if isinstance(part, GroupDef) else "repeat"
    return NodeView(
        ref=NodeRef("", row.row_id), path="", name="", kind=kind, control=part.control, data_type="",
        appearance=part.appearance, value="", typed=None, relevant=True, required=False, readonly=False, valid=True,
        error="", label=words(part.label, row, language), hint=words(part.hint, row, language), choices=(), insp={},
        position=row.position if row.scope.repeat is not None else 0, depth=depth,
    )  # fmt: skip


def every_node(node: LiveNode) -> Iterator[LiveNode]:
    """Yield all live nodes, hidden ones too, in document order; attributes are left out."""
    yield node
    if isinstance(node, RepeatNode):
        for row in node.rows:
            yield from every_node(row.slots[0])
        return
    for kid in node.definition.children:
        if not kid.is_attribute:
            yield from every_node(node.row.slots[kid.slot])
