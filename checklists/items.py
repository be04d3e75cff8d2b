"""What a form asks, as an inspector sees it: sections and items, read from any form definition.

Bundled checklists carry `insp:` attributes (docs/handbook.md, "Names"); questions of foreign XLSForms become items
without a verdict. An outline is static: it says nothing about answers, and can be shared between threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from checklists.authoring import names
from checklists.authoring.catalogue import Catalogue, LimitEntry
from checklists.model import Severity, Verdict, Visit, Words
from checklists.xform import FormDefinition, GroupDef, QuestionDef, RepeatDef

Node: TypeAlias = GroupDef | RepeatDef | QuestionDef

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


def outline(definition: FormDefinition, catalogue: Catalogue | None = None) -> ChecklistOutline:
    """Return what a form asks, in order. Units and parameters that a form leaves out come from its limits."""
    return _Outline(definition, catalogue).build()


def visit_preset(visit: Visit, *, root: str = names.ROOT) -> dict[str, str]:
    """Return the values of a form's `visit` group, by path, as XML text."""
    site = visit.site
    horsepower = "" if site.horsepower is None else f"{site.horsepower:g}"
    values = {
        "visit_date": visit.started_at[:10],
        "visit_kind": visit.kind.value,
        "site_kind": site.kind.value,
        "site_name": site.name_th or site.name_en,
        "registry_no": site.registry_no,
        "factory_type": site.type_code,
        "factory_group": site.group,
        "licensed_hp": horsepower,
        "licensed_workers": "" if site.workers is None else str(site.workers),
    }
    return {f"/{root}/visit/{name}": value for name, value in values.items()}


class _Outline:
    def __init__(self, definition: FormDefinition, catalogue: Catalogue | None) -> None:
        self.definition = definition
        self.catalogue = catalogue
        self.sections: list[SectionDef] = []
        self.loose: list[ItemDef] = []

    def build(self) -> ChecklistOutline:
        root = self.definition.root_attributes
        title = Words(self.definition.title, root.get(_insp("title-en"), ""))
        for node in self.definition.body:
            self._top(node)
        self._close_loose(title)
        return ChecklistOutline(
            self.definition.id,
            self.definition.version,
            title,
            tuple(self.sections),
            root.get(_insp("scoring"), ""),
            root.get(_insp("status"), "draft"),
            root.get(_insp("standard"), ""),
            {item.item_id: item for section in self.sections for item in section.items},
        )

    def _top(self, node: Node) -> None:
        if isinstance(node, QuestionDef):
            item = self._foreign(node, "")
            self.loose += [item] if item else []
        elif _attributes(node).get("role") not in ("context", "exhibits"):
            self._close_loose(Words(self.definition.title))
            self._section(node)

    def _close_loose(self, title: Words) -> None:
        """Questions that stand outside any group make a section of their own."""
        if self.loose:
            self.sections.append(SectionDef(f"#{len(self.sections) + 1}", title, "", tuple(self.loose)))
            self.loose = []

    def _section(self, node: GroupDef | RepeatDef) -> None:
        found = _attributes(node)
        repeats: list[str] = [node.path] if isinstance(node, RepeatDef) else []
        items = tuple(self._items(node, repeats[0] if repeats else "", repeats))
        if not items:
            return
        self.sections.append(
            SectionDef(
                found.get("section", node.name),
                _label(node),
                node.path,
                items,
                found.get("dim", ""),
                _float(found.get("points", "")),
                repeats[0] if repeats else "",
                _short(found) or _label(node),
            )
        )

    def _items(self, node: GroupDef | RepeatDef, repeat: str, repeats: list[str]) -> Iterator[ItemDef]:
        for child in node.children:
            if isinstance(child, QuestionDef):
                item = self._foreign(child, repeat)
                if item:
                    yield item
            elif "item" in _attributes(child):
                yield self._item(child, repeat)
            elif isinstance(child, RepeatDef):
                repeats.append(child.path)
                yield from self._items(child, child.path, repeats)
            else:
                yield from self._items(child, repeat, repeats)

    # --- an item of a bundled checklist ------------------------------------------------------------------------

    def _item(self, group: Node, repeat: str) -> ItemDef:
        found = _attributes(group)
        parts = {child.name.removeprefix(f"{group.name}_"): child for child in _questions(group)}
        verdict, skip, value = (parts.get(key) for key in (names.VERDICT, names.SKIP, names.VALUE))
        measured = _attributes(value) if value else {}
        limit = self._limit(found.get("limit", ""))
        limit_path = f"{group.path}/{group.name}_{names.LIMIT}"  # computed, so not part of the body
        keys = verdict or skip
        own = value if value and value.control in _SELECTS else verdict
        return ItemDef(
            item_id=found["item"],
            number=found["item"].split("-", 1)[-1],
            path=group.path,
            kind=found["kind"],
            title=_label(group),
            help=_hint(verdict or value or parts.get(names.NOTE) or group),
            severity=Severity(found["severity"]),
            laws=tuple(found.get("law", "").split()),
            limit_id=found.get("limit", ""),
            na_rule=found["na"],
            evidence_rule=found["evidence"],
            evidence_min=int(found.get("evidence-min", "0")),
            audience=found.get("audience", "factory"),
            due_days=int(found["due-days"]) if "due-days" in found else None,
            verdict_path=verdict.path if verdict else "",
            skip_path=skip.path if skip else "",
            value_path=value.path if value else "",
            value_type=_value_type(value) if value else "",
            unit=measured.get("unit", limit.unit if limit else ""),
            parameter=measured.get("parameter", limit.parameter if limit else ""),
            medium=measured.get("medium", limit.medium if limit else ""),
            limit_path=limit_path if limit_path in self.definition.parts.by_path else "",
            note_path=parts[names.NOTE].path if names.NOTE in parts else "",
            reason_path=parts[names.REASON].path if names.REASON in parts else "",
            field_defs=tuple(
                self._field(key, child) for key, child in parts.items() if key not in names.RESERVED and child.control
            ),
            choices=_choices(own) if own else (),
            verdicts=tuple(Verdict(choice.value) for choice in _choices(keys)) if keys else (),
            inputs=_inputs(found.get("inputs", "")),
            weight=_float(found.get("weight", "")),
            gate=bool(found.get("gate")),
            repeat_path=repeat,
        )

    def _field(self, name: str, question: QuestionDef) -> FieldDef:
        found = _attributes(question)
        limit = self._limit(found.get("limit", ""))
        return FieldDef(
            name=name,
            path=question.path,
            label=_label(question),
            value_type=_value_type(question),
            help=_hint(question),
            unit=found.get("unit", limit.unit if limit else ""),
            parameter=found.get("parameter", limit.parameter if limit else ""),
            medium=found.get("medium", limit.medium if limit else ""),
            limit_id=found.get("limit", ""),
            audience=found.get("audience", ""),
            choices=_choices(question),
        )

    def _limit(self, limit_id: str) -> LimitEntry | None:
        if not limit_id or not self.catalogue:
            return None
        return self.catalogue.limit_entry(limit_id, "9999-12-31")

    # --- a question of somebody else's form --------------------------------------------------------------------

    def _foreign(self, question: QuestionDef, repeat: str) -> ItemDef | None:
        if not question.control or _attributes(question).get("role") in ("context", "exhibit"):
            return None
        value_type = _value_type(question)
        return ItemDef(
            item_id=question.path.split("/", 2)[-1],
            number=question.name,
            path=question.path,
            kind=_FOREIGN_KIND.get(value_type, "text"),
            title=_label(question),
            help=_hint(question),
            evidence_rule="optional",
            na_rule="allowed",
            value_path=question.path,
            value_type=value_type,
            choices=_choices(question),
            repeat_path=repeat,
        )


