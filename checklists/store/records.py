"""Records: drafts that are saved at every answer, and the one step that seals them.

A draft's answers are rows keyed by node path and repeat row. `finalise` makes the signed envelope, its findings,
measurements, counts and outbox row and takes the draft away, all in one transaction. A correction is a new draft on top
of a sealed revision, with a reason; the old revision stays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checklists.errors import NotFoundError, SealedRecordError
from checklists.model import (
    AnswerRow,
    Attachment,
    Changes,
    Draft,
    Finding,
    FormPin,
    InspectionResult,
    NodeRef,
    Officer,
    RecordState,
    RecordSummary,
    RepeatRow,
    Site,
    Visit,
    VisitKind,
)
from checklists.sealing import Sealed, canonical, digest
from checklists.store.attachments import Attachments
from checklists.store.core import Core, dump
from checklists.store.errors import StaleContentError
from checklists.store.revisions import Revisions, RevisionSummary, ToSeal
from checklists.store.search import record_words
from checklists.store.visits import Visits


@dataclass(frozen=True, slots=True)
class SealContent:
    """What sealing adds to the stored answers. Where `answers` is given they must equal the stored ones."""

    result: InspectionResult
    submission_xml: str
    language: str = "th"
    reason: str = ""
    answers: tuple[AnswerRow, ...] | None = None


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """The head of an open draft: which revision it will become, of what it is a correction, and why."""

    revision_id: str
    base_revision_id: str | None
    reason: str
    author: Officer
    language: str
    created_at: str


_LIST = (
    "SELECT r.record_id, r.visit_id, r.form, r.site, r.visit_kind, r.author, r.created_at, r.updated_at, "
    "coalesce(v.sealed_at, ''), coalesce(v.revision_id, ''), coalesce(v.digest, ''), r.answered, r.total, r.failed, "
    "CASE WHEN d.record_id IS NULL THEN (SELECT count(*) FROM revision_attachment a "
    "WHERE a.revision_id = v.revision_id AND json_extract(a.body, '$.kind') = 'photo') "
    "ELSE (SELECT count(*) FROM attachment a WHERE a.record_id = r.record_id "
    "AND json_extract(a.body, '$.kind') = 'photo') END, "
    "d.record_id IS NOT NULL, "
    "coalesce((SELECT min(receipt_id) FROM sent WHERE revision_id = v.revision_id), ''), "
    "coalesce((SELECT min(received_at) FROM sent WHERE revision_id = v.revision_id), '') "
    "FROM record r LEFT JOIN draft d ON d.record_id = r.record_id "
    "LEFT JOIN revision v ON v.revision_id = r.head_revision_id WHERE r.discarded_at = '' "
)

# which records have a state; "sent" asks the receipts, "sealed" the rows that still wait in the outbox
_STATE: dict[RecordState, str] = {
    RecordState.DRAFT: "r.record_id IN (SELECT record_id FROM draft)",
    RecordState.SEALED: "(r.head_revision_id IN (SELECT revision_id FROM outbox) "
    "AND NOT EXISTS (SELECT 1 FROM draft WHERE record_id = r.record_id))",
    RecordState.SENT: "(EXISTS (SELECT 1 FROM sent WHERE revision_id = r.head_revision_id) "
    "AND NOT EXISTS (SELECT 1 FROM draft WHERE record_id = r.record_id))",
}


class Records:
    """The records of this workspace."""

    def __init__(self, core: Core, visits: Visits, revisions: Revisions, attachments: Attachments) -> None:
        self._core, self._db = core, core.db
        self._visits, self._revisions, self._attachments = visits, revisions, attachments

    # --- drafts -----------------------------------------------------------------------------------------------------

    def create(
        self, *, record_id: str, visit_id: str, form: FormPin, draft: Draft, author: Officer, op: str = "record"
    ) -> Changes:
        """Begin a record with whatever the new session holds already (defaults, visit context)."""
        now = self._core.now()
        with self._db.tx():
            visit = self._visits.get(visit_id)
            self._db.run(
                "INSERT INTO record (record_id, visit_id, op, form, site, visit_kind, author, created_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (record_id, visit_id, op, dump(form), dump(visit.site), visit.kind.value, author.name, now, now),
            )
            self._db.run(
                "INSERT INTO record_text (record_id, words) VALUES (?, ?)", (record_id, record_words(visit.site))
            )
            self._open_draft(record_id, draft, author)
            self._core.audit.append("create", "record", record_id, {"form": form.sha256, "visit": visit_id})
        return Changes.of("record", record_id, cause="create")

    def _open_draft(
        self, record_id: str, draft: Draft, author: Officer, base: str | None = None, reason: str = ""
    ) -> None:
        cursor = draft.cursor or NodeRef("")
        self._db.run(
            "INSERT INTO draft (record_id, revision_id, base_revision_id, reason, author, language, cursor_path, "
            "cursor_row, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record_id,
                self._core.ids.new(),
                base,
                reason,
                dump(author),
                draft.language,
                cursor.path,
                cursor.row,
                self._core.now(),
            ),
        )
        self._put_answers(record_id, draft.answers)
        self._put_rows(record_id, draft.rows)
        self._db.many(
            "INSERT INTO answer_aside VALUES (?, ?, ?, ?)", [(record_id, a.path, a.row, a.value) for a in draft.aside]
        )

    def _put_answers(self, record_id: str, answers: Sequence[AnswerRow]) -> None:
        self._db.many(
            "INSERT INTO answer VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [(record_id, a.path, a.row, a.value) for a in answers],
        )

    def _put_rows(self, record_id: str, rows: Sequence[RepeatRow]) -> None:
        self._db.many(
            "INSERT INTO repeat_row VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET parent = excluded.parent, position = excluded.position",
            [(record_id, r.row, r.path, r.parent, r.position) for r in rows],
        )

    def save_answers(
        self,
        record_id: str,
        answers: Sequence[AnswerRow] = (),
        *,
        rows: Sequence[RepeatRow] = (),
        removed_rows: Sequence[str] = (),
        cursor: NodeRef | None = None,
        language: str | None = None,
        progress: tuple[int, int, int] | None = None,
        settled: bool = True,
    ) -> Changes:
        """Make answers durable; `progress` is (answered, total, failed).

        `settled=False` while a text is still being typed: saved all the same, but noted in the audit chain only by
        the step that settles it. Raises `SealedRecordError`, `NotFoundError`, `DiskFullError`.
        """
        with self._db.tx():
            self._touch_draft(record_id, cursor, language)
            self._put_answers(record_id, answers)
            self._put_rows(record_id, rows)
            if removed_rows:
                self._remove_rows(record_id, removed_rows)
            self._touch_record(record_id, progress)
            if settled and (answers or rows or removed_rows):
                self._core.audit.append("answer", "record", record_id, _told(answers, rows, removed_rows))
        return Changes.of("record", record_id, cause="answer")

    def _touch_draft(self, record_id: str, cursor: NodeRef | None, language: str | None) -> None:
        if cursor is None and language is None:
            if not self._db.value("SELECT 1 FROM draft WHERE record_id = ?", (record_id,)):
                raise self._no_draft(record_id)
            return
        place = (cursor.path, cursor.row) if cursor else (None, None)
        if not self._db.run(
            "UPDATE draft SET cursor_path = coalesce(?, cursor_path), cursor_row = coalesce(?, cursor_row), "
            "language = coalesce(?, language) WHERE record_id = ?",
            (*place, language, record_id),
        ):
            raise self._no_draft(record_id)

    def _touch_record(self, record_id: str, progress: tuple[int, int, int] | None) -> None:
        if progress is None:
            self._db.run("UPDATE record SET updated_at = ? WHERE record_id = ?", (self._core.now(), record_id))
        else:
            self._db.run(
                "UPDATE record SET updated_at = ?, answered = ?, total = ?, failed = ? WHERE record_id = ?",
                (self._core.now(), *progress, record_id),
            )

    def _remove_rows(self, record_id: str, removed: Sequence[str]) -> None:
        """Delete repeat rows with what they hold; rows inside them are named by the caller."""
        gone = [(record_id, row) for row in removed]
        self._db.many("DELETE FROM repeat_row WHERE record_id = ? AND row = ?", gone)
        self._db.many("DELETE FROM answer WHERE record_id = ? AND row = ?", gone)

    def _no_draft(self, record_id: str) -> SealedRecordError | NotFoundError:
        if self._db.value("SELECT 1 FROM record WHERE record_id = ?", (record_id,)):
            return SealedRecordError(record_id, record_id=record_id)
        return NotFoundError(record_id, kind="record", key=record_id)

    def draft(self, record_id: str) -> Draft:
        """Return everything to go on exactly where it stood. Raises `SealedRecordError`, `NotFoundError`."""
        found = self._db.row(
            "SELECT r.form, d.language, d.cursor_path, d.cursor_row FROM draft d JOIN record r USING (record_id) "
            "WHERE d.record_id = ?",
            (record_id,),
        )
        if found is None:
            raise self._no_draft(record_id)
        pin = FormPin.from_json(json.loads(found[0]))
        return Draft(
            form_id=pin.form_id,
            form_version=pin.version,
            form_sha256=pin.sha256,
            language=found[1],
            cursor=NodeRef(found[2], found[3]) if found[2] else None,
            answers=self._answers(record_id, "answer"),
            rows=self._rows(record_id),
            aside=self._answers(record_id, "answer_aside"),
        )

    def _answers(self, record_id: str, table: str) -> tuple[AnswerRow, ...]:
        found = self._db.rows(
            f"SELECT path, row, value FROM {table} WHERE record_id = ? ORDER BY path, row", (record_id,)
        )
        return tuple(AnswerRow(*row) for row in found)

    def _rows(self, record_id: str) -> tuple[RepeatRow, ...]:
        found = self._db.rows(
            "SELECT row, path, parent, position FROM repeat_row WHERE record_id = ? ORDER BY path, parent, position",
            (record_id,),
        )
        return tuple(RepeatRow(*row) for row in found)

    def draft_info(self, record_id: str) -> DraftInfo:
        """Return the head of an open draft. Raises as `draft` does."""
        found = self._db.row(
            "SELECT revision_id, base_revision_id, reason, author, language, created_at FROM draft WHERE record_id = ?",
            (record_id,),
        )
        if found is None:
            raise self._no_draft(record_id)
        revision_id, base, reason, author, language, created_at = found
        return DraftInfo(revision_id, base, reason, Officer.from_json(json.loads(author)), language, created_at)

    def discard_draft(self, record_id: str, reason: str) -> Changes:
        """Give up a draft, with a reason; a correction's base stays as it was."""
        with self._db.tx():
            attachments = self._db.rows("SELECT DISTINCT sha256 FROM attachment WHERE record_id = ?", (record_id,))
            if not self._db.run("DELETE FROM draft WHERE record_id = ?", (record_id,)):
                raise self._no_draft(record_id)
            orphans = [self._attachments.forget_unnamed(row[0]) for row in attachments]
            self._db.run(
                "UPDATE record SET discarded_at = ? WHERE record_id = ? AND head_revision_id IS NULL",
                (self._core.now(), record_id),
            )
            self._core.audit.append("discard", "record", record_id, {"reason": reason})
        for name in filter(None, orphans):
            self._core.files.remove(name)
        return Changes.of("record", record_id, cause="discard")

    # --- sealing ----------------------------------------------------------------------------------------------------

    def finalise(self, record_id: str, content: SealContent) -> tuple[Sealed, Changes]:
        """Seal a draft: envelope, signature, findings, measurements, counts, audit entry and outbox row, or nothing.

        Raises `StaleContentError` (`content.answers` are not the stored ones), `SealedRecordError`, `DiskFullError`.
        """
        with self._db.tx():
            draft, info = self.draft(record_id), self.draft_info(record_id)
            if content.answers is not None and set(content.answers) != set(draft.answers):
                raise StaleContentError(record_id, record_id=record_id)
            what = self._to_seal(record_id, draft, info, content)
            sealed = self._revisions.seal(what)
            self._db.run("DELETE FROM draft WHERE record_id = ?", (record_id,))
        changed = {("record", record_id), ("outbox", what.revision_id), ("revision", what.revision_id)}
        return sealed, Changes(frozenset(changed), "finalise")

    def _to_seal(self, record_id: str, draft: Draft, info: DraftInfo, content: SealContent) -> ToSeal:
        op, visit_id, form = self._db.rows("SELECT op, visit_id, form FROM record WHERE record_id = ?", (record_id,))[0]
        return ToSeal(
            record_id=record_id,
            revision_id=info.revision_id,
            op=op,
            author=info.author,
            visit=self._visits.get(visit_id),
            created_at=info.created_at,
            base_revision_id=info.base_revision_id,
            reason=content.reason or info.reason,
            form=FormPin.from_json(json.loads(form)),
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
            pin = FormPin.from_json(envelope["form"])
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
            self._touch_record(record_id, None)
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
            self._db.run(
                "INSERT INTO record (record_id, visit_id, op, form, site, visit_kind, author, created_at, updated_at) "
                "VALUES (?, ?, 'visit', 'null', ?, ?, ?, ?, ?)",
                (record_id, visit.visit_id, dump(visit.site), visit.kind.value, author.name, now, now),
            )
            words = record_words(visit.site)
            self._db.run("INSERT INTO record_text (record_id, words) VALUES (?, ?)", (record_id, words))
            revision_id = self._core.ids.new()
            sealed = self._revisions.seal(
                ToSeal(record_id, revision_id, "visit", author, visit, visit.started_at or now)
            )
        changed = {("record", record_id), ("visit", visit.visit_id), ("outbox", revision_id)}
        return sealed, Changes(frozenset(changed), "seal-visit")

    # --- reading ----------------------------------------------------------------------------------------------------

    def summary(self, record_id: str) -> RecordSummary:
        """Return one record's row. Raises `NotFoundError`."""
        found = self._db.row(f"{_LIST} AND r.record_id = ?", (record_id,))
        if found is None:
            raise NotFoundError(record_id, kind="record", key=record_id)
        return _summary(found)

    def list(
        self,
        states: Sequence[RecordState] | None = None,
        *,
        visit_id: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> tuple[RecordSummary, ...]:
        """Return rows, the last changed first."""
        where, values = _where(states, visit_id)
        found = self._db.rows(
            f"{_LIST} {where} ORDER BY r.updated_at DESC, r.record_id DESC LIMIT ? OFFSET ?", (*values, limit, offset)
        )
        return tuple(_summary(row) for row in found)

    def count(self, states: Sequence[RecordState] | None = None, *, visit_id: str | None = None) -> int:
        where, values = _where(states, visit_id)
        return int(self._db.value(f"SELECT count(*) FROM record r WHERE r.discarded_at = '' {where}", values))

    def sealed(self, record_id: str, revision_id: str | None = None) -> Sealed:
        """Return the newest (or the given) sealed revision. Raises `NotFoundError`."""
        return self._revisions.sealed(revision_id or self._revisions.head(record_id))

    def revisions(self, record_id: str) -> tuple[RevisionSummary, ...]:
        return self._revisions.of_record(record_id)

    def findings(self, record_id: str) -> tuple[Finding, ...]:
        """Return the findings of the newest sealed revision."""
        return self._revisions.findings(self._revisions.head(record_id))


def _where(states: Sequence[RecordState] | None, visit_id: str | None) -> tuple[str, tuple[Any, ...]]:
    where = ""
    if states is not None:
        where += f"AND ({' OR '.join(_STATE[s] for s in states) or '0'}) "
    if visit_id is not None:
        return where + "AND r.visit_id = ? ", (visit_id,)
    return where, ()


def _state(row: Sequence[Any]) -> RecordState:
    is_draft, receipt = row[15], row[16]
    if is_draft:
        return RecordState.DRAFT
    return RecordState.SENT if receipt else RecordState.SEALED


def _summary(row: Sequence[Any]) -> RecordSummary:
    form = json.loads(row[2])
    return RecordSummary(
        record_id=row[0],
        visit_id=row[1],
        form=FormPin.from_json(form) if form else FormPin("", "", ""),
        site=Site.from_json(json.loads(row[3])),
        visit_kind=VisitKind(row[4]),
        state=_state(row),
        author=row[5],
        created_at=row[6],
        updated_at=row[7],
        sealed_at=row[8],
        revision_id=row[9],
        digest=row[10],
        answered=row[11],
        total=row[12],
        failed=row[13],
        photos=row[14],
        receipt_id=row[16],
        received_at=row[17],
    )


def _told(answers: Sequence[AnswerRow], rows: Sequence[RepeatRow], removed: Sequence[str]) -> dict[str, Any]:
    """Return what the audit chain says of saved answers: where, how many and a hash, never the answers."""
    told: dict[str, Any] = {"n": len(answers)}
    if answers:
        told["at"] = answers[0].path
        told["sha256"] = digest(canonical([[a.path, a.row, a.value] for a in answers]))
    if rows:
        told["rows"] = [r.row for r in rows]
    if removed:
        told["removed"] = list(removed)
    return told
