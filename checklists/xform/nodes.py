"""Definitions of the nodes of the primary instance: the tree of answers before anything is answered.

A *scope* is the root or the inside of one repeat. Every node that is not inside a deeper repeat has a fixed slot in its
scope, so a reference becomes one list index. Slot 0 is the scope's own element (the root, or the row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Run = Callable[[Any], Any]


class ScopeDef:
    """The root scope, or the inside of a repeat."""

    __slots__ = ("chain", "depth", "hops", "nodes", "parent", "repeat", "rules")

    def __init__(self, parent: ScopeDef | None, repeat: NodeDef | None) -> None:
        self.parent = parent
        self.repeat = repeat
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.nodes: list[NodeDef] = []
        self.rules: tuple[Rule, ...] = ()
        self.chain: tuple[ScopeDef, ...] = (self,) if parent is None else (*parent.chain, self)  # from the root
        self.hops: tuple[int, ...] = (  # the slots of the repeats on the way down from the root
            () if parent is None or repeat is None else (*parent.hops, repeat.slot)
        )


def common_scope(one: ScopeDef, other: ScopeDef) -> ScopeDef:
    """Return the deepest scope that holds both."""
    if one is other:
        return one
    deepest = one.chain[0]
    for a, b in zip(one.chain, other.chain, strict=False):
        if a is not b:
            break
        deepest = a
    return deepest


@dataclass(slots=True)
class Bind:
    """A bind as written, before anything is compiled."""

    data_type: str = "string"
    rules: dict[str, str] = field(default_factory=dict)
    preload: str = ""
    preload_params: str = ""
    constraint_message: str = ""
    required_message: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Seed:
    """The values that a row (or the root) starts with: text by slot, rows by the slot of their repeat."""

    values: dict[int, str] = field(default_factory=dict)
    rows: dict[int, list[Seed]] = field(default_factory=dict)


NO_SEED = Seed()


class NodeDef:
    """One node of the primary instance: a leaf, a group, a repeat, or an attribute (name `@id`)."""

    __slots__ = (
        "actions",
        "attributes",
        "bind",
        "children",
        "choices",
        "constraint_message",
        "dependents",
        "fixed",
        "fixed_insp", "guarded",
        "inside",
        "insp",
        "name",
        "new_row_actions",
        "nsmap",
        "parent",
        "path", "place_dependents",
        "quoted_by",
        "required_message",
        "row_dependents",
        "rules",
        "scope",
        "slot", "summed",
        "tag",
        "template",
    )  # fmt: skip

    def __init__(self, tag: str, name: str, parent: NodeDef | None, scope: ScopeDef) -> None:
        self.tag = tag
        self.name = name
        self.parent = parent
        self.path: str = f"{parent.path if parent else ''}/{name}"
        self.children: list[NodeDef] = []
        self.scope = scope
        self.slot = -1
        self.inside: ScopeDef | None = None
        self.attributes: dict[str, str] = {}
        self.nsmap: dict[str | None, str] = {}
        self.bind = Bind()
        self.fixed: dict[str, bool] = {}  # rules that are constant
        self.rules: dict[str, Rule] = {}
        self.fixed_insp: dict[str, str] = {}
        self.insp: dict[str, Rule] = {}
        self.summed = False  # sum() asks for it over the rows of its repeat
        self.guarded = False  # it, or a group around it, may be read-only
        self.dependents: tuple[Dependent, ...] = ()
        self.row_dependents: tuple[Dependent, ...] = ()
        self.place_dependents: tuple[Dependent, ...] = ()  # what reads the number of a row of this repeat
        self.quoted_by: tuple[Dependent, ...] = ()  # labels and messages that quote this node
        self.constraint_message: Any = None
        self.required_message: Any = None
        self.choices: Any = None  # the list of a select, for jr:choice-name and stale answers
        self.actions: list[Any] = []  # run when the value changes
        self.new_row_actions: list[Any] = []  # run in a new row of this repeat
        self.template = NO_SEED  # what a new row of this repeat starts with

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"

    @property
    def is_repeat(self) -> bool:
        return self.inside is not None

    @property
    def is_attribute(self) -> bool:
        return self.name.startswith("@")

    @property
    def is_leaf(self) -> bool:
        return not self.inside and not any(not child.is_attribute for child in self.children)

    def always_in_row(self) -> bool:
        """Say whether this node is shown in every row of its repeat that there is, by no rule of its own."""
        node: NodeDef | None = self
        while node is not None and node is not self.own_scope.repeat:
            if node.has_relevance:
                return False
            node = node.parent
        return node is not None and not node.has_relevance

    @property
    def has_relevance(self) -> bool:
        """Say whether it may be hidden by itself, not by what is around it."""
        return bool(self.bind.rules.get("relevant", "").strip())

    @property
    def data_type(self) -> str:
        return self.bind.data_type

    @property
    def own_scope(self) -> ScopeDef:
        """The scope in which one element of this definition stands: a repeat's own row, else the scope around it."""
        return self.inside or self.scope

    @property
    def own_slot(self) -> int:
        return 0 if self.inside else self.slot

    def descendants(self) -> Iterator[NodeDef]:
        """Yield this node and everything below it, parents first."""
        yield self
        for child in self.children:
            yield from child.descendants()


class Dependency(NamedTuple):
    """What an expression reads, anywhere below the `common` scope: a node's value, which rows a repeat has (`rows`), or
    the number of a row (`place`)."""

    node: NodeDef
    common: ScopeDef
    rows: bool = False
    place: bool = False

    @property
    def scope(self) -> ScopeDef:
        return self.node.scope if self.rows else self.node.own_scope


class Rule:
    """One compiled expression of one node. `run` takes the row and gives what is stored: text, boolean, or number."""

    __slots__ = ("index", "kind", "name", "owner", "rank", "reads", "run", "scope", "slot", "source")

    def __init__(self, kind: str, owner: NodeDef, scope: ScopeDef, run: Run, *, source: str, name: str = "") -> None:
        self.kind = kind
        self.owner = owner
        self.scope = scope
        self.slot = owner.own_slot if scope is owner.own_scope else owner.slot
        self.run = run
        self.source = source
        self.name = name
        self.reads: frozenset[Dependency] = frozenset()
        self.rank = 0
        self.index = 0

    def __repr__(self) -> str:
        return f"<Rule {self.kind} {self.owner.path}: {self.source}>"


class Dependent:
    """The way from a changed node to the rows in which a rule runs again: up `climb` scopes, down `hops` repeats."""

    __slots__ = ("climb", "hops", "rule")

    def __init__(self, rule: Rule, climb: int, hops: tuple[int, ...]) -> None:
        self.rule = rule
        self.climb = climb
        self.hops = hops


EMPTY: Mapping[str, str] = {}
