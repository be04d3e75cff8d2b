"""What administrators publish: checklists, assignments, registry rows, snapshot files (`inspector admin …`)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from checklists.clock import stamp
from checklists.errors import AuthorError
from checklists.model import FormPin
from checklists.sealing import digest
from sync.protocol import EVERYWHERE, REGISTRY_SCOPE, Collection, FeedRow, SnapshotManifest
from sync.server import feed
from sync.server.centre import Centre
from sync.server.database import tables, trail
from sync.server.database.upsert import put_rows, take_numbers
from sync.server.files.blobs import hash_of, sync_folder

PAGE = 1000
NAMED = 20
"""The audit log names so many rows of a page; of more it says how many."""


class RegistryMovedOnError(AuthorError):
    """Somebody else loaded a registry meanwhile: what was compared is not what laptops have. The same command again."""

    code = "registry-moved-on"


def _publish(centre: Centre, scope: str, rows: list[FeedRow], *, after: int | None = None) -> int:
    """Write rows of one collection page by page, each with its line in the audit log. Returns the last number.

    With `after` the rows follow that number or are not written: raises `RegistryMovedOnError`.
    """
    now = stamp(centre.config.clock.now())

    def step(connection: Connection, page: list[FeedRow], before: int | None) -> int:
        ids = {"ids": [row.id for row in page]} if len(page) <= NAMED else {}
        trail.note(connection, now, "", "published", collection=page[0].collection, scope=scope, rows=len(page), **ids)
        last = feed.publish(connection, scope, page, now)
        if before is not None and last - len(page) != before:
            raise RegistryMovedOnError
        return last

    last = 0
    for start in range(0, len(rows), PAGE):
        last = centre.storage.write(partial(step, page=rows[start : start + PAGE], before=after))
        after = last if after is not None else None
    return last


def publish_form(centre: Centre, pin: FormPin, xml: bytes) -> None:
    """Give a checklist that ships with the program to every laptop; any other needs a signed edition (`editions`)."""
    keep_form(centre, pin, xml)
    put_form_row(centre, pin, {**pin.to_json(), "size": len(xml)})


def keep_form(centre: Centre, pin: FormPin, xml: bytes) -> None:
    """Keep a checklist's XForm as a file of the whole country's scope."""
    if digest(xml) != pin.sha256:
        raise ValueError("the pin names other bytes")
    part = centre.blobs.part("admin", pin.sha256)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(xml)
    if not centre.blobs.keep("admin", pin.sha256):
        raise OSError("the file did not read back")
    centre.records.add_blob(EVERYWHERE, pin.sha256, len(xml))


def put_form_row(centre: Centre, pin: FormPin, body: dict[str, Any]) -> None:
    """Write the row by which laptops learn of a checklist version."""
    _publish(centre, EVERYWHERE, [FeedRow(Collection.FORMS, f"{pin.form_id}@{pin.version}", 0, pin.form_id, body)])


def publish_assignments(centre: Centre, scope: str, assignments: Iterable[Mapping[str, Any]]) -> int:
    """Give work to the laptops of a scope; each has `id`, `site_id` and whatever the laptop shows; `gone` withdraws."""
    return publish_about(centre, scope, Collection.ASSIGNMENTS, assignments)


def publish_about(centre: Centre, scope: str, collection: Collection, things: Iterable[Mapping[str, Any]]) -> int:
    """Give rows about sites (work, open orders, what was reported) to the laptops of a scope. Returns the last number.

    Each has `id`, `site_id` and whatever the laptop shows; `gone` withdraws it.
    """
    rows = [
        FeedRow(collection, str(one["id"]), 0, str(one.get("site_id", "")), None if one.get("gone") else dict(one))
        for one in things
    ]
    return _publish(centre, scope, rows)


def publish_registry_rows(
    centre: Centre, sites: Iterable[tuple[str, Mapping[str, Any] | None]], *, after: int | None = None
) -> str:
    """Give changed sites (id, members or None for gone) as a delta. Returns the registry's cursor after them.

    `after` is the `registry_number` at which they were compared. Raises `RegistryMovedOnError` where it is passed.
    """
    rows = [FeedRow(Collection.REGISTRY, i, 0, i, dict(b) if b is not None else None) for i, b in sites]
    last = _publish(centre, REGISTRY_SCOPE, rows, after=after)
    return registry_cursor(centre, last)


def registry_rows_after(centre: Centre, cursor: str) -> dict[str, Mapping[str, Any] | None]:
    """Return what was published of the registry after a cursor: members by site id, None for gone."""

    def step(connection: Connection) -> dict[str, Mapping[str, Any] | None]:
        found: dict[str, Mapping[str, Any] | None] = {}
        at, more = feed.Cursor.from_text(cursor, centre.server_id), True
        while more:
            page = feed.read(connection, at, [REGISTRY_SCOPE], [Collection.REGISTRY], PAGE)
            found.update({row.id: row.body for row in page.rows})
            at, more = page.cursor, page.more
        return found

    return centre.storage.read(step)


def registry_number(centre: Centre) -> int:
    """Return the number of the registry's last change, 0 where there is none."""
    return centre.storage.read(lambda c: feed.last_number(c, REGISTRY_SCOPE) or 0)


