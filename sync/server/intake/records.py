"""Files lines and completed files in the database and reads them back: `filing`'s rules, each call one transaction.

A receipt is made inside the transaction and answered after its commit, so it exists exactly when the record does; it is
stored with the revision and never made twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from checklists.clock import Clock, stamp
from checklists.model import Audience
from checklists.sealing import Signer
from sync.protocol import EVERYWHERE, LineResult, MissingBlob, RevisionState
from sync.server import feed
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.database.upsert import checked, insert, insert_new, take_numbers
from sync.server.intake import receipts
from sync.server.intake.arrivals import Sender, key_named_by
from sync.server.intake.filing import Decision, Shelf, decide, remember
from sync.server.intake.readers import Readers
from sync.server.intake.rows import (
    LISTED,
    Arrived,
    DeviceOfKey,
    arrived_of,
    blob_rows,
    content_of,
    history,
    result_of,
    row_of,
)
from sync.server.intake.shelf_queries import (
    completed_by,
    drop_pending,
    find_key,
    load_shelf,
    move_heads,
    note_merges,
    present,
    whole_with,
    write_pending,
)
from sync.server.people.audience import FOR_ALL
from sync.server.people.auth import Caller
from sync.server.people.rights import Right, has

INSPECTIONS = "inspections"
Offsets = Callable[[str], int]
"""How many bytes of a file already lie here as the caller's part."""


