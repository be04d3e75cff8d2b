"""Playing written steps on a form: an author's test bench (`inspector checklists try FILE --steps STEPS.json`).

A step is `{"do": "set", "path": …, "value": …}`, `add_repeat` or `remove_repeat` with a path, `language` with a value,
or `reload` (save as a draft and go on). Paths are absolute, with the position of every row. A step that is refused is
told and the rest is played.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checklists.clock import Clock
from checklists.errors import AnswerError
from checklists.session.session import FormSession
from checklists.session.views import ClientInfo
from checklists.xform import FormDefinition

Step = Mapping[str, str]


class UnknownStepError(AnswerError):
    """A step of a kind that there is not, or without its members; `number` and `step` in data."""

    code = "unknown-step"


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """One step with what it changed: path to the new value, or the code of why it was refused."""

    step: Step
    changed: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class PlayedState:
    """Where the form stands after all steps. `values` are the visible answers by path, with positions."""

    steps: tuple[PlayedStep, ...]
    values: Mapping[str, str]
    asked: tuple[str, ...]
    missing: tuple[str, ...]
    invalid: Mapping[str, str]
    labels: Mapping[str, str]


def play(definition: FormDefinition, steps: Sequence[Step], *, clock: Clock) -> PlayedState:
    """Play steps on a blank form and return the state. Raises `UnknownStepError`."""
    session = FormSession(definition, clock=clock, client=ClientInfo("try", "try"))
    played: list[PlayedStep] = []
    for number, step in enumerate(steps, 1):
        session, done = _one(session, step, number, clock)
        played.append(done)
    return _state(session, tuple(played))


def _one(session: FormSession, step: Step, number: int, clock: Clock) -> tuple[FormSession, PlayedStep]:
    if step.get("do") == "reload":
        return FormSession(session.definition, clock=clock, draft=session.to_draft()), PlayedStep(step)
    changed: dict[str, str] = {}
    stop = session.subscribe(lambda news: changed.update({row.path: row.value for row in news.answers}))
    try:
        _action(session, step, number)()
    except AnswerError as error:
        if isinstance(error, UnknownStepError):
            raise
        return session, PlayedStep(step, refused=error.code)
    finally:
        stop()
    return session, PlayedStep(step, changed)


def _action(session: FormSession, step: Step, number: int) -> Callable[[], Any]:
    actions: dict[str, Callable[[], Any]] = {
        "set": lambda: session.set_value(step["path"], step["value"]),
        "add_repeat": lambda: session.add_row(step["path"]),
        "remove_repeat": lambda: session.remove_row(step["path"]),
        "language": lambda: session.set_language(step["value"]),
    }
    needed = {"set": {"path", "value"}, "language": {"value"}}.get(step.get("do", ""), {"path"})
    action = actions.get(step.get("do", ""))
    if action is None or not needed <= set(step):
        raise UnknownStepError(number=number, step=dict(step))
    return action


def _state(session: FormSession, played: tuple[PlayedStep, ...]) -> PlayedState:
    questions = [view for view in session.outline() if view.kind == "question"]
    checked = session.validate()
    return PlayedState(
        steps=played,
        values={v.path: v.value for v in session.every_node() if v.kind == "question" and v.relevant},
        asked=tuple(view.path for view in questions),
        missing=tuple(session.node(ref).path for ref in checked.missing),
        invalid={session.node(ref).path: words for ref, words in checked.invalid},
        labels={view.path: view.label for view in questions},
    )