_SELECTS = ("select1", "select", "rank")
_FOREIGN_KIND = {
    "integer": "count",
    "decimal": "number",
    "date": "date",
    "choice": "choice",
    "choices": "choice",
}
_DATA_TYPE = {
    "int": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
    "geopoint": "geopoint",
    "string": "text",
    "": "text",
}


def _value_type(question: QuestionDef) -> str:
    if question.control == "select1":
        return "choice"
    if question.control in ("select", "rank"):
        return "choices"
    return "image" if question.control == "upload" else _DATA_TYPE.get(question.data_type, "other")


def _questions(group: Node) -> Iterator[QuestionDef]:
    for child in group.children:
        if isinstance(child, QuestionDef):
            yield child
        else:
            yield from _questions(child)


def _insp(name: str) -> str:
    return f"{{{names.NAMESPACE}}}{name}"


def _attributes(node: Node) -> dict[str, str]:
    """Return a node's inspection attributes by local name."""
    prefix = _insp("")
    found = node.bind_attributes.items()
    return {key.removeprefix(prefix): value for key, value in found if key.startswith(prefix)}


def _label(node: Node) -> Words:
    return Words(node.label_in("th"), node.label_in("en"))


def _short(found: Mapping[str, str]) -> Words | None:
    return Words(found["short-th"], found.get("short-en", "")) if "short-th" in found else None


def _hint(node: Node) -> Words:
    return Words(node.hint_in("th"), node.hint_in("en"))


def _choices(question: QuestionDef) -> tuple[ChoiceDef, ...]:
    if question.control not in _SELECTS:
        return ()
    english = {value: label for value, label, _ in question.choices_in("en")}
    return tuple(
        ChoiceDef(
            value,
            Words(label, english.get(value, "")),
            extra.get("outcome", ""),
            extra.get("score", ""),
            extra.get("severity", ""),
        )
        for value, label, extra in question.choices_in("th")
    )


def _inputs(text: str) -> tuple[tuple[str, str], ...]:
    """Read `workers= /data/sec_a/fa_a09/fa_a09_x  hp= /data/visit/licensed_hp`."""
    words = text.replace("=", " ").split()
    return tuple(zip(words[::2], words[1::2], strict=False))


def _float(text: str) -> float | None:
    return float(text) if text else None
