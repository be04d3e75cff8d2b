"""Theirs: what the centre gave (assignments, reviews, earlier inspections). Written only by a pull, never by hand.

A page and the cursor that it ends at are one transaction, so a kill repeats a page or has it whole. Starting over is
mark and sweep: what was here stays in sight until the last page of the new walk is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from checklists.model import Changes
from checklists.store.core import Core, dump


@dataclass(frozen=True, slots=True)
class PulledRow:
    """One thing of the centre's; `about` is the site or record it concerns; `body` None means it is gone."""

    collection: str
    id: str
    seq: int
    about: str
    body: dict[str, Any] | None


class Pulled:
    """The centre's rows on this laptop."""

    def __init__(self, core: Core) -> None:
        self._db = core.db

    def apply_page(self, rows: Iterable[PulledRow], cursor: str, *, last: bool = False) -> Changes:
        """Write a page and its cursor. An older row never replaces a newer one; `last` sweeps what stayed marked."""
        everything = list(rows)
        with self._db.tx():
            self._db.many(
                "INSERT INTO pulled (collection, id, seq, about, body) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET seq = excluded.seq, about = excluded.about, body = excluded.body "
                "WHERE excluded.seq > seq",
                [(r.collection, r.id, r.seq, r.about, dump(r.body)) for r in everything if r.body is not None],
            )
            self._db.many(
                "DELETE FROM pulled WHERE collection = ? AND id = ? AND seq < ?",
                [(r.collection, r.id, r.seq) for r in everything if r.body is None],
            )
            if last:
                self._db.run("DELETE FROM pulled WHERE seq <= 0")
            self._db.run("INSERT INTO meta VALUES ('cursor', ?) ON CONFLICT DO UPDATE SET v = excluded.v", (cursor,))
        return Changes(frozenset((r.collection, r.id) for r in everything), "pull")

    def cursor(self) -> str:
        return str(self._db.value("SELECT v FROM meta WHERE k = 'cursor'") or "")

    def mark_stale(self) -> Changes:
        """Start over (the centre was restored or the cursor expired): every row is older than any that comes now.

        They stay readable until a walk has come to its last page; nothing of ours is touched.
        """
        with self._db.tx():
            self._db.run("UPDATE pulled SET seq = -seq WHERE seq > 0")
            self._db.run("DELETE FROM meta WHERE k = 'cursor'")
        return Changes.of("pulled", "all", cause="reset")

    def has_stale(self) -> bool:
        """Say whether a walk that started over has not come to its end yet."""
        return self._db.value("SELECT 1 FROM pulled WHERE seq <= 0 LIMIT 1") is not None

    def is_own(self, record_id: str) -> bool:
        """Say whether a record was made on this laptop: the centre's line about it is no news."""
        return self._db.value("SELECT 1 FROM record WHERE record_id = ?", (record_id,)) is not None

    def list(self, collection: str, *, about: str | None = None) -> tuple[PulledRow, ...]:
        """Return the rows of a collection, those about one site or record where asked, the newest first."""
        found = self._db.rows(
            "SELECT collection, id, seq, about, body FROM pulled WHERE collection = ?1 AND (?2 IS NULL OR about = ?2) "
            "ORDER BY abs(seq) DESC",
            (collection, about),
        )
        return tuple(PulledRow(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in found)
