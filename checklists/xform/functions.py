"""The functions that need a form around them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from checklists.xform.nodes import Dependency, NodeDef, ScopeDef, common_scope
from checklists.xform.surroundings import EveryRow, FormStatic, PredicateStatic, Targets
from checklists.xpath.compiled import Compiled, Run, as_number, as_text
from checklists.xpath.compiler import Compiler
from checklists.xpath.errors import NotNodesError, UnknownInstanceError, XPathSyntaxError
from checklists.xpath.functions import CORE
from checklists.xpath.functions.sets import place
from checklists.xpath.parser import parse
from checklists.xpath.signature import Function, bound
from checklists.xpath.syntax import Call, Expr, Path, Text
from checklists.xpath.values import Kind


def _once(compiler: Compiler, call: Call) -> Compiled:
    """Keep the node's value once it has one."""
    compute = as_text(compiler.compile(call.arguments[0]))
    static = compiler.static.special("static")
    before = set(static.reads)
    own = compiler.static.special("own")().run
    static.reads = before  # a look at oneself is not a cycle here

    def run(frame: Any) -> str:
        value: str = own(frame).value
        return value or compute(frame)

    return Compiled(Kind.TEXT, run)


def _position(compiler: Compiler, call: Call) -> Compiled:
    if not call.arguments:
        return CORE["position"].special(compiler, call)  # type: ignore[misc]  # the core one is special
    source = compiler.compile(call.arguments[0])
    static = compiler.static.special("static")
    if isinstance(source.targets, Targets):
        for node in source.targets.nodes:
            if node.inside is not None:
                common = common_scope(source.targets.common, node.inside)
                static.reads.add(Dependency(node, common, place=True))
    if source.kind is Kind.NODE:
        run = source.run
        return Compiled(Kind.NUMBER, lambda frame: _number_of_row(run(frame)))
    nodes = compiler.nodes(call.arguments[0], name="position")
    return Compiled(Kind.NUMBER, lambda frame: _number_of_row(found[0]) if (found := nodes(frame)) else math.nan)


def _number_of_row(node: Any) -> float:
    number = getattr(node, "row_number", None)
    return float(number) if number is not None else place(node)


# --- every row: counting and adding without walking over all of them ------------------------------------------------


def _count(compiler: Compiler, call: Call) -> Compiled:
    source = compiler.compile(call.arguments[0], generic=True)
    every = source.rows
    if not isinstance(every, EveryRow) or not every.node.always_in_row():
        return _over_nodes(source, call)
    repeat, slot = every.repeat, every.node.own_slot

    def run(frame: Any) -> float:
        rows = repeat(frame).rows
        return float(len(rows)) if rows and rows[0].slots[slot].relevant else 0.0

    return Compiled(Kind.NUMBER, run)


def _larger(one: float, other: float) -> float:
    return one if one >= other or one != one else other  # noqa: PLR0124 - what is no number stays


def _smaller(one: float, other: float) -> float:
    return one if one <= other or one != one else other  # noqa: PLR0124 - what is no number stays


def _one_more(count: float, _: float) -> float:
    return count + 1.0


_STEPS: Mapping[str, tuple[Callable[[float, float], float], float]] = {
    "sum": (operator.add, 0.0), "count-non-empty": (_one_more, 0.0),
    "max": (_larger, -math.inf), "min": (_smaller, math.inf),
}  # fmt: skip


def _total(compiler: Compiler, call: Call) -> Compiled:
    """Compile a function that goes over every row of a repeat, so that a late row costs no more than an early one."""
    plain = CORE[call.name]
    if len(call.arguments) != 1:
        return bound(
            plain, "g" * len(call.arguments), [compiler.compile(part, generic=True) for part in call.arguments]
        )
    source = compiler.compile(call.arguments[0], generic=True)
    every = source.rows
    if not isinstance(every, EveryRow):
        return bound(plain, "g", [source]) if plain.letters(1) == "g" else _over_nodes(source, call)
    repeat, slot = every.repeat, every.node.own_slot
    every.node.summed = True
    step, start = _STEPS[call.name]
    if math.isinf(start):  # nothing has no largest and no smallest
        return Compiled(
            Kind.NUMBER, lambda frame: math.nan if (found := repeat(frame).total(slot, step, start)) == start else found
        )
    return Compiled(Kind.NUMBER, lambda frame: repeat(frame).total(slot, step, start))


def _over_nodes(source: Compiled, call: Call) -> Compiled:
    if source.kind not in {Kind.NODE, Kind.NODES, Kind.ANY}:
        raise NotNodesError(call.name, name=call.name)
    return bound(CORE[call.name], "s", [source])


# --- indexed-repeat -------------------------------------------------------------------------------------------------


