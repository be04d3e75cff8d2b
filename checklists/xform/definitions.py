"""A form as it is shown: groups, repeats and questions in the order of the body. Frozen after loading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from checklists.xform.nodes import NodeDef, Rule, Run, ScopeDef, Seed
from checklists.xform.problems import LoadProblem
from checklists.xform.texts import NO_TEXT, Itext, TextDef, match_language
from checklists.xpath.tree import Element
from checklists.xpath.values import TreeNode


@dataclass(frozen=True, slots=True)
class ChoiceDef:
    """One choice of a list as written."""

    value: str
    label: TextDef
    attributes: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)

    def label_in(self, language: str) -> str:
        return static_text(self.label, language)


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceSource:
    """Where the choices of one select come from. `nodes` gives those that pass the filter now, for a row."""

    nodes: Run
    item: Callable[[TreeNode, Any], ChoiceDef]
    filtered: bool = False
    everything: Callable[[], tuple[ChoiceDef, ...]] | None = None  # the whole list, where no answer is needed to tell

    known: dict[str, frozenset[str]] = field(default_factory=dict)
    by_value: dict[str, ChoiceDef] = field(default_factory=dict)

    def named(self, value: str, row: Any) -> ChoiceDef | None:
        """Return the first choice of that value, whether a filter leaves it now or not."""
        if self.everything is None:
            return next((choice for choice in self.now(row) if choice.value == value), None)
        if not self.by_value:
            self.by_value.update({choice.value: choice for choice in reversed(self.everything())})
        return self.by_value.get(value)

    def now(self, row: Any) -> list[ChoiceDef]:
        return [self.item(node, row) for node in self.nodes(row)]

    def offered(self, row: Any) -> frozenset[str]:
        """Return the values that pass the filter now; a list without a filter is read once."""
        if self.filtered:
            return frozenset(choice.value for choice in self.now(row))
        values = self.known.get("values")
        if values is None:
            values = self.known["values"] = frozenset(choice.value for choice in self.now(row))
        return values


@dataclass(frozen=True, slots=True, eq=False)
class _ControlDef:
    path: str
    name: str
    control: str
    data_type: str = "string"
    appearance: str = ""
    bind_attributes: Mapping[str, str] = field(default_factory=dict)
    body_attributes: Mapping[str, str] = field(default_factory=dict)
    label: TextDef = NO_TEXT
    hint: TextDef = NO_TEXT
    node: NodeDef | None = None
    children: tuple[BodyDef, ...] = ()

    def label_in(self, language: str) -> str:
        """Return the label without a session; quoted answers are an ellipsis."""
        return static_text(self.label, language)

    def hint_in(self, language: str) -> str:
        return static_text(self.hint, language)

    def walk(self) -> Iterator[BodyDef]:
        """Yield everything below, in order, parents first."""
        for child in self.children:
            yield child
            yield from child.walk()


@dataclass(frozen=True, slots=True, eq=False)
class QuestionDef(_ControlDef):
    """A question. `control` is the XForms name: input, select1, select, rank, upload, trigger, range, secret."""

    choices: ChoiceSource | None = None

    def choices_in(self, language: str) -> tuple[tuple[str, str, Mapping[str, str]], ...]:
        """Return (value, label, attributes) of the whole list, unfiltered; empty when it comes from answers."""
        return tuple((c.value, c.label_in(language), c.attributes) for c in self.all_choices())

    def all_choices(self) -> tuple[ChoiceDef, ...]:
        return self.choices.everything() if self.choices is not None and self.choices.everything is not None else ()


@dataclass(frozen=True, slots=True, eq=False)
class GroupDef(_ControlDef):
    """A group; `path` is '' for one that only groups the presentation."""


@dataclass(frozen=True, slots=True, eq=False)
class RepeatDef(_ControlDef):
    """A repeat. `counted` ones get their rows from `jr:count`; `fixed` ones take no further rows from the user."""

    counted: bool = False
    fixed: bool = False


BodyDef: TypeAlias = GroupDef | RepeatDef | QuestionDef


@dataclass(frozen=True, slots=True, eq=False)
class ActionDef:
    """A `setvalue` of `target`. `climb` and `hops` lead from the row of the event to the target's rows."""

    target: NodeDef
    run: Run
    climb: int = 0
    hops: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PreloadDef:
    """A value that the client fills in: `kind` and `parameter` as in `jr:preload`."""

    target: NodeDef
    kind: str
    parameter: str


@dataclass(frozen=True, slots=True, eq=False)
class FormParts:
    """What a session needs beyond the body: the tree, the rules in their order, and the actions."""

    root: NodeDef
    scopes: tuple[ScopeDef, ...]
    rules: tuple[Rule, ...]
    seed: Seed
    first_load: tuple[ActionDef, ...]
    every_load: tuple[ActionDef, ...]
    preloads: tuple[PreloadDef, ...]
    itext: Itext
    itext_texts: Mapping[str, TextDef]
    instances: Mapping[str, Element]
    last_saved: frozenset[str]
    by_path: Mapping[str, NodeDef]
    controls: Mapping[NodeDef, BodyDef]

    @property
    def counted(self) -> bool:
        """Whether a repeat gets its rows from an answer."""
        return any(scope.repeat is not None and "count" in scope.repeat.rules for scope in self.scopes)


def static_text(text: TextDef, language: str) -> str:
    """Return a text in a language named by code or in full, else in the form's first one."""
    languages = tuple(text.parts)
    chosen = match_language(language, languages) or (languages[0] if languages else "")
    return text.in_language(chosen)


Problems: TypeAlias = tuple[LoadProblem, ...]
