"""What stands beside the open card: the last visit, the law and the problems, put into the context panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.model import Certainty, Problem
from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.values import limit_words
from inspector_app.gui.screens.fill.last_time import LastVisit
from inspector_app.gui.widgets.context_panel import ContextPanel, ProblemFace

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue
    from inspector_app.actions.afterwards.earlier import LastTime


class Beside:
    """Fills `panel` for the item at the cursor."""

    def __init__(
        self, panel: ContextPanel, asking: Asking, *, catalogue: Catalogue | None, last: LastTime | None
    ) -> None:
        self.panel, self._asking, self._catalogue = panel, asking, catalogue
        self.last = LastVisit(last, asking)

    def show_place(self) -> None:
        """Show what belongs to the open item."""
        self.show_last()
        self.show_law()

    def show_judged(self) -> None:
        """Show what follows from a new judgement: the problems, and whether the item is better than last time."""
        self.last.compare()
        self.show_problems()
        if self._asking.model.items:
            self.show_place()

    def show_last(self) -> None:
        item = self._asking.model.items[self._asking.model.cursor]
        title = self._asking.t("fill.last", number=item.number)
        self.panel.show_last(title, self.last.face(item.item_id), self._asking.t("fill.last.carry"))

    def show_problems(self) -> None:
        """List what blocks sealing, without the items that are simply not answered yet, and count those in one line."""
        model, t = self._asking.model, self._asking.t
        problems = [p for p in model.problems if p.kind != "missing" or self._begun(p)]
        problems.sort(key=lambda p: not p.blocking)
        faces = [self._problem_face(p) for p in problems]
        self.panel.show_problems(t("fill.problems", count=len(faces)), faces, t("fill.problems.none"))

    def show_law(self) -> None:
        model, language = self._asking.model, self._asking.language
        if not model.items:
            return
        texts, references, sure = [], [], True
        for law_id in model.items[model.cursor].laws:
            if self._catalogue is None:
                continue
            law = self._catalogue.law(law_id)
            texts.append(self._catalogue.law_text(law_id).in_language(language))
            certain = self._asking.t(f"fill.certainty.{law.certainty.value.lower()}")
            sure = sure and law.certainty in {Certainty.A, Certainty.CONFIRMED}
            references.append(" · ".join(part for part in (law.title.in_language(language), certain) if part))
        limit = self._limit_words()
        text, reference = "\n".join(t for t in (limit, *texts) if t), "\n".join(references)
        self.panel.show_law(self._asking.t("fill.law"), text, reference, sure=sure)

    def _limit_words(self) -> str:
        """Return the limit of the open item: the one it was judged by, else the one in force on the visit's day."""
        model = self._asking.model
        item = model.items[model.cursor]
        measured = model.measurement_of(model.cursor)
        limit = measured.limit if measured is not None else None
        if limit is None and item.limit_id and self._catalogue is not None:
            limit = self._catalogue.limit(item.limit_id, self._asking.visited_on)
        return limit_words(limit).in_language(self._asking.language)

    def _begun(self, problem: Problem) -> bool:
        """Whether a missing answer belongs to an item that has some answer already."""
        index = self._asking.model.places.of_problem(problem.item_id, problem.path)
        return index is None or self._asking.model.state(index).answered

    def _problem_face(self, problem: Problem) -> ProblemFace:
        model = self._asking.model
        index = model.places.of_problem(problem.item_id, problem.path)
        number = model.items[index].number if index is not None else ""
        words = problem.message.in_language(self._asking.language)
        return ProblemFace(number, words, problem.item_id, problem.path, problem.blocking)
