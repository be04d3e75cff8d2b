"""A score that a form calculates for itself beside the inspection layer's, and whether the two agree.

Other clients ignore our attributes, so authors calculate totals in the form as well (`insp:role` score on a calculate,
`insp:dim` where it is the total of one dimension, `insp:unit` % where it is a share). Reading formulas does not prove
that both are the same: the form is filled in, each item each way and then many at once, and the two are compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.authoring.catalogue import Catalogue
from checklists.authoring.lint.issues import Issue, issue
from checklists.authoring.names import NAMESPACE
from checklists.clock import Clock
from checklists.findings.evaluating import evaluate
from checklists.findings.judging import as_number, number_text
from checklists.findings.scoring import TOTAL
from checklists.items import ChecklistOutline, ItemDef, outline
from checklists.model import InspectionResult, Site, Visit
from checklists.session import ClientInfo, FormSession
from checklists.xform import FormDefinition

if TYPE_CHECKING:
    from checklists.xform.nodes import NodeDef

MIXED = 20
"""How often many items are answered at once."""

TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class _Own:
    """One score of the form itself."""

    path: str
    dimension: str
    percent: bool


def lint_scores(definition: FormDefinition, catalogue: Catalogue, *, clock: Clock, file: str = "") -> Iterator[Issue]:
    """Yield one issue for each score of the form that differs from ours for some answers."""
    own = [_own(node) for node in definition.parts.by_path.values() if _is_score(node)]
    if own:
        yield from _Played(definition, catalogue, clock, file).compare(own)


def _attribute(node: NodeDef, name: str) -> str:
    return node.bind.attributes.get(f"{{{NAMESPACE}}}{name}", "")


def _is_score(node: NodeDef) -> bool:
    computed = "calculate" in node.rules
    return computed and _attribute(node, "role") == "score" and not _attribute(node, "item")


def _own(node: NodeDef) -> _Own:
    return _Own(node.path, _attribute(node, "dim"), _attribute(node, "unit") == "%")


class _Played:
    """A form that is filled in again and again."""

    def __init__(self, definition: FormDefinition, catalogue: Catalogue, clock: Clock, file: str) -> None:
        self.definition, self.catalogue, self.clock, self.file = definition, catalogue, clock, file
        self.outline: ChecklistOutline = outline(definition, catalogue)
        self.visit = Visit("lint", Site("lint"), started_at=clock.now().isoformat())

    def compare(self, own: list[_Own]) -> Iterator[Issue]:
        open_ = dict.fromkeys(own)
        for answers in self._answers():
            session = FormSession(self.definition, clock=self.clock, client=ClientInfo())
            with session.transaction():
                for item, value in answers.items():
                    session.set_value(item.value_path or item.verdict_path, value)
            result = evaluate(session, self.outline, self.catalogue, visit=self.visit, signatures_required=False)
            for score in tuple(open_):
                found = self._differs(score, session, result)
                if found:
                    del open_[score]
                    yield self._issue(score, found, answers)
            if not open_:
                return

    def _answers(self) -> Iterator[Mapping[ItemDef, str]]:
        """Yield answers: every choice of every item alone, then mixed ones, the same in each run."""
        choices = {item: [choice.value for choice in item.choices] for item in self.outline.items if item.choices}
        choices = {item: values for item, values in choices.items() if not item.repeat_path}
        for item, values in choices.items():
            yield from ({item: value} for value in values)
        dice = random.Random(1)  # noqa: S311 - the same examples in each run
        for _ in range(MIXED):
            yield {item: dice.choice(values) for item, values in choices.items()}

    @staticmethod
    def _differs(score: _Own, session: FormSession, result: InspectionResult) -> tuple[str, str] | None:
        said = session.value(score.path)
        mine = [one for one in result.scores if one.dimension == (score.dimension or one.dimension) != TOTAL]
        got, possible = sum(one.got for one in mine), sum(one.possible for one in mine)
        share = round(100 * got / possible, 1) if possible else None
        ours = share if score.percent else got
        number = as_number(said)
        if (number is None and not ours) or (number is not None and abs(number - (ours or 0.0)) < TOLERANCE):
            return None
        return said or "–", "–" if ours is None else number_text(ours)

    def _issue(self, score: _Own, found: tuple[str, str], answers: Mapping[ItemDef, str]) -> Issue:
        shown = ", ".join(f"{item.item_id} = {value}" for item, value in list(answers.items())[:6])
        name = score.path.rsplit("/", 1)[-1]
        return issue(
            "score-differs", file=self.file, where=score.path, column="calculation", name=name, own=found[0],
            ours=found[1], answers=shown, suggest="weights",
        )  # fmt: skip
