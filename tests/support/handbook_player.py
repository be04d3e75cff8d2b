"""Plays a scripted inspection on a bundled checklist and hands back what it amounts to.

Scripts are YAML, one a checklist, written by hand from the item bank (never from the program's output): the site, the
day, the answers, and what must follow. `good` are answers that pass; every item that a script does not name gets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from checklists.authoring import load_yaml
from checklists.authoring.catalogue import Catalogue
from checklists.findings import evaluate
from checklists.items import ChecklistOutline, ItemDef, outline, visit_preset
from checklists.loading import bundled
from checklists.model import Attachment, InspectionResult, NodeRef, Site, SiteKind, Visit, VisitKind
from checklists.session import ClientInfo, FormSession
from tests.support.clock import FrozenClock

GOLDEN = Path(__file__).parents[1] / "checklists" / "handbook" / "golden"


@cache
def catalogue() -> Catalogue:
    return Catalogue.bundled()


@cache
def asked(checklist: str) -> ChecklistOutline:
    return outline(bundled(checklist), catalogue())


@dataclass
class Played:
    """One inspection in progress."""

    session: FormSession
    outline: ChecklistOutline
    visit: Visit

    def put(self, name: str, value: str, row: str = "") -> None:
        """Answer `FA-B06` (verdict key or value; na, cannot, lab and fail go the way round) or `FA-B06.note`."""
        item_id, _, part = name.partition(".")
        item = self.outline.by_id[item_id]
        self.session.set_value(NodeRef(_path(item, part, value), row), value)

    def result(self, attachments: tuple[Attachment, ...] = (), *, signatures: bool = False) -> InspectionResult:
        return evaluate(
            self.session,
            self.outline,
            catalogue(),
            visit=self.visit,
            attachments=attachments,
            signatures_required=signatures,
        )


def _path(item: ItemDef, part: str, value: str) -> str:
    if part == "note":
        return item.note_path
    if part == "reason":
        return item.reason_path
    if part:
        return next(field.path for field in item.field_defs if field.name == part)
    if item.verdict_path:
        return item.verdict_path
    said = {verdict.value for verdict in item.verdicts}
    return item.skip_path if item.skip_path and value in said else item.value_path


def begin(checklist: str, *, on: str = "2026-11-22", kind: str = "planned", **site: Any) -> Played:
    """Start an inspection of a made-up site on a day."""
    site = {"kind": SiteKind.FACTORY, **site}
    visit = Visit("v1", Site("s1", **site), VisitKind(kind), started_at=f"{on}T09:00:00.000+07:00")
    session = FormSession(
        bundled(checklist),
        clock=FrozenClock(datetime.fromisoformat(visit.started_at)),
        client=ClientInfo(),
        preset=visit_preset(visit),
    )
    return Played(session, asked(checklist), visit)


def play(checklist: str, script: Mapping[str, Any], good: Mapping[str, str]) -> Played:
    """Answer every relevant item: as the script says, else with the good answer of the checklist."""
    site = dict(script.get("site", {}))
    if "horsepower" in site:
        site["horsepower"] = float(site["horsepower"])
    if "workers" in site:
        site["workers"] = int(site["workers"])
    played = begin(checklist, on=script.get("on", "2026-11-22"), kind=script.get("kind", "planned"), **site)
    answers = dict(script.get("answers", {}))
    _answer_rows(played, script.get("rows", ()), good)
    for item in played.outline.items:
        if item.kind == "signature" or item.repeat_path:
            continue
        own = {key: value for key, value in answers.items() if key.partition(".")[0] == item.item_id}
        if item.item_id not in own and played.session.shown(item.path) is not None:
            _answer_well(played, item, good, {key.partition(".")[2] for key in own})
        for name, value in own.items():
            played.put(name, value)
    return played


def _answer_rows(played: Played, scripts: Sequence[Mapping[str, str]], good: Mapping[str, str]) -> None:
    """Bring the checklist's table to as many rows as the script has, and answer them."""
    section = next((section for section in played.outline.sections if section.repeat_path), None)
    if section is None:
        return
    path = section.repeat_path
    while len(played.session.rows(path)) > len(scripts):
        played.session.remove_row(NodeRef(path, played.session.rows(path)[-1]))
    while len(played.session.rows(path)) < len(scripts):
        played.session.add_row(path)
    for row, answers in zip(played.session.rows(path), scripts, strict=True):
        for item in section.items:
            if item.item_id not in answers:
                played.put(item.item_id, good.get(item.item_id, "pass"), row)
        for name, value in answers.items():
            played.put(name, value, row)


def _answer_well(played: Played, item: ItemDef, good: Mapping[str, str], taken: set[str]) -> None:
    if item.repeat_path or played.session.node(item.answer_path).readonly:
        return
    if item.item_id in good:
        played.put(item.item_id, good[item.item_id])
    elif item.verdict_path:
        played.put(item.item_id, "pass")
    else:
        raise AssertionError(f"golden scripts of {item.item_id} need a good answer")
    for name, value in good.items():
        head, _, part = name.partition(".")
        if head == item.item_id and part and part not in taken:
            played.put(name, value)


def scripts(checklist: str) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, str]]]:
    """Yield (name, script, good answers) of a checklist's golden file."""
    content = load_yaml(GOLDEN / f"{checklist}.yaml")
    for script in content["inspections"]:
        yield script["name"], script, content["good"]
