"""The catalogue of laws, limits and standard phrases, read-only.

A law entry may have clauses; a clause is referred to as `<law>-<clause>` and inherits what it does not say itself. A
limit id may have several versions for different times, never two in force on one day (`lint` holds that). Nothing here
judges a value; `findings` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from checklists.authoring.errors import CatalogueError
from checklists.authoring.reading import load_yaml
from checklists.authoring.step_tables import StepTable, table_of
from checklists.model import Certainty, LawRef, LimitCopy, Words
from checklists.text import fold

HANDBOOK = Path(__file__).resolve().parent.parent / "handbook"
"""The folder of the bundled handbook: one YAML a checklist, and the catalogues."""

UNCONFIRMED = Words("ร่าง – รอหน่วยงานยืนยัน", "Draft – awaiting confirmation by the agency")
"""Stands beside every reference and number that is not certain enough for a paper."""

FIRM = frozenset({Certainty.A, Certainty.CONFIRMED})
"""Certainties that may stand as fact on a paper."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who of the agency confirmed an entry, by which document, when."""

    officer: str
    position: str
    document: str
    date: str


@dataclass(frozen=True, slots=True)
class LawEntry:
    """A law or one clause of it."""

    law_id: str
    kind: str  # act regulation notification rule practice programme penalty
    title: Words  # short name and clause, as shown at an item
    full_title: Words
    text: Words  # what it says, in our own words
    in_force_from: str
    in_force_until: str
    source: str
    certainty: Certainty
    penalty: str = ""  # law id of the penalty clause
    note: str = ""
    parent: str = ""  # law id of the whole law, for a clause
    confirmation: Confirmation | None = None

    @property
    def is_law(self) -> bool:
        """Whether this may be a legal ground at all."""
        return self.kind in ("act", "regulation", "notification")

    def in_force(self, on: str) -> bool:
        return in_force(self.in_force_from, self.in_force_until, on)

    @property
    def reference(self) -> LawRef:
        return LawRef(self.law_id, self.title, "", self.certainty)


@dataclass(frozen=True, slots=True)
class LimitEntry:
    """One limit in one span of time. Bounds are None where there is none, or where the checklist computes them."""

    limit_id: str
    parameter: str
    name: Words
    medium: str
    operator: str
    minimum: float | None
    maximum: float | None
    unit: str
    computed: bool
    formula: Words
    due: str  # MM-DD, for operator due
    source_type: str
    factory_types: tuple[str, ...]
    law: str
    in_force_from: str
    in_force_until: str
    source: str
    certainty: Certainty
    instrument: Words
    note: str = ""
    confirmation: Confirmation | None = None
    table: StepTable | None = None  # where the law gives the number in steps
    exchange: float | None = None  # dB for half the time, of a level over a working day

    def in_force(self, on: str) -> bool:
        return in_force(self.in_force_from, self.in_force_until, on)

    def copy(self, law: LawRef | None) -> LimitCopy:
        """Return the copy that goes into a record."""
        return LimitCopy(
            self.limit_id, self.parameter, self.minimum, self.maximum, self.unit, law, self.in_force_from,
            self.in_force_until, self.certainty, self.operator, self.formula,
        )  # fmt: skip


def in_force(start: str, end: str, on: str) -> bool:
    """Tell whether a span covers a day. A bare year counts from its first day to its last; an empty end is open."""
    return (not start or start <= on) and (not end or on <= (end if len(end) > 4 else f"{end}-12-31"))


