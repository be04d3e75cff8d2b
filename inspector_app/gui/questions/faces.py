"""What a card shows of its item, as words and tones: made from the model, painted by the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.authoring.units import unit_words
from checklists.model import Attachment, Verdict
from inspector_app.gui.questions import values
from inspector_app.i18n import Translator

if TYPE_CHECKING:
    from checklists.items import ItemDef
    from inspector_app.gui.questions.model import FillModel

TONES = {
    Verdict.PASS: "ok",
    Verdict.FAIL: "bad",
    Verdict.NA: "na",
    Verdict.CANNOT: "cant",
    Verdict.OBSERVE: "obs",
    Verdict.LAB: "lab",
}
ORDER = (Verdict.PASS, Verdict.FAIL, Verdict.NA, Verdict.CANNOT, Verdict.OBSERVE)  # keys 1-5


@dataclass(frozen=True, slots=True)
class ChipFace:
    """A chip: word, tone, and an icon where it is not the tone's own."""

    text: str
    tone: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class CardFace:
    """One card, folded or open. `lines` stand under the title, `muted` below them in small print."""

    number: str
    title: str
    tone: str = ""
    value: str = ""
    value_bad: bool = False
    chips: tuple[ChipFace, ...] = ()
    note: str = ""
    muted: str = ""
    law: str = ""
    photos: tuple[Attachment, ...] = ()
    place: str = ""

    @property
    def spoken(self) -> str:
        """Return the card for a screen reader."""
        parts = (self.number, self.title, self.value, *(chip.text for chip in self.chips), self.note, self.muted)
        return " · ".join(part for part in parts if part)


def verdict_word(verdict: Verdict, texts: Translator) -> str:
    return texts.t(f"fill.verdict.{verdict.value}")


def make_face(model: FillModel, index: int, texts: Translator) -> CardFace:
    """Return the face of one item as it stands."""
    item, state, result = model.items[index], model.state(index), model.result_of(index)
    language = texts.language
    verdict = state.verdict or (result.verdict if result and state.value else None)
    chips: list[ChipFace] = []
    value = shown_value(model, index, language) if state.value and state.verdict is None else ""
    muted = ""
    measurement = model.measurement_of(index)
    if value and measurement is not None:
        distance = values.distance_words(state.value, measurement.limit, measurement.verdict).in_language(language)
        failed = measurement.verdict is Verdict.FAIL
        if distance and _is_distance(item):
            icon = "arrow-up-bold" if failed else ""
            chips.append(ChipFace(distance, "bad" if failed else "ok", icon))
        if failed:
            chips.append(ChipFace(verdict_word(Verdict.FAIL, texts), "bad"))
            muted = values.limit_words(measurement.limit).in_language(language)
    elif verdict is not None:
        chips.append(ChipFace(verdict_word(verdict, texts), TONES[verdict]))
    if state.verdict in (Verdict.NA, Verdict.CANNOT):
        muted = state.reason
    failed_item = model.failed(index)
    tells = failed_item or verdict is Verdict.OBSERVE or bool(state.photos)
    law = _law_line(model, index, texts) if failed_item else ""
    place = texts.t("fill.card.place", number=model.place(index), total=model.progress().total)
    return CardFace(
        number=item.number,
        title=item.title.in_language(language),
        tone=TONES[verdict] if verdict else "",
        value=value,
        value_bad=failed_item,
        chips=tuple(chips),
        note=state.note if tells or state.note else "",
        muted=muted,
        law=law,
        photos=state.photos,
        place=place,
    )


def shown_value(model: FillModel, index: int, language: str) -> str:
    """Return the answer in words: the choice's label, a date as people write it, a number with its unit."""
    item, value = model.items[index], model.state(index).value
    if item.kind == "choice":
        labels = {choice.value: choice.label for choice in model.session.node(item.value_path).choices}
        return " · ".join(labels.get(part, part) for part in value.split())
    if item.value_type == "time":
        return values.show_time(value, language)
    if item.value_type == "datetime":
        return values.show_moment(value, language)
    if item.value_type == "geopoint":
        return values.show_point(value)
    if item.kind == "date" or item.value_type == "date":
        return values.show_date(value, language)
    if item.kind in {"number", "count"}:
        return f"{values.show_number(value)} {unit_words(item.unit).in_language(language)}".strip()
    return value


def _is_distance(item: ItemDef) -> bool:
    return item.kind in {"number", "count"}


def _law_line(model: FillModel, index: int, texts: Translator) -> str:
    item, result = model.items[index], model.result_of(index)
    severity = texts.t(f"fill.severity.{item.severity}") if item.severity else ""
    laws = [law.title.in_language(texts.language) for law in (result.laws if result else ())]
    return " · ".join(part for part in (laws[0] if laws else "", severity) if part)
