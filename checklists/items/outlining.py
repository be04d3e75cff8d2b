"""What a form asks, as an inspector sees it: sections and items, read from any form definition.

Bundled checklists carry `insp:` attributes (docs/handbook.md, "Names"); questions of foreign XLSForms become items
without a verdict. An outline is static: it says nothing about answers, and can be shared between threads.
"""

from __future__ import annotations

from collections.abc import Iterator

from checklists.authoring import names
from checklists.authoring.catalogue import Catalogue, LimitEntry
from checklists.items.assessed import is_assessed, item_of
from checklists.items.definitions import ChecklistOutline, FieldDef, ItemDef, SectionDef
from checklists.items.nodes import (
    SELECTS,
    Node,
    attributes_of,
    choices_of,
    hint_of,
    inputs_of,
    inspection_name,
    label_of,
    number_of,
    questions_in,
    short_of,
    value_type,
)
from checklists.model import Severity, Verdict, Visit, Words
from checklists.xform import FormDefinition, GroupDef, QuestionDef, RepeatDef


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
        self._siblings = {question.name: question for question in definition.questions}

    def build(self) -> ChecklistOutline:
        root = self.definition.root_attributes
        title = Words(self.definition.title, root.get(inspection_name("title-en"), ""))
        for node in self.definition.body:
            self._top(node)
        self._close_loose(title)
        return ChecklistOutline(
            self.definition.id,
            self.definition.version,
            title,
            tuple(self.sections),
            root.get(inspection_name("scoring"), ""),
            root.get(inspection_name("status"), "draft"),
            root.get(inspection_name("standard"), ""),
            {item.item_id: item for section in self.sections for item in section.items},
        )

    def _top(self, node: Node) -> None:
        if isinstance(node, QuestionDef) or is_assessed(node):
            item = item_of(node, "", self._siblings)
            self.loose += [item] if item else []
        elif attributes_of(node).get("role") not in ("context", "exhibits"):
            self._close_loose(Words(self.definition.title))
            self._section(node)

    def _close_loose(self, title: Words) -> None:
        """Questions that stand outside any group make a section of their own."""
        if self.loose:
            self.sections.append(SectionDef(f"#{len(self.sections) + 1}", title, "", tuple(self.loose)))
            self.loose = []

    def _section(self, node: GroupDef | RepeatDef) -> None:
        found = attributes_of(node)
        repeats: list[str] = [node.path] if isinstance(node, RepeatDef) else []
        items = tuple(self._items(node, repeats[0] if repeats else "", repeats))
        if not items:
            return
        self.sections.append(
            SectionDef(
                found.get("section", node.name),
                label_of(node),
                node.path,
                items,
                found.get("dim", ""),
                number_of(found.get("points", "")),
                repeats[0] if repeats else "",
                short_of(found) or label_of(node),
            )
        )

    def _items(self, node: GroupDef | RepeatDef, repeat: str, repeats: list[str]) -> Iterator[ItemDef]:
        for child in node.children:
            if isinstance(child, QuestionDef):
                item = item_of(child, repeat, self._siblings)
                if item:
                    yield item
            elif "kind" in attributes_of(child):
                yield self._item(child, repeat)
            elif is_assessed(child) and (item := item_of(child, repeat, self._siblings)):
                yield item
            elif isinstance(child, RepeatDef):
                repeats.append(child.path)
                yield from self._items(child, child.path, repeats)
            else:
                yield from self._items(child, repeat, repeats)

    # --- an item of a bundled checklist ------------------------------------------------------------------------

    def _item(self, group: Node, repeat: str) -> ItemDef:
        found = attributes_of(group)
        parts = {child.name.removeprefix(f"{group.name}_"): child for child in questions_in(group)}
        verdict, skip, value = (parts.get(key) for key in (names.VERDICT, names.SKIP, names.VALUE))
        measured = attributes_of(value) if value else {}
        limit = self._limit(found.get("limit", ""))
        limit_path = f"{group.path}/{group.name}_{names.LIMIT}"  # computed, so not part of the body
        keys = verdict or skip
        own = value if value and value.control in SELECTS else verdict
        live = frozenset(name for name in ("fail-when", "weight") if found.get(name))
        live -= {"weight"} if number_of(found.get("weight", "")) is not None else set()
        return ItemDef(
            item_id=found["item"],
            number=found["item"].split("-", 1)[-1],
            path=group.path,
            kind=found["kind"],
            title=label_of(group),
            help=hint_of(verdict or value or parts.get(names.NOTE) or group),
            severity=Severity(found["severity"]),
            laws=tuple(found.get("law", "").split()),
            limit_id=found.get("limit", ""),
            na_rule=_na_rule(found["na"], value),
            evidence_rule=found["evidence"],
            evidence_min=int(found.get("evidence-min", "0")),
            audience=found.get("audience", "factory"),
            due_days=int(found["due-days"]) if "due-days" in found else None,
            verdict_path=verdict.path if verdict else "",
            skip_path=skip.path if skip else "",
            value_path=value.path if value else "",
            value_type=value_type(value) if value else "",
            unit=measured.get("unit", limit.unit if limit else ""),
            parameter=measured.get("parameter", limit.parameter if limit else ""),
            medium=measured.get("medium", limit.medium if limit else ""),
            limit_path=limit_path if limit_path in self.definition.parts.by_path else "",
            note_path=parts[names.NOTE].path if names.NOTE in parts else "",
            reason_path=parts[names.REASON].path if names.REASON in parts else "",
            field_defs=tuple(
                self._field(key, child) for key, child in parts.items() if key not in names.RESERVED and child.control
            ),
            choices=choices_of(own) if own else (),
            verdicts=tuple(Verdict(choice.value) for choice in choices_of(keys)) if keys else (),
            inputs=inputs_of(found.get("inputs", "")),
            weight=number_of(found.get("weight", "")),
            gate=bool(found.get("gate")),
            repeat_path=repeat,
            live=live,
            live_path=group.path if live else "",
        )

    def _field(self, name: str, question: QuestionDef) -> FieldDef:
        found = attributes_of(question)
        limit = self._limit(found.get("limit", ""))
        return FieldDef(
            name=name,
            path=question.path,
            label=label_of(question),
            value_type=value_type(question),
            help=hint_of(question),
            unit=found.get("unit", limit.unit if limit else ""),
            parameter=found.get("parameter", limit.parameter if limit else ""),
            medium=found.get("medium", limit.medium if limit else ""),
            limit_id=found.get("limit", ""),
            audience=found.get("audience", ""),
            choices=choices_of(question),
        )

    def _limit(self, limit_id: str) -> LimitEntry | None:
        """Return the newest version of a limit: what it is a limit of holds for all versions."""
        versions = self.catalogue.limit_versions(limit_id) if self.catalogue else ()
        return versions[-1] if versions else None


def _na_rule(rule: str, value: QuestionDef | None) -> str:
    """Return the rule for not applicable; a choice of the item's own that means it is the author's word against it."""
    own = choices_of(value) if value is not None and value.control in SELECTS else ()
    return "allowed" if rule == "forbidden" and any(choice.outcome == "na" for choice in own) else rule
