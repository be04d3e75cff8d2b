"""Parts of the office copy beyond the checklist itself: points, edited findings, statutory steps of the visit."""

from __future__ import annotations

from checklists.findings import EditKind
from checklists.findings.steps import step_kinds
from inspector_app.reports.compose import Record, shown_id
from inspector_app.reports.parts import Fact, PointsRow
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
            " · ".join(filter(None, (wording.moment(step.at), step.note, step.person))),
        )
        for step in record.steps
    )
