"""A finding as it is shown to people: in the closing meeting large, in a sealed record small."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout

from checklists.model import Attachment, AttachmentKind, Finding, Severity
from inspector_app.gui.dates import short_date
from inspector_app.gui.widgets.cards import Card
from inspector_app.gui.widgets.labels import Chip, ThaiLabel
from inspector_app.gui.widgets.photo_strip import PhotoStrip, Thumbnails

LARGE = QSize(288, 200)  # read across a table; thumbnails are 320 px wide


def severity_tone(severity: Severity) -> str:
    return "obs" if severity is Severity.MINOR else "bad"


def number_of(finding: Finding) -> str:
    """Return the item's number as it stands in the checklist: `B06`."""
    return finding.item_id.partition("-")[2] or finding.item_id


def photos_of(finding: Finding, attachments: Sequence[Attachment]) -> list[Attachment]:
    return [a for a in attachments if a.item_id == finding.item_id and a.kind is AttachmentKind.PHOTO]


class FindingCard(Card):
    """What was found, how grave, the photos, and the law; `large` adds what is proposed and until when."""

    def __init__(
        self, finding: Finding, photos: Sequence[Attachment], thumbnails: Thumbnails, *, t: Callable[..., str],
        language: str, large: bool = False,
    ) -> None:  # fmt: skip
        tone = severity_tone(finding.severity)
        super().__init__(tone)
        role = "closing_bold" if large else "name_bold"
        head = QHBoxLayout()
        head.addWidget(ThaiLabel(number_of(finding), role=role, tone="muted" if large else "", wrap=False), 1)
        head.addWidget(Chip(t(f"fill.severity.{finding.severity.value}"), tone, icon="alert-circle-outline"))
        self.body.addLayout(head)
        title = finding.title.in_language(language)
        self.body.addWidget(ThaiLabel(finding.fact or title, role="finding" if large else "name_bold"))
        if finding.fact:
            self.body.addWidget(ThaiLabel(title, role="closing" if large else "body", tone="muted"))
        strip = PhotoStrip(thumbnails, LARGE) if large else PhotoStrip(thumbnails)
        self.body.addWidget(strip)
        strip.show_photos(photos)
        if large:
            self._add_demand(finding, t, language)
        laws = " · ".join(law.title.in_language(language) for law in finding.laws)
        if laws:
            self.body.addWidget(ThaiLabel(laws, role="body" if large else "note", tone="muted"))

    def _add_demand(self, finding: Finding, t: Callable[..., str], language: str) -> None:
        proposal = finding.proposal.in_language(language)
        if proposal:
            self.body.addWidget(ThaiLabel(t("closing.proposal", text=proposal), role="closing"))
        if finding.due_date:
            day = finding.due_date if len(finding.due_date) > 10 else finding.due_date + "T00:00:00+07:00"
            self.body.addWidget(ThaiLabel(t("closing.due", date=short_date(day, language)), role="closing"))
