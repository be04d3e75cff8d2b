"""Where the expressions of a form stand: paths become slots, and every path is noted as a dependency.

Rules kept (docs/forms.md): a plain absolute path that passes through the owner's own repeat means the owner's row; in
the arguments of counting functions it means every row; a path with predicates is walked from its start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from checklists.xform.nodes import Dependency, NodeDef, ScopeDef, common_scope
from checklists.xpath.compiled import Compiled, Run
from checklists.xpath.errors import UnknownInstanceError
from checklists.xpath.syntax import Path, Step
from checklists.xpath.values import Kind

_PLAIN_AXES = frozenset({"child", "parent", "self", "attribute"})


class Targets(NamedTuple):
    """The definitions that a path may reach, and the widest scope that the path climbed to."""

    nodes: frozenset[NodeDef]
    common: ScopeDef


@dataclass(frozen=True, slots=True)
class EveryRow:
    """One node in every row of one repeat: the way from the frame to the repeat, and the node."""

    repeat: Run
    node: NodeDef


class FormTree:
    """What all expressions of one form share: the document above the root, the instances, how the form is read."""

    def __init__(self, root: NodeDef, by_path: Mapping[str, NodeDef], instances: Mapping[str, Any]) -> None:
        self.root = root
        self.by_path = by_path
        self.root_scope = root.scope
        self.instances = instances
        self.document = NodeDef("", "", None, root.scope)
        self.document.children = [root]


def step_down(nodes: frozenset[NodeDef], axis: str, test: str, document: NodeDef) -> frozenset[NodeDef]:
    """Return the definitions one step further."""
    found: set[NodeDef] = set()
    for node in nodes:
        found.update(_reached(node, axis, document))
    if axis == "attribute":
        return frozenset(n for n in found if n.is_attribute and test in {"*", n.name[1:]})
    if test in {"*", "node()"} or test.endswith(":*"):
        return frozenset(n for n in found if not n.is_attribute)
    name = test.rpartition(":")[2]
    return frozenset(n for n in found if n.name == name)


def _reached(node: NodeDef, axis: str, document: NodeDef) -> list[NodeDef]:
    if axis in {"child", "attribute"}:
        return node.children
    if axis == "self":
        return [node]
    if axis == "parent":
        return [node.parent or document] if node is not document else []
    if axis in {"descendant", "descendant-or-self"}:
        below = list(node.descendants())
        return below if axis == "descendant-or-self" else below[1:]
    if axis in {"ancestor", "ancestor-or-self"}:
        above = [node] if axis == "ancestor-or-self" else []
        while node.parent is not None:
            node = node.parent
            above.append(node)
        return above
    return list((node.parent or node).children) if "sibling" in axis else list(document.descendants())


class FormStatic:
    """Surroundings of one expression of one node. `scope` is what the frame is a row of."""

    def __init__(self, tree: FormTree, owner: NodeDef, scope: ScopeDef) -> None:
        self.tree = tree
        self.owner = owner
        self.scope = scope
        self.reads: set[Dependency] = set()
        self.unknown: list[str] = []
        self.doubts: list[tuple[str, dict[str, object]]] = []

    # --- Static ---

    def document(self) -> Compiled:
        targets = Targets(frozenset({self.tree.document}), self.tree.root_scope)
        return Compiled(Kind.NODE, lambda row: row.root.document, targets=targets)

    def context(self) -> Compiled:
        """Return the owner as the start of a path, which reads what it leads to, not the owner."""
        slot = self.owner.own_slot if self.scope is self.owner.own_scope else self.owner.slot
        targets = Targets(frozenset({self.owner}), self.owner.own_scope)
        if self.scope is not self.owner.own_scope:  # the count of a repeat: there is no row yet
            targets = Targets(targets.nodes, self.scope)
        return Compiled(Kind.NODE, lambda row: row.slots[slot], text=lambda row: row.slots[slot].seen, targets=targets)

    def current(self) -> Compiled:
        """Return the owner, read for its value."""
        own = self.context()
        self.reads.add(Dependency(self.owner, own.targets.common))
        return own

    def instance(self, name: str) -> Compiled:
        if name not in self.tree.instances:
            raise UnknownInstanceError(name, name=name)
        return Compiled(Kind.NODE, lambda row: row.env.instance(name), targets=name)

    def advance(self, targets: Any, axis: str, test: str) -> Any:
        if not isinstance(targets, Targets):
            return None
        nodes = step_down(targets.nodes, axis, test, self.tree.document)
        self.note(Targets(nodes, targets.common))
        return Targets(nodes, targets.common)

    def within(self, targets: Any) -> PredicateStatic:
        return PredicateStatic(self, targets if isinstance(targets, Targets) else None)

    def special(self, name: str) -> Any:
        return {
            "own": self.context,
            "current-path": lambda path, generic: self.path(path, generic=generic),
            "static": self,
            "doubt": self._doubt,
        }.get(name)

    def _doubt(self, code: str, **data: object) -> None:
        self.doubts.append((code, data))

    def path(self, path: Path, *, generic: bool) -> Compiled | None:
        plain = all(step.axis in _PLAIN_AXES and not step.predicates for step in path.steps)
        if plain and path.absolute and not generic:
            target = self.tree.by_path.get(written(path))
            if target is not None:
                return self.reference(target, common_scope(self.scope, target.own_scope))
        targets = self.targets(path, generic=generic)
        if not plain:
            self.note(targets)
            return None
        if len(targets.nodes) != 1:
            if not targets.nodes:
                self.unknown.append(written(path))
                return Compiled(Kind.NODES, lambda _: [], text=lambda _: "")
            self.note(targets)
            return None
        (target,) = targets.nodes
        return self.reference(target, targets.common) if target is not self.tree.document else None

    # --- targets and dependencies ---

    def targets(self, path: Path, *, generic: bool) -> Targets:
        """Return what a path reaches, seen from the owner."""
        nodes = frozenset({self.tree.document if path.absolute else self.owner})
        common = self.tree.root_scope if path.absolute else self._start_scope()
        for step in path.steps:
            nodes = step_down(nodes, step.axis, step.test, self.tree.document)
            common = self._climbed(common, step, nodes)
        if path.absolute and not generic and not any(step.predicates for step in path.steps):
            for node in nodes:
                common = common_scope(self.scope, node.own_scope)
        return Targets(nodes, common)

    def _start_scope(self) -> ScopeDef:
        return self.owner.own_scope if self.scope is self.owner.own_scope else self.scope

    def _climbed(self, common: ScopeDef, step: Step, nodes: frozenset[NodeDef]) -> ScopeDef:
        if step.axis in {"child", "self", "attribute", "descendant", "descendant-or-self"}:
            return common
        if step.axis == "parent":
            for node in nodes:
                common = common_scope(common, node.own_scope)
            return common
        return self.tree.root_scope

    def note(self, targets: Targets) -> None:
        """Remember that the expression depends on these nodes and on the rows on the way to them."""
        for node in targets.nodes:
            if node is self.tree.document:
                continue
            self.reads.add(Dependency(node, common_scope(targets.common, node.own_scope)))
            for scope in node.own_scope.chain:
                if scope.depth > targets.common.depth and scope.repeat is not None:
                    self.reads.add(Dependency(scope.repeat, targets.common, rows=True))

    # --- quick references ---

    def reference(self, target: NodeDef, common: ScopeDef) -> Compiled:
        """Return the closure of a plain reference: one index where no repeat lies between, else all rows."""
        targets = Targets(frozenset({target}), common)
        self.note(targets)
        hops = [s.repeat.slot for s in target.own_scope.chain if s.depth > common.depth and s.repeat is not None]
        if not hops:
            return _one(self._base(common), target.own_slot, targets)
        return _many(self._base(common), tuple(hops), target, targets)

    def _base(self, common: ScopeDef) -> Run | None:
        """Return the way from the frame's row to its row in `common`; None when that is the same row."""
        climb = self.scope.depth - common.depth
        if climb == 0:
            return None
        if common.depth == 0:
            return lambda row: row.root
        if climb == 1:
            return lambda row: row.parent

        def up(row: Any) -> Any:
            for _ in range(climb):
                row = row.parent
            return row

        return up


