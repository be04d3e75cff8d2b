"""Parts of a report around the checklist: points, edited findings, steps, samples, notes, signatures, refusals."""

from __future__ import annotations

import functools

from checklists.findings import EditKind
from checklists.findings.steps import said, step_kinds
from checklists.model import Attachment, AttachmentKind, Verdict
from inspector_app.reports.compose import Record, measured_words, shown_id
from inspector_app.reports.parts import Fact, PointsRow, RefusalPart, Sample, Signature
from inspector_app.reports.wording import Wording, number


def points(record: Record, wording: Wording) -> tuple[PointsRow, ...]:
    """Return the points of each dimension with the items that gave them, and the total with its class or level.

    A checklist that only passes or fails has none.
    """
    weighted = any(part.possible > 1 for score in record.scores for part in score.parts)
    if not weighted and all(score.dimension != "total" for score in record.scores):
        return ()  # only the share of items passed, which the first page shows already
    rows = []
    for score in record.scores:
        total = score.dimension == "total"
        if not (total or score.parts):
            continue  # a section that gives no points
        share = wording.t("points.share", percent=number(round(score.percent, 1))) if score.percent is not None else ""
        parts = [f"{shown_id(p.item_id)} {_got(p.got)}/{number(p.possible)}" for p in score.parts]
        gated = not score.got and any(part.got for part in score.parts)
        left = [wording.t("points.gate")] if gated else []
        left += [
            wording.t(f"points.{name}", count=count)
            for name, count in (("na", score.not_applicable), ("unchecked", score.not_checked))
            if count
        ]
        rows.append(
            PointsRow(
                title=wording.words(score.title) or (wording.t("points.total") if total else score.dimension),
                points=f"{number(score.got)}/{number(score.possible)}",
                percent=score.percent,
                share=share,
                grade=wording.words(score.grade_words),
                trace=" · ".join((*parts, *left)),
                total=total,
            )
        )
    return tuple(rows)


def _got(value: float | None) -> str:
    return "–" if value is None else number(value)


def edited(record: Record, wording: Wording) -> tuple[Fact, ...]:
    """Return what the inspector did with computed findings: nothing of it is silent."""
    return tuple(
        Fact(
            wording.t(f"edited.{edit.kind.value}"),
            wording.t("edited.line", ids=", ".join(edit.finding_ids), reason=edit.reason, person=edit.person)
            + (f"\n{'; '.join(filter(None, edit.seen))}" if edit.kind is EditKind.DROP else ""),
        )
        for edit in record.edits
    )


def steps(record: Record, wording: Wording) -> tuple[Fact, ...]:
    kinds = step_kinds()
    return tuple(
        Fact(
            wording.words(kinds[step.kind].name) if step.kind in kinds else step.kind,
            " · ".join(filter(None, (wording.moment(step.at), said(step.note), step.person))),
        )
        for step in record.steps
    )


# --- samples, notes, signatures -------------------------------------------------------------------------------------


def samples(record: Record, wording: Wording) -> tuple[Sample, ...]:
    """Return what waits for a laboratory: measured samples, and items answered so."""
    t = wording.t
    found = []
    seen = set()
    titles = {i.item_id: wording.words(i.title) for s in record.sections for i in s.items}
    for m in record.measurements:
        if not m.sample and m.verdict is not Verdict.LAB:
            continue
        seen.add(m.item_id)
        pending = m.verdict is Verdict.LAB
        status = t("verdict.lab") if pending else " ".join(filter(None, (measured_words(m, wording),)))
        found.append(
            Sample(
                m.sample or m.item_id, m.point, titles.get(m.item_id) or m.parameter, m.method or m.instrument, status
            )
        )
    for section in record.sections:
        for item in section.items:
            if item.verdict is Verdict.LAB and item.item_id not in seen:
                note = item.note or item.reason
                found.append(Sample(item.item_id, "", wording.words(item.title), note, t("verdict.lab")))
    return tuple(found)


def remarks(record: Record, wording: Wording) -> tuple[Fact, ...]:
    facts = [
        Fact(wording.t("remarks.purpose"), record.visit.purpose),
        Fact(wording.t("remarks.remarks"), record.visit.remarks),
        Fact(wording.t("remarks.reason"), record.reason),
    ]
    return tuple(f for f in facts if f.value)


def signatures(record: Record, wording: Wording) -> tuple[Signature, ...]:
    """Return a box for each officer, the guide, witnesses who signed, and the superior, filled where signed."""
    t = wording.t
    drawn = [a for a in record.attachments if a.kind is AttachmentKind.SIGNATURE]
    refused = {r.role for r in record.visit.refusals}
    left = list(drawn)

    def take(role: str, name: str = "") -> Attachment | None:
        named = [a for a in left if a.role == role and (not name or a.signer == name)]
        plain = [a for a in left if a.role == role and not a.signer]
        one = next(iter(named or plain), None)
        if one:
            left.remove(one)
        return one

    box = functools.partial(_box, record=record, wording=wording)
    boxes = [
        box(t("sign.officer"), officer.name, officer.position, take("officer", officer.name))
        for officer in record.visit.team or (record.author,)
    ]
    for person in record.visit.met:
        mine = take("guide", person.name)
        if mine or "guide" not in refused:
            boxes.append(box(t("sign.guide"), person.name, person.position, mine))
    for other in left:
        key = other.role if other.role in ("officer", "guide", "witness") else "witness"
        boxes.append(box(t(f"sign.{key}"), other.signer, "", other))
    boxes.append(box(t("sign.superior"), "", "", None))
    return tuple(boxes)


def _box(
    role: str, name: str, position: str, drawn: Attachment | None, *, record: Record, wording: Wording
) -> Signature:
    when = wording.t("sign.date", date=wording.moment(drawn.taken_at or drawn.added_at)) if drawn else ""
    detail = " · ".join(filter(None, (position, when or wording.t("sign.date-empty"))))
    if drawn is None:
        return Signature(role, name, detail)
    return Signature(role, name or drawn.signer, detail, drawn.sha256, drawn.caption, record.is_void(drawn.bound_to))


def refusals(record: Record, wording: Wording) -> tuple[RefusalPart, ...]:
    t = wording.t
    return tuple(
        RefusalPart(
            t(
                "refusal",
                role=t(f"sign.{r.role}" if r.role in ("guide", "witness") else "sign.guide"),
                name=r.name,
                reason=r.reason,
            ),
            t("refusal.witness", name=r.witness) if r.witness else "",
            t("refusal.void") if record.is_void(r.bound_to) else "",
        )
        for r in record.visit.refusals
    )
