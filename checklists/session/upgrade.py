"""A draft of one version of a checklist, carried over to another.

Nodes are matched by path, then by the name they had before (`insp:was`: a name, or a whole path). What has no place any
more is kept aside in the draft, never deleted. Finished records are not upgraded: they stay with their version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from checklists.model import AnswerRow, Draft, NodeRef, RepeatRow
from checklists.session.typed import BadValueError, normal
from checklists.xform import FormDefinition, QuestionDef
from checklists.xform.nodes import NodeDef
from checklists.xform.xml import INSPECTION

_WAS = f"{{{INSPECTION}}}was"


@dataclass(frozen=True, slots=True)
class UpgradeReport:
    """What became of every answer that was not blank, and what the new version asks for besides."""

    kept: tuple[NodeRef, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()  # old path, new path
    dropped: tuple[AnswerRow, ...] = ()  # no place in the new version; kept aside
    retyped: tuple[AnswerRow, ...] = ()  # does not fit the new type; kept aside
    choices_gone: tuple[AnswerRow, ...] = ()  # no longer among the choices; kept aside
    newly_required: tuple[str, ...] = ()
    new_questions: tuple[str, ...] = ()


def upgrade(draft: Draft, old: FormDefinition, new: FormDefinition) -> tuple[Draft, UpgradeReport]:
    """Return the draft on the new version, and the report for the inspector."""
    return _Upgrade(draft, old, new).run()


class _Upgrade:
    def __init__(self, draft: Draft, old: FormDefinition, new: FormDefinition) -> None:
        self._draft = draft
        self._old = old.parts.by_path
        self._new = new.parts.by_path
        self._definition = new
        self._moved = _renames(self._new.values())
        self._questions = {q.path: q for q in new.questions}
        self._kept: list[AnswerRow] = []
        self._aside: dict[str, list[AnswerRow]] = {"dropped": [], "retyped": [], "choices_gone": []}

    def run(self) -> tuple[Draft, UpgradeReport]:
        rows = self._rows()
        places = {"": "", **{row.row: row.path for row in rows}}
        for answer in self._draft.answers:
            self._carry(answer, places)
        for answer in self._draft.aside:  # an older upgrade put these aside; the new version may want them again
            self._carry(answer, places)
        aside = tuple(answer for found in self._aside.values() for answer in found)
        draft = replace(
            self._draft,
            form_id=self._definition.id,
            form_version=self._definition.version,
            form_sha256=self._definition.sha256,
            cursor=self._cursor(places),
            answers=tuple(self._kept),
            rows=rows,
            aside=aside,
        )
        return draft, self._report()

    def _place(self, path: str) -> NodeDef | None:
        return self._new.get(path) or self._moved.get(path)

    def _rows(self) -> tuple[RepeatRow, ...]:
        """Keep the rows whose repeat is still one, inside rows that are kept."""
        kept: dict[str, RepeatRow] = {}
        for row in sorted(self._draft.rows, key=lambda row: row.path.count("/")):
            place = self._place(row.path)
            if place is not None and place.is_repeat and (row.parent == "" or row.parent in kept):
                kept[row.row] = replace(row, path=place.path)
        return tuple(kept.values())

    def _carry(self, answer: AnswerRow, places: dict[str, str]) -> None:
        place = self._place(answer.path)
        if place is None or not place.is_leaf or not self._fits(place, answer.row, places):
            self._put_aside("dropped", answer)
            return
        try:
            value = normal(answer.value, place.data_type)
        except BadValueError:
            self._put_aside("retyped", answer)
            return
        if not self._offered(place, value):
            self._put_aside("choices_gone", answer)
            return
        self._kept.append(AnswerRow(place.path, answer.row, value))

    def _fits(self, place: NodeDef, row: str, places: dict[str, str]) -> bool:
        repeat = place.own_scope.repeat
        return row in places and places[row] == (repeat.path if repeat is not None else "")

    def _offered(self, place: NodeDef, value: str) -> bool:
        question = self._questions.get(place.path)
        choices = question.all_choices() if question is not None else ()
        if not choices or value == "":
            return True
        offered = {choice.value for choice in choices}
        return value in offered or all(part in offered for part in value.split())

    def _put_aside(self, why: str, answer: AnswerRow) -> None:
        computed = answer.path in self._old and "calculate" in self._old[answer.path].rules
        if answer.value != "" and not computed:
            self._aside[why].append(answer)

    def _cursor(self, places: dict[str, str]) -> NodeRef | None:
        cursor = self._draft.cursor
        place = self._place(cursor.path) if cursor is not None else None
        return NodeRef(place.path, cursor.row) if cursor and place is not None and cursor.row in places else None

    def _report(self) -> UpgradeReport:
        answered = [row for row in self._kept if row.value != ""]
        old, new = self._old, self._definition.questions
        return UpgradeReport(
            kept=tuple(NodeRef(row.path, row.row) for row in answered),
            renamed=tuple((path, node.path) for path, node in self._moved.items() if path in old),
            dropped=tuple(self._aside["dropped"]),
            retyped=tuple(self._aside["retyped"]),
            choices_gone=tuple(self._aside["choices_gone"]),
            newly_required=tuple(q.path for q in new if self._newly_required(q)),
            new_questions=tuple(q.path for q in new if self._origin(q) is None),
        )

    def _origin(self, question: QuestionDef) -> NodeDef | None:
        found = self._old.get(question.path)
        if found is None:
            was = next((path for path, node in self._moved.items() if node is question.node), "")
            found = self._old.get(was)
        return found

    def _newly_required(self, question: QuestionDef) -> bool:
        origin = self._origin(question)
        return _may_be_required(question.node) and (origin is None or not _may_be_required(origin))


def _may_be_required(node: NodeDef | None) -> bool:
    return node is not None and (node.fixed.get("required", False) or "required" in node.rules)


def _renames(nodes: Iterable[NodeDef]) -> dict[str, NodeDef]:
    """Return the nodes of the new version by the paths they had; children of a renamed group move with it."""
    found: dict[str, NodeDef] = {}
    for node in nodes:
        for was in node.bind.attributes.get(_WAS, "").split():
            around = node.parent.path if node.parent is not None else ""
            path = was if was.startswith("/") else f"{around}/{was}"
            for inner in node.descendants():
                found[path + inner.path[len(node.path) :]] = inner
    return found