def _one(base: Run | None, slot: int, targets: Targets) -> Compiled:
    if base is None:
        return Compiled(
            Kind.NODE,
            lambda row: row.slots[slot],
            text=lambda row: row.slots[slot].seen,
            number=lambda row: row.slots[slot].number,
            slot=slot,
            targets=targets,
        )
    return Compiled(
        Kind.NODE,
        lambda row: base(row).slots[slot],
        text=lambda row: base(row).slots[slot].seen,
        number=lambda row: base(row).slots[slot].number,
        targets=targets,
    )


def _many(base: Run | None, hops: tuple[int, ...], target: NodeDef, targets: Targets) -> Compiled:
    *before, last = hops
    slot = target.own_slot

    def run(frame: Any) -> list[Any]:
        rows = [frame if base is None else base(frame)]
        for hop in before:
            rows = [inner for row in rows for inner in row.slots[hop].rows]
        return [node for row in rows for inner in row.slots[last].rows if not (node := inner.slots[slot]).hidden]

    def repeat(frame: Any) -> Any:
        return (frame if base is None else base(frame)).slots[last]

    return Compiled(Kind.NODES, run, targets=targets, rows=None if before else EveryRow(repeat, target))


class PredicateStatic:
    """Surroundings of a predicate: `.` is the node under test, absolute paths and `current()` belong to the outside."""

    def __init__(self, outer: FormStatic | PredicateStatic, targets: Targets | None) -> None:
        self.outer = outer
        self.targets = targets

    def document(self) -> Compiled:
        return lifted(self.outer.document())

    def context(self) -> Compiled:
        return Compiled(Kind.NODE, lambda frame: frame.node, text=lambda frame: frame.node.seen, targets=self.targets)

    def current(self) -> Compiled:
        return lifted(self.outer.current())

    def instance(self, name: str) -> Compiled:
        return lifted(self.outer.instance(name))

    def advance(self, targets: Any, axis: str, test: str) -> Any:
        return self.outer.advance(targets, axis, test)

    def within(self, targets: Any) -> PredicateStatic:
        return PredicateStatic(self, targets if isinstance(targets, Targets) else None)

    def special(self, name: str) -> Any:
        found = self.outer.special(name)
        if name == "current-path":

            def path(path: Path, generic: bool) -> Compiled | None:
                inner = found(path, generic)
                return None if inner is None else lifted(inner)

            return path
        if name == "own":
            return lambda: lifted(found())
        return found

    def path(self, path: Path, *, generic: bool) -> Compiled | None:
        if path.absolute:
            quick = self.outer.path(path, generic=generic)
            return None if quick is None else lifted(quick)
        if self.targets is None and len(path.steps) == 1:
            return _child_text(path.steps[0])
        return None


def _child_text(step: Step) -> Compiled | None:
    if step.axis != "child" or step.predicates or not step.test.replace("_", "a").replace("-", "a").isalnum():
        return None
    name = step.test

    def run(frame: Any) -> list[Any]:
        return [kid for kid in frame.node.kids() if kid.name == name]

    def text(frame: Any) -> str:
        for kid in frame.node.kids():
            if kid.name == name:
                return str(kid.seen)
        return ""

    return Compiled(Kind.NODES, run, text=text)


def lifted(inner: Compiled) -> Compiled:
    """Return an expression of the outside for use inside a predicate."""
    run, text, number = inner.run, inner.text, inner.number
    return Compiled(
        inner.kind,
        lambda frame: run(frame.outer),
        text=None if text is None else (lambda frame: text(frame.outer)),
        number=None if number is None else (lambda frame: number(frame.outer)),
        targets=inner.targets,
        constant=inner.constant,
    )


def written(path: Path) -> str:
    """Return a path as an author would write it, for messages."""
    steps = [".." if s.axis == "parent" else "." if s.axis == "self" else s.test for s in path.steps]
    return ("/" if path.absolute else "") + "/".join(steps)


ReadRows = Callable[[Any], list[Any]]