class Records:
    """The record side of the centre. Every public method is one transaction; any thread.

    `heard` gives another value whenever a device may have changed its province; keys are then read anew.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        clock: Clock,
        key: Signer,
        server_id: str,
        readers: int = 0,
        heard: Callable[[], object] = object,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key
        self._server_id = server_id
        self._heard = heard
        self._keys: tuple[object, dict[str, DeviceOfKey]] = (None, {})
        self._readers = Readers(readers)

    def close(self) -> None:
        self._readers.close()

    # --- arriving -----------------------------------------------------------------------------------------------------

    def file_lines(self, caller: Caller, lines: Sequence[bytes], offset_of: Offsets) -> tuple[LineResult, ...]:
        """Check and file lines in one transaction. Returns one result per line, in order, after the commit."""
        named = {key_named_by(line) for line in lines}
        keys = {key_id: device for key_id in named if (device := self.device_of(key_id)) is not None}
        read = self._readers.read(Sender(caller.device_id, has(caller, Right.CARRY), keys), lines)
        arrived = [item for item in read if isinstance(item, Arrived)]
        filed = iter(self._storage.write(lambda c: self._file(c, arrived, offset_of)) if arrived else ())
        return tuple(next(filed) if isinstance(item, Arrived) else item for item in read)

    def device_of(self, key_id: str) -> DeviceOfKey | None:
        """Return whose key this is, None for one that is not registered."""
        now, (heard, keys) = self._heard(), self._keys
        if heard != now:
            self._keys = (now, keys := {})
        if key_id not in keys:
            found = self._storage.read(lambda c: find_key(c, key_id))
            if found is None:
                return None
            keys[key_id] = found
        return keys[key_id]

    def _file(self, connection: Connection, arrived: Sequence[Arrived], offset_of: Offsets) -> list[LineResult]:
        shelf = load_shelf(connection, [a.line for a in arrived])
        for line in (a.line for a in arrived):
            shelf.parts.update((b.sha256, offset_of(b.sha256)) for b in line.blobs if b.sha256 not in shelf.blobs)
        decisions = []
        for item in arrived:
            decision = decide(item.line, shelf)
            remember(item.line, decision, shelf)
            decisions.append(decision)
        return self._carry_out(connection, list(zip(arrived, decisions, strict=True)), shelf)

    def _carry_out(
        self, connection: Connection, decided: Sequence[tuple[Arrived, Decision]], shelf: Shelf
    ) -> list[LineResult]:
        """Write what was decided. Numbers are taken last, once per scope and transaction."""
        now = stamp(self._clock.now())
        new = [(a, d) for a, d in decided if d.state is not None]
        write_pending(connection, [(a, d) for a, d in new if d.state is RevisionState.PENDING], now)
        for scope in sorted({a.line.scope for a, d in new if d.whole}):
            mine = [(a, d) for a, d in new if d.whole and a.line.scope == scope]
            first = take_numbers(connection, scope, INSPECTIONS, len(mine))
            self._write_whole(connection, mine, first, now, shelf)
        return [result_of(a.line, d, shelf) for a, d in decided]

    def _write_whole(
        self, connection: Connection, mine: Sequence[tuple[Arrived, Decision]], first: int, now: str, shelf: Shelf
    ) -> None:
        rows, news = [], []
        heads = dict(shelf.heads)  # after the whole batch: a chain in one batch has one head
        for number, (item, decision) in enumerate(mine, first):
            receipt = receipts.make(item.line, number, now, self._server_id, self._key)
            remember(item.line, decision, shelf, receipt)
            head = decision.takes_head and heads[item.line.record_id] == item.line.revision_id
            kept = orjson.dumps(receipt).decode()
            rows.append({**row_of(item, decision, now), "head": head, "seq": number, "receipt": kept})
            if head:
                news.append(history(item, number))
        move_heads(connection, mine)
        drop_pending(connection, [a.line for a, d in mine if d.was_pending])
        insert(connection, tables.revisions, rows)
        insert_new(connection, tables.revision_blobs, [b for item, _ in mine for b in blob_rows(item.line)])
        for item, _ in mine:
            note_merges(connection, item.line)
        feed.write_rows(connection, mine[0][0].line.scope, news, now)

    # --- completing ---------------------------------------------------------------------------------------------------

    def add_blob(self, scope: str, sha256: str, size: int) -> tuple[LineResult, ...]:
        """Note a whole file of a scope, and file the pending revisions that it completes.

        The note by itself need not outlive a power cut: nobody has a receipt for it yet, and the file would be asked
        for once more. The commit of a receipt makes every note before it durable.
        """
        stored = {"scope": scope, "sha256": sha256, "size": size, "stored_at": stamp(self._clock.now())}
        self._storage.write(lambda c: insert_new(c, tables.blobs, stored), durable=False)
        if not self._storage.read(lambda c: whole_with(c, scope, sha256)):
            return ()

        def step(connection: Connection) -> list[LineResult]:
            waiting = [arrived_of(row, connection) for row in completed_by(connection, scope, sha256)]
            results = self._file(connection, waiting, lambda _sha256: 0) if waiting else []
            return [result for result in results if result.status != 202]

        return tuple(self._storage.write(step))

    def missing(self, caller: Caller, wanted: Iterable[tuple[str, int]], offset_of: Offsets) -> tuple[MissingBlob, ...]:
        """Return which files the caller's scope lacks, and how far their parts are."""
        hashes = [sha256 for sha256, _ in wanted]
        here = self._storage.read(lambda c: present(c, caller.scope, hashes))
        return tuple(MissingBlob(sha256, offset_of(sha256)) for sha256 in hashes if sha256 not in here)

    def has_blob(self, scope: str, sha256: str) -> bool:
        return sha256 in self._storage.read(lambda c: present(c, scope, [sha256]))

    # --- reading ------------------------------------------------------------------------------------------------------

    def listing(self, scope: str, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Return whole revisions of a scope in commit order. Pending ones are not among them."""
        columns = [tables.revisions.c[name] for name in LISTED]
        query = (
            select(*columns)
            .where((tables.revisions.c.scope == scope) & (tables.revisions.c.seq > after))
            .order_by(tables.revisions.c.seq)
            .limit(limit)
        )
        return self._storage.read(lambda c: [dict(row._mapping) for row in c.execute(query)])  # noqa: SLF001 - its API

    def may_read_blob(self, scope: str, sha256: str, *, audiences: frozenset[Audience], device_id: str) -> bool:
        """Say whether a file is there for this reader.

        One of a record is for its author and for those whom its audience includes; one that was published (a
        checklist) for everybody.
        """

        def step(connection: Connection) -> bool:
            rev, blob = tables.revisions, tables.revision_blobs
            if not present(connection, scope, [sha256]):
                of_a_record = select(blob.c.sha256).where(blob.c.sha256 == sha256).limit(1)
                published = present(connection, EVERYWHERE, [sha256])
                return bool(published) and connection.execute(of_a_record).first() is None
            seen = connection.execute(
                select(blob.c.audience, rev.c.device_id)
                .join(rev, (rev.c.record_id == blob.c.record_id) & (rev.c.revision_id == blob.c.revision_id))
                .where((blob.c.sha256 == sha256) & (checked(rev.c.scope) == scope))
            ).all()
            return not seen or any(r.audience in audiences or r.device_id == device_id for r in seen)

        return self._storage.read(step)

    def note_reading(self, caller: Caller, what: str, **ids: str) -> None:
        """Put into the audit log that somebody reads another one's restricted matter; before the answer goes out."""
        now = stamp(self._clock.now())
        told = {"person_id": caller.person_id, "role": caller.role.value, **ids}
        self._storage.write(lambda c: trail.note(c, now, caller.device_id, what, **told))

    def is_restricted(self, scope: str, sha256: str, *, device_id: str) -> bool:
        """Say whether a file is restricted matter of a record that this device did not seal."""
        rev, blob = tables.revisions, tables.revision_blobs
        query = (
            select(blob.c.sha256)
            .join(rev, (rev.c.record_id == blob.c.record_id) & (rev.c.revision_id == blob.c.revision_id))
            .where((blob.c.sha256 == sha256) & (blob.c.audience == Audience.RESTRICTED.value))
            .where((checked(rev.c.scope) == scope) & (rev.c.device_id != device_id))
        )
        return self._storage.read(lambda c: c.execute(query.limit(1)).first()) is not None

    def record(
        self, scope: str, record_id: str, *, audiences: frozenset[Audience] = FOR_ALL, device_id: str = ""
    ) -> list[dict[str, Any]]:
        """Return a record's whole revisions and receipts, oldest first.

        With their wire lines where the reader may see all or sealed them; else what `audiences` allow.
        """
        query = (
            select(tables.revisions)
            .where((tables.revisions.c.record_id == record_id) & (checked(tables.revisions.c.scope) == scope))
            .where(tables.revisions.c.seq.is_not(None))
            .order_by(tables.revisions.c.seq)
        )
        rows = self._storage.read(lambda c: c.execute(query).all())
        return [
            {
                **{name: getattr(row, name) for name in LISTED},
                "receipt": orjson.loads(row.receipt),
                **content_of(row, FOR_ALL if row.device_id == device_id else audiences),
            }
            for row in rows
        ]

    def counts(self) -> dict[str, int]:
        """Return how many revisions there are in each state."""
        query = select(tables.revisions.c.state, func.count()).group_by(tables.revisions.c.state)
        found = {str(state): int(count) for state, count in self._storage.read(lambda c: c.execute(query).all())}
        return {f"revisions_{state}": found.get(state, 0) for state in RevisionState}
