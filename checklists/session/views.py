"""What a session shows of itself: frozen values, safe to keep, to compare and to hand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from checklists.model import AnswerRow, NodeRef, RepeatRow
from checklists.xform.nodes import NodeDef

NodeKind: TypeAlias = Literal["question", "group", "repeat", "row"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice as it is offered now: `label` in the session's language, `attributes` the list's further columns."""

    value: str
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as it stands. `value` is XML text, kept while hidden; `typed` is None, str, int, Decimal, date, bool or a
    tuple of choices.

    `valid` is about the constraint alone; `error` has words in the session's language when the value breaks it, or when
    it is missing. `insp` holds the inspection attributes with their expressions evaluated, by local name. `position` is
    the number of the innermost row from 1, 0 outside repeats.
    """

    ref: NodeRef
    path: str  # with positions, for people
    name: str
    kind: NodeKind
    control: str
    data_type: str
    appearance: str
    value: str
    typed: object
    relevant: bool
    required: bool
    readonly: bool
    valid: bool
    error: str
    label: str
    hint: str
    choices: tuple[Choice, ...]
    insp: Mapping[str, str]
    position: int = 0
    depth: int = 0
    required_message: str = ""
    constraint_message: str = ""
    media: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> bool:
        return self.required and self.relevant and self.value == ""


class NodeChange(NamedTuple):
    """One node and what changed of it: `value relevant required readonly valid label choices rows insp`.

    A tuple, because every answer makes some.
    """

    ref: NodeRef
    fields: frozenset[str]


StoredValue: TypeAlias = tuple[NodeDef, str, str, str]
"""One stored value: its node, the id of its row, before, after. A plain tuple, because every answer makes some."""

ChangedFields: TypeAlias = tuple[str, str, frozenset[str]]
"""One node that changed: its path, the id of its row, the names of what changed."""


class ChangeSet:
    """Everything that one change brought about, in the order of the form. Frozen.

    `changes` are the nodes and what changed of each. `answers` are the nodes whose stored value changed, user answers
    and computed ones: exactly what a store saves. `added` and `removed` are rows; `rows` those that are new or have
    moved, `removed_rows` the ids of rows that are gone. Changes and answers are made when somebody looks at them, so a
    program that fills a whole form pays only for what it reads.
    """

    __slots__ = ("_answers", "_changes", "_fields", "_values", "added", "removed", "removed_rows", "rows")

    added: tuple[NodeRef, ...]
    removed: tuple[NodeRef, ...]
    rows: tuple[RepeatRow, ...]
    removed_rows: tuple[str, ...]

    def __init__(
        self,
        changes: tuple[NodeChange, ...] = (),
        *,
        added: tuple[NodeRef, ...] = (),
        removed: tuple[NodeRef, ...] = (),
        answers: tuple[AnswerRow, ...] = (),
        rows: tuple[RepeatRow, ...] = (),
        removed_rows: tuple[str, ...] = (),
    ) -> None:
        self._changes: tuple[NodeChange, ...] | None = changes
        self._answers: tuple[AnswerRow, ...] | None = answers
        self._fields: Sequence[ChangedFields] = ()
        self._values: Sequence[StoredValue] = ()
        self.added, self.removed, self.rows, self.removed_rows = added, removed, rows, removed_rows

    @classmethod
    def of(
        cls,
        fields: Sequence[ChangedFields],
        values: Sequence[StoredValue],
        *,
        added: tuple[NodeRef, ...] = (),
        removed: tuple[NodeRef, ...] = (),
        rows: tuple[RepeatRow, ...] = (),
        removed_rows: tuple[str, ...] = (),
    ) -> ChangeSet:
        """Return the change set of plain tuples as a session keeps them."""
        made = cls(added=added, removed=removed, rows=rows, removed_rows=removed_rows)
        made._fields, made._values = fields, values
        made._changes = made._answers = None
        return made

    @property
    def changes(self) -> tuple[NodeChange, ...]:
        if self._changes is None:
            self._changes = tuple([NodeChange(NodeRef(path, row), names) for path, row, names in self._fields])
        return self._changes

    @property
    def answers(self) -> tuple[AnswerRow, ...]:
        if self._answers is None:
            self._answers = tuple([AnswerRow(node.path, row, after) for node, row, _, after in self._values])
        return self._answers

    def __bool__(self) -> bool:
        return bool(self._fields or self._changes or self.added or self.removed)

    def __repr__(self) -> str:
        return f"ChangeSet(changes={self.changes}, added={self.added}, removed={self.removed}, answers={self.answers})"

    def fields_of(self, ref: NodeRef) -> frozenset[str]:
        """Return what changed of one node."""
        return next((change.fields for change in self.changes if change.ref == ref), frozenset())


@dataclass(frozen=True, slots=True)
class Validation:
    """What stands between the answers and a finished form."""

    missing: tuple[NodeRef, ...] = ()
    invalid: tuple[tuple[NodeRef, str], ...] = ()

    @property
    def clean(self) -> bool:
        return not self.missing and not self.invalid


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """What preloads and `property()` may ask of the device."""

    deviceid: str = ""
    username: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    """Others by name: `phonenumber`, `email`, `simserial`, `subscriberid`."""

    def get(self, name: str) -> str:
        """Return a property; `uri:` forms give `scheme:value`."""
        plain = {"deviceid": self.deviceid, "username": self.username, **self.properties}
        return plain.get(name, "")
