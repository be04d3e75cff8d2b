"""What a form asks, as frozen values: items, their fields and choices, sections, the whole outline."""

from __future__ import annotations

from dataclasses import dataclass, field

from checklists.model import Severity, Verdict, Words

NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class ChoiceDef:
    """One choice of a question: its value, words, and the outcome or points that it means."""

    value: str
    label: Words
    outcome: str = ""  # pass, fail, observe, na, cannot, lab
    score: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class FieldDef:
    """A further question of an item, such as a date or a licence number."""

    name: str
    path: str
    label: Words
    value_type: str  # text integer decimal date time datetime choice choices geopoint image other
    help: Words = NO_WORDS
    unit: str = ""
    parameter: str = ""
    medium: str = ""
    limit_id: str = ""
    audience: str = "factory"
    choices: tuple[ChoiceDef, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemDef:
    """One item. Paths are '' where the item has no such node."""

    item_id: str
    number: str  # B05
    path: str
    kind: str  # verdict number count date text choice score signature
    title: Words
    help: Words = NO_WORDS
    severity: Severity = Severity.MINOR
    laws: tuple[str, ...] = ()
    limit_id: str = ""
    na_rule: str = "justified"
    evidence_rule: str = "optional"
    evidence_min: int = 0
    audience: str = "factory"
    due_days: int | None = None
    verdict_path: str = ""
    skip_path: str = ""
    value_path: str = ""
    value_type: str = ""
    unit: str = ""
    parameter: str = ""
    medium: str = ""
    limit_path: str = ""
    note_path: str = ""
    reason_path: str = ""
    field_defs: tuple[FieldDef, ...] = ()
    choices: tuple[ChoiceDef, ...] = ()
    verdicts: tuple[Verdict, ...] = ()  # allowed as verdict, or as skip where there is no verdict
    inputs: tuple[tuple[str, str], ...] = ()  # (name, path) of what a computed limit rests on
    weight: float | None = None
    gate: bool = False
    repeat_path: str = ""  # of the innermost repeat around it
    dimension: str = ""  # of its points; that of the section where it says none
    live: frozenset[str] = frozenset()  # its inspection attributes that are evaluated: fail-when, weight, limit-…
    live_path: str = ""  # the node that carries them
    limit_law: str = ""  # ground of bounds that the form itself states
    proposal_path: str = ""  # what is to be done, in the inspector's words (insp:action)
    shares: bool = False  # choice scores are shares of the weight, not points
    observation: bool = False  # what is wrong with it is only observed

    @property
    def answer_path(self) -> str:
        """The node that takes the first key: verdict, else value, else the item itself."""
        return self.verdict_path or self.value_path or self.path


@dataclass(frozen=True, slots=True)
class SectionDef:
    """One section with its items, in order."""

    section_id: str
    title: Words
    path: str
    items: tuple[ItemDef, ...] = ()
    dimension: str = ""
    points: float | None = None
    repeat_path: str = ""
    short: Words = NO_WORDS  # for a narrow list of sections; the title where the checklist has none


@dataclass(frozen=True, slots=True)
class ChecklistOutline:
    """A whole checklist."""

    form_id: str
    version: str
    title: Words
    sections: tuple[SectionDef, ...] = ()
    scoring: str = ""
    status: str = "draft"
    standard: str = ""  # the Act or programme that it rests on
    by_id: dict[str, ItemDef] = field(default_factory=dict, compare=False, repr=False)

    @property
    def items(self) -> tuple[ItemDef, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def item(self, item_id: str) -> ItemDef | None:
        """Return the item with this id, or None."""
        return self.by_id.get(item_id)
