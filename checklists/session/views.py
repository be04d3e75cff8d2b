"""What a session shows of itself: frozen values, safe to keep, to compare and to hand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from checklists.model import AnswerRow, NodeRef, RepeatRow

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


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything that one change brought about, in the order of the form.

    `answers` are the nodes whose stored value changed, user answers and computed ones: exactly what a store saves.
    `rows` are the rows that are new or have moved, `removed_rows` the ids of rows that are gone.
    """

    changes: tuple[NodeChange, ...] = ()
    added: tuple[NodeRef, ...] = ()
    removed: tuple[NodeRef, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    rows: tuple[RepeatRow, ...] = ()
    removed_rows: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.added or self.removed)

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
