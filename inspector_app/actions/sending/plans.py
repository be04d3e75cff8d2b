"""The dry run: what would go, how much, for how long. The speed is the one that was measured on this laptop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.model import Jsonable

if TYPE_CHECKING:
    from checklists.store import OutboxRow, Store
    from sync.client import Client

SPEED = "sync.speed"
ASSUMED = 125_000.0
"""Bytes a second (1 Mbit/s) where nothing was measured yet."""
LEAST = 200_000
"""Bytes below which a run says nothing about the line."""
NEWEST = 0.5
"""Weight of the newest measurement against those before."""


@dataclass(frozen=True, slots=True)
class Plan(Jsonable):
    """Counts of what waits; sizes in bytes. `rest` is what still has to travel, `seconds` for that.

    `reached` says who was asked ("centre", "relay" or ""), `trouble` why nobody could be; `measured` whether the speed
    was measured here or only assumed.
    """

    records: int
    files: int
    size: int
    rest: int
    seconds: float
    measured: bool
    stuck: int = 0
    relayed: int = 0
    reached: str = ""
    trouble: str = ""


def ask(store: Store, rows: Sequence[OutboxRow], client: Client) -> Plan:
    """Make the plan with what the other side has already. Raises `SyncError`."""
    client.health()
    sizes = {blob.sha256: blob.size for row in _ready(rows) for blob in row.blobs}
    wanted, most = sorted(sizes.items()), client.limits.missing_hashes
    rest = sum(
        sizes.get(found.sha256, found.offset) - found.offset
        for start in range(0, len(wanted), most)
        for found in client.missing_blobs(wanted[start : start + most])
    )
    return _plan(store, rows, rest, reached="relay" if client.session.through_relay else "centre")


def unasked(store: Store, rows: Sequence[OutboxRow], trouble: str) -> Plan:
    """Make the plan where nobody could be asked: everything still has to travel."""
    sizes = {blob.sha256: blob.size for row in _ready(rows) for blob in row.blobs}
    return _plan(store, rows, sum(sizes.values()), trouble=trouble)


def speed_of(store: Store) -> tuple[float, bool]:
    """Return bytes a second, and whether they were measured."""
    text = store.settings.get(SPEED)
    return (float(text), True) if text else (ASSUMED, False)


def learn_speed(store: Store, sent: int, seconds: float, write: Callable[[str, str], None]) -> None:
    """Note how fast a run was that sent enough to tell."""
    if sent < LEAST or seconds <= 0:
        return
    before, known = speed_of(store)
    now = sent / seconds
    write(SPEED, f"{NEWEST * now + (1 - NEWEST) * before if known else now:.0f}")


def _ready(rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    return [row for row in rows if row.state == "waiting"]


def _plan(store: Store, rows: Sequence[OutboxRow], files_rest: int, *, reached: str = "", trouble: str = "") -> Plan:
    from sync.plan import is_relayed

    ready = _ready(rows)
    text = sum(len(store.outbox.sealed(row.revision_id).envelope) for row in ready)
    sizes = {blob.sha256: blob.size for row in ready for blob in row.blobs}
    speed, measured = speed_of(store)
    rest = text + files_rest
    return Plan(
        records=len(ready),
        files=len(sizes),
        size=text + sum(sizes.values()),
        rest=rest,
        seconds=round(rest / speed, 1),
        measured=measured,
        stuck=len(rows) - len(ready),
        relayed=sum(1 for row in rows if is_relayed(row)),
        reached=reached,
        trouble=trouble,
    )
