"""Earlier visits that laptops of the office will want, fetched once for all: the factory's extract and small pictures.

What is wanted: the last visits of sites that are assigned, and what a laptop lately asked for. Nothing more comes here
than any inspector of the scope may read, a laptop is shown only records that its own feed names, and what nobody wants
any more goes away.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from checklists.clock import Clock, stamp
from sync.client import Client
from sync.errors import Action, RefusedError, SyncError
from sync.prefetch import MOST_PICTURES, VISITS, extract_of
from sync.protocol import Code, Collection
from sync.relay.tables import fetched_ahead as ahead
from sync.server import feed
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new
from sync.server.files.blobs import is_hash

FOLDER = "pictures"
KEEP_ASKED_DAYS = 30
"""A visit that a laptop asked for is kept this long after it was asked for last."""
MOST_ASKED = 1000
"""Of such visits, for all laptops together; about 250 KB each with its small pictures."""
ASKED_ANEW = timedelta(days=1)
"""A laptop's asking is noted once in this time: each note costs the disk a write."""
AGAIN, AGAIN_AT_MOST = timedelta(hours=1), timedelta(days=7)
"""After what time something that the centre refused is asked for again; doubled each time."""
_FRESH = {"attempts": 0, "next_at": "", "code": "", "refused": ""}


