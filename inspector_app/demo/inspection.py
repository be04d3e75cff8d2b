"""The made-up inspection that the demo carries out: what is answered, said and photographed, item by item.

The text is data in `resources/demo/inspection.json`. Places in braces are filled on the day: `{registry_no}`,
`{days_ago N}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import resources
from checklists.model import PersonMet, Site

CHECKLIST = "factory_act_general"
_DAYS_AGO = re.compile(r"\{days_ago (\d+)\}")


@dataclass(frozen=True, slots=True)
class Planned:
    """What the inspector will do at one item; `answer` is a verdict, a choice or the value to type."""

    item: str
    answer: str
    note: str = ""
    reason: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def plan(site: Site, today: date) -> tuple[Planned, ...]:
    """Return the whole inspection of this site on this day, in the order of the checklist."""
    rows: list[dict[str, Any]] = _data()["answers"]
    return tuple(Planned(**{**row, "answer": _filled(row["answer"], site, today)}) for row in rows)


def plan_for(registry_no: str, today: date) -> tuple[Planned, ...]:
    """Return the inspection of the factory with this number."""
    return plan(Site(registry_no, registry_no=registry_no), today)


def guide() -> PersonMet:
    """Return who received the officers."""
    return PersonMet(**_data()["guide"])


def as_answers(planned: tuple[Planned, ...]) -> dict[str, object]:
    """Return the plan as the object that `inspector answer` reads."""
    answers: dict[str, object] = {}
    for one in planned:
        answers[one.item] = one.answer
        parts = {"note": one.note, "reason": one.reason, **one.fields}
        answers.update({f"{one.item}.{name}": text for name, text in parts.items() if text})
    return answers


def _filled(text: str, site: Site, today: date) -> str:
    text = text.replace("{registry_no}", site.registry_no)
    return _DAYS_AGO.sub(lambda m: (today - timedelta(days=int(m[1]))).isoformat(), text)


def _data() -> dict[str, Any]:
    return dict(json.loads(resources.path("demo", "inspection.json").read_text(encoding="utf-8")))
