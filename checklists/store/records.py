"""Records: drafts that are saved at every answer, and the one step that seals them.

A draft's answers are rows keyed by node path and repeat row. `finalise` makes the signed envelope, its findings,
measurements, counts and outbox row and takes the draft away, all in one transaction. A correction is a new draft on top
of a sealed revision, with a reason; the old revision stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checklists.model import (
    AnswerRow,
    Attachment,
    Changes,
    Draft,
    Finding,
    FormPin,
    InspectionResult,
    Officer,
    RepeatRow,
    Visit,
)
from checklists.sealing import Sealed
from checklists.store.attachments import Attachments
from checklists.store.compare import Difference, differences
from checklists.store.core import Core, dump
from checklists.store.drafts import DraftInfo, Drafts
from checklists.store.errors import StaleContentError
from checklists.store.revisions import Revisions, RevisionSummary, ToSeal
from checklists.store.summaries import NO_FORM, pin_of
from checklists.store.visits import Visits

_KEEP_PROGRESS = (
    "UPDATE record SET (answered, total, failed) = "
    "(SELECT answered, total, failed FROM draft WHERE record_id = record.record_id) WHERE record_id = ?"
)


@dataclass(frozen=True, slots=True)
class SealContent:
    """What sealing adds to the stored answers. Where `answers` is given they must equal the stored ones.

    `further` are members of the envelope beyond the listed ones (edits of findings, statutory steps …): office only.
    """

    result: InspectionResult
    submission_xml: str
    language: str = "th"
    reason: str = ""
    answers: tuple[AnswerRow, ...] | None = None
    further: Mapping[str, Any] = field(default_factory=dict)


class Records(Drafts):
    """The records of this workspace: their lists and drafts (see there), sealing, corrections, addenda."""

    def __init__(self, core: Core, visits: Visits, revisions: Revisions, attachments: Attachments) -> None:
        super().__init__(core, visits, attachments)
        self._revisions = revisions

    def finalise(self, record_id: str, content: SealContent) -> tuple[Sealed, Changes]:
        """Seal a draft: envelope, signature, findings, measurements, counts, audit entry and outbox row, or nothing.

        Raises `StaleContentError` (`content.answers` are not the stored ones), `SealedRecordError`, `DiskFullError`.
        """
        return self._core.with_reserve(lambda: self._finalise(record_id, content))

    def _finalise(self, record_id: str, content: SealContent) -> tuple[Sealed, Changes]:
        with self._db.tx():
            draft, info = self.draft(record_id), self.draft_info(record_id)
            if content.answers is not None and set(content.answers) != set(draft.answers):
                raise StaleContentError(record_id, record_id=record_id)
            what = self._to_seal(record_id, draft, info, content)
            sealed = self._revisions.seal(what)
            self._db.run(_KEEP_PROGRESS, (record_id,))
            self._db.run("DELETE FROM draft WHERE record_id = ?", (record_id,))
        changed = {("record", record_id), ("outbox", what.revision_id), ("revision", what.revision_id)}
        return sealed, Changes(frozenset(changed), "finalise")

    def _to_seal(self, record_id: str, draft: Draft, info: DraftInfo, content: SealContent) -> ToSeal:
        op, visit_id, form, about = self._db.rows(
            "SELECT op, visit_id, form, about FROM record WHERE record_id = ?", (record_id,)
        )[0]
        return ToSeal(
            record_id=record_id,
            revision_id=info.revision_id,
            op=op,
            author=info.author,
            visit=self._visits.get(visit_id),
            created_at=info.created_at,
            base_revision_id=info.base_revision_id,
            reason=content.reason or info.reason,
            form=pin_of(form) if json.loads(form) else None,
            further={**content.further, **({"about": self._about(about)} if about else {})},
            language=content.language,
            answers=draft.answers,
            rows=draft.rows,
            result=content.result,
            submission_xml=content.submission_xml,
            attachments=self._attachments.list(record_id),
        )

    def begin_correction(self, record_id: str, *, reason: str, author: Officer) -> Changes:
        """Open a draft on top of the newest sealed revision, with its answers and attachments. A reason is required."""
        if not reason.strip():
            raise ValueError("a correction needs a reason")
        with self._db.tx():
            head = self._revisions.head(record_id)
            envelope = self._revisions.envelope(head)
            pin = FormPin.from_json(envelope["form"] or NO_FORM.to_json())
            draft = Draft(
                form_id=pin.form_id,
                form_version=pin.version,
                form_sha256=pin.sha256,
                language=envelope["language"],
                answers=tuple(AnswerRow.from_json(a) for a in envelope["answers"]),
                rows=tuple(RepeatRow.from_json(r) for r in envelope.get("rows", ())),
            )
            self._open_draft(record_id, draft, author, head, reason)
            self._copy_attachments(record_id, [Attachment.from_json(a) for a in envelope["attachments"]])
            self._touch_record(record_id, self._core.now())
            self._core.audit.append("correct", "record", record_id, {"base": head, "reason": reason})
        return Changes.of("record", record_id, cause="correct")

    def _copy_attachments(self, record_id: str, attachments: Sequence[Attachment]) -> None:
        self._db.many(
            "INSERT INTO attachment (attachment_id, record_id, sha256, position, body) VALUES (?, ?, ?, ?, ?)",
            [(a.attachment_id, record_id, a.sha256, position, dump(a)) for position, a in enumerate(attachments, 1)],
        )
        numbers = [int(a.exhibit[2:]) for a in attachments if a.exhibit.startswith("จ.") and a.exhibit[2:].isdigit()]
        self._db.run("UPDATE draft SET exhibits = ? WHERE record_id = ?", (max(numbers, default=0), record_id))

    def seal_visit(self, visit: Visit, *, record_id: str, author: Officer) -> tuple[Sealed, Changes]:
        """Seal the short record of a visit that ended without an inspection (closed, refused, wrong address …)."""
        now = self._core.now()
        with self._db.tx():
            self._visits.update(visit)
            self._insert(record_id, visit, "visit", author)
            revision_id = self._core.ids.new()
            sealed = self._revisions.seal(
                ToSeal(record_id, revision_id, "visit", author, visit, visit.started_at or now)
            )
        changed = {("record", record_id), ("visit", visit.visit_id), ("outbox", revision_id)}
        return sealed, Changes(frozenset(changed), "seal-visit")

    def begin_addendum(self, addendum_id: str, *, about: str, author: Officer) -> Changes:
        """Open an addendum to a sealed record (a laboratory's result, pages signed in ink): later facts, no correction.

        It takes attachments like a draft and is sealed by `finalise`; its envelope names the record's digest.
        """
        with self._db.tx():
            self._about(about)
            visit_id = self._db.value("SELECT visit_id FROM record WHERE record_id = ?", (about,))
            self._insert(addendum_id, self._visits.get(visit_id), "addendum", author, about=about)
            self._open_draft(addendum_id, Draft("", "", ""), author)
            self._core.audit.append("addendum", "record", addendum_id, {"about": about})
        return Changes(frozenset({("record", addendum_id), ("record", about)}), "addendum")

    def _about(self, record_id: str) -> dict[str, str]:
        head = self._revisions.head(record_id)
        return {"record_id": record_id, "revision_id": head, "digest": self._revisions.sealed(head).digest}

    def void(self, record_id: str, *, reason: str, author: Officer) -> tuple[Sealed, Changes]:
        """Seal a revision that takes a sealed record back; what was sealed stays readable. A reason is required."""
        if not reason.strip():
            raise ValueError("taking a record back needs a reason")
        with self._db.tx():
            head = self._revisions.head(record_id)
            envelope = self._revisions.envelope(head)
            revision_id = self._core.ids.new()
            sealed = self._revisions.seal(
                ToSeal(
                    record_id=record_id,
                    revision_id=revision_id,
                    op="void",
                    author=author,
                    visit=Visit.from_json(envelope["visit"]),
                    created_at=self._core.now(),
                    base_revision_id=head,
                    reason=reason,
                    form=FormPin.from_json(envelope["form"]) if envelope["form"] else None,
                    language=envelope["language"],
                )
            )
        changed = {("record", record_id), ("outbox", revision_id), ("revision", revision_id)}
        return sealed, Changes(frozenset(changed), "void")

    def compare(self, before: str, after: str) -> tuple[Difference, ...]:
        """Return what differs between two revisions: answers, photos, findings, in the order of the newer one."""
        return differences(self._revisions.envelope(before), self._revisions.envelope(after))

    def sealed(self, record_id: str, revision_id: str | None = None) -> Sealed:
        """Return the newest (or the given) sealed revision. Raises `NotFoundError`."""
        return self._revisions.sealed(revision_id or self._revisions.head(record_id))

    def revisions(self, record_id: str) -> tuple[RevisionSummary, ...]:
        return self._revisions.of_record(record_id)

    def findings(self, record_id: str) -> tuple[Finding, ...]:
        """Return the findings of the newest sealed revision."""
        return self._revisions.findings(self._revisions.head(record_id))

    def waiting_for_laboratory(self) -> tuple[str, ...]:
        """Return the ids of sealed records whose newest revision holds a value that was left to a laboratory."""
        found = self._db.rows(
            "SELECT DISTINCT m.record_id FROM measurement m JOIN record r ON r.head_revision_id = m.revision_id "
            "WHERE m.verdict = 'lab' ORDER BY m.record_id"
        )
        return tuple(str(row[0]) for row in found)