class Ahead:
    """The relay's earlier visits. The forwarder's thread writes them, routes read them and note what is missing."""

    def __init__(self, storage: Storage, data: Path, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._folder = data / FOLDER

    # --- for laptops --------------------------------------------------------------------------------------------------

    def record(self, scope: str, record_id: str) -> dict[str, Any] | None:
        """Return a record's revision of today as the centre would, None where it is to be fetched now.

        Raises `KeyError` where the feed of this scope names no such record, or the centre lately refused it.
        """
        now = self._clock.now()
        wanted = self._storage.read(lambda c: _named(c, scope, record_id))
        if wanted is None:
            raise KeyError(record_id)
        row = self._storage.read(lambda c: _row(c, record_id))
        if row is None or row.asked_at < stamp(now - ASKED_ANEW):
            self._storage.write(lambda c: _ask(c, record_id, stamp(now)))
        kept = _body(row)
        if kept.get("revision_id") == wanted:
            return {"record_id": record_id, "revisions": [kept]}
        if row is not None and _must_wait(row, wanted, now):
            raise KeyError(record_id)
        return None

    def picture(self, scope: str, sha256: str) -> Path | None:
        """Return a small picture of a record that this scope's feed names, None where there is none."""
        path = self._folder / sha256
        if not is_hash(sha256) or not path.is_file():
            return None
        return path if self._storage.read(lambda c: _shows(c, scope, sha256)) else None

    # --- from the centre ----------------------------------------------------------------------------------------------

    def fetch(self, client: Client, should_stop: Callable[[], bool]) -> int:
        """Fetch what is wanted and not here, then drop what is not wanted any more.

        Returns how many records came. Raises `SyncError` of the line.
        """
        fetched, now = 0, self._clock.now()
        for record_id, revision_id in self._storage.read(lambda c: _wanted(c, now)).items():
            if should_stop():
                return fetched
            row = self._storage.read(partial(_row, record_id=record_id))
            if row is None or not (_body(row).get("revision_id") == revision_id or _must_wait(row, revision_id, now)):
                fetched += self._fetch(client, record_id, revision_id)
        self.sweep()
        return fetched

    def sweep(self) -> int:
        """Drop the visits that nobody wants any more, then the pictures of none. Returns how many visits went."""
        now = self._clock.now()
        gone = self._storage.write(lambda c: _drop(c, frozenset(_wanted(c, now))))
        shown = self._storage.read(_shown)
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.name not in shown:
                path.unlink(missing_ok=True)
        return gone

    def _fetch(self, client: Client, record_id: str, revision_id: str) -> int:
        content, code = None, str(Code.NOT_FOUND)
        try:
            found = client.record(record_id)
            content = next((r for r in found["revisions"] if r["revision_id"] == revision_id), None)
        except RefusedError as error:
            code = error.code
        if content is None:
            self._storage.write(lambda c: _refuse(c, record_id, revision_id, code, self._clock.now()))
            return 0
        extract = extract_of(content)
        for attachment in _photos(extract):
            self._fetch_picture(client, attachment)
        body = {"revision_id": revision_id, "sealed_at": content["sealed_at"], "extract": extract}
        values = {**_FRESH, "body": json.dumps(body, ensure_ascii=False)}
        self._storage.write(lambda c: _put(c, record_id, values))
        return 1

    def _fetch_picture(self, client: Client, sha256: str) -> None:
        """Fetch a small picture; one that the centre has none of is left out."""
        if not is_hash(sha256) or (self._folder / sha256).is_file():
            return
        sink = io.BytesIO()
        try:
            client.fetch_thumbnail(sha256, sink)
        except SyncError as error:
            if error.action is not Action.FIX:
                raise
            return
        self._folder.mkdir(exist_ok=True)
        fresh = self._folder / f"{sha256}.new"
        fresh.write_bytes(sink.getvalue())
        fresh.replace(self._folder / sha256)


def _photos(extract: Mapping[str, Any]) -> list[str]:
    photos = (a["sha256"] for a in extract["attachments"] if str(a.get("mime", "")).startswith("image/"))
    return list(dict.fromkeys(photos))[:MOST_PICTURES]


def _rows(connection: Connection, collection: Collection) -> Iterable[Any]:
    table = tables.feed
    living = (table.c.collection == collection.value) & table.c.body.is_not(None)
    return connection.execute(select(table).where(living).order_by(table.c.seq.desc())).all()


def _wanted(connection: Connection, now: datetime) -> dict[str, str]:
    """Return the records that are wanted with their revisions of today: the next sites' last, and what was asked for.

    What laptops asked for counts for some weeks after they did so last, and of that the newest only.
    """
    since = stamp(now - timedelta(days=KEEP_ASKED_DAYS))
    query = select(ahead.c.record_id).where(ahead.c.asked_at >= since).order_by(ahead.c.asked_at.desc())
    asked = set(connection.execute(query.limit(MOST_ASKED)).scalars())
    left = {row.about: VISITS for row in _rows(connection, Collection.ASSIGNMENTS) if row.about}
    wanted = {}
    for row in _rows(connection, Collection.INSPECTIONS):
        is_next = left.get(row.about, 0) > 0
        if is_next:
            left[row.about] -= 1
        if is_next or row.id in asked:
            wanted[row.id] = str(json.loads(row.body).get("revision_id", ""))
    return wanted


def _drop(connection: Connection, wanted: frozenset[str]) -> int:
    gone = [i for i in connection.execute(select(ahead.c.record_id)).scalars() if i not in wanted]
    for record_id in gone:
        connection.execute(delete(ahead).where(ahead.c.record_id == record_id))
    return len(gone)


def _shown(connection: Connection) -> frozenset[str]:
    """Return the photos of all that is kept."""
    bodies = connection.execute(select(ahead.c.body).where(ahead.c.body != "")).scalars()
    return frozenset(sha256 for body in bodies for sha256 in _photos(json.loads(body)["extract"]))


def _put(connection: Connection, record_id: str, values: Mapping[str, Any]) -> None:
    insert_new(connection, ahead, {"record_id": record_id})
    connection.execute(update(ahead).where(ahead.c.record_id == record_id).values(**values))


def _ask(connection: Connection, record_id: str, now: str) -> None:
    _put(connection, record_id, {"asked_at": now})


def _refuse(connection: Connection, record_id: str, revision_id: str, code: str, now: datetime) -> None:
    """Remember that the centre refused this revision; it is asked again after an hour, then ever later."""
    row = _row(connection, record_id)
    attempts = row.attempts + 1 if row is not None and row.refused == revision_id else 1
    later = stamp(now + min(AGAIN * 2 ** min(attempts - 1, 10), AGAIN_AT_MOST))
    values = {"attempts": attempts, "next_at": later, "code": code, "refused": revision_id}
    _put(connection, record_id, values)


def _must_wait(row: Row[Any], revision_id: str, now: datetime) -> bool:
    """Say whether the centre lately refused this very revision; a newer one is asked for at once."""
    is_later = stamp(now) < row.next_at <= stamp(now + AGAIN_AT_MOST)  # beyond: noted under a clock that was wrong
    return bool(row.code) and row.refused == revision_id and is_later


def counts_of(connection: Connection) -> tuple[int, int, str]:
    """Return how many visits are kept, how many the centre refused, and with which code the last of these."""
    refused = connection.execute(select(ahead.c.code).where(ahead.c.code != "").order_by(ahead.c.next_at)).scalars()
    codes = list(refused)
    kept = connection.execute(select(func.count()).select_from(ahead).where(ahead.c.body != "")).scalar_one()
    return int(kept), len(codes), codes[-1] if codes else ""


def _named(connection: Connection, scope: str, record_id: str) -> str | None:
    """Return the revision under which a scope's feed names a record, None where it does not."""
    table = tables.feed
    here = table.c.scope.in_(feed.scopes_for(scope, [Collection.INSPECTIONS])) & table.c.body.is_not(None)
    query = select(table.c.body).where(here & (table.c.collection == Collection.INSPECTIONS.value))
    body = connection.execute(query.where(table.c.id == record_id)).scalar()
    return str(json.loads(body).get("revision_id", "")) if body else None


def _row(connection: Connection, record_id: str) -> Row[Any] | None:
    return connection.execute(select(ahead).where(ahead.c.record_id == record_id)).one_or_none()


def _body(row: Row[Any] | None) -> dict[str, Any]:
    return dict(json.loads(row.body)) if row is not None and row.body else {}


def _shows(connection: Connection, scope: str, sha256: str) -> bool:
    """Say whether a record that is kept here and named to this scope has this photo."""
    query = select(ahead).where(ahead.c.body.contains(sha256))
    return any(_named(connection, scope, row.record_id) is not None for row in connection.execute(query).all())