class Catalogue:
    """Laws, limits and phrases. Read-only; may be shared between threads."""

    def __init__(
        self, laws: Iterable[LawEntry], limits: Iterable[LimitEntry], phrases: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._laws = {entry.law_id: entry for entry in laws}
        self._limits: dict[str, list[LimitEntry]] = {}
        for limit in limits:
            self._limits.setdefault(limit.limit_id, []).append(limit)
        self._phrases = phrases

    @classmethod
    def bundled(cls) -> Catalogue:
        """Return the catalogue that ships with the program."""
        return cls.read(HANDBOOK)

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Read `laws.yaml`, `limits.yaml` and `phrases.yaml` of a folder. Raises `CatalogueError`."""
        laws = [law for entry in load_yaml(folder / "laws.yaml")["laws"] for law in law_entries(entry)]
        limits = [limit_entry(entry) for entry in load_yaml(folder / "limits.yaml")["limits"]]
        return cls(laws, limits, load_yaml(folder / "phrases.yaml"))

    def confirmed(self, found: Mapping[str, Confirmation]) -> Catalogue:
        """Return the catalogue with laws, clauses and limits confirmed by named officers, by their ids."""
        laws = (_with(entry, found.get(entry.law_id)) for entry in self.laws)
        limits = (_with(entry, found.get(entry.limit_id)) for entry in self.limits)
        return Catalogue(laws, limits, self._phrases)

    # --- laws --------------------------------------------------------------------------------------------------

    @property
    def laws(self) -> tuple[LawEntry, ...]:
        return tuple(self._laws.values())

    def entry(self, law_id: str) -> LawEntry | None:
        return self._laws.get(law_id)

    def law(self, law_id: str) -> LawRef:
        """Return the reference to copy into a record. An id that is not here gives itself, unverified."""
        entry = self._laws.get(law_id)
        return entry.reference if entry else LawRef(law_id, Words(law_id, law_id), "", Certainty.C)

    def law_text(self, law_id: str) -> Words:
        """Return what a law or clause says, in our own words; empty where unknown."""
        entry = self._laws.get(law_id)
        return entry.text if entry else Words()

    def search(self, text: str, *, limit: int = 50) -> tuple[LawEntry, ...]:
        """Return laws and clauses whose name, number or text holds all words, in the order of the catalogue."""
        wanted = [fold(word) for word in text.split()]
        hits = (entry for entry in self._laws.values() if all(word in _searchable(entry) for word in wanted))
        return tuple(entry for entry, _ in zip(hits, range(limit), strict=False))

    # --- limits ------------------------------------------------------------------------------------------------

    @property
    def limits(self) -> tuple[LimitEntry, ...]:
        return tuple(limit for versions in self._limits.values() for limit in versions)

    def limit_entry(self, limit_id: str, on: date | str) -> LimitEntry | None:
        """Return the version of a limit that is in force on a day."""
        day = on if isinstance(on, str) else on.isoformat()
        return next((limit for limit in self._limits.get(limit_id, ()) if limit.in_force(day)), None)

    def limit_versions(self, limit_id: str) -> tuple[LimitEntry, ...]:
        """Return the versions of a limit, the oldest first; none where there is no such limit."""
        return tuple(sorted(self._limits.get(limit_id, ()), key=lambda one: one.in_force_from))

    def limit(self, limit_id: str, on: date | str) -> LimitCopy | None:
        """Return a copy of the limit in force on a day, or None where none is."""
        entry = self.limit_entry(limit_id, on)
        return entry.copy(self.law(entry.law) if entry.law else None) if entry else None

    # --- phrases -----------------------------------------------------------------------------------------------

    def phrase(self, group: str, key: str) -> Mapping[str, str]:
        """Return one entry of phrases.yaml. Raises `CatalogueError` where it is missing."""
        try:
            found: Mapping[str, str] = self._phrases[group][key]
        except KeyError as error:
            raise CatalogueError("no phrase", where=f"{group}.{key}", suggestion="") from error
        return found

    def has_phrase(self, group: str, key: str) -> bool:
        return key in self._phrases.get(group, {})

    def words(self, group: str, key: str, /, **values: object) -> Words:
        """Return a phrase in both languages with its places filled; a Words value fills each language with its own."""
        entry = self.phrase(group, key)
        return fill(Words(entry["th"], entry["en"]), **values)


_EntryT = TypeVar("_EntryT", LawEntry, LimitEntry)


def _with(entry: _EntryT, found: Confirmation | None) -> _EntryT:
    return replace(entry, certainty=Certainty.CONFIRMED, confirmation=found) if found else entry


def fill(text: Words, /, **values: object) -> Words:
    """Return words with `{name}` places filled."""

    def one(template: str, language: str) -> str:
        own = {k: v.in_language(language) if isinstance(v, Words) else v for k, v in values.items()}
        return template.format_map(own)

    return Words(one(text.th, "th"), one(text.en, "en"))


# --- reading the entries --------------------------------------------------------------------------------------------


def law_entries(entry: Mapping[str, Any]) -> Iterator[LawEntry]:
    """Yield a law and its clauses."""
    law = _law(entry, entry["id"], {}, "")
    yield law
    for clause in entry.get("clauses", ()):
        yield _law(clause, f"{entry['id']}-{clause['id']}", entry, law.law_id)


def _law(entry: Mapping[str, Any], law_id: str, parent: Mapping[str, Any], parent_id: str) -> LawEntry:
    def value(key: str, default: str = "") -> str:
        return str(entry.get(key, parent.get(key, default)))

    title = Words(entry["th"], entry["en"])
    if parent:
        title = Words(f"{parent['th']} {title.th}", f"{parent['en']} {title.en}")
    penalty = value("penalty")
    if penalty and parent_id and "-" not in penalty:
        penalty = f"{parent_id}-{penalty}"
    return LawEntry(
        law_id=law_id,
        kind=value("kind"),
        title=title,
        full_title=Words(value("full_th", title.th), value("full_en", title.en)),
        text=Words(entry.get("text_th", ""), entry.get("text_en", "")),
        in_force_from=value("from"),
        in_force_until=value("until"),
        source=value("source"),
        certainty=_certainty(entry, value("certainty", "C")),
        penalty=penalty,
        note=entry.get("note", ""),
        parent=parent_id,
        confirmation=_confirmation(entry),
    )


def limit_entry(entry: Mapping[str, Any]) -> LimitEntry:
    return LimitEntry(
        limit_id=entry["id"],
        parameter=entry["parameter"],
        name=Words(entry["th"], entry["en"]),
        medium=entry.get("medium", ""),
        operator="" if entry.get("operator", "between") == "between" else entry["operator"],
        minimum=_number(entry, "min"),
        maximum=_number(entry, "max"),
        unit=entry.get("unit", ""),
        computed=bool(entry.get("computed")),
        formula=Words(entry.get("formula_th", ""), entry.get("formula_en", "")),
        due=entry.get("due", ""),
        source_type=entry.get("source_type", ""),
        factory_types=tuple(_list(entry.get("factory_types", ""))),
        law=entry.get("law", ""),
        in_force_from=entry.get("from", ""),
        in_force_until=entry.get("until", ""),
        source=entry["source"],
        certainty=_certainty(entry, entry["certainty"]),
        instrument=Words(entry.get("instrument_th", ""), entry.get("instrument_en", "")),
        note=entry.get("note", ""),
        confirmation=_confirmation(entry),
        table=table_of(entry),
        exchange=_number(entry, "exchange"),
    )


def _certainty(entry: Mapping[str, Any], word: str) -> Certainty:
    return Certainty.CONFIRMED if entry.get("confirmed_by") else Certainty(word)


def _confirmation(entry: Mapping[str, Any]) -> Confirmation | None:
    who = entry.get("confirmed_by")
    return Confirmation(who["officer"], who.get("position", ""), who["document"], who["date"]) if who else None


def _number(entry: Mapping[str, Any], key: str) -> float | None:
    return float(entry[key]) if entry.get(key) else None


def _list(value: str | Sequence[str]) -> Sequence[str]:
    return value.split() if isinstance(value, str) else value


def _searchable(entry: LawEntry) -> str:
    return fold(" ".join((entry.law_id, *_both(entry.title), *_both(entry.full_title), *_both(entry.text))))


def _both(words: Words) -> tuple[str, str]:
    return words.th, words.en
