"""The queue towards the ministry's own system: each whole record once, again with back-off, parked with its reason.

Nothing on the way of a record into the centre knows of it: a run first looks which whole revisions are not in the queue
yet, by the number up to which each scope was seen. What is being sent is leased, so two runs at once send it once.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from checklists.clock import Clock, stamp
from sync.protocol import RevisionState
from sync.server.database import tables, trail
from sync.server.database.storage import RaceLostError, Storage
from sync.server.database.upsert import insert_new, set_meta
from sync.server.intake.rows import sealed_of
from sync.server.ministry.adapter import MOST_DETAIL, Ministry, Outcome, Preview, Reply

WAITING, TAKEN, PARKED, LEFT_OUT = "waiting", "taken", "parked", "left-out"
STATES = (WAITING, TAKEN, PARKED, LEFT_OUT)
LEASE = timedelta(minutes=2)
LONGEST = timedelta(hours=6)
PAGE = 500
ENOUGH = 3
"""So many records in a row that got no answer, or a busy one, end a run: each would wait for its time limit."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did. `stopped` is why it ended early: sign-in, again, or "" where it came to the end.

    `detail` is what the other side answered last where it ended early.
    """

    queued: int = 0
    taken: int = 0
    again: int = 0
    parked: int = 0
    stopped: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record that is not taken: why, what the other side answered, how often it was tried, and when it is next."""

    revision_id: str
    record_id: str
    state: str
    outcome: str
    detail: str
    attempts: int
    next_at: str


@dataclass(frozen=True, slots=True)
class Status:
    """How the queue stands: counts by state, and what is not taken, the longest waiting first."""

    counts: Mapping[str, int]
    troubles: tuple[Trouble, ...]


