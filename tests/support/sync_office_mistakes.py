"""Planted mistakes of the office relay and of who believes it, for `sync_office_schedule`.

Each is a small wrong turn; one that the schedules do not notice means that they are too weak.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest import mock

from sqlalchemy import Connection, delete

from checklists.sealing import Receipt, parse_receipt
from sync.client import ChangesPage
from sync.protocol import Code, LineResult, OutboxRow
from sync.push import Push
from sync.relay import outbox, shelf
from sync.relay.mirror import Mirror
from sync.relay.outbox import RelayOutbox
from sync.relay.shelf import Shelf
from sync.relay.tables import carried
from sync.server.database.upsert import set_meta

Planted = AbstractContextManager[object]


def relay_says_received() -> Planted:
    """Let the relay call its own receipt the centre's."""
    told = Shelf._whole_or_missing

    def lying(self: Shelf, *args: Any) -> LineResult:
        result = told(self, *args)
        return replace(result, status=200, code=Code.HAVE) if result.code == Code.RELAYED else result

    return mock.patch.object(Shelf, "_whole_or_missing", lying)


def laptop_takes_relayed_for_received() -> Planted:
    def believing(self: Push, row: OutboxRow, result: LineResult) -> None:
        self._outbox.acknowledge(parse_receipt(result.receipt or {}))

    return mock.patch.object(Push, "_note_relayed", believing)


def relay_forgets_before_the_receipt_is_kept() -> Planted:
    """Drop a line once the centre has answered, and keep its receipt in a second step."""
    kept = RelayOutbox.acknowledge

    def forgetful(self: RelayOutbox, receipt: Receipt) -> Any:
        where = carried.c.revision_id == receipt.revision_id
        row = self._storage.read(lambda c: c.execute(carried.select().where(where)).one())
        self._storage.write(lambda c: c.execute(delete(carried).where(where)))
        self._storage.write(lambda c: c.execute(carried.insert().values(**row._mapping)))
        return kept(self, receipt)

    return mock.patch.object(RelayOutbox, "acknowledge", forgetful)


def relay_keeps_no_receipt() -> Planted:
    def forgetful(self: RelayOutbox, receipt: Receipt) -> None:
        where = carried.c.revision_id == receipt.revision_id
        self._storage.write(lambda c: c.execute(delete(carried).where(where)))

    return mock.patch.object(RelayOutbox, "acknowledge", forgetful)


def relay_sends_a_child_before_its_parent() -> Planted:
    """Take urgent lines only into the first run, as the relay once did."""
    return mock.patch.object(outbox, "_with_bases", lambda rows: [row for row in rows if row.urgent])


def relay_gives_the_receipt_of_another() -> Planted:
    newest: dict[str, Any] = {}
    told = shelf._centres_word

    def mixed(row: Any) -> LineResult | None:
        result = told(row)
        if result is None or result.receipt is None:
            return result
        newest.setdefault("receipt", result.receipt)
        return replace(result, receipt=newest["receipt"])

    return mock.patch.object(shelf, "_centres_word", mixed)


def relay_says_relayed_before_the_files_are_there() -> Planted:
    def early(self: Shelf, connection: Connection, revision_id: str, _offset_of: Any) -> LineResult:
        return LineResult(revision_id, 202, Code.RELAYED, receipt=self._relayed(connection, revision_id))

    return mock.patch.object(Shelf, "_whole_or_missing", early)


def relay_tells_no_conflict() -> Planted:
    kept = RelayOutbox.failed

    def silent(self: RelayOutbox, *args: Any, conflict_head: str = "", **more: Any) -> Any:
        return kept(self, *args, **more)

    return mock.patch.object(RelayOutbox, "failed", silent)


def relay_takes_a_lost_line_for_a_refusal() -> Planted:
    """Park whatever did not go through."""
    kept = RelayOutbox.failed

    def parking(self: RelayOutbox, *args: Any, parked: bool = False, **more: Any) -> Any:
        return kept(self, *args, parked=True, **more)

    return mock.patch.object(RelayOutbox, "failed", parking)


def mirror_keeps_the_cursor_before_the_rows() -> Planted:
    write = Mirror._write

    def early(self: Mirror, page: ChangesPage, cursor: str) -> None:
        self._storage.write(lambda c: set_meta(c, cursor, page.cursor))
        write(self, page, cursor)

    return mock.patch.object(Mirror, "_write", early)


def mirror_takes_no_deletions() -> Planted:
    write = Mirror._write

    def keeping(self: Mirror, page: ChangesPage, cursor: str) -> None:
        write(self, replace(page, rows=tuple(row for row in page.rows if row.body is not None)), cursor)

    return mock.patch.object(Mirror, "_write", keeping)


MISTAKES: dict[str, Callable[[], Planted]] = {
    "laptop-takes-relayed-for-received": laptop_takes_relayed_for_received,
    "mirror-keeps-the-cursor-before-the-rows": mirror_keeps_the_cursor_before_the_rows,
    "mirror-takes-no-deletions": mirror_takes_no_deletions,
    "relay-forgets-before-the-receipt-is-kept": relay_forgets_before_the_receipt_is_kept,
    "relay-gives-the-receipt-of-another": relay_gives_the_receipt_of_another,
    "relay-keeps-no-receipt": relay_keeps_no_receipt,
    "relay-says-received": relay_says_received,
    "relay-says-relayed-before-the-files-are-there": relay_says_relayed_before_the_files_are_there,
    "relay-sends-a-child-before-its-parent": relay_sends_a_child_before_its_parent,
    "relay-takes-a-lost-line-for-a-refusal": relay_takes_a_lost_line_for_a_refusal,
    "relay-tells-no-conflict": relay_tells_no_conflict,
}
