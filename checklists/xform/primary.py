"""The primary instance: XML to a tree of node definitions with slots, and the values that rows start with."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from checklists.xform.nodes import NodeDef, ScopeDef, Seed
from checklists.xform.problems import FormError, LoadProblem
from checklists.xform.xml import JAVAROSA, child, children, local

_TEMPLATE = f"{{{JAVAROSA}}}template"
_BIND_ONLY = frozenset({_TEMPLATE})


class PrimaryInstance:
    """Reads the primary instance. `repeats` are paths of repeats, `attributes` those of live attributes (`…/@id`)."""

    def __init__(self, root: etree._Element, *, repeats: Iterable[str], attributes: Iterable[str]) -> None:
        self._repeats = frozenset(repeats)
        self._live = frozenset(attributes)
        self.scopes = [ScopeDef(None, None)]
        self.by_path: dict[str, NodeDef] = {}
        self.root = self._node(root, None, self.scopes[0])
        self.root.nsmap = dict(root.nsmap)
        self._fill(self.root, root)
        self._element = root

    # --- tree ---

    def _node(self, element: etree._Element, parent: NodeDef | None, scope: ScopeDef) -> NodeDef:
        node = NodeDef(str(element.tag), local(element), parent, scope)
        self._place(node, scope)
        if node.path in self._repeats:
            node.inside = ScopeDef(scope, node)
            self.scopes.append(node.inside)
            node.inside.nodes.append(node)
        return node

    def _place(self, node: NodeDef, scope: ScopeDef) -> None:
        node.slot = len(scope.nodes)
        scope.nodes.append(node)
        self.by_path[node.path] = node

    def _fill(self, node: NodeDef, element: etree._Element) -> None:
        """Add the children and attributes of one element; further rows and doubled elements only add what is new."""
        for key, value in element.attrib.items():
            name = str(key)
            if name not in _BIND_ONLY:
                self._attribute(node, name, str(value))
        known = {kid.name: kid for kid in node.children}
        for found in element:
            kid = known.get(local(found))
            if kid is None:
                kid = known[local(found)] = self._node(found, node, node.own_scope)
                node.children.append(kid)
            self._fill(kid, found)

    def _attribute(self, node: NodeDef, name: str, value: str) -> None:
        path = f"{node.path}/@{name.rpartition('}')[2]}"
        if path not in self._live:
            node.attributes.setdefault(name, value)
        elif path not in self.by_path:
            made = NodeDef(name, "@" + name.rpartition("}")[2], node, node.own_scope)
            self._place(made, node.own_scope)
            node.children.append(made)

    # --- values ---

    def seed(self) -> Seed:
        """Return the values that an empty form starts with; called once the binds have given the types."""
        return self._seed(self._element, self.root)

    def _seed(self, element: etree._Element, node: NodeDef, *, template: bool = False) -> Seed:
        seed = Seed()
        self._collect(element, node, seed, template=template)
        return seed

    def _collect(self, element: etree._Element, node: NodeDef, seed: Seed, *, template: bool) -> None:
        if node.is_leaf:
            text = element.text or ""
            if text.strip():
                seed.values[node.own_slot] = text.strip()
        found_by_name: dict[str, etree._Element] = {}
        for found in element:
            found_by_name.setdefault(local(found), found)
        for kid in node.children:
            if kid.is_attribute:
                value = element.get(kid.tag)
                if value:
                    seed.values[kid.slot] = value
            elif kid.is_repeat:
                self._rows(element, kid, seed, template=template)
            else:
                own = found_by_name.get(kid.name)
                if own is not None:
                    self._collect(own, kid, seed, template=template)

    def _rows(self, element: etree._Element, repeat: NodeDef, seed: Seed, *, template: bool) -> None:
        """Keep what a new row starts with: the values of the template, none where there is only a first row."""
        rows = children(element, repeat.name)
        pattern = next((row for row in rows if _TEMPLATE in row.attrib), None)
        if pattern is not None and not repeat.template.values:
            repeat.template = self._seed(pattern, repeat, template=True)
        if not template:
            seed.rows[repeat.slot] = [self._seed(row, repeat) for row in rows if _TEMPLATE not in row.attrib]


def primary_root(model: etree._Element) -> etree._Element:
    """Return the root of the first instance. Raises `FormError` with code `no-instance`."""
    first = child(model, "instance")
    if first is None or len(first) == 0:
        raise FormError([LoadProblem("no-instance")])
    return first[0]