def registry_cursor(centre: Centre, number: int) -> str:
    return feed.Cursor(centre.server_id, {REGISTRY_SCOPE: number}).to_text()


def publish_snapshot(
    centre: Centre, file: Path, *, collection: str, cursor: str, manifest: str = "", alone: bool = False
) -> SnapshotManifest:
    """Offer a ready-made file; it is copied, synced and named by its hash, so that nobody reads half of one.

    `alone` lets it be all there is up to its cursor: laptops with anything older take the file. Raises
    `RegistryMovedOnError` where a file of a later cursor is on offer.
    """
    sha256, size = hash_of(file), file.stat().st_size
    folder = centre.config.data / "snapshots"
    folder.mkdir(exist_ok=True)
    target = folder / sha256
    if not target.exists():
        fresh = target.with_suffix(".new")
        shutil.copyfile(file, fresh)
        fresh.replace(target)
        sync_folder(folder)
    row = {
        "collection": collection,
        "sha256": sha256,
        "size": size,
        "cursor": cursor,
        "manifest": json.dumps({"name": file.name, "manifest": manifest}),
        "published_at": stamp(centre.config.clock.now()),
    }

    def step(connection: Connection) -> None:
        take_numbers(connection, REGISTRY_SCOPE, feed.COUNTER, 0)  # its row stays locked: one after the other
        offered = connection.execute(
            select(tables.snapshots.c.cursor).where(tables.snapshots.c.collection == collection)
        ).scalar()
        if offered and cursor.isdigit() and int(offered) > int(cursor):
            raise RegistryMovedOnError
        put_rows(connection, tables.snapshots, [row], key=("collection",))
        told = {"collection": collection, "sha256": sha256, "size": size, "cursor": cursor}
        trail.note(connection, str(row["published_at"]), "", "file-published", **told)
        if alone:
            feed.begin_anew(connection, REGISTRY_SCOPE, int(cursor))

    centre.storage.write(step)
    return SnapshotManifest(collection, sha256, size, cursor, file.name, manifest)


def snapshot_path(centre: Centre, manifest: SnapshotManifest) -> Path:
    """Return where the bytes of a ready-made file are."""
    return centre.config.data / "snapshots" / manifest.sha256


def snapshot_of(centre: Centre, collection: str) -> SnapshotManifest | None:
    def step(connection: Connection) -> SnapshotManifest | None:
        row = connection.execute(
            select(tables.snapshots).where(tables.snapshots.c.collection == collection)
        ).one_or_none()
        if row is None:
            return None
        told = json.loads(row.manifest)
        return SnapshotManifest(collection, row.sha256, row.size, row.cursor, told["name"], told["manifest"])

    return centre.storage.read(step)
