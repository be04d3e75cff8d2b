"""What stands beside the open card: the last visit, the law and the problems, put into the context panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.authoring.units import unit_words
from checklists.model import Certainty, Problem
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.questions.base import Asking
from inspector_app.gui.questions.faces import verdict_word
from inspector_app.gui.screens.fill.earlier import Earlier
from inspector_app.gui.widgets.context_panel import ContextPanel, ProblemFace

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue


class Beside:
    """Fills `panel` for the item at the cursor."""

    def __init__(
        self, panel: ContextPanel, asking: Asking, *, catalogue: Catalogue | None, earlier: Earlier | None
    ) -> None:
        self.panel, self._asking, self._catalogue = panel, asking, catalogue
        self._earlier = earlier or Earlier()

    def show_place(self) -> None:
        """Show what belongs to the open item."""
        model = self._asking.model
        number = model.items[model.cursor].number
        self.panel.show_last(self._asking.t("fill.last", number=number), self._last_words())
        self.show_law()

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
        text, reference = "\n".join(t for t in texts if t), "\n".join(references)
        self.panel.show_law(self._asking.t("fill.law"), text, reference, sure=sure)

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

    def _last_words(self) -> str:
        """What the last visit found at the open item, as far as this laptop knows."""
        model, language = self._asking.model, self._asking.language
        found = self._earlier.item(model.items[model.cursor].item_id)
        if found is None:
            return self._asking.t("fill.last.none")
        verdict = verdict_word(found.verdict, self._asking.texts) if found.verdict else ""
        value = (
            found.shown.in_language(language) or f"{found.value} {unit_words(found.unit).in_language(language)}".strip()
        )
        when = date_and_time(self._earlier.at, language)
        lines = (" · ".join(dict.fromkeys(part for part in (verdict, value) if part)), found.note or found.reason, when)
        return "\n".join(line for line in lines if line)
