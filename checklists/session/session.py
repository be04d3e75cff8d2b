"""`FormSession`: filling one form. The public interface; everything the window, commands and tests may use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from checklists.clock import Clock, IdMaker, stamp
from checklists.errors import AnswerError
from checklists.model import AnswerRow, Draft, NodeRef
from checklists.session import changes, history, serialise, show, starting
from checklists.session.environment import Environment
from checklists.session.live import LiveForm
from checklists.session.nodes import LiveNode, RepeatNode, Row
from checklists.session.places import find
from checklists.session.rows import repeat_of
from checklists.session.typed import NotAChoiceError, normal
from checklists.session.views import ChangeSet, ClientInfo, NodeView, Validation
from checklists.xform.definitions import QuestionDef, RepeatDef
from checklists.xform.form import FormDefinition
from checklists.xform.nodes import NodeDef
from checklists.xform.problems import LoadProblem
from checklists.xform.secondary import from_element
from checklists.xform.xml import parse_xml

Listener = Callable[[ChangeSet], None]


class ReadOnlyNodeError(AnswerError):
    """The node takes no answer: read-only, a group, or rows that the form counts itself; `path` in data."""

    code = "readonly-node"


class UnknownLanguageError(AnswerError):
    """The form has no such language; `language` and `languages` in data."""

    code = "unknown-language"


class FormSession:
    """One form being filled, in one thread.

    `preset` gives values by path before the first-load actions run (the visit's context). `draft` goes on where a
    session stood; actions and preloads never run again. `last_saved` is the XML of the record sent before, for forms
    that ask for it.
    """

    def __init__(
        self,
        definition: FormDefinition,
        *,
        clock: Clock,
        client: ClientInfo | None = None,
        draft: Draft | None = None,
        files: Mapping[str, bytes] | None = None,  # noqa: ARG002 - external files belong to the definition
        last_saved: str | bytes | None = None,
        preset: Mapping[str, str] | None = None,
    ) -> None:
        self.definition = definition
        self._thread = threading.get_ident()
        self._clock = clock
        language = (draft and definition.language(draft.language)) or definition.default_language
        saved = from_element(parse_xml(last_saved)) if last_saved else None
        env = Environment(definition, clock, client or ClientInfo(), saved, language)
        self._live = LiveForm(definition.parts, env, IdMaker(clock).new)
        self._listeners: list[Listener] = []
        self._depth = 0
        self._history = history.History()
        self._aside: tuple[AnswerRow, ...] = draft.aside if draft else ()
        if draft is None:
            starting.begin(self._live, preset or {})
        else:
            starting.resume(self._live, draft)
        self._live.forget_changes()

    # --- answering ---

    def set_value(self, ref: NodeRef | str, value: str) -> ChangeSet:
        """Store an answer as XML text; '' clears. A broken constraint is stored and flagged.

        Raises `UnknownNodeError`, `ReadOnlyNodeError`, `BadValueError` (not of the type) or `NotAChoiceError`.
        """
        node = find(self._live, ref)
        if not node.definition.is_leaf or isinstance(node, RepeatNode) or show.readonly(node):
            raise ReadOnlyNodeError(path=node.definition.path)
        text = self._accepted(node, value)
        return self._change(lambda: self._live.store(node, text))

    def would_lose(self, ref: NodeRef | str, value: str) -> tuple[AnswerRow, ...]:
        """Return the answers in rows that would go if this were answered, so that a window can ask first.

        Rows go when an answer makes a `jr:count` smaller. Tried and turned round: nothing changes, nobody is told.
        """
        if not self.definition.parts.counted or self._depth:
            return ()
        node = find(self._live, ref)
        text = self._accepted(node, value)
        try:
            self._live.store(node, text)
            self._live.settle()
            return changes.lost_answers(self._live)
        finally:
            self._turn_round()

    def _accepted(self, node: LiveNode, value: str) -> str:
        definition = node.definition
        body = self.definition.parts.controls.get(definition)
        if not isinstance(body, QuestionDef) or body.choices is None:
            return normal(value, definition.data_type)
        wanted = [value] if body.control == "select1" else value.split()
        offered = body.choices.offered(node.row)
        unknown = [choice for choice in wanted if choice and choice not in offered]
        if unknown:
            raise NotAChoiceError(path=definition.path, value=unknown[0][:80], offered=tuple(sorted(offered)[:30]))
        return value if body.control == "select1" else " ".join(dict.fromkeys(wanted))

    def add_row(self, repeat: NodeRef | str) -> NodeRef:
        """Append a row to a repeat and return its reference."""
        node = self._repeat(repeat)
        with self.transaction():
            row = self._live.add_row(node)
        return NodeRef(node.definition.path, row.row_id)

    def remove_row(self, row: NodeRef | str) -> ChangeSet:
        """Remove a row with everything in it."""
        node = find(self._live, row)
        if isinstance(node, RepeatNode) or not node.definition.is_repeat:
            raise ReadOnlyNodeError(path=node.definition.path)
        self._repeat(NodeRef(node.definition.path, _around(node.row)))
        return self._change(lambda: self._live.remove_row(node.row))

    def _repeat(self, ref: NodeRef | str) -> RepeatNode:
        node = find(self._live, ref)
        if node.definition.is_repeat and not isinstance(node, RepeatNode):
            node = repeat_of(node.row)
        body = self.definition.parts.controls.get(node.definition)
        if not isinstance(node, RepeatNode) or (isinstance(body, RepeatDef) and body.fixed):
            raise ReadOnlyNodeError(path=node.definition.path)
        return node

    def set_language(self, name: str) -> ChangeSet:
        """Switch labels, hints, choices and messages to a language given by name or code (`th`)."""
        language = self.definition.language(name)
        if language is None:
            if not self.definition.languages:
                return ChangeSet()
            raise UnknownLanguageError(language=name, languages=self.definition.languages)
        if language == self._live.env.language:
            return ChangeSet()
        return self._change(lambda: self._speak(language))

    def _speak(self, language: str) -> None:
        self._live.env.language = language
        for node in show.every_node(self._live.root.slots[0]):
            if node.definition in self.definition.parts.controls:
                self._live.mark(node, "label")
            if node.definition.choices is not None:
                node.choices = None
                self._live.mark(node, "choices")

    @property
    def language(self) -> str:
        return self._live.env.language

    # --- changes ---

    @contextmanager
    def transaction(self) -> Iterator[Callable[[], ChangeSet]]:
        """Put many answers into one `ChangeSet`; call what is yielded after the block to get it."""
        result = ChangeSet()
        self._enter()
        try:
            yield lambda: result
            self._live.settle()
        except Exception:
            self._give_up()
            raise
        result = self._leave()

    def undo(self) -> ChangeSet | None:
        """Turn the last change round (the last 50 can be); None when there is none."""
        step = self._history.back()
        return None if step is None else self._travel(lambda: history.undo(self._live, step))

    def redo(self) -> ChangeSet | None:
        """Do again what was undone last; None when there is nothing."""
        step = self._history.forward()
        return None if step is None else self._travel(lambda: history.redo(self._live, step))

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    def _travel(self, work: Callable[[], None]) -> ChangeSet:
        self._live.quiet = True
        try:
            return self._change(work, keep=False)
        finally:
            self._live.quiet = False

    def _change(self, work: Callable[[], object], *, keep: bool = True) -> ChangeSet:
        """Do one change: settle, collect, tell. When it fails everything is as it was before."""
        self._enter()
        try:
            work()
            self._live.settle()
        except Exception:
            self._give_up()
            raise
        return self._leave(keep=keep)

    def _enter(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("a session belongs to the thread that made it")
        self._depth += 1

    def _give_up(self) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._turn_round()

    def _leave(self, *, keep: bool = True) -> ChangeSet:
        """End a change; inside another one there is nothing to tell yet."""
        self._depth -= 1
        if self._depth:
            return ChangeSet()
        result, step = changes.collect(self._live)
        if keep:
            self._history.keep(step)
        self._live.forget_changes()
        if result:
            for listener in tuple(self._listeners):
                listener(result)
        return result

    def _turn_round(self) -> None:
        live = self._live
        live.forget_queue()
        step = history.step_of(live)
        live.forget_changes()
        live.quiet = True
        history.undo(live, step)
        live.settle()
        live.quiet = False
        live.forget_changes()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change with its `ChangeSet`; returns the way to stop."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    # --- looking ---

    def node(self, ref: NodeRef | str) -> NodeView:
        """Return a node as it stands. Raises `UnknownNodeError`."""
        return show.view(self._live, find(self._live, ref))

    def value(self, ref: NodeRef | str) -> str:
        """Return the stored text of a node; quicker than the whole view."""
        return find(self._live, ref).value

    def shown(self, ref: NodeRef | str) -> str | None:
        """Return the text of a node that is relevant, None for a hidden one; as quick as `value`."""
        node = find(self._live, ref)
        return node.value if node.relevant else None

    def rows(self, repeat: str, around: str = "") -> tuple[str, ...]:
        """Return the ids of a repeat's rows in order; `around` is the id of the row that a nested repeat stands in."""
        node = find(self._live, NodeRef(repeat, around))
        return tuple(row.row_id for row in node.rows) if isinstance(node, RepeatNode) else ()

    def outline(self) -> Iterator[NodeView]:
        """Yield the visible groups, repeats, rows and questions in order."""
        return show.outline(self._live, self.definition.body)

    def every_node(self) -> Iterator[NodeView]:
        """Yield all nodes, hidden, computed and technical ones too, in document order."""
        for node in show.every_node(self._live.root.slots[0]):
            yield show.view(self._live, node)

    def validate(self) -> Validation:
        """Return the visible questions that must be answered and are not, and those whose constraint is broken."""
        live, controls = self._live, self.definition.parts.controls
        missing: list[NodeRef] = []
        invalid: list[tuple[NodeRef, str]] = []
        for node in show.every_node(live.root.slots[0]):
            if not node.relevant or not node.definition.is_leaf:
                continue
            if node.required and not node.value and node.definition in controls:
                missing.append(node.ref)
            elif node.value and not node.valid:
                words = show.words(node.definition.constraint_message, node.row, live.env.language)
                invalid.append((node.ref, words))
        return Validation(tuple(missing), tuple(invalid))

    @property
    def problems(self) -> tuple[LoadProblem, ...]:
        """What went wrong in the form's rules while they ran here: patterns that reached their time limit."""
        return tuple(
            LoadProblem("regex-slow", severity="warning", data={"pattern": pattern[:200]})
            for pattern in self._live.env.patterns_out
        )

    # --- writing ---

    def to_submission_xml(self, *, instance_id: str = "", finalise: bool = False) -> bytes:
        """Return the XML to submit, the same bytes for the same answers.

        `instance_id` replaces the session's own (`uuid:` is put before a bare one); `finalise` stamps the end time.
        """
        overrides: dict[NodeDef, str] = {}
        for preload in self.definition.parts.preloads:
            if preload.kind == "timestamp" and preload.parameter == "end" and finalise:
                overrides[preload.target] = stamp(self._clock.now())
            if preload.kind == "uid" and instance_id and preload.target.name == "instanceID":
                overrides[preload.target] = instance_id if ":" in instance_id else f"uuid:{instance_id}"
        return serialise.submission(self._live, overrides=overrides)

    def to_json(self) -> dict[str, Any]:
        """Return the visible answers as nested plain values."""
        return {
            "form": {"id": self.definition.id, "version": self.definition.version, "sha256": self.definition.sha256},
            "language": self.language,
            "answers": serialise.as_values(self._live.root.slots[0]),
        }

    def to_draft(self, cursor: NodeRef | None = None) -> Draft:
        """Return everything needed to go on: all values, hidden ones too, rows with their ids, language and place."""
        return Draft(
            form_id=self.definition.id,
            form_version=self.definition.version,
            form_sha256=self.definition.sha256,
            language=self.language,
            cursor=cursor,
            answers=serialise.answers(self._live),
            rows=serialise.repeat_rows(self._live),
            aside=self._aside,
        )


def _around(row: Row) -> str:
    return row.parent.row_id if row.parent is not None else ""
