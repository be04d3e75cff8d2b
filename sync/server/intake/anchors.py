"""Heads of the laptops' audit chains, kept where no laptop can change them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from checklists.clock import Clock, stamp
from checklists.sealing import Signer
from sync.protocol import Anchor, Anchored, Code
from sync.server.database import tables, trail
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new
from sync.server.files.blobs import is_hash
from sync.server.intake.shelf_queries import find_key
from sync.server.people.auth import Caller
from sync.server.people.rights import Right, has
from sync.server.problems import ProblemError


class Anchors:
    """Keeps what laptops say of their chains, by themselves or through whoever carries for them; any thread."""

    def __init__(self, storage: Storage, *, clock: Clock, key: Signer, server_id: str) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key
        self._server_id = server_id

    def take(self, caller: Caller, anchor: Anchor) -> Anchored:
        """Keep a head that its device signed. Returns the newest that is kept of this device, signed by the centre.

        Raises `ProblemError`: 403 for a key that is not registered or another's device, 422 for a signature that does
        not hold, 409 where another head was kept for this number, which is evidence of tampering and noted as such.
        """
        self._check(caller, anchor)
        now = stamp(self._clock.now())
        newest = self._storage.write(lambda connection: self._keep(connection, anchor, now))
        if newest is None:
            raise ProblemError(409, Code.ANCHOR_DIFFERS)
        return newest.signed(self._key)

    def _check(self, caller: Caller, anchor: Anchor) -> None:
        if anchor.seq < 1 or not is_hash(anchor.head):
            raise ProblemError(422, Code.INVALID, pointer="/head")
        device = None if "\0" in anchor.key_id else self._storage.read(lambda c: find_key(c, anchor.key_id))
        if device is None:
            raise ProblemError(403, Code.UNKNOWN_KEY)
        if not anchor.stands(device.public_key):
            raise ProblemError(422, Code.BAD_SIGNATURE, pointer="/signature")
        is_own = device.device_id == caller.device_id
        if anchor.device_id != device.device_id or not (is_own or has(caller, Right.CARRY)):
            raise ProblemError(403, Code.NOT_ASSIGNED)

    def _keep(self, connection: Connection, anchor: Anchor, now: str) -> Anchored | None:
        anchors, device_id = tables.anchors, anchor.device_id
        row = {"device_id": device_id, "seq": anchor.seq, "head": anchor.head, "received_at": now}
        insert_new(connection, anchors, row)
        mine = select(anchors).where(anchors.c.device_id == device_id)
        kept = connection.execute(mine.where(anchors.c.seq == anchor.seq)).one().head
        if kept != anchor.head:
            trail.note(connection, now, device_id, "anchor-differs", seq=anchor.seq, kept=kept, told=anchor.head)
            return None
        newest = connection.execute(mine.order_by(anchors.c.seq.desc()).limit(1)).one()
        return Anchored(device_id, newest.seq, newest.head, self._server_id, newest.received_at)
