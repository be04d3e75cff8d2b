"""A limit that changed: a visit is judged by the version that was in force on its day, whatever is newest."""

import shutil
from datetime import datetime

import pytest
from pyxform.xls2xform import convert

from checklists.authoring import expand, read
from checklists.authoring.catalogue import HANDBOOK, Catalogue
from checklists.clock import BANGKOK
from checklists.findings import evaluate
from checklists.items import outline, visit_preset
from checklists.loading import load_form
from checklists.model import Site, Visit
from checklists.session import ClientInfo, FormSession
from tests.support.clock import FrozenClock

LIMIT = "th: ที่, en: Places, medium: building, unit: ที่, law: mr2-2535-c5-toilets, source: S9, certainty: C"
STEPS = "parameter: places, computed: 'yes', formula_th: '{step}', formula_en: '{step}', every: '50', more: '1'"
PLAIN = "id: height, parameter: height"
VERSIONS = f"""
  - {{id: places, {STEPS}, steps: "15=1 40=2", from: "1992", until: "2026-12-31", {LIMIT}}}
  - {{id: places, {STEPS}, steps: "15=2 40=4", from: "2027-01-01", until: "2027-12-31", {LIMIT}}}
  - {{id: places, {STEPS}, steps: "15=3 40=6", from: "2028", {LIMIT}}}
  - {{{PLAIN}, min: "200", from: "1992", until: "2026-12-31", {LIMIT}}}
  - {{{PLAIN}, min: "220", from: "2027-01-01", {LIMIT}}}
"""

CHECKLIST = """checklist: example
version: "1"
title_th: ตัวอย่าง
title_en: Example
sections:
  - id: A
    th: หมวด
    en: Section
    items:
      - {id: EX-A01, kind: count, th: คนงาน, en: Workers, severity: major, law: fa2535-s23}
      - id: EX-A02
        kind: count
        th: ที่
        en: Places
        severity: major
        law: mr2-2535-c5-toilets
        limit: places
        limit_min: of_limit(places, ${EX-A01})
        inputs: {step: "${EX-A01}"}
        unit: ที่
      - {id: EX-A03, kind: number, th: สูง, en: Height, severity: major, law: fa2535-s23, limit: height, unit: ที่}
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handbook")
    for name in ("laws.yaml", "limits.yaml", "phrases.yaml"):
        shutil.copy(HANDBOOK / name, folder)
    with (folder / "limits.yaml").open("a", encoding="utf-8") as file:
        file.write(VERSIONS)
    return Catalogue.read(folder)


@pytest.fixture(scope="module")
def definition(catalogue):
    return load_form(convert(expand(read(CHECKLIST), catalogue)).xform.encode())


def judged(definition, catalogue, day, **answers):
    """Return the items of a visit begun on a day, by id, with the copy of the limit that each was judged by."""
    visit = Visit("v", Site("s"), started_at=f"{day}T10:00:00+07:00")
    clock = FrozenClock(datetime(2029, 6, 1, 10, tzinfo=BANGKOK))  # seen again long after
    session = FormSession(definition, clock=clock, client=ClientInfo("d"), preset=visit_preset(visit))
    for name, value in answers.items():
        session.set_value(f"/data/sec_a/{name}/{name}_x", value)
    result = evaluate(session, outline(definition, catalogue), catalogue, visit=visit)
    return {item.item_id: item for item in result.items}


@pytest.mark.parametrize(
    "day, least, since, until",
    [
        ("2026-12-31", 3, "1992", "2026-12-31"),
        ("2027-01-01", 5, "2027-01-01", "2027-12-31"),
        ("2027-12-31", 5, "2027-01-01", "2027-12-31"),
        ("2028-01-01", 7, "2028", ""),
    ],
)
def test_a_number_in_steps_is_the_one_of_the_day_of_the_visit(definition, catalogue, day, least, since, until):
    for places, verdict in ((least - 1, "fail"), (least, "pass")):
        item = judged(definition, catalogue, day, ex_a01="41", ex_a02=str(places))["EX-A02"]
        assert item.verdict == verdict
        assert (item.limit.minimum, item.limit.in_force_from, item.limit.in_force_until) == (least, since, until)


@pytest.mark.parametrize("day, least", [("2026-12-31", 200), ("2027-01-01", 220)])
def test_a_plain_limit_is_the_one_of_the_day_of_the_visit(definition, catalogue, day, least):
    item = judged(definition, catalogue, day, ex_a03="210")["EX-A03"]
    assert (item.limit.minimum, item.verdict) == (least, "pass" if least <= 210 else "fail")
