"""The view over a session that screens, sealing and reports share: sections, findings, scores, problems.

Pure: the same answers, visit and attachments give the same result. Fast enough to run after every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checklists.authoring.catalogue import Catalogue
from checklists.findings.editing import FindingEdit, edited
from checklists.findings.making import finding, measurements
from checklists.findings.problems import REQUIRED_ROLES, Session, problems_of
from checklists.findings.reading import Reader, Reading, day_of
from checklists.findings.results import overall
from checklists.findings.scoring import scores, total
from checklists.items import ChecklistOutline, SectionDef
from checklists.model import (
    Attachment,
    AttachmentKind,
    Audience,
    InspectionResult,
    ItemResult,
    SectionResult,
    Visit,
)


def evaluate(
    session: Session,
    outline: ChecklistOutline,
    catalogue: Catalogue,
    *,
    visit: Visit,
    attachments: Sequence[Attachment] = (),
    signatures_required: bool = True,
    edits: Sequence[FindingEdit] = (),
) -> InspectionResult:
    """Return what the answers amount to on the day of the visit, with what the inspector made of the findings."""
    on = day_of(visit.started_at)
    reader = Reader(session, outline, catalogue, on=on)
    exhibits = _exhibits(attachments)
    settled = {a.role for a in attachments if a.kind is AttachmentKind.SIGNATURE}
    settled |= {refusal.role for refusal in visit.refusals}
    signed = settled.issuperset(REQUIRED_ROLES)
    readings = [(section, list(_readings(reader, section))) for section in outline.sections]
    everything = [reading for _, found in readings for reading in found]
    computed = tuple(
        f
        for reading in everything
        for f in finding(reading, catalogue, on, exhibits.get(reading.key, ()), standard=outline.standard)
    )
    findings = edited(computed, edits)
    sections = tuple(
        SectionResult(
            section.section_id,
            section.title,
            tuple(_item(reading, catalogue, exhibits.get(reading.key, ()), signed) for reading in found),
        )
        for section, found in readings
        if found
    )
    points = scores(outline, readings)
    result = InspectionResult(
        sections=sections,
        findings=findings,
        measurements=tuple(m for reading in everything for m in measurements(reading)),
        scores=(*points, *total(outline, points, sections, catalogue)),
        overall=overall(findings, outline.standard, on=on),
    )
    found = problems_of(
        session,
        everything,
        catalogue,
        result=result,
        visit=visit,
        attachments=attachments,
        signatures_required=signatures_required,
    )
    return replace(result, problems=tuple(found))


def _readings(reader: Reader, section: SectionDef) -> Iterator[Reading]:
    if section.path and not section.repeat_path and reader.session.shown(section.path) is None:
        return
    for item in section.items:
        yield from reader.read(item)


def _exhibits(attachments: Sequence[Attachment]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for attachment in attachments:
        if attachment.item_id and attachment.exhibit and attachment.kind is not AttachmentKind.SIGNATURE:
            found[attachment.item_id] = (*found.get(attachment.item_id, ()), attachment.exhibit)
    return found


def _item(reading: Reading, catalogue: Catalogue, exhibits: tuple[str, ...], signed: bool) -> ItemResult:
    item = reading.item
    answered = signed if item.kind == "signature" else reading.answered
    return ItemResult(
        item_id=reading.key,
        number=reading.number,
        path=item.path,
        kind=item.kind,
        title=item.title,
        severity=item.severity,
        verdict=reading.verdict,
        answered=answered,
        value=reading.value,
        shown=reading.shown,
        unit=item.unit,
        note=reading.note,
        reason=reading.reason,
        fields=reading.fields,
        laws=tuple(catalogue.law(law) for law in item.laws),
        limit=reading.limit,
        exhibits=exhibits,
        audience=Audience(item.audience),
    )
