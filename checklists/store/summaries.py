"""The lists of records: one row a record with its state, newest change first; by state, visit, page and words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from checklists.errors import NotFoundError
from checklists.model import FormPin, RecordState, RecordSummary, Site, VisitKind
from checklists.store.core import Core
from checklists.store.search import Question, record_match, record_question

_LIST = (
    "SELECT r.record_id, r.visit_id, r.form, r.site, r.visit_kind, r.author, r.created_at, r.updated_at, "
    "coalesce(v.sealed_at, ''), coalesce(v.revision_id, ''), coalesce(v.digest, ''), "
    "coalesce(d.answered, r.answered), coalesce(d.total, r.total), coalesce(d.failed, r.failed), "
    "CASE WHEN d.record_id IS NULL THEN (SELECT count(*) FROM revision_attachment a "
    "WHERE a.revision_id = v.revision_id AND json_extract(a.body, '$.kind') = 'photo') "
    "ELSE (SELECT count(*) FROM attachment a WHERE a.record_id = r.record_id "
    "AND json_extract(a.body, '$.kind') = 'photo') END, "
    "d.record_id IS NOT NULL, "
    "coalesce((SELECT min(receipt_id) FROM sent WHERE revision_id = v.revision_id "
    "AND v.revision_id NOT IN (SELECT revision_id FROM outbox)), ''), "
    "coalesce((SELECT min(received_at) FROM sent WHERE revision_id = v.revision_id), '') "
    "FROM record r LEFT JOIN draft d ON d.record_id = r.record_id "
    "LEFT JOIN revision v ON v.revision_id = r.head_revision_id WHERE "
)
_LISTED = "r.discarded_at = ''"

# which records have a state, told by the small tables; a row leaves the outbox with the receipt of its revision only
_SEALED = "r.head_revision_id IS NOT NULL AND r.record_id NOT IN (SELECT record_id FROM draft) AND r.head_revision_id "
_STATE: dict[RecordState, str] = {
    RecordState.DRAFT: "r.record_id IN (SELECT record_id FROM draft)",
    RecordState.SEALED: f"({_SEALED} IN (SELECT revision_id FROM outbox))",
    RecordState.SENT: f"({_SEALED} NOT IN (SELECT revision_id FROM outbox))",
}

MANY = 1000
"""With so many records that match a text, the newest ones are looked for in the list instead of all in the index."""


class Summaries:
    """Reading the lists."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    def summary(self, record_id: str) -> RecordSummary:
        """Return one record's row. Raises `NotFoundError`."""
        found = self._db.row(f"{_LIST} {_LISTED} AND r.record_id = ?", (record_id,))
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
        of: int | None = None,
    ) -> tuple[RecordSummary, ...]:
        """Return rows, the last changed first. `of` is what `count` told: the far half is then read from the end."""
        from_end = of is not None and offset > of // 2
        if of is not None and from_end:
            offset, limit = max(0, of - offset - limit), max(0, min(limit, of - offset))
        where, values = _where(states, visit_id)
        order = "ASC" if from_end else "DESC"
        ids = self._db.rows(
            f"SELECT r.record_id FROM record r WHERE {_LISTED} {where} "
            f"ORDER BY r.updated_at {order}, r.record_id {order} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return self._rows_of([row[0] for row in (reversed(ids) if from_end else ids)])

    def _rows_of(self, ids: Sequence[str]) -> tuple[RecordSummary, ...]:
        """Return the rows of these records in the order given."""
        found = self._db.rows(
            f"{_LIST} r.record_id IN (SELECT value FROM json_each(?))", (json.dumps(ids, ensure_ascii=False),)
        )
        by_id = {row[0]: row for row in found}
        return tuple(_summary(by_id[record_id]) for record_id in ids)

    def count(self, states: Sequence[RecordState] | None = None, *, visit_id: str | None = None) -> int:
        where, values = _where(states, visit_id)
        return int(self._db.value(f"SELECT count(*) FROM record r WHERE {_LISTED} {where}", values))

    def ids_ending(self, ending: str) -> tuple[str, ...]:
        """Return the ids of records that end so, for people who type the last letters of one."""
        found = self._db.rows(
            f"SELECT r.record_id FROM record r WHERE {_LISTED} AND substr(r.record_id, -length(?1)) = ?1", (ending,)
        )
        return tuple(row[0] for row in found) if ending else ()

    def search(self, text: str, *, limit: int = 50) -> tuple[RecordSummary, ...]:
        """Return records by what they are about: site name, any number, place; the last changed first."""
        wanted = record_question(text)
        if not wanted:
            return ()
        found = self._db.rows(
            "SELECT t.record_id FROM record_text t WHERE t.id IN "
            "(SELECT rowid FROM record_fts WHERE record_fts MATCH ? LIMIT ?)",
            (record_match(wanted), MANY),
        )
        if len(found) < MANY:
            return self._newest(json.dumps([row[0] for row in found]), limit)
        return self._first_holding(wanted, limit)

    def _newest(self, ids: str, limit: int) -> tuple[RecordSummary, ...]:
        found = self._db.rows(
            f"SELECT r.record_id FROM record r WHERE {_LISTED} AND r.record_id IN (SELECT value FROM json_each(?)) "
            "ORDER BY r.updated_at DESC, r.record_id DESC LIMIT ?",
            (ids, limit),
        )
        return self._rows_of([row[0] for row in found])

    def _first_holding(self, wanted: Question, limit: int) -> tuple[RecordSummary, ...]:
        """Walk the list, the last changed first, until enough records hold the words: with many, that is soon."""
        holds = " OR ".join("(" + " AND ".join("instr(t.words, ?)" for _ in way) + ")" for way in wanted)
        found = self._db.rows(
            f"SELECT r.record_id FROM record r CROSS JOIN record_text t ON t.record_id = r.record_id WHERE {_LISTED} "
            f"AND ({holds}) ORDER BY r.updated_at DESC, r.record_id DESC LIMIT ?",
            (*(phrase for way in wanted for phrase in way), limit),
        )
        return self._rows_of([row[0] for row in found])

    def addenda(self, record_id: str) -> tuple[RecordSummary, ...]:
        """Return the addenda to a record, the oldest first."""
        found = self._db.rows(f"{_LIST} {_LISTED} AND r.about = ? ORDER BY r.created_at", (record_id,))
        return tuple(_summary(row) for row in found)


def _where(states: Sequence[RecordState] | None, visit_id: str | None) -> tuple[str, tuple[Any, ...]]:
    where = ""
    if states is not None:
        where += f"AND ({' OR '.join(_STATE[s] for s in states) or '0'}) "
    if visit_id is not None:
        return where + "AND r.visit_id = ? ", (visit_id,)
    return where, ()


NO_FORM = FormPin("", "", "")
"""Stands in lists for records that were not made on a checklist."""


def pin_of(text: str) -> FormPin:
    """Return the form of a stored row."""
    members = json.loads(text)
    return FormPin.from_json(members) if members else NO_FORM


def _state(row: Sequence[Any]) -> RecordState:
    is_draft, receipt = row[15], row[16]
    if is_draft:
        return RecordState.DRAFT
    return RecordState.SENT if receipt else RecordState.SEALED


def _summary(row: Sequence[Any]) -> RecordSummary:
    return RecordSummary(
        record_id=row[0],
        visit_id=row[1],
        form=pin_of(row[2]),
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
