"""The laptops of a scope with their public keys: what an office relay needs to know whom it may take records from."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sync.protocol import RosterEntry
from sync.server.database import tables


def roster(connection: Connection, scope: str) -> tuple[RosterEntry, ...]:
    """Return every device of a scope with each of its keys; revoked ones too, so that a relay shuts them out."""
    device, key = tables.devices, tables.device_keys
    query = (
        select(device.c.device_id, key.c.key_id, key.c.public_key, device.c.name, device.c.scope, device.c.revoked_at)
        .join(key, key.c.device_id == device.c.device_id)
        .where(device.c.scope == scope)
        .order_by(device.c.device_id, key.c.key_id)
    )
    return tuple(RosterEntry(*row[:5], revoked=bool(row[5])) for row in connection.execute(query))