def _indexed_repeat(compiler: Compiler, call: Call) -> Compiled:
    """`indexed-repeat(node, repeat, index, …)`: the node in the rows of those numbers."""
    if len(call.arguments) % 2 == 0:
        raise XPathSyntaxError("indexed-repeat() needs pairs of repeat and index", at=call.at)
    static: FormStatic = compiler.static.special("static")
    target = _definition(static, call.arguments[0], call.name)
    indexes: dict[NodeDef, Run] = {}
    for repeat, index in zip(call.arguments[1::2], call.arguments[2::2], strict=True):
        outside = Compiler(static, compiler.functions)  # an index is never about the node under test
        indexes[_definition(static, repeat, call.name)] = as_number(outside.compile(index))
    common = static.scope
    for node in indexes:
        common = common_scope(common, node.scope)
    static.note(Targets(frozenset({target}), common))
    run = _indexed_run(static, target, common, indexes)
    made = Compiled(
        Kind.NODES, run, text=lambda frame: found[0].seen if (found := run(frame)) else "",
        targets=Targets(frozenset({target}), common),
    )  # fmt: skip
    return _through_predicates(compiler, made)


def _definition(static: FormStatic, tree: Expr, name: str) -> NodeDef:
    if isinstance(tree, Path) and tree.start is None:
        nodes = static.targets(tree, generic=True).nodes
        if len(nodes) == 1:
            return next(iter(nodes))
    raise NotNodesError(name, name=name)


def _indexed_run(static: FormStatic, target: NodeDef, common: ScopeDef, indexes: Mapping[NodeDef, Run]) -> Run:
    hops = [s.repeat for s in target.own_scope.chain if s.depth > common.depth and s.repeat is not None]
    path = [(repeat.slot, indexes.get(repeat)) for repeat in hops]
    climb, slot = static.scope.depth - common.depth, target.own_slot

    def run(frame: Any) -> list[Any]:
        row = frame
        for _ in range(climb):
            row = row.parent
        for hop, index in path:
            rows = row.slots[hop].rows
            number = index(frame) if index else 1.0
            if not 1 <= number <= len(rows):
                return []
            row = rows[int(number) - 1]
        node = row.slots[slot]
        return [] if node.hidden else [node]

    return run


def _through_predicates(compiler: Compiler, made: Compiled) -> Compiled:
    """Lift an expression of the form's frame as many times as there are predicates around."""
    static: Any = compiler.static
    while isinstance(static, PredicateStatic):
        made = _lift(made)
        static = static.outer
    return made


def _lift(made: Compiled) -> Compiled:
    run, text = made.run, made.text
    return Compiled(
        made.kind, lambda frame: run(frame.outer), text=(lambda frame: text(frame.outer)) if text else None,
        targets=made.targets,
    )  # fmt: skip


# --- texts, data and device -----------------------------------------------------------------------------------------


def _choice_name(compiler: Compiler, call: Call) -> Compiled:
    value = as_text(compiler.compile(call.arguments[0]))
    quoted = call.arguments[1]
    path = parse(quoted.value.strip()) if isinstance(quoted, Text) else quoted
    node = compiler.compile(path)
    if node.kind is Kind.NODES:
        nodes = node.run
        return Compiled(
            Kind.TEXT,
            lambda frame: frame.env.choice_name(found[0], value(frame)) if (found := nodes(frame)) else "",
        )
    if node.kind is not Kind.NODE:
        raise NotNodesError(call.name, name=call.name)
    one = node.run
    return Compiled(Kind.TEXT, lambda frame: frame.env.choice_name(one(frame), value(frame)))


def _pulldata(compiler: Compiler, call: Call) -> Compiled:
    """`pulldata('file', 'column', 'key column', key)`."""
    source = call.arguments[0]
    if isinstance(source, Text):
        static: FormStatic = compiler.static.special("static")
        if source.value not in static.tree.instances:
            raise UnknownInstanceError(source.value, name=source.value)
    name, column, key_column, key = (as_text(compiler.compile(argument)) for argument in call.arguments)
    return Compiled(
        Kind.TEXT, lambda frame: frame.env.look_up(name(frame), column(frame), key_column(frame), key(frame))
    )


FORM_FUNCTIONS = (
    Function("once", "v", Kind.TEXT, special=_once),
    Function("position", "v?", Kind.NUMBER, special=_position),
    Function("count", "s", Kind.NUMBER, special=_count),
    Function("count-non-empty", "s", Kind.NUMBER, special=_total),
    Function("sum", "s", Kind.NUMBER, special=_total),
    Function("max", "g+", Kind.NUMBER, special=_total),
    Function("min", "g+", Kind.NUMBER, special=_total),
    Function("indexed-repeat", "vvnv*", Kind.NODES, special=_indexed_repeat),
    Function("jr:choice-name", "vv", Kind.TEXT, special=_choice_name),
    Function("jr:itext", "t", Kind.TEXT, lambda frame, text_id: frame.env.itext(text_id), framed=True),
    Function("pulldata", "tttt", Kind.TEXT, special=_pulldata),
    Function("property", "t", Kind.TEXT, lambda frame, name: frame.env.client.get(name), framed=True),
    Function("version", "", Kind.TEXT, lambda frame: frame.env.definition.version, framed=True),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({**CORE, **{f.name: f for f in FORM_FUNCTIONS}})
"""Every function that a form may call, by name."""
