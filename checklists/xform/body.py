"""The body: groups, repeats and questions with their labels, choices and actions."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from checklists.xform.choices import ChoiceReader
from checklists.xform.definitions import ActionDef, BodyDef, GroupDef, QuestionDef, RepeatDef
from checklists.xform.graph import hops_between
from checklists.xform.nodes import NodeDef, common_scope
from checklists.xform.rules import RuleCompiler, stored
from checklists.xform.texts import NO_TEXT, Itext, TextDef, compile_parts, itext_id, raw_parts
from checklists.xform.xml import JAVAROSA, child, children, local
from checklists.xpath.errors import XPathError
from checklists.xpath.parser import parse
from checklists.xpath.syntax import Call
from checklists.xpath.tree import Element

_PREFIX = re.compile(r"(?:(?<=/)|(?<=@)|^)[^/@:\s]+:")
QUESTIONS = frozenset({"input", "select", "select1", "rank", "upload", "trigger", "range", "secret"})
_ACTIONS = frozenset({"setvalue"})
VALUE_CHANGED = "xforms-value-changed"
NEW_ROW = "odk-new-repeat"
FIRST_LOAD = frozenset({"odk-instance-first-load", "xforms-ready"})
EVERY_LOAD = "odk-instance-load"


def reference_of(element: etree._Element) -> str:
    """Return the path that a body element is bound to, as written."""
    return (element.get("ref") or element.get("nodeset") or element.get("bind") or "").strip()


def absolute(reference: str, around: str) -> str:
    """Return an absolute path of local names; a relative one starts at the group around it."""
    if ":" in reference:
        reference = _PREFIX.sub("", reference)
    if not reference or reference.startswith("/"):
        return reference
    reference = reference.removeprefix("current()/").removeprefix("./")
    return f"{around}/{reference}" if reference != "." else around


def repeat_paths(body: etree._Element | None) -> Iterator[str]:
    """Yield the paths of all repeats of a body."""
    if body is None:
        return
    stack = [(body, "")]
    while stack:
        element, around = stack.pop()
        path = absolute(reference_of(element), around) or around
        if local(element) == "repeat":
            yield path
        stack.extend((kid, path) for kid in element if local(kid) in {"group", "repeat"})


class BodyReader:
    """Reads the body of one form against its primary instance."""

    def __init__(
        self, rules: RuleCompiler, itext: Itext, by_path: Mapping[str, NodeDef], instances: Mapping[str, Element]
    ) -> None:
        self._rules = rules
        self._itext = itext
        self._by_path = by_path
        self._choices = ChoiceReader(rules, itext, instances, self.text)
        self.controls: dict[NodeDef, BodyDef] = {}
        self.first_load: list[ActionDef] = []
        self.every_load: list[ActionDef] = []

    def read(self, body: etree._Element | None, root: NodeDef) -> tuple[BodyDef, ...]:
        return self._children(body, root) if body is not None else ()

    def _children(self, element: etree._Element, around: NodeDef) -> tuple[BodyDef, ...]:
        found: list[BodyDef] = []
        for kid in element:
            name = local(kid)
            if name == "group":
                found.append(self._group(kid, around))
            elif name == "repeat":
                found.append(self._repeat(kid, around))
            elif name in QUESTIONS:
                question = self._question(kid, around)
                if question is not None:
                    found.append(question)
        return tuple(found)

    # --- parts ---

    def _node(self, element: etree._Element, around: NodeDef) -> NodeDef | None:
        reference = reference_of(element)
        if not reference:
            return None
        node = self._by_path.get(absolute(reference, around.path))
        if node is None:
            self._rules.problem("unknown-path", around.path, local(element), name=reference, expression=reference)
        return node

    def _common(self, element: etree._Element, node: NodeDef | None, around: NodeDef) -> dict[str, Any]:
        owner = node or around
        return {
            "path": node.path if node else "",
            "name": node.name if node else "",
            "control": local(element),
            "data_type": node.data_type if node else "",
            "appearance": (element.get("appearance") or "").strip(),
            "bind_attributes": dict(node.bind.attributes) if node else {},
            "body_attributes": _attributes(element),
            "label": self.text(child(element, "label"), owner, "label"),
            "hint": self.text(child(element, "hint"), owner, "hint"),
            "node": node,
        }

    def _group(self, element: etree._Element, around: NodeDef) -> BodyDef:
        node = self._node(element, around)
        inner = self._children(element, node or around)
        if len(inner) == 1 and isinstance(inner[0], RepeatDef) and inner[0].node is node and node is not None:
            return self._labelled_repeat(element, inner[0], node)
        made = GroupDef(**self._common(element, node, around), children=inner)
        self._actions(element, node or around)
        return self._register(node, made)

    def _labelled_repeat(self, element: etree._Element, repeat: RepeatDef, node: NodeDef) -> BodyDef:
        """A group around a repeat of the same node is how XLSForm writes the repeat's label."""
        label = self.text(child(element, "label"), node, "label")
        appearance = repeat.appearance or (element.get("appearance") or "").strip()
        made = dataclasses.replace(repeat, label=label if label is not NO_TEXT else repeat.label, appearance=appearance)
        return self._register(node, made)

    def _repeat(self, element: etree._Element, around: NodeDef) -> BodyDef:
        node = self._node(element, around)
        if node is None:
            return GroupDef(**self._common(element, None, around), children=self._children(element, around))
        count = (element.get(f"{{{JAVAROSA}}}count") or "").strip()
        if count:
            self._rules.count(node, count)
        fixed = (element.get(f"{{{JAVAROSA}}}noAddRemove") or "").strip().lower() in {"true()", "true"}
        self._actions(element, node)
        made = RepeatDef(
            **self._common(element, node, around),
            children=self._children(element, node),
            counted=bool(count),
            fixed=fixed or bool(count),
        )
        return self._register(node, made)

    def _question(self, element: etree._Element, around: NodeDef) -> BodyDef | None:
        node = self._node(element, around)
        if node is None:
            return None
        source = self._choices.read(element, node) if local(element) in {"select", "select1", "rank"} else None
        node.choices = source
        self._actions(element, node)
        return self._register(node, QuestionDef(**self._common(element, node, around), choices=source))

    def _register(self, node: NodeDef | None, made: BodyDef) -> BodyDef:
        if node is not None:
            self.controls[node] = made
        return made

    # --- texts ---

    def text(self, element: etree._Element | None, owner: NodeDef, rule: str) -> TextDef:
        """Return a label or hint: `ref="jr:itext(…)"`, or its own text."""
        if element is None:
            return NO_TEXT
        reference = element.get("ref")
        if reference:
            return self.referred(reference, owner, rule)
        parts = compile_parts(raw_parts(element), self._rules.part(owner, rule=rule))
        return TextDef({"": parts}) if any(parts) else NO_TEXT

    def referred(self, reference: str, owner: NodeDef, rule: str) -> TextDef:
        """Return the text of `jr:itext('id')`, of `jr:itext(expression)`, or of a plain expression."""
        text_id = itext_id(reference)
        if text_id is not None:
            if text_id not in self._itext:
                self._rules.problem("unknown-text", owner.path, rule, severity="warning", name=text_id)
            return self._itext.text(text_id, self._rules.part(owner, rule=rule))
        tree = self._parsed(reference)
        if isinstance(tree, Call) and tree.name == "jr:itext":
            inner = reference.strip()[len("jr:itext(") : -1]
            return TextDef(run=self._rules.part(owner, rule=rule)(inner))
        return TextDef({"": (self._rules.part(owner, rule=rule)(reference),)})

    def _parsed(self, expression: str) -> Any:
        try:
            return parse(expression)
        except XPathError:
            return None

    def message(self, source: str, owner: NodeDef, rule: str) -> TextDef | None:
        """Return a constraint or required message: a quoted text, or `jr:itext('id')`."""
        if not source.strip():
            return None
        if itext_id(source) is not None:
            return self.referred(source, owner, rule)
        return TextDef({"": (source,)})

    # --- actions ---

    def model_actions(self, model: etree._Element, root: NodeDef) -> None:
        self._actions(model, root)

    def _actions(self, element: etree._Element, source: NodeDef) -> None:
        for action in children(element, *_ACTIONS):
            self._action(action, source)

    def _action(self, action: etree._Element, source: NodeDef) -> None:
        reference = reference_of(action)
        target = self._by_path.get(absolute(reference, source.path))
        if target is None:
            self._rules.problem("unknown-path", source.path, "setvalue", name=reference, expression=reference)
            return
        events = set((action.get("event") or action.get("{http://www.w3.org/2001/xml-events}event") or "").split())
        made = self._setvalue(action, source, target)
        if made is None:
            return
        if events & FIRST_LOAD:
            self.first_load.append(made)
        if EVERY_LOAD in events:
            self.every_load.append(made)
        if NEW_ROW in events:
            repeat = _repeat_of(target, source)
            if repeat is not None:
                repeat.new_row_actions.append(dataclasses.replace(made, climb=0, hops=()))
        if VALUE_CHANGED in events:
            source.actions.append(made)

    def _setvalue(self, action: etree._Element, source: NodeDef, target: NodeDef) -> ActionDef | None:
        expression = action.get("value")
        common = common_scope(source.own_scope, target.own_scope)
        climb, hops = source.own_scope.depth - common.depth, hops_between(common, target.own_scope)
        if expression is None:
            text = action.text or ""
            return ActionDef(target, lambda _: text, climb, hops)
        made = self._rules.expression(expression or "''", target, target.own_scope, rule="setvalue")
        return None if made is None else ActionDef(target, stored(made[0], target.data_type), climb, hops)


def _repeat_of(target: NodeDef, source: NodeDef) -> NodeDef | None:
    """Return the repeat whose new rows an action is about: the one it is written in, else the target's innermost."""
    if source.is_repeat:
        return source
    return target.own_scope.repeat


def _attributes(element: etree._Element) -> dict[str, str]:
    skipped = {"ref", "nodeset", "bind", "appearance"}
    return {str(key): str(value) for key, value in element.attrib.items() if key not in skipped}
