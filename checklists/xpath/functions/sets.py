"""Nodes: counting, order, names, secondary instances."""

from __future__ import annotations

import hashlib
import math
import secrets
from typing import Any

from checklists.xpath.compiled import Compiled, as_nodes, as_text, as_value
from checklists.xpath.compiler import Compiler
from checklists.xpath.errors import XPathSyntaxError
from checklists.xpath.signature import Function
from checklists.xpath.syntax import Call, Text
from checklists.xpath.values import Kind, TreeNode, number_of

_PARK_MILLER = 2_147_483_647
_MULTIPLIER = 16_807


def count_non_empty(nodes: list[TreeNode]) -> float:
    return float(sum(1 for node in nodes if node.seen))


def shuffled(nodes: list[TreeNode], seed: int) -> list[TreeNode]:
    """Return the nodes in the order that ODK prescribes for a seed: Park-Miller numbers, Fisher-Yates inside out."""
    result = list(nodes)
    state = seed % _PARK_MILLER
    if state <= 0:
        state += _PARK_MILLER - 1
    for last in range(len(result)):
        state = state * _MULTIPLIER % _PARK_MILLER
        other = int((state - 1) / (_PARK_MILLER - 1) * (last + 1))
        result[last], result[other] = result[other], result[last]
    return result


def seed_of(text: str) -> int:
    """Return a seed: the number that the text is, or, as ODK does, the first 64 bits of its SHA-256."""
    number = number_of(text)
    if math.isfinite(number):
        return int(number)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def _randomize(compiler: Compiler, call: Call) -> Compiled:
    source = compiler.compile(call.arguments[0], generic=True)
    nodes = as_nodes(source)
    if len(call.arguments) == 1:
        return Compiled(
            Kind.NODES, lambda frame: shuffled(nodes(frame), secrets.randbelow(_PARK_MILLER)), targets=source.targets
        )
    seed = as_text(compiler.compile(call.arguments[1]))
    return Compiled(Kind.NODES, lambda frame: shuffled(nodes(frame), seed_of(seed(frame))), targets=source.targets)


def _instance(compiler: Compiler, call: Call) -> Compiled:
    (name,) = call.arguments
    if not isinstance(name, Text):
        raise XPathSyntaxError("instance() needs a quoted name", at=call.at)
    return compiler.static.instance(name.value)


def _position(compiler: Compiler, call: Call) -> Compiled:
    if not call.arguments:
        return Compiled(Kind.NUMBER, lambda frame: float(getattr(frame, "position", 1)))
    nodes = compiler.nodes(call.arguments[0], name="position")
    return Compiled(Kind.NUMBER, lambda frame: place(found[0]) if (found := nodes(frame)) else math.nan)


def place(node: TreeNode) -> float:
    """Return the place of a node among its namesakes, from 1."""
    if node.parent is None:
        return 1.0
    namesakes = [kid for kid in node.parent.kids() if kid.name == node.name]
    return float(next((at for at, kid in enumerate(namesakes, 1) if kid is node), 1))


def _first_name(compiler: Compiler, call: Call) -> Compiled:
    nodes = compiler.nodes(call.arguments[0], name=call.name) if call.arguments else as_nodes(compiler.static.context())
    return Compiled(Kind.TEXT, lambda frame: found[0].name if (found := nodes(frame)) else "")


def _identity(compiler: Compiler, call: Call) -> Compiled:
    wanted = as_value(compiler.compile(call.arguments[0]))
    nodes = compiler.nodes(call.arguments[1], name="id")

    def run(frame: Any) -> list[TreeNode]:
        ids = set(str(wanted(frame)).split())
        return [node for node in nodes(frame) if node.attributes().get("id") in ids]

    return Compiled(Kind.NODES, run)


SETS = (
    Function("count", "s", Kind.NUMBER, lambda nodes: float(len(nodes))),
    Function("count-non-empty", "s", Kind.NUMBER, count_non_empty),
    Function("randomize", "sv?", Kind.NODES, special=_randomize),
    Function("current", "", Kind.NODE, special=lambda compiler, _: compiler.static.current()),
    Function("instance", "t", Kind.NODES, special=_instance),
    Function("position", "v?", Kind.NUMBER, special=_position),
    Function("last", "", Kind.NUMBER, lambda frame: float(getattr(frame, "size", 1)), framed=True),
    Function("name", "v?", Kind.TEXT, special=_first_name),
    Function("local-name", "v?", Kind.TEXT, special=_first_name),
    Function("namespace-uri", "v?", Kind.TEXT, lambda *_: ""),
    Function("id", "tv", Kind.NODES, special=_identity),
)
