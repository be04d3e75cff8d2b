"""What to do next, as pure functions over outbox rows and the clock; and the rules of backing off.

Laws: a child is not sent before its parent has its receipt (or is filed as a conflict); a parked record blocks nobody
and waits for a person's word; a record that is suspected of failing the server, or was refused, travels alone, so that
it cannot spoil a batch; waiting is spread by full jitter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from checklists.clock import stamp
from sync.errors import Action, SyncError
from sync.protocol import IN_CONFLICT, PARKED, WAITING, Code, Limits, OutboxRow

BACKOFF_BASE = 2.0
BACKOFF_CAP = 300.0
"""Seconds; full jitter between 0 and min(cap, base * 2^attempts)."""
PROBE_FIRST = 60.0
PROBE_CAP = 900.0
"""Seconds between two tries that nobody asked for: doubling from the first to the cap, a quarter of jitter each way."""
WAIT_FOR_SECONDS = 30.0
ALONE_FROM = 5
"""Failed attempts after which a record travels alone, whatever the reason was."""
RELAYED_AGAIN = 60.0
"""Seconds after which a record that an office relay holds asks there for the centre's receipt."""
SUSPECT = frozenset({"server-fault"})
"""Reasons after which it travels alone at once: it may be this record that the server cannot swallow."""
LONG_AGO = "0000"


class Random(Protocol):
    """Where jitter comes from: `random.Random`, seeded in tests."""

    def uniform(self, a: float, b: float, /) -> float: ...


@dataclass(frozen=True, slots=True)
class Setback:
    """What a failure means for a row: the arguments of `Outbox.failed`."""

    code: str
    message: str
    next_at: str
    parked: bool


def is_due(row: OutboxRow, now: datetime) -> bool:
    """Say whether a row's waiting time is over. A time further away than any back-off is a clock's mistake: due."""
    if not row.next_at:
        return True
    wait = datetime.fromisoformat(row.next_at) - now
    return wait <= timedelta(0) or wait > timedelta(days=1)


def ready(
    rows: Sequence[OutboxRow],
    now: datetime,
    tried: frozenset[str] = frozenset(),
    *,
    force: bool = False,
    to_relay: bool = False,
) -> tuple[OutboxRow, ...]:
    """Return the rows that may be sent now, oldest first and suspects last.

    `force` is a person's word: waiting times are passed over, and what is parked is tried once more, because whatever
    it was refused for may have been put right at the centre.
    A relay keeps parent before child itself, so a parent that it holds does not hold up its child there.
    """
    unsent = {row.revision_id for row in rows if row.state != IN_CONFLICT and not (to_relay and is_relayed(row))}
    return tuple(
        row
        for row in sorted(rows, key=lambda r: (travels_alone(r), r.created_at, r.revision_id))
        if (row.state == WAITING or (force and row.state == PARKED))
        and row.revision_id not in tried
        and (row.base_revision_id or "") not in unsent
        and (force or is_due(row, now))
    )


def is_relayed(row: OutboxRow) -> bool:
    """Say whether an office relay holds it; the outbox keeps it until the centre's own receipt is here."""
    return row.state == WAITING and row.last_error_code == Code.RELAYED


def travels_alone(row: OutboxRow) -> bool:
    """Say whether a row must not share a call: the server failed on it or refused it, or it failed often."""
    if is_relayed(row):
        return False
    if row.state == PARKED:
        return True
    return row.attempts >= ALONE_FROM or (row.attempts > 0 and row.last_error_code in SUSPECT)


def batches(lined: Iterable[tuple[OutboxRow, bytes]], limits: Limits) -> Iterator[tuple[tuple[OutboxRow, bytes], ...]]:
    """Cut rows with their wire lines into batches below the limits, reading only as far as the next batch needs."""
    current: list[tuple[OutboxRow, bytes]] = []
    filled = 0
    for row, line in lined:
        if travels_alone(row) or len(line) > limits.batch_bytes:
            yield ((row, line),)
            continue
        if current and (len(current) >= limits.batch_records or filled + len(line) > limits.batch_bytes):
            yield tuple(current)
            current, filled = [], 0
        current.append((row, line))
        filled += len(line) + 1
    if current:
        yield tuple(current)


def backoff_seconds(attempts: int, random: Random, retry_after: float = 0.0) -> float:
    """Return how long to wait before the attempt after this one; never less than the server asked for (capped)."""
    ceiling = min(BACKOFF_CAP, BACKOFF_BASE * 2.0 ** min(attempts, 16))
    return min(retry_after, BACKOFF_CAP) + random.uniform(0.0, ceiling)


def probe_seconds(quiet: int, random: Random) -> float:
    """Return how long to wait before looking for the centre again, after `quiet` tries that changed nothing."""
    return min(PROBE_CAP, PROBE_FIRST * 2.0 ** min(quiet, 16)) * random.uniform(0.75, 1.25)


def setback(row: OutboxRow, error: SyncError, now: datetime, random: Random) -> Setback:
    """Say what an error means for a row."""
    parked = error.action is Action.FIX
    seconds = 0.0 if parked else backoff_seconds(row.attempts, random, error.retry_after)
    if error.action is Action.WAIT_FOR:
        seconds = max(seconds, random.uniform(1.0, WAIT_FOR_SECONDS))
    next_at = "" if parked else stamp(now + timedelta(seconds=seconds))
    return Setback(error.code, error.detail, next_at, parked)


def earliest(rows: Iterable[OutboxRow]) -> str:
    """Return when the next row is due, "" where none waits."""
    times = [row.next_at or LONG_AGO for row in rows if row.state == WAITING]
    return min(times, default="")
