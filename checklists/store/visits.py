"""Visits: one going to one site, with its team, people met and times. Sealed records keep their own copy of it."""

from __future__ import annotations

import json

from checklists.errors import NotFoundError
from checklists.model import Changes, Visit
from checklists.store.core import Core, dump


class Visits:
    """The visits of this workspace, newest first."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    def start(self, visit: Visit) -> Changes:
        """Begin a visit."""
        with self._db.tx():
            self._db.run(
                "INSERT INTO visit (visit_id, site_id, kind, outcome, started_at, updated_at, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    visit.visit_id,
                    visit.site.site_id,
                    visit.kind.value,
                    visit.outcome.value,
                    visit.started_at or self._core.now(),
                    self._core.now(),
                    dump(visit),
                ),
            )
            self._core.audit.append("start", "visit", visit.visit_id, {"kind": visit.kind, "site": visit.site.site_id})
        return Changes.of("visit", visit.visit_id, cause="start")

    def update(self, visit: Visit) -> Changes:
        """Write a visit anew; lists of its drafts show the new site, what is sealed keeps what it had."""
        with self._db.tx():
            changed = self._db.run(
                "UPDATE visit SET site_id = ?, kind = ?, outcome = ?, updated_at = ?, body = ? WHERE visit_id = ?",
                (
                    visit.site.site_id,
                    visit.kind.value,
                    visit.outcome.value,
                    self._core.now(),
                    dump(visit),
                    visit.visit_id,
                ),
            )
            if not changed:
                raise NotFoundError(visit.visit_id, kind="visit", key=visit.visit_id)
            self._db.run(
                "UPDATE record SET site = ?, visit_kind = ? WHERE visit_id = ? AND head_revision_id IS NULL",
                (dump(visit.site), visit.kind.value, visit.visit_id),
            )
            self._core.audit.append("update", "visit", visit.visit_id, {"outcome": visit.outcome})
        return Changes.of("visit", visit.visit_id, cause="update")

    def get(self, visit_id: str) -> Visit:
        """Return a visit. Raises `NotFoundError`."""
        found = self._db.value("SELECT body FROM visit WHERE visit_id = ?", (visit_id,))
        if found is None:
            raise NotFoundError(visit_id, kind="visit", key=visit_id)
        return Visit.from_json(json.loads(found))

    def list(self, *, site_id: str | None = None, limit: int = 200, offset: int = 0) -> tuple[Visit, ...]:
        """Return visits, newest first, of one site where asked."""
        found = self._db.rows(
            "SELECT body FROM visit WHERE ?1 IS NULL OR site_id = ?1 ORDER BY started_at DESC LIMIT ?2 OFFSET ?3",
            (site_id, limit, offset),
        )
        return tuple(Visit.from_json(json.loads(row[0])) for row in found)
