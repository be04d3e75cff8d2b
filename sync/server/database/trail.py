"""The centre's audit log: who did what that matters, written in the same transaction as the deed, never changed."""

from __future__ import annotations

import json
import uuid

from sqlalchemy import Connection, select

from sync.server.database import tables


def note(connection: Connection, at: str, device_id: str, what: str, **data: object) -> None:
    """Write one entry. `data` holds ids and words, never content of records."""
    connection.execute(
        tables.audit.insert().values(
            event_id=str(uuid.uuid4()),
            at=at,
            device_id=device_id,
            what=what,
            data=json.dumps(data, ensure_ascii=False, sort_keys=True),
        )
    )


def entries(connection: Connection, *, limit: int = 100) -> list[dict[str, object]]:
    """Return the newest entries first."""
    query = select(tables.audit).order_by(tables.audit.c.at.desc(), tables.audit.c.event_id.desc()).limit(limit)
    return [
        {"at": r.at, "device_id": r.device_id, "what": r.what, **json.loads(r.data)} for r in connection.execute(query)
    ]
