"""A draft as it is stored: nodes, answers, rows of repeats."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.model.plain import Jsonable


@dataclass(frozen=True, slots=True, order=True)
class NodeRef(Jsonable):
    """A node of a form: its absolute path without positions, and the id of the innermost repeat row ('' outside)."""

    path: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow(Jsonable):
    """One stored answer: the value as XML text; '' is a blank answer."""

    path: str
    row: str
    value: str


@dataclass(frozen=True, slots=True)
class RepeatRow(Jsonable):
    """One row of a repeat in a draft: `path` of the repeat, `parent` row id ('' at top), order among its siblings."""

    row: str
    path: str
    parent: str
    position: int


@dataclass(frozen=True, slots=True)
class Draft(Jsonable):
    """Everything needed to go on with a session exactly where it stood (facts/forms 6)."""

    form_id: str
    form_version: str
    form_sha256: str
    language: str = "th"
    cursor: NodeRef | None = None
    answers: tuple[AnswerRow, ...] = ()
    rows: tuple[RepeatRow, ...] = ()
    aside: tuple[AnswerRow, ...] = ()  # answers kept aside by an upgrade
