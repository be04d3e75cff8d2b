"""What a relay fetches once for all its laptops: who they are, checklists, work, history, and the registry's file.

Rows are kept with the centre's own numbers and scopes and served with the centre's own cursors, so a laptop may ask the
relay today and the centre tomorrow. A page and its cursor are one transaction. What the centre signed (receipt keys,
registry file, checklist editions) is checked by the laptop as always; a relay can hold things back and forge nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, delete, func, select

from checklists.clock import Clock, stamp
from sync.client import ChangesPage, Client
from sync.errors import CursorExpiredError, NotOurServerError
from sync.protocol import REGISTRY_SCOPE, Collection, SnapshotManifest
from sync.pull import download
from sync.relay.gate import RelayGate
from sync.server import feed
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import put_rows, set_meta
from sync.server.files.blobs import BlobFolder, hash_of, sync_folder

CURSOR = "mirror:cursor"
REGISTRY_CURSOR = "mirror:registry"
STARTED_OVER = "mirror:started-over"
OWNER = "relay"
PAGE = 1000
FED = tuple(str(c) for c in Collection if c is not Collection.REGISTRY)


class Mirror:
    """The relay's copy of what the centre gives. One thread writes it, the relay's routes read it."""

    def __init__(self, storage: Storage, blobs: BlobFolder, gate: RelayGate, *, data: Path, clock: Clock) -> None:
        self._storage = storage
        self._blobs = blobs
        self._gate = gate
        self._data = data
        self._clock = clock

    def run(self, client: Client, should_stop: Callable[[], bool]) -> None:
        """Fetch what is new. Raises `SyncError`; what was fetched stays and the next run goes on."""
        self._gate.learn(client.roster(), self._now())
        try:
            self._feed(client, should_stop)
        except CursorExpiredError:
            self._start_over()
            self._feed(client, should_stop)
        if not should_stop():
            self._registry(client)

    def _now(self) -> str:
        return stamp(self._clock.now())

    # --- the feed -----------------------------------------------------------------------------------------------------

    def _feed(self, client: Client, should_stop: Callable[[], bool]) -> None:
        more = True
        while more and not should_stop():
            page = client.changes(self._meta(CURSOR), FED, limit=PAGE)
            for row in page.rows:
                if row.collection == Collection.FORMS and row.body is not None:
                    self._fetch(client, str(row.body["sha256"]))
            self._write(page, CURSOR)
            more = page.more
        if more:
            return
        at_centre = feed.Cursor.from_text(self._meta(CURSOR), client.session.server_id).floors
        if self._meta(STARTED_OVER):
            self._storage.write(lambda c: _raise_floors(c, at_centre))
        elif any(not self._meta(f"floor:{scope}") for scope in at_centre):
            self._storage.write(lambda c: _set_floors(c, at_centre))

    def _write(self, page: ChangesPage, cursor: str) -> None:
        now = self._now()

        def step(connection: Connection) -> None:
            for scope in {row.scope for row in page.rows}:
                feed.write_rows(connection, scope, [row for row in page.rows if row.scope == scope], now)
            set_meta(connection, cursor, page.cursor)

        if any(not row.scope for row in page.rows):
            raise NotOurServerError("rows without scope")  # the centre did not take us for a relay
        self._storage.write(step)

    def _fetch(self, client: Client, sha256: str) -> None:
        """Fetch a published file before its row is kept, so that a row always has its file."""
        if self._blobs.path(sha256).is_file():
            return
        self._blobs.discard(OWNER, sha256)
        with self._blobs.open_part(OWNER, sha256) as part:
            sink: BinaryIO = part
            client.fetch_blob(sha256, sink)
        if not self._blobs.keep(OWNER, sha256):
            raise NotOurServerError("form", sha256=sha256)

    def _start_over(self) -> None:
        """The centre's tombstones that we would need are gone: fetch all again; laptops start over after that too."""

        def step(connection: Connection) -> None:
            connection.execute(delete(tables.feed).where(tables.feed.c.scope != REGISTRY_SCOPE))
            set_meta(connection, CURSOR, "")
            set_meta(connection, STARTED_OVER, "1")

        self._storage.write(step)

    # --- the registry -------------------------------------------------------------------------------------------------

    def _registry(self, client: Client) -> None:
        manifest = client.snapshot(Collection.REGISTRY)
        if manifest is not None and not (self._data / "snapshots" / manifest.sha256).is_file():
            self._keep_snapshot(client, manifest)
        cursor = self._meta(REGISTRY_CURSOR)
        if not cursor and manifest is not None:
            cursor = manifest.cursor
            self._storage.write(lambda c: _begin_registry(c, cursor))
        try:
            self._registry_changes(client, cursor)
        except CursorExpiredError:
            if manifest is None:
                raise
            self._storage.write(lambda c: _begin_registry(c, manifest.cursor))
            self._registry_changes(client, manifest.cursor)

    def _registry_changes(self, client: Client, cursor: str) -> None:
        more = True
        while more:
            page = client.changes(cursor, [Collection.REGISTRY], limit=PAGE)
            self._write(page, REGISTRY_CURSOR)
            cursor, more = page.cursor, page.more

    def _keep_snapshot(self, client: Client, manifest: SnapshotManifest) -> None:
        """Fetch the file, going on where a cut left it, and offer it under its hash."""
        fetched = download(client, manifest, self._data / "tmp")
        folder = self._data / "snapshots"
        folder.mkdir(exist_ok=True)
        fetched.replace(folder / manifest.sha256)
        sync_folder(folder)
        row = {
            "collection": manifest.collection,
            "sha256": manifest.sha256,
            "size": manifest.size,
            "cursor": manifest.cursor,
            "manifest": json.dumps({"name": manifest.name, "manifest": manifest.manifest}),
            "published_at": self._now(),
        }
        self._storage.write(lambda c: put_rows(c, tables.snapshots, [row], key=("collection",)))
        for old in folder.iterdir():
            if old.name != manifest.sha256:
                old.unlink(missing_ok=True)

    def is_published(self, sha256: str) -> bool:
        """Say whether a file is a checklist of the feed; other files are nobody's to read here."""
        forms = self._storage.read(lambda c: bodies(c, Collection.FORMS))
        return any(body.get("sha256") == sha256 for body in forms) and hash_of(self._blobs.path(sha256)) == sha256

    def _meta(self, name: str) -> str:
        query = select(tables.meta.c.value).where(tables.meta.c.name == name)
        return str(self._storage.read(lambda c: c.execute(query).scalar()) or "")


