"""Live nodes: what one session knows of each node of the form. Small, slotted, without behaviour of its own.

`value` is what is stored, `seen` what expressions see: blank while the node is hidden. Nodes are `TreeNode`s, so an
expression that no quick way fits can walk over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from checklists.model import NodeRef
from checklists.xform.nodes import NodeDef, ScopeDef
from checklists.xpath.values import NAN, number_of

if TYPE_CHECKING:
    from checklists.session.environment import Environment


Step: TypeAlias = Callable[[float, float], float]


class LiveNode:
    """One leaf, group, repeat row, root or attribute."""

    __slots__ = (
        "choices", "definition", "insp", "known_ref", "number", "own", "readonly", "relevant", "required", "row",
        "seen", "slot", "valid", "value",
    )  # fmt: skip

    def __init__(self, definition: NodeDef, row: Row, slot: int) -> None:
        fixed = definition.fixed
        self.definition = definition
        self.row = row
        self.slot = slot  # its place among the nodes of the row
        self.value = ""
        self.seen = ""
        self.number = NAN  # of what is seen, for arithmetic
        self.own: bool = fixed.get("relevant", True)
        self.relevant: bool = self.own
        self.required: bool = fixed.get("required", False)
        self.readonly: bool = fixed.get("readonly", False)
        self.valid: bool = fixed.get("constraint", True)
        self.choices: Any = None
        self.insp: dict[str, str] | None = None
        self.known_ref: NodeRef | None = None

    def see(self, text: str) -> None:
        """Let expressions see a text."""
        self.seen = text
        self.number = number_of(text) if text else NAN
        if self.definition.summed:
            self.row.forget_sums(self.definition)

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def hidden(self) -> bool:
        return not self.relevant

    @property
    def row_number(self) -> int | None:
        """The number of a repeat row from 1; None for other nodes."""
        return self.row.position if self.definition.inside is self.row.scope and self.definition.inside else None

    @property
    def parent(self) -> Any:
        above = self.definition.parent
        if above is None:
            return self.row.document
        if self.definition.inside is self.row.scope:
            row: Row = self.row.parent  # type: ignore[assignment]  # a row of a repeat has a row around it
            return row.slots[above.own_slot]
        return self.row.slots[above.own_slot]

    def kids(self) -> Sequence[LiveNode]:
        found: list[LiveNode] = []
        for kid in self.definition.children:
            if kid.is_attribute:
                continue
            live = self.row.slots[kid.slot]
            if isinstance(live, RepeatNode):
                found.extend(row.slots[0] for row in live.rows)
            else:
                found.append(live)
        return found

    def attributes(self) -> Mapping[str, str]:
        live = {kid.name[1:]: self.row.slots[kid.slot].seen for kid in self.definition.children if kid.is_attribute}
        return {**{k.rpartition("}")[2]: v for k, v in self.definition.attributes.items()}, **live}

    @property
    def ref(self) -> NodeRef:
        if self.known_ref is None:
            self.known_ref = NodeRef(self.definition.path, self.row.row_id)
        return self.known_ref


class RepeatNode(LiveNode):
    """The place of a repeat in the row around it, with its rows."""

    __slots__ = ("rows", "sums")

    def __init__(self, definition: NodeDef, row: Row, slot: int) -> None:
        super().__init__(definition, row, slot)
        self.own = self.relevant = True  # the relevance of a repeat belongs to its rows
        self.rows: list[Row] = []
        self.sums: dict[tuple[int, Step], list[float]] = {}  # by slot and step, up to each row, as far as they hold

    def total(self, slot: int, step: Step, start: float) -> float:
        """Return what a step makes of the numbers of all rows, first to last; goes on where the rows are as before.

        `step` takes what the rows before gave, at first `start`, and the number of a row; blank ones are left out.
        """
        sums = self.sums.setdefault((slot, step), [])
        result = sums[-1] if sums else start
        for row in self.rows[len(sums) :]:
            node = row.slots[slot]
            if node.seen:
                result = step(result, node.number)
            sums.append(result)
        return result

    def forget_sums(self, start: int) -> None:
        """The rows from index `start` on are not what they were."""
        for sums in self.sums.values():
            del sums[start:]


class Row:
    """The frame that expressions run in: the root, or one row of a repeat. `slots` are its nodes by slot."""

    __slots__ = ("document", "env", "gone", "parent", "position", "root", "row_id", "scope", "slots")

    def __init__(self, scope: ScopeDef, parent: Row | None, row_id: str, env: Environment) -> None:
        self.scope = scope
        self.parent = parent
        self.root: Row = self if parent is None else parent.root
        self.row_id = row_id
        self.env = env
        self.position = 1
        self.gone = False
        self.document: Any = DocumentNode(self) if parent is None else parent.document
        self.slots: list[Any] = [
            RepeatNode(node, self, slot)
            if node.inside is not None and node.inside is not scope
            else LiveNode(node, self, slot)
            for slot, node in enumerate(scope.nodes)
        ]

    def forget_sums(self, definition: NodeDef) -> None:
        """A node that a sum reads has changed in this row."""
        repeat = self.scope.repeat
        if repeat is not None and self.parent is not None:
            for (slot, _), sums in self.parent.slots[repeat.slot].sums.items():
                if slot == definition.own_slot:
                    del sums[self.position - 1 :]

    def path(self) -> list[tuple[NodeDef, int]]:
        """Return the repeats from the root down to this row, with the position in each."""
        steps: list[tuple[NodeDef, int]] = []
        row: Row | None = self
        while row is not None and row.scope.repeat is not None:
            steps.append((row.scope.repeat, row.position))
            row = row.parent
        return steps[::-1]


class DocumentNode:
    """The node above the root."""

    __slots__ = ("_root",)

    name = ""
    parent = None
    hidden = False
    seen = ""

    def __init__(self, root: Row) -> None:
        self._root = root

    def kids(self) -> Sequence[LiveNode]:
        return (self._root.slots[0],)

    def attributes(self) -> Mapping[str, str]:
        return {}
