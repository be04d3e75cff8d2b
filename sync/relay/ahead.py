"""Earlier visits that laptops of the office will want, fetched once for all: the factory's extract and small pictures.

What is wanted: the last visits of sites that are assigned, and what a laptop asked for and did not find. Nothing more
comes here than any inspector of the scope may read, and a laptop is shown only records that its own feed names.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from sync.client import Client
from sync.errors import Action, RefusedError, SyncError
from sync.prefetch import MOST_PICTURES, VISITS, extract_of
from sync.protocol import Collection
from sync.relay.tables import kept_ahead
from sync.server import feed
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new, put_rows
from sync.server.files.blobs import is_hash

FOLDER = "pictures"


class Ahead:
    """The relay's earlier visits. The forwarder's thread writes them, routes read them and note what is missing."""

    def __init__(self, storage: Storage, data: Path) -> None:
        self._storage = storage
        self._folder = data / FOLDER

    # --- for laptops --------------------------------------------------------------------------------------------------

    def record(self, scope: str, record_id: str) -> dict[str, Any] | None:
        """Return a record's revision of today as the centre would, None where it is not here yet: it is fetched then.

        Raises `KeyError` where the feed of this scope names no such record.
        """
        wanted = self._storage.read(lambda c: _named(c, scope, record_id))
        if wanted is None:
            raise KeyError(record_id)
        kept = self._storage.read(lambda c: _kept(c, record_id))
        if kept is not None and kept["revision_id"] == wanted:
            return {"record_id": record_id, "revisions": [kept]}
        row = {"record_id": record_id, "body": ""}
        self._storage.write(lambda c: insert_new(c, kept_ahead, row))
        return None

    def picture(self, scope: str, sha256: str) -> Path | None:
        """Return a small picture of a record that this scope's feed names, None where there is none."""
        path = self._folder / sha256
        if not is_hash(sha256) or not path.is_file():
            return None
        return path if self._storage.read(lambda c: _shows(c, scope, sha256)) else None

    # --- from the centre ----------------------------------------------------------------------------------------------

    def fetch(self, client: Client, should_stop: Callable[[], bool]) -> int:
        """Fetch what is wanted and not here. Returns how many records came. Raises `SyncError` of the line."""
        fetched = 0
        for record_id, revision_id in self._storage.read(_wanted).items():
            if should_stop():
                break
            kept = self._storage.read(lambda c, name=record_id: _kept(c, name))  # type: ignore[misc]  # bound now
            if kept is None or kept["revision_id"] != revision_id:
                fetched += self._fetch(client, record_id, revision_id)
        return fetched

    def _fetch(self, client: Client, record_id: str, revision_id: str) -> int:
        try:
            found = client.record(record_id)
        except RefusedError:
            return 0
        content = next((r for r in found["revisions"] if r["revision_id"] == revision_id), None)
        if content is None:
            return 0
        extract = extract_of(content)
        for attachment in _photos(extract):
            self._fetch_picture(client, attachment)
        body = {"revision_id": revision_id, "sealed_at": content["sealed_at"], "extract": extract}
        row = {"record_id": record_id, "body": json.dumps(body, ensure_ascii=False)}
        self._storage.write(lambda c: put_rows(c, kept_ahead, [row], key=("record_id",)))
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
    return list(photos)[:MOST_PICTURES]


def _rows(connection: Connection, collection: Collection) -> Iterable[Any]:
    table = tables.feed
    living = (table.c.collection == collection.value) & table.c.body.is_not(None)
    return connection.execute(select(table).where(living).order_by(table.c.seq.desc())).all()


def _wanted(connection: Connection) -> dict[str, str]:
    """Return the records that are wanted with their revisions of today."""
    asked = set(connection.execute(select(kept_ahead.c.record_id)).scalars())
    left = {row.about: VISITS for row in _rows(connection, Collection.ASSIGNMENTS) if row.about}
    wanted = {}
    for row in _rows(connection, Collection.INSPECTIONS):
        is_next = left.get(row.about, 0) > 0
        if is_next:
            left[row.about] -= 1
        if is_next or row.id in asked:
            wanted[row.id] = str(json.loads(row.body).get("revision_id", ""))
    return wanted


def _named(connection: Connection, scope: str, record_id: str) -> str | None:
    """Return the revision under which a scope's feed names a record, None where it does not."""
    table = tables.feed
    here = table.c.scope.in_(feed.scopes_for(scope, [Collection.INSPECTIONS])) & table.c.body.is_not(None)
    query = select(table.c.body).where(here & (table.c.collection == Collection.INSPECTIONS.value))
    body = connection.execute(query.where(table.c.id == record_id)).scalar()
    return str(json.loads(body).get("revision_id", "")) if body else None


def _kept(connection: Connection, record_id: str) -> dict[str, Any] | None:
    body = connection.execute(select(kept_ahead.c.body).where(kept_ahead.c.record_id == record_id)).scalar()
    return dict(json.loads(body)) if body else None


def _shows(connection: Connection, scope: str, sha256: str) -> bool:
    """Say whether a record that is kept here and named to this scope has this photo."""
    query = select(kept_ahead).where(kept_ahead.c.body.contains(sha256))
    return any(_named(connection, scope, row.record_id) is not None for row in connection.execute(query).all())
