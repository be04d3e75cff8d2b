"""Heads of the laptops' audit chains on their way to the centre, and its word that it keeps them on its way back.

A laptop that meets only its relay has its head at the centre this way. The laptop signed the head and the centre its
answer: nothing of either is the relay's to make. Until the centre has answered a laptop is told nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from checklists.clock import Clock, stamp
from sync.client import Client
from sync.errors import RefusedError
from sync.protocol import Anchor, Anchored, Code
from sync.relay.gate import RelayGate
from sync.relay.tables import carried_anchors as anchors
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new
from sync.server.people.auth import Caller
from sync.server.problems import ProblemError

MOST = 100
"""Heads of one laptop that wait here at most; then a newer one takes the place of the newest, older ones stay."""
_CODES = frozenset(Code)
_WAITING = (anchors.c.answer == "") & (anchors.c.code == "")


class RelayAnchors:
    """Takes heads from laptops (any thread) and leaves them at the centre (the forwarder's thread)."""

    def __init__(self, storage: Storage, gate: RelayGate, *, clock: Clock) -> None:
        self._storage = storage
        self._gate = gate
        self._clock = clock

    def take(self, caller: Caller, anchor: Anchor) -> Anchored | None:
        """Keep a head that its laptop signed. Returns the centre's newest word about it, None before the first.

        Raises `ProblemError` 403 and 422 where it is not this laptop's, and what the centre refused this head with.
        """
        known = self._gate.key_of(anchor.key_id)
        if known is None:
            raise ProblemError(403, Code.UNKNOWN_KEY)
        if not anchor.stands(known[1]):
            raise ProblemError(422, Code.BAD_SIGNATURE, pointer="/signature")
        if not known[0] == anchor.device_id == caller.device_id:
            raise ProblemError(403, Code.NOT_ASSIGNED)
        return self._storage.write(lambda connection: self._keep(connection, anchor))

    def _keep(self, connection: Connection, anchor: Anchor) -> Anchored | None:
        mine = anchors.c.device_id == anchor.device_id
        same = mine & (anchors.c.seq == anchor.seq) & (anchors.c.head == anchor.head)
        row = connection.execute(select(anchors).where(same)).one_or_none()
        if row is None:
            _make_room(connection, anchor.device_id)
            values = {"device_id": anchor.device_id, "seq": anchor.seq, "head": anchor.head}
            told = {"anchor": json.dumps(anchor.to_json()), "arrived_at": stamp(self._clock.now())}
            insert_new(connection, anchors, {**values, **told})
        elif row.code:
            raise ProblemError(409 if row.code == Code.ANCHOR_DIFFERS else 422, Code(row.code))
        answer = connection.execute(select(anchors.c.answer).where(mine & (anchors.c.answer != ""))).scalar()
        return Anchored.from_json(json.loads(answer)) if answer else None

    def forward(self, client: Client, should_stop: Callable[[], bool]) -> int:
        """Leave at the centre what waits, the oldest first. Returns how many. Raises `SyncError` of the line."""
        query = select(anchors).where(_WAITING).order_by(anchors.c.arrived_at, anchors.c.seq)
        done = 0
        for row in self._storage.read(lambda c: c.execute(query).all()):
            if should_stop():
                break
            values = _ask(client, Anchor.from_json(json.loads(row.anchor)))
            where = (anchors.c.device_id == row.device_id) & (anchors.c.seq == row.seq) & (anchors.c.head == row.head)
            self._storage.write(partial(_answered, where=where, values=values))
            done += 1
        return done


def _ask(client: Client, anchor: Anchor) -> dict[str, str]:
    try:
        newest = client.anchor(anchor)
    except RefusedError as error:
        return {"code": error.code if error.code in _CODES else Code.INVALID}
    assert newest is not None  # noqa: S101 - the centre itself always answers
    return {"answer": json.dumps(newest.to_json())}


def _answered(connection: Connection, where: ColumnElement[bool], values: dict[str, str]) -> None:
    """Note the centre's answer; the one before it has no use any more."""
    row = connection.execute(select(anchors).where(where)).one()
    (kind,) = values
    old = (anchors.c.device_id == row.device_id) & (anchors.c[kind] != "")
    connection.execute(delete(anchors).where(old))
    connection.execute(update(anchors).where(where).values(**values))


def _make_room(connection: Connection, device_id: str) -> None:
    waiting = (anchors.c.device_id == device_id) & _WAITING
    if connection.execute(select(func.count()).select_from(anchors).where(waiting)).scalar_one() < MOST:
        return
    newest = connection.execute(select(anchors).where(waiting).order_by(anchors.c.arrived_at.desc()).limit(1)).one()
    this = (anchors.c.seq == newest.seq) & (anchors.c.head == newest.head)
    connection.execute(delete(anchors).where(waiting & this))


def offer_again(connection: Connection, *, is_ours: bool) -> None:
    """At a centre restored from a backup heads go once more; another centre is offered none of them."""
    connection.execute(update(anchors).values(answer="", code="") if is_ours else delete(anchors))
