"""Compiled expressions and the conversions between their static types.

A compiled expression is a closure over one argument, the *frame*: where it runs. What a frame is, is known only to the
`Static` surroundings that compiled the paths; functions that need more than their arguments read `frame.env`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeAlias

from checklists.xpath.syntax import Path
from checklists.xpath.values import (
    Kind,
    TreeNode,
    format_number,
    number_of,
    to_boolean,
    to_number,
    to_text,
)

Run: TypeAlias = Callable[[Any], Any]


class Compiled(NamedTuple):
    """A closure with its static type.

    `text` and `number` are shorter ways to the text and number where there are some; `slot` is set for a node of the
    frame's own row. `targets` says, in the terms of the surroundings, which nodes these are (for dependencies); `rows`,
    likewise, that they are the same node of every row. A constant ignores its frame.
    """

    kind: Kind
    run: Run
    text: Run | None = None
    number: Run | None = None
    slot: int | None = None
    targets: Any = None
    rows: Any = None
    constant: bool = False


class Static(Protocol):
    """What is around an expression when it is compiled: where its paths start and what they depend on."""

    def path(self, path: Path, *, generic: bool) -> Compiled | None:
        """Return the quick way to the nodes of a path without `start`, or None to have it walked step by step.

        Notes the dependencies in both cases. `generic` paths mean every row, whatever row they are evaluated in.
        """

    def document(self) -> Compiled:
        """Return the node above the root of the main tree."""

    def context(self) -> Compiled:
        """Return the context node, `.`."""

    def current(self) -> Compiled:
        """Return the node that the whole expression belongs to."""

    def instance(self, name: str) -> Compiled:
        """Return the document of a secondary instance. Raises `UnknownInstanceError`."""

    def advance(self, targets: Any, axis: str, test: str) -> Any:
        """Return the targets one step further and note the dependency on them."""

    def within(self, targets: Any) -> Static:
        """Return the surroundings of a predicate over those nodes."""

    def special(self, name: str) -> Any:
        """Return what the surroundings know under that name for special functions, or None."""


class PredicateFrame:
    """Where a predicate runs: one node of a set, with the frame of the whole expression around it."""

    __slots__ = ("env", "node", "outer", "position", "size")

    def __init__(self, outer: Any, size: int) -> None:
        self.outer = outer
        self.env = outer.env
        self.size = size
        self.position = 0
        self.node: Any = None


@lru_cache(maxsize=4096, typed=True)
def constant(value: Any) -> Compiled:
    """Return the compiled form of a value known at load; forms hold few of them many times."""
    kind = Kind.BOOLEAN if isinstance(value, bool) else Kind.NUMBER if isinstance(value, float) else Kind.TEXT
    return Compiled(kind, lambda _: value, constant=True)


def folded(compiled: Compiled) -> Compiled:
    """Return the value of an expression that only has constant operands, computed once."""
    return constant(compiled.run(None))


def as_text(compiled: Compiled) -> Run:
    run, kind = compiled.run, compiled.kind
    if compiled.text is not None:
        return compiled.text
    if kind is Kind.TEXT:
        return run
    if compiled.constant:
        text = to_text(run(None))
        return lambda _: text
    if kind is Kind.NUMBER:
        return lambda frame: format_number(run(frame))
    if kind is Kind.BOOLEAN:
        return lambda frame: "true" if run(frame) else "false"
    if kind is Kind.NODE:
        return lambda frame: run(frame).seen
    return lambda frame: to_text(run(frame))


def as_number(compiled: Compiled) -> Run:
    run, kind = compiled.run, compiled.kind
    if kind is Kind.NUMBER:
        return run
    if compiled.number is not None:
        return compiled.number
    if compiled.constant:
        number = to_number(run(None))
        return lambda _: number
    if kind in {Kind.NODE, Kind.TEXT}:
        text = as_text(compiled)
        return lambda frame: number_of(text(frame))
    return lambda frame: to_number(run(frame))


def as_boolean(compiled: Compiled) -> Run:
    run, kind = compiled.run, compiled.kind
    if kind is Kind.BOOLEAN:
        return run
    if kind is Kind.NODE:
        return lambda _: True
    if kind in {Kind.TEXT, Kind.NODES}:
        return lambda frame: bool(run(frame))
    return lambda frame: to_boolean(run(frame))


def as_nodes(compiled: Compiled) -> Callable[[Any], list[TreeNode]]:
    """Return a closure that gives a list; the caller has checked that these are nodes."""
    run = compiled.run
    if compiled.kind is Kind.NODES:
        return run
    if compiled.kind is Kind.NODE:
        return lambda frame: [] if (node := run(frame)).hidden else [node]
    return lambda frame: value if isinstance(value := run(frame), list) else []


def as_value(compiled: Compiled) -> Run:
    """Return a closure that gives text, number, boolean, or a list of nodes; a single node gives its text."""
    return as_text(compiled) if compiled.kind is Kind.NODE else compiled.run


def first_text(compiled: Compiled) -> Run:
    return as_text(compiled)
