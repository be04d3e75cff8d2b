"""The cards that sum a sealed record up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout

from checklists.model import Attachment, AttachmentKind, InspectionResult, RecordState, RecordSummary, Verdict
from inspector_app.gui.dates import date_and_time
from inspector_app.gui.screens.digests import short_digest
from inspector_app.gui.widgets.cards import Card
from inspector_app.gui.widgets.labels import IconLabel, ThaiLabel


def state_card(summary: RecordSummary, t: Callable[..., str], language: str) -> Card:
    """Where the record stands: received by the centre, or waiting."""
    sent = summary.state is RecordState.SENT
    card = Card("ok" if sent else "")
    if sent:
        words = t("record.received", receipt=short_digest(summary.receipt_id.replace("-", ""))[:9])
        when = date_and_time(summary.received_at, language)
    else:
        words, when = t("record.waiting"), t("record.waiting.todo")
    row = QHBoxLayout()
    row.addWidget(IconLabel("check-circle-outline" if sent else "upload-outline", "ok" if sent else "muted"))
    row.addWidget(ThaiLabel(words, role="name_bold", tone="ok" if sent else ""), 1)
    card.body.addLayout(row)
    card.body.addWidget(ThaiLabel(when, tone="muted"))
    card.body.addWidget(ThaiLabel(t("record.code", code=short_digest(summary.digest)), role="body_bold"))
    return card


def counts_card(result: InspectionResult, attachments: Sequence[Attachment], t: Callable[..., str]) -> Card:
    """How many answers, photos and values, and how many of each verdict."""
    card = Card()
    photos = sum(1 for a in attachments if a.kind is AttachmentKind.PHOTO)
    answered = sum(item.answered for item in result.items)
    lines = [
        t("record.answers", count=answered, photos=photos, values=len(result.measurements)),
        " · ".join(
            t("record.count", word=t(f"fill.verdict.{verdict.value}"), count=count)
            for verdict in Verdict
            if (count := result.count(verdict))
        ),
    ]
    for line in lines:
        if line:
            card.body.addWidget(ThaiLabel(line))
    return card
