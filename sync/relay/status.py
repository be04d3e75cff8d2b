"""How a relay is doing, for its keeper: counts and times, no name of a site and no content."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from checklists.model import Jsonable
from sync.protocol import WAITING
from sync.relay import spool
from sync.relay.ahead import counts_of
from sync.relay.tables import carried, open_storage
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import set_meta
from sync.server.problems import DISK_FULL

RESERVE_BYTES = 200 * 1000 * 1000
"""So much of the disk is left free: with none the centre's receipts could not be kept any more."""
_CONTACT, _RECEIVED, _TROUBLE = "relay:contact", "relay:received", "relay:trouble"


@dataclass(frozen=True, slots=True)
class Held:
    """What lies at the relay, counted in records; `arriving` still lack files, `urgent` are among the waiting."""

    arriving: int = 0
    waiting: int = 0
    urgent: int = 0
    parked: int = 0
    conflict: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class KeptAhead:
    """Earlier visits: how many are kept, how many the centre would not give, and why it refused the last of these."""

    kept: int = 0
    refused: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class RelayStatus(Jsonable):
    """`contact` when the centre last answered, `last_received` its newest receipt, `trouble` a code or "".

    `bundles` are those of USB sticks that still wait for the centre.
    """

    held: Held
    laptops: int = 0
    bundles: int = 0
    contact: str = ""
    last_received: str = ""
    trouble: str = ""
    ahead: KeptAhead = KeptAhead()


def is_disk_full(data: Path) -> bool:
    """Say whether nothing more may be taken in."""
    return shutil.disk_usage(data).free < RESERVE_BYTES


def note(
    storage: Storage, *, contact: str | None = None, received: str | None = None, trouble: str | None = None
) -> None:
    """Keep what the status shows."""

    def step(connection: Connection) -> None:
        for name, value in ((_CONTACT, contact), (_RECEIVED, received), (_TROUBLE, trouble)):
            if value is not None:
                set_meta(connection, name, value)

    storage.write(step)


def status_of(data: Path) -> RelayStatus:
    """Return the status of the relay whose data lies in `data`, also while it runs."""
    storage = open_storage(data)
    try:
        found = replace(read_status(storage), bundles=spool.waiting(data))
        return replace(found, trouble=DISK_FULL) if is_disk_full(data) else found
    finally:
        storage.close()


def read_status(storage: Storage) -> RelayStatus:
    def step(connection: Connection) -> RelayStatus:
        found = {row.name: row.value for row in connection.execute(select(tables.meta))}
        living = select(func.count()).select_from(tables.devices).where(tables.devices.c.revoked_at == "")
        return RelayStatus(
            _held(connection),
            int(connection.execute(living).scalar_one()),
            contact=found.get(_CONTACT, ""),
            last_received=found.get(_RECEIVED, ""),
            trouble=found.get(_TROUBLE, ""),
            ahead=KeptAhead(*counts_of(connection)),
        )

    return storage.read(step)


def _held(connection: Connection) -> Held:
    arriving, received = carried.c.relayed == "", carried.c.receipt != ""
    group = (carried.c.state, carried.c.urgent, arriving, received)
    counts = dict.fromkeys(Held.__slots__, 0)
    for state, urgent, is_arriving, is_received, count in connection.execute(
        select(*group, func.count()).group_by(*group)
    ):
        name = "received" if is_received else "arriving" if is_arriving else state
        counts[name] += count
        counts["urgent"] += count if urgent and name == WAITING else 0
    return Held(**counts)
