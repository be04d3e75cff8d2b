"""What the answers of one item say, read from a session once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from checklists.authoring.catalogue import Catalogue, LimitEntry, fill
from checklists.findings.judging import Judgement, as_date, as_number, judge, judge_number, number_text
from checklists.items import ChecklistOutline, ChoiceDef, FieldDef, ItemDef
from checklists.model import Audience, Certainty, Field, LimitCopy, NodeRef, Verdict, Words
from checklists.session import NodeView


class Session(Protocol):
    """The part of a form session that findings read (also given by a sealed record's reader in tests)."""

    def node(self, ref: NodeRef | str) -> NodeView: ...

    def shown(self, ref: NodeRef | str) -> str | None: ...

    def rows(self, repeat: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One item with its answers, in one row of a repeat or outside any."""

    item: ItemDef
    key: str  # item id, with the row id behind @ in a repeat
    number: str
    row: str
    verdict: Verdict | None
    value: str
    shown: Words
    note: str
    reason: str
    fields: tuple[Field, ...]
    limit: LimitCopy | None
    judgement: Judgement | None
    field_judgements: tuple[FieldReading, ...] = ()
    weight: float | None = None  # most points, where the item counts
    proposal: str = ""  # what is to be done, in the inspector's words

    @property
    def answered(self) -> bool:
        return bool(self.value) or self.verdict is not None

    def ref(self, path: str) -> NodeRef:
        return NodeRef(path, self.row)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """A further question that is a measurement of its own."""

    definition: FieldDef
    value: str
    limit: LimitCopy | None
    judgement: Judgement | None


class Reader:
    """Reads items of one session on one day."""

    def __init__(self, session: Session, outline: ChecklistOutline, catalogue: Catalogue, *, on: str) -> None:
        self.session = session
        self.outline = outline
        self.catalogue = catalogue
        self.on = on

    def read(self, item: ItemDef) -> Iterator[Reading]:
        """Yield the item as it stands: nothing when it is not relevant, once per row in a repeat."""
        if not item.repeat_path:
            yield from self._read(item, "", item.item_id, item.number)
            return
        for position, row in enumerate(self.session.rows(item.repeat_path), start=1):
            yield from self._read(item, row, f"{item.item_id}@{row}", f"{item.number}/{position}")

    def _read(self, item: ItemDef, row: str, key: str, number: str) -> Iterator[Reading]:
        if self.session.shown(NodeRef(item.path, row)) is None:
            return
        verdict, shown = self._keys(item, row)
        value = self._value(item.value_path, row)
        limit, judgement = None, None
        if item.limit_id or item.limit_path:
            limit, judgement = self._judge(item, row, value)
        choice = _choice(item.choices, value) if value else None
        if choice:
            shown = choice.label
        elif item.value_type == "choices":
            shown = _joined(item.choices, value)
        evaluated = self.session.node(NodeRef(item.live_path, row)).insp if item.live else {}
        if item.live and not (item.limit_id or item.limit_path):
            limit, judgement = self._own_bounds(item, evaluated, value)
        if verdict is None:
            verdict = judgement.verdict if judgement else _outcome(choice)
        if "fail-when" in item.live and (value or verdict is not None):
            verdict = _fail_when(evaluated["fail-when"], verdict)
        if item.observation and verdict is Verdict.FAIL:
            verdict = Verdict.OBSERVE
        yield Reading(
            item=item,
            key=key,
            number=number,
            row=row,
            verdict=verdict,
            value=value,
            shown=shown,
            note=self._value(item.note_path, row),
            reason=self._value(item.reason_path, row),
            fields=tuple(self._fields(item, row)),
            limit=limit,
            judgement=judgement,
            field_judgements=tuple(self._field_judgements(item, row)),
            weight=as_number(evaluated.get("weight", "")) if "weight" in item.live else item.weight,
            proposal=self._value(item.proposal_path, row),
        )

    # --- nodes -------------------------------------------------------------------------------------------------

    def _value(self, path: str, row: str) -> str:
        """Return the value of a node, '' where there is none or it is hidden now."""
        return (self.session.shown(NodeRef(path, row)) or "") if path else ""

    def _keys(self, item: ItemDef, row: str) -> tuple[Verdict | None, Words]:
        """Return what was said by verdict key or skip, and its words."""
        said = self._value(item.verdict_path or item.skip_path, row)
        if not said:
            return None, Words()
        words = self.catalogue.phrase("skips" if item.skip_path else "verdicts", said)
        return Verdict(said), Words(words["th"], words["en"])

    def _fields(self, item: ItemDef, row: str) -> Iterator[Field]:
        for found in item.field_defs:
            value = self._value(found.path, row)
            if value:
                choice = _choice(found.choices, value)
                shown = choice.label if choice else _joined(found.choices, value)
                audience = Audience(found.audience or item.audience)
                yield Field(found.name, found.label, value, found.unit, audience, shown)

    # --- limits ------------------------------------------------------------------------------------------------

    def _judge(self, item: ItemDef, row: str, value: str) -> tuple[LimitCopy | None, Judgement | None]:
        limit_id = self._value(item.limit_path, row) or item.limit_id
        entry = self.catalogue.limit_entry(limit_id, self.on) if limit_id else None
        if not entry:
            return None, None
        low, high = self._bounds(item, row) if entry.computed else (None, None)
        copy = self._copy(entry, item, row, low, high)
        return copy, judge(value, entry, on=self.on, minimum=low, maximum=high, unit=item.unit)

    def _own_bounds(
        self, item: ItemDef, evaluated: Mapping[str, str], value: str
    ) -> tuple[LimitCopy | None, Judgement | None]:
        """Judge a value by bounds that the form itself states (insp:limit-min, insp:limit-max)."""
        low, high = as_number(evaluated.get("limit-min", "")), as_number(evaluated.get("limit-max", ""))
        if low is None and high is None:
            return None, None
        law = self.catalogue.law(item.limit_law) if item.limit_law else None
        certainty = law.certainty if law else Certainty.C
        copy = LimitCopy(item.item_id, item.parameter, low, high, item.unit, law, certainty=certainty)
        number = as_number(value)
        return copy, judge_number(number, low, high) if number is not None else None

    def _bounds(self, item: ItemDef, row: str) -> tuple[float | None, float | None]:
        found = self.session.node(NodeRef(item.value_path, row)).insp
        return as_number(found.get("limit-min", "")), as_number(found.get("limit-max", ""))

    def _copy(self, entry: LimitEntry, item: ItemDef, row: str, low: float | None, high: float | None) -> LimitCopy:
        copy = entry.copy(self.catalogue.law(entry.law) if entry.law else None)
        if not entry.computed:
            return copy
        inputs = {name: _plain(self._value(path, row)) for name, path in item.inputs}
        formula = fill(entry.formula, **inputs) if any(value != "–" for value in inputs.values()) else Words()
        low = entry.minimum if low is None else low
        high = entry.maximum if high is None else high
        return replace(copy, minimum=low, maximum=high, formula=formula)

    def _field_judgements(self, item: ItemDef, row: str) -> Iterator[FieldReading]:
        for found in item.field_defs:
            if not (found.parameter or found.limit_id):
                continue
            value = self._value(found.path, row)
            entry = self.catalogue.limit_entry(found.limit_id, self.on) if found.limit_id else None
            if not value:
                continue
            if not entry:
                yield FieldReading(found, value, None, None)
                continue
            copy = entry.copy(self.catalogue.law(entry.law) if entry.law else None)
            yield FieldReading(found, value, copy, judge(value, entry, on=self.on, unit=found.unit))


def _choice(choices: tuple[ChoiceDef, ...], value: str) -> ChoiceDef | None:
    return next((choice for choice in choices if choice.value == value), None)


def _joined(choices: tuple[ChoiceDef, ...], value: str) -> Words:
    found = [choice.label for part in value.split() if (choice := _choice(choices, part))]
    return Words(", ".join(words.th for words in found), ", ".join(words.en for words in found))


def _outcome(choice: ChoiceDef | None) -> Verdict | None:
    return Verdict(choice.outcome) if choice and choice.outcome else None


def _fail_when(said: str, verdict: Verdict | None) -> Verdict | None:
    """A condition that holds is a failure; one that does not lets an answered item pass, unless it does not count."""
    if said in ("true", "1"):
        return verdict if verdict in (Verdict.NA, Verdict.CANNOT, Verdict.LAB) else Verdict.FAIL
    return Verdict.PASS if verdict in (None, Verdict.FAIL) else verdict


def _plain(text: str) -> str:
    """Return an input of a formula as people write it; a dash where it is not known."""
    number = as_number(text)
    return number_text(number) if number is not None else (text or "–")


def day_of(visit_date: str) -> str:
    """Return the ISO day of a stamp, '' where there is none."""
    return visit_date[:10] if as_date(visit_date) else ""