def forget_mirror(connection: Connection) -> None:
    """Forget all that another centre gave; laptops start over too, because their cursors name that one."""
    connection.execute(delete(tables.feed))
    connection.execute(delete(tables.snapshots))
    connection.execute(delete(tables.meta).where(tables.meta.c.name.startswith("floor:")))
    for name in (CURSOR, REGISTRY_CURSOR, STARTED_OVER):
        set_meta(connection, name, "")


def _begin_registry(connection: Connection, cursor: str) -> None:
    """Begin the registry's changes at a file's cursor; a laptop with an older file gets 410 and takes the file."""
    connection.execute(delete(tables.feed).where(tables.feed.c.scope == REGISTRY_SCOPE))
    set_meta(connection, f"floor:{REGISTRY_SCOPE}", cursor if cursor.isdigit() else "0")
    set_meta(connection, REGISTRY_CURSOR, cursor)


def _set_floors(connection: Connection, floors: Mapping[str, int]) -> None:
    """Send readers from before these numbers to the beginning: what went away until then is not known here."""
    for scope, floor in floors.items():
        set_meta(connection, f"floor:{scope}", str(floor))


def _raise_floors(connection: Connection, at_centre: Mapping[str, int]) -> None:
    """After starting over send all readers of before to the beginning."""
    highest = select(tables.feed.c.scope, func.max(tables.feed.c.seq)).group_by(tables.feed.c.scope)
    rows = connection.execute(highest.where(tables.feed.c.scope != REGISTRY_SCOPE)).all()
    floors: dict[str, int] = {row.scope: row[1] for row in rows}
    _set_floors(connection, {s: max(floors.get(s, 0), at_centre.get(s, 0)) for s in {*floors, *at_centre}})
    set_meta(connection, STARTED_OVER, "")


def bodies(connection: Connection, collection: str) -> Iterable[dict[str, object]]:
    """Return the living rows of a collection."""
    query = select(tables.feed.c.body).where((tables.feed.c.collection == collection) & tables.feed.c.body.is_not(None))
    return [json.loads(body) for body in connection.execute(query).scalars()]
