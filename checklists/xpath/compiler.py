"""Syntax tree to closure.

Each node of the tree becomes a closure over the closures of its parts; nothing of the tree is looked at again when an
answer changes. Paths go first to the `Static` surroundings, which know quick ways; what they leave is walked here, step
by step, over any tree of `TreeNode`s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from checklists.xpath import operators
from checklists.xpath.axes import Walk, each_once, walker
from checklists.xpath.compiled import (
    Compiled,
    PredicateFrame,
    Static,
    as_boolean,
    as_nodes,
    as_text,
    constant,
)
from checklists.xpath.errors import (
    ArgumentCountError,
    NotNodesError,
    UnknownFunctionError,
    XPathError,
    XPathSyntaxError,
)
from checklists.xpath.lookups import Lookup, lookup_of
from checklists.xpath.parser import parse
from checklists.xpath.signature import Function, bound
from checklists.xpath.syntax import Binary, Call, Expr, Negation, Number, Path, Step, Text
from checklists.xpath.tree import Element
from checklists.xpath.values import Kind, TreeNode

MAX_CHAIN = 200
"""Longest chain of operators of one precedence that is not flattened (`*`, comparisons)."""

_NODE_KINDS = frozenset({Kind.NODE, Kind.NODES, Kind.ANY})
_ADDITIVE = {"+": 1, "-": -1}
_GROUPS = {
    operator: frozenset(group.split())
    for group in ("or", "and", "= !=", "< <= > >=", "+ -", "* div mod", "|")
    for operator in group.split()
}
_Filter = Callable[[list[TreeNode], Any], list[TreeNode]]
_Reach = Callable[[TreeNode, Any], list[TreeNode]]


def compile_expression(expression: str, static: Static, functions: Mapping[str, Function]) -> Compiled:
    """Return the closure of an expression. Raises `XPathError` with the expression in its data."""
    try:
        return Compiler(static, functions).compile(parse(expression))
    except XPathError as error:
        error.data.setdefault("expression", expression)
        raise


class Compiler:
    """Compiles one expression in its surroundings."""

    def __init__(self, static: Static, functions: Mapping[str, Function]) -> None:
        self.static = static
        self.functions = functions

    def compile(self, tree: Expr, *, generic: bool = False) -> Compiled:
        if isinstance(tree, (Number, Text)):
            return constant(tree.value)
        if isinstance(tree, Path):
            return self._path(tree, generic=generic)
        if isinstance(tree, Call):
            return self._call(tree)
        if isinstance(tree, Negation):
            return operators.negated(self.compile(tree.operand))
        return self._binary(tree)

    # --- operators ---

    def _binary(self, tree: Binary) -> Compiled:
        if tree.operator == "|":
            return self._union(tree)
        symbols, operands = _chain(tree, _GROUPS[tree.operator])
        parts = [self.compile(operand) for operand in operands]
        if tree.operator == "and":
            return operators.both(parts)
        if tree.operator == "or":
            return operators.either(parts)
        if tree.operator in _ADDITIVE:
            return operators.added([_ADDITIVE[s] for s in symbols], parts)
        if len(parts) > MAX_CHAIN:
            raise XPathSyntaxError("too many operators in one row", at=0)
        made = parts[0]
        for symbol, part in zip(symbols[1:], parts[1:], strict=True):
            made = operators.binary(symbol, made, part)
        return made

    def _union(self, tree: Binary) -> Compiled:
        _, operands = _chain(tree, _GROUPS["|"])
        sets = [self.nodes(operand) for operand in operands]
        return Compiled(Kind.NODES, lambda frame: each_once(node for part in sets for node in part(frame)))

    def nodes(self, tree: Expr, *, generic: bool = False, name: str = "|") -> Callable[[Any], list[TreeNode]]:
        """Compile something that must be nodes. Raises `NotNodesError` naming the function that needs them."""
        return as_nodes(_nodes_only(self.compile(tree, generic=generic), name))

    # --- functions ---

    def _call(self, call: Call) -> Compiled:
        function = self.functions.get(call.name)
        if function is None:
            near = get_close_matches(call.name, self.functions, n=1)
            raise UnknownFunctionError(call.name, name=call.name, at=call.at, suggestion=near[0] if near else "")
        given = len(call.arguments)
        if given < function.least or (function.most is not None and given > function.most):
            raise ArgumentCountError(
                call.name, name=call.name, given=given, least=function.least, most=function.most, at=call.at
            )
        if function.special is not None:
            return function.special(self, call)
        letters = function.letters(given)
        parts = [
            _nodes_only(part, call.name) if letter == "s" else part
            for letter, part in (
                (letter, self.compile(tree, generic=letter in "sg"))
                for letter, tree in zip(letters, call.arguments, strict=True)
            )
        ]
        return bound(function, letters, parts)

    # --- paths ---

    def _path(self, path: Path, *, generic: bool) -> Compiled:
        if path.start is None:
            quick = self.static.path(path, generic=generic)
            if quick is not None:
                return quick
            start = self.static.document() if path.absolute else self.static.context()
        elif _is_current(path):
            return self._from_current(path, generic=generic)
        else:
            start = _nodes_only(self.compile(path.start, generic=generic), "/")
        return self.walk(start, path)

    def _from_current(self, path: Path, *, generic: bool) -> Compiled:
        quick: Callable[[Path, bool], Compiled | None] | None = self.static.special("current-path")
        found = quick(Path(path.steps), generic) if quick else None
        if found is not None:
            return found
        start: Callable[[], Compiled] = self.static.special("own") or self.static.current
        return self.walk(start(), path)

    def walk(self, start: Compiled, path: Path) -> Compiled:
        """Return the nodes reached from `start` by the predicates and steps of `path`, one step after the other."""
        nodes, targets = as_nodes(start), start.targets
        if path.predicates:
            nodes = _chained(nodes, self._filters(path.predicates, targets))
        for step in path.steps:
            targets = self.static.advance(targets, step.axis, step.test)
            nodes = self._stepped(nodes, step, targets)
        return Compiled(Kind.NODES, _visible(nodes) if path.steps else nodes, targets=targets)

    def _stepped(
        self, nodes: Callable[[Any], list[TreeNode]], step: Step, targets: Any
    ) -> Callable[[Any], list[TreeNode]]:
        reach, later = self._reach(step, targets)
        filters = self._filters(later, targets)

        def run(frame: Any) -> list[TreeNode]:
            found: list[TreeNode] = []
            for node in nodes(frame):
                reached = reach(node, frame)
                for keep in filters:
                    reached = keep(reached, frame)
                found.extend(reached)
            return found

        if step.axis in {"child", "attribute", "self"}:
            return run
        return lambda frame: each_once(run(frame))

    def _reach(self, step: Step, targets: Any) -> tuple[_Reach, tuple[Expr, ...]]:
        """Return the way along one step, and the predicates that are still to be applied."""
        walk = walker(step.axis, step.test)
        found = lookup_of(step.predicates[0]) if step.predicates and step.axis == "child" and targets is None else None
        if found is None or not step.test.isidentifier():
            return (lambda node, _: list(walk(node))), step.predicates
        return self._looked_up(found, step.test, walk), step.predicates[1:]

    def _looked_up(self, lookup: Lookup, name: str, walk: Walk) -> _Reach:
        inner = Compiler(self.static.within(None), self.functions)
        key, value = inner.compile(lookup.key_path), inner.compile(lookup.value)
        rest = [inner.compile(tree) for tree in lookup.rest]
        whole = _tested(operators.both([operators.binary("=", key, value), *rest]))
        further = _tested(operators.both(rest)) if rest else None
        wanted = as_text(value) if value.kind in {Kind.NODE, Kind.TEXT} else None

        def run(node: TreeNode, outer: Any) -> list[TreeNode]:
            if wanted is None or not isinstance(node, Element):
                return whole(list(walk(node)), outer)
            known: Sequence[TreeNode] = node.index(name, lookup.key).get(wanted(PredicateFrame(outer, 1)), ())
            return list(known) if further is None else further(list(known), outer)

        return run

    def _filters(self, predicates: tuple[Expr, ...], targets: Any) -> list[_Filter]:
        return [self._filter(predicate, targets) for predicate in predicates]

    def _filter(self, predicate: Expr, targets: Any) -> _Filter:
        test = Compiler(self.static.within(targets), self.functions).compile(predicate)
        if test.kind is Kind.NUMBER:
            return _by_position(test)
        if test.kind is Kind.ANY:
            return _by_any(test)
        return _tested(test)


def _chain(tree: Binary, group: frozenset[str]) -> tuple[list[str], list[Expr]]:
    """Return the operands of a left-leaning chain, and before each its operator (the first one counts as `+`)."""
    operands: list[Expr] = []
    symbols: list[str] = []
    node: Expr = tree
    while isinstance(node, Binary) and node.operator in group:
        operands.append(node.right)
        symbols.append(node.operator)
        node = node.left
    operands.append(node)
    symbols.append("+")
    return symbols[::-1], operands[::-1]


def _nodes_only(compiled: Compiled, name: str) -> Compiled:
    if compiled.kind not in _NODE_KINDS:
        raise NotNodesError(name, name=name)
    return compiled


def _is_current(path: Path) -> bool:
    return isinstance(path.start, Call) and path.start.name == "current" and not path.predicates


def _chained(nodes: Callable[[Any], list[TreeNode]], filters: list[_Filter]) -> Callable[[Any], list[TreeNode]]:
    def run(frame: Any) -> list[TreeNode]:
        found = nodes(frame)
        for keep in filters:
            found = keep(found, frame)
        return found

    return run


def _visible(nodes: Callable[[Any], list[TreeNode]]) -> Callable[[Any], list[TreeNode]]:
    return lambda frame: [node for node in nodes(frame) if not node.hidden]


def _by_position(test: Compiled) -> _Filter:
    def run(nodes: list[TreeNode], outer: Any) -> list[TreeNode]:
        frame = PredicateFrame(outer, len(nodes))
        if test.constant:
            at = test.run(None)
            return [nodes[int(at) - 1]] if at == at // 1 and 1 <= at <= len(nodes) else []
        kept = []
        for frame.position, frame.node in enumerate(nodes, 1):
            if test.run(frame) == frame.position:
                kept.append(frame.node)
        return kept

    return run


def _tested(test: Compiled) -> _Filter:
    """Return the filter that keeps the nodes for which a condition is true."""
    keep = as_boolean(test)

    def run(nodes: list[TreeNode], outer: Any) -> list[TreeNode]:
        frame = PredicateFrame(outer, len(nodes))
        kept = []
        for frame.position, frame.node in enumerate(nodes, 1):
            if keep(frame):
                kept.append(frame.node)
        return kept

    return run


def _by_any(test: Compiled) -> _Filter:
    keep = as_boolean(test)

    def run(nodes: list[TreeNode], outer: Any) -> list[TreeNode]:
        frame = PredicateFrame(outer, len(nodes))
        kept = []
        for frame.position, frame.node in enumerate(nodes, 1):
            value = test.run(frame)
            number = isinstance(value, float)
            if value == frame.position if number else keep(frame):
                kept.append(frame.node)
        return kept

    return run
