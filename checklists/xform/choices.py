"""The choices of selects: written items, and itemsets over lists in the form, external files or answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from checklists.xform.definitions import ChoiceDef, ChoiceSource
from checklists.xform.functions import FUNCTIONS
from checklists.xform.nodes import NodeDef, Rule
from checklists.xform.rules import RuleCompiler
from checklists.xform.surroundings import FormStatic, PredicateStatic, Targets
from checklists.xform.texts import Itext, TextDef
from checklists.xform.xml import child, children
from checklists.xpath import compile_expression
from checklists.xpath.compiled import Compiled, PredicateFrame, as_nodes, as_text
from checklists.xpath.errors import NotNodesError, XPathError
from checklists.xpath.parser import parse
from checklists.xpath.syntax import Call, Path
from checklists.xpath.tree import Element
from checklists.xpath.values import Kind, TreeNode

ReadText = Callable[["etree._Element | None", NodeDef, str], TextDef]  # noqa: SLF001 - lxml names its element so


@dataclass(frozen=True, slots=True)
class _Written:
    """An itemset as written: the nodes, and what of each is the value and the label."""

    nodeset: str
    value: str
    label: str

    @classmethod
    def of(cls, itemset: etree._Element) -> _Written:
        value, label = child(itemset, "value"), child(itemset, "label")
        value_ref = (value.get("ref") if value is not None else None) or "name"
        return cls(
            itemset.get("nodeset") or "", value_ref, (label.get("ref") if label is not None else None) or value_ref
        )


class ChoiceReader:
    """Reads the choices of the selects of one form. Lists that many questions share are read once."""

    def __init__(
        self, rules: RuleCompiler, itext: Itext, instances: Mapping[str, Element], read_text: ReadText
    ) -> None:
        self._rules = rules
        self._itext = itext
        self._instances = instances
        self._read_text = read_text
        self._lists: dict[tuple[str, _Written], ItemList] = {}
        self._whole: dict[str, tuple[Compiled, FormStatic]] = {}
        self._texts: dict[str, TextDef] = {}

    def read(self, element: etree._Element, node: NodeDef) -> ChoiceSource | None:
        """Return the choices of a select; None when its itemset cannot be understood (a problem is noted)."""
        itemset = child(element, "itemset")
        if itemset is None:
            return self._items(children(element, "item"), node)
        try:
            return self._itemset(_Written.of(itemset), node)
        except XPathError as error:
            self._rules.note(error, node.path, "choices")
            return None

    def _items(self, items: list[etree._Element], node: NodeDef) -> ChoiceSource:
        choices: dict[int, ChoiceDef] = {}
        elements: list[Element] = []
        for item in items:
            value = child(item, "value")
            element = Element("item", (value.text or "").strip() if value is not None else "")
            choices[id(element)] = ChoiceDef(element.text, self._read_text(child(item, "label"), node, "choices"))
            elements.append(element)
        everything = tuple(choices.values())
        return ChoiceSource(lambda _: elements, lambda found, _: choices[id(found)], everything=lambda: everything)

    def _itemset(self, written: _Written, node: NodeDef) -> ChoiceSource | None:
        made = self._whole.get(written.nodeset) or self._rules.expression(
            written.nodeset, node, node.own_scope, rule="choices"
        )
        if made is None:
            return None
        compiled, static = made
        if compiled.kind not in {Kind.NODES, Kind.NODE}:
            raise NotNodesError("itemset", name="itemset", expression=written.nodeset)
        nodes = as_nodes(compiled)
        tree = parse(written.nodeset)
        whole = list_path(tree)
        if whole and isinstance(tree, Path) and "[" not in written.nodeset:  # a whole list is the same everywhere
            self._whole[written.nodeset] = made
        items = self._item_list(written, static, compiled.targets, whole, node)
        filtered = bool(static.reads)
        if filtered:
            rule = Rule("choices", node, node.own_scope, nodes, source=written.nodeset)
            node.rules["choices"] = self._rules.add(rule, static)
        return ChoiceSource(nodes, items.item, filtered, self._everything(whole, items))

    def _item_list(
        self, written: _Written, static: FormStatic, targets: Any, whole: tuple[str, ...], node: NodeDef
    ) -> ItemList:
        shared = bool(whole) and not self._itext.has_outputs
        key = ("\0".join(whole), _Written("", written.value, written.label))
        if shared and key in self._lists:
            return self._lists[key]
        made = ItemList(self, written, static, targets, node)
        if shared:
            self._lists[key] = made
        return made

    def _everything(self, whole: tuple[str, ...], items: ItemList) -> Callable[[], tuple[ChoiceDef, ...]] | None:
        document = self._instances.get(whole[0]) if whole else None
        if document is None:
            return None

        def everything() -> tuple[ChoiceDef, ...]:
            nodes: list[Element] = [document]
            for name in whole[1:]:
                nodes = [kid for node in nodes for kid in node.children if kid.name == name]
            return tuple(items.item(node, None) for node in nodes)

        return everything

    def item_text(self, text_id: str, owner: NodeDef) -> TextDef:
        """Return the text of a choice; those that quote no answer are shared by all lists."""
        known = self._texts.get(text_id)
        if known is None:
            known = self._itext.text(text_id, self._rules.part(owner, rule="choices"))
            if known.constant:
                self._texts[text_id] = known
        return known


class ItemList:
    """Turns the nodes of one list into choices; elements of a list in the form only once."""

    def __init__(
        self, reader: ChoiceReader, written: _Written, static: FormStatic, targets: Any, owner: NodeDef
    ) -> None:
        self._reader = reader
        self._owner = owner
        tree = parse(written.label)
        self._by_id = isinstance(tree, Call) and tree.name == "jr:itext"
        label = written.label.strip()[len("jr:itext(") : -1] if self._by_id else written.label
        inner = PredicateStatic(static, targets if isinstance(targets, Targets) else None)
        self._value = as_text(compile_expression(written.value, inner, FUNCTIONS))
        self._label = as_text(compile_expression(label, inner, FUNCTIONS))
        self._columns = {written.value, label}
        self._known: dict[int, ChoiceDef] = {}

    def item(self, node: TreeNode, row: Any) -> ChoiceDef:
        """Return the choice that a node stands for."""
        if not isinstance(node, Element):
            return self._read(node, row)
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._read(node, row)
        return known

    def _read(self, node: TreeNode, row: Any) -> ChoiceDef:
        frame = PredicateFrame(row if row is not None else _Nowhere, 1)
        frame.node, frame.position = node, 1
        value, label = self._value(frame), self._label(frame)
        text = self._reader.item_text(label, self._owner) if self._by_id else TextDef({"": (label,)})
        further = node.kids() if isinstance(node, Element) else ()
        return ChoiceDef(value, text, {kid.name: kid.seen for kid in further if kid.name not in self._columns})


class _Nowhere:
    """The frame around a choice that is read without a session."""

    env = None


def list_path(tree: Any) -> tuple[str, ...]:
    """Return instance name and element names of a list in a secondary instance, filters left out; () for others."""
    if isinstance(tree, Call) and tree.name == "randomize":
        return list_path(tree.arguments[0])
    start = tree.start if isinstance(tree, Path) else None
    if not isinstance(start, Call) or start.name != "instance" or not start.arguments:
        return ()
    if any(step.axis != "child" or step.test == "*" for step in tree.steps):
        return ()
    return (getattr(start.arguments[0], "value", ""), *(step.test for step in tree.steps))