class MinistryQueue:
    """The queue in the centre's database; any process on it."""

    def __init__(self, storage: Storage, *, clock: Clock, jitter: random.Random | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._jitter = jitter or random.Random()  # noqa: S311 - jitter, not a secret

    def _now(self) -> str:
        return stamp(self._clock.now())

    def fill(self) -> int:
        """Put whole revisions that were not seen yet into the queue. Returns how many."""
        rev = tables.revisions
        scopes = self._storage.read(lambda c: c.execute(select(rev.c.scope).distinct()).scalars().all())
        return sum(self._storage.write(partial(self._fill, scope=scope)) for scope in scopes)

    def _fill(self, connection: Connection, scope: str) -> int:
        rev, name, now = tables.revisions, f"ministry:{scope}", self._now()
        seen = connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar()
        found = connection.execute(
            select(rev.c.revision_id, rev.c.record_id, rev.c.seq, rev.c.state, rev.c.op)
            .where((rev.c.scope == scope) & (rev.c.seq > int(seen or 0)))
            .order_by(rev.c.seq)
        ).all()
        wanted = [r for r in found if r.state == RevisionState.ACCEPTED.value and r.op == "record"]
        times = {"attempts": 0, "next_at": now, "queued_at": now, "changed_at": now}
        rows = [{"revision_id": r.revision_id, "record_id": r.record_id, "state": WAITING, **times} for r in wanted]
        insert_new(connection, tables.ministry_queue, rows)
        if found:
            set_meta(connection, name, str(found[-1].seq))
        return len(rows)

    def run(self, ministry: Ministry, *, limit: int = 1000) -> Run:
        """Hand over what is due. A refused login ends the run: everything else would be refused as well."""
        done, again = Run(queued=self.fill()), 0
        for _ in range(limit):
            row = self._storage.write(self._lease)
            if row is None:
                break
            reply = _handed(ministry, row)
            self._storage.write(partial(self._settle, row=row, reply=reply))
            done = _counted(done, reply.outcome)
            again = again + 1 if reply.outcome is Outcome.AGAIN else 0
            if reply.outcome is Outcome.SIGN_IN or again >= ENOUGH:
                return replace(done, stopped=reply.outcome.value, detail=reply.detail)
        return done

    def _lease(self, connection: Connection) -> Row[Any] | None:
        """Take the next due row for this run: nobody else sees it as due while it is being sent.

        A correction waits while what it corrects does: over there, what comes last counts.
        """
        queue, rev, now = tables.ministry_queue, tables.revisions, self._clock.now()
        base, mine = queue.alias("base"), (rev.c.record_id == queue.c.record_id)
        held = exists().where((base.c.revision_id == rev.c.base_revision_id) & (base.c.state == WAITING))
        due = connection.execute(
            select(queue.c.revision_id, queue.c.record_id, queue.c.next_at)
            .join(rev, mine & (rev.c.revision_id == queue.c.revision_id))
            .where((queue.c.state == WAITING) & (queue.c.next_at <= stamp(now)) & ~held)
            .order_by(queue.c.next_at, queue.c.revision_id)
            .limit(1)
        ).first()
        if due is None:
            return None
        leased = connection.execute(
            update(queue)
            .where((queue.c.revision_id == due.revision_id) & (queue.c.next_at == due.next_at))
            .values(next_at=stamp(now + LEASE), attempts=queue.c.attempts + 1)
        )
        if not leased.rowcount:
            raise RaceLostError  # another run has it: look for the next one
        where = (rev.c.record_id == due.record_id) & (rev.c.revision_id == due.revision_id)
        return connection.execute(
            select(rev, queue.c.attempts).join(queue, queue.c.revision_id == rev.c.revision_id).where(where)
        ).one()

    def _settle(self, connection: Connection, row: Row[Any], reply: Reply) -> None:
        now, queue, outcome = self._clock.now(), tables.ministry_queue, reply.outcome
        values: dict[str, Any] = {"outcome": outcome.value, "detail": reply.detail, "changed_at": stamp(now)}
        if outcome in (Outcome.TAKEN, Outcome.HAVE):
            values["state"] = TAKEN
        elif outcome is Outcome.FIX:
            values["state"] = PARKED
        elif outcome is Outcome.EXAMPLE:
            values["state"] = LEFT_OUT
        else:
            wait = min(LONGEST, timedelta(seconds=30) * 2 ** min(row.attempts, 12))
            values["next_at"] = stamp(now + wait * self._jitter.uniform(0.5, 1))
        connection.execute(update(queue).where(queue.c.revision_id == row.revision_id).values(values))
        told = {"revision_id": row.revision_id, "outcome": outcome.value, "attempts": row.attempts}
        told |= {"detail": reply.detail}
        trail.note(connection, stamp(now), "", "ministry", **told)

    def status(self) -> Status:
        """Return counts by state, and what is not taken, the longest waiting first."""
        queue = tables.ministry_queue

        def step(connection: Connection) -> Status:
            counts = connection.execute(select(queue.c.state, func.count()).group_by(queue.c.state)).all()
            open_ones = connection.execute(
                select(*(queue.c[name] for name in Trouble.__slots__))
                .where(queue.c.state.in_((WAITING, PARKED)) & (queue.c.outcome != ""))
                .order_by(queue.c.queued_at, queue.c.revision_id)
                .limit(PAGE)
            ).all()
            return Status(
                {**dict.fromkeys(STATES, 0), **{str(state): int(n) for state, n in counts}},
                tuple(Trouble(*row) for row in open_ones),
            )

        return self._storage.read(step)

    def preview(self, ministry: Ministry, record_id: str = "") -> Preview | None:
        """Return what would be sent of a record's newest whole revision, or of the newest of all; None without one."""
        rev = tables.revisions
        query = select(rev).where((rev.c.state == RevisionState.ACCEPTED.value) & (rev.c.op == "record"))
        query = query.where(rev.c.record_id.endswith(record_id, autoescape=True)) if record_id else query
        row = self._storage.read(lambda c: c.execute(query.order_by(rev.c.received_at.desc()).limit(1)).first())
        return None if row is None else ministry.preview(json.loads(sealed_of(row).envelope))

    def retry(self, revision_id: str) -> bool:
        """Put a parked or delayed record back at once. False where there is none such."""

        def step(connection: Connection) -> bool:
            queue, now = tables.ministry_queue, self._now()
            where = (queue.c.revision_id == revision_id) & queue.c.state.in_((WAITING, PARKED))
            done = connection.execute(update(queue).where(where).values(state=WAITING, next_at=now, changed_at=now))
            if done.rowcount:
                trail.note(connection, now, "", "ministry-retry", revision_id=revision_id)
            return bool(done.rowcount)

        return self._storage.write(step)


def _handed(ministry: Ministry, row: Row[Any]) -> Reply:
    """Hand one record over. One that cannot be mapped is parked: it would otherwise end every run at the same place."""
    try:
        return ministry.hand_over(json.loads(sealed_of(row).envelope))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return Reply(Outcome.FIX, f"{type(error).__name__}: {error}"[:MOST_DETAIL])


def _counted(done: Run, outcome: Outcome) -> Run:
    taken = outcome in (Outcome.TAKEN, Outcome.HAVE)
    return replace(
        done,
        taken=done.taken + taken,
        again=done.again + (outcome is Outcome.AGAIN),
        parked=done.parked + (outcome is Outcome.FIX),
    )


def gauges(storage: Storage) -> dict[str, int]:
    """Return how many records wait for the ministry's system, were taken by it, or are parked; for the metrics."""
    queue = tables.ministry_queue
    query = select(queue.c.state, func.count()).group_by(queue.c.state)
    found = {str(state): int(count) for state, count in storage.read(lambda c: c.execute(query).all())}
    return {f"ministry_{state.replace('-', '_')}": found.get(state, 0) for state in STATES}
