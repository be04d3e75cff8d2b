"""Drafts: every answer is a row keyed by node path and repeat row, durable when the step is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Any

from checklists.clock import stamp
from checklists.errors import NotFoundError, SealedRecordError
from checklists.model import AnswerRow, Changes, Draft, FormPin, NodeRef, Officer, RepeatRow, Visit
from checklists.sealing import canonical, digest
from checklists.store.attachments import Attachments
from checklists.store.core import Core, dump
from checklists.store.search import record_words
from checklists.store.summaries import Summaries, pin_of
from checklists.store.visits import Visits

_MOVE_CURSOR = "UPDATE draft SET cursor_path = ?, cursor_row = ? WHERE record_id = ?"
_MOVE_BOTH = "UPDATE draft SET cursor_path = ?, cursor_row = ?, answered = ?, total = ?, failed = ? WHERE record_id = ?"
_PROGRESS = "UPDATE draft SET answered = ?, total = ?, failed = ? WHERE record_id = ?"
_FIRST = (
    "SELECT record_id, updated_at FROM record WHERE discarded_at = '' ORDER BY updated_at DESC, record_id DESC LIMIT 1"
)
_MINUTE = len("2026-11-22T10:42")
_PUT_ANSWER = "INSERT INTO answer VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """The head of an open draft: which revision it will become, of what it is a correction, and why."""

    revision_id: str
    base_revision_id: str | None
    reason: str
    author: Officer
    language: str
    created_at: str


class Drafts(Summaries):
    """Writing and reading drafts."""

    def __init__(self, core: Core, visits: Visits, attachments: Attachments) -> None:
        super().__init__(core)
        self._visits, self._attachments = visits, attachments

    def create(self, *, record_id: str, visit_id: str, form: FormPin, draft: Draft, author: Officer) -> Changes:
        """Begin a record with whatever the new session holds already (defaults, visit context)."""
        with self._db.tx():
            self._insert(record_id, self._visits.get(visit_id), "record", author, form=form)
            self._open_draft(record_id, draft, author)
            self._core.audit.append("create", "record", record_id, {"form": form.sha256, "visit": visit_id})
        return Changes.of("record", record_id, cause="create")

    def _insert(
        self, record_id: str, visit: Visit, op: str, author: Officer, *, form: FormPin | None = None, about: str = ""
    ) -> None:
        now = self._core.now()
        self._db.run(
            "INSERT INTO record (record_id, visit_id, op, form, site, visit_kind, author, created_at, updated_at, "
            "about) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record_id,
                visit.visit_id,
                op,
                dump(form),
                dump(visit.site),
                visit.kind.value,
                author.name,
                now,
                now,
                about,
            ),
        )
        self._db.run("INSERT INTO record_text (record_id, words) VALUES (?, ?)", (record_id, record_words(visit.site)))

    def _open_draft(
        self, record_id: str, draft: Draft, author: Officer, base: str | None = None, reason: str = ""
    ) -> None:
        cursor = draft.cursor or NodeRef("")
        self._db.run(
            "INSERT INTO draft (record_id, revision_id, base_revision_id, reason, author, language, cursor_path, "
            "cursor_row, created_at, answered, total, failed) "
            "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, answered, total, failed FROM record WHERE record_id = ?1",
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
        self._db.many(_PUT_ANSWER, [(record_id, a.path, a.row, a.value) for a in answers])

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

        def save() -> None:
            moment = self._core.clock.now()
            now = stamp(moment)
            with self._db.tx():
                self._touch_draft(record_id, cursor, language, progress)
                self._put_answers(record_id, answers)
                if rows:
                    self._put_rows(record_id, rows)
                if removed_rows:
                    self._remove_rows(record_id, removed_rows)
                self._touch_record(record_id, now)
                if settled and (answers or rows or removed_rows):
                    told = _told(answers, rows, removed_rows)
                    self._core.audit.append_canonical("answer", "record", record_id, told, now=moment, at=now)

        self._core.with_reserve(save)
        return Changes.of("record", record_id, cause="answer")

    def _touch_draft(
        self,
        record_id: str,
        cursor: NodeRef | None,
        language: str | None,
        progress: tuple[int, int, int] | None = None,
    ) -> None:
        """Move cursor, language and progress where they are given. Raises where there is no draft."""
        if cursor is not None and progress is not None and language is None:  # at nearly every answer
            found = self._db.run(_MOVE_BOTH, (cursor.path, cursor.row, *progress, record_id))
        else:
            found = self._db.value("SELECT 1 FROM draft WHERE record_id = ?", (record_id,))
            if cursor is not None:
                self._db.run(_MOVE_CURSOR, (cursor.path, cursor.row, record_id))
            if progress is not None:
                self._db.run(_PROGRESS, (*progress, record_id))
            if language is not None:
                self._db.run("UPDATE draft SET language = ? WHERE record_id = ?", (language, record_id))
        if not found:
            raise self._no_draft(record_id)

    def _touch_record(self, record_id: str, now: str) -> None:
        """Note when it changed, to the minute where it is the first of the list already: that saves a page's write."""
        first = self._db.row(_FIRST)
        if first is None or first[0] != record_id or first[1][:_MINUTE] != now[:_MINUTE]:
            self._db.run("UPDATE record SET updated_at = ? WHERE record_id = ?", (now, record_id))

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
        pin = pin_of(found[0])
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

    def move_draft(self, record_id: str, form: FormPin, draft: Draft) -> Changes:
        """Put a draft on another version of its checklist, as `session.upgrade` made it, in one step."""
        with self._db.tx():
            if not self._db.value("SELECT 1 FROM draft WHERE record_id = ?", (record_id,)):
                raise self._no_draft(record_id)
            for table in ("answer", "repeat_row", "answer_aside"):
                self._db.run(f"DELETE FROM {table} WHERE record_id = ?", (record_id,))
            self._db.run("UPDATE record SET form = ? WHERE record_id = ?", (dump(form), record_id))
            self._put_answers(record_id, draft.answers)
            self._put_rows(record_id, draft.rows)
            self._db.many(
                "INSERT INTO answer_aside VALUES (?, ?, ?, ?)",
                [(record_id, a.path, a.row, a.value) for a in draft.aside],
            )
            self._touch_draft(record_id, draft.cursor, None)
            self._core.audit.append("move", "record", record_id, {"form": form.sha256})
        return Changes.of("record", record_id, cause="move")

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


def _told(answers: Sequence[AnswerRow], rows: Sequence[RepeatRow], removed: Sequence[str]) -> str:
    """Return what the audit chain says of saved answers, canonical: where, how many, a hash, never the answers."""
    more: dict[str, Any] = {}
    if rows:
        more["rows"] = [r.row for r in rows]
    if removed:
        more["removed"] = list(removed)
    if not answers:
        return canonical({"n": 0, **more}).decode("utf-8")
    at = answers[0].path
    name = digest("\0".join([part for a in answers for part in (a.path, a.row, a.value)]).encode("utf-8"))
    if not more:  # at nearly every answer: the same bytes, put together
        return f'{{"at":{quoted(at)},"n":{len(answers)},"sha256":"{name}"}}'
    return canonical({"at": at, "n": len(answers), "sha256": name, **more}).decode("utf-8")
