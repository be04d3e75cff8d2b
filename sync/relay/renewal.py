"""What a relay does when the centre behind it is not the one of before: a centre restored from a backup, or another.

Which centre the shelf and the mirror belong to is kept with them and compared at each start, so that a kill between
registering anew and putting things right leaves nothing half.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from sync.client import Session
from sync.protocol import IN_CONFLICT, WAITING
from sync.relay import anchors
from sync.relay.mirror import forget_mirror
from sync.relay.tables import carried, carried_blobs
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import set_meta

CENTRE = "relay:centre"


def settle_centre(storage: Storage, session: Session) -> int:
    """Bring what lies here in line with the centre of the session. Returns how many lines are offered again.

    The mirror begins anew with any other centre. Where it is ours, restored from a backup (`Session.former`), it may
    lack what it gave receipts for: such lines go again, and it answers with the same receipt what it still has. Of
    those whose content is not here any more nothing stays: their laptops, which keep all, bring them once more.
    """

    def step(connection: Connection) -> int:
        query = select(tables.meta.c.value).where(tables.meta.c.name == CENTRE)
        before = str(connection.execute(query).scalar() or "")
        if before == session.server_id:
            return 0
        set_meta(connection, CENTRE, session.server_id)
        if not before:
            return 0
        forget_mirror(connection)
        is_ours = before in session.former
        anchors.offer_again(connection, is_ours=is_ours)
        return _offer_again(connection) if is_ours else 0

    return storage.write(step)


def _offer_again(connection: Connection) -> int:
    emptied = carried.c.line.is_(None)
    gone = select(carried.c.revision_id).where(emptied)
    connection.execute(delete(carried_blobs).where(carried_blobs.c.revision_id.in_(gone)))
    connection.execute(delete(carried).where(emptied))
    told = (carried.c.receipt != "") | (carried.c.state == IN_CONFLICT)
    again = {"receipt": "", "receipted_at": "", "state": WAITING, "next_at": "", "conflict_head": "", "attempts": 0}
    return connection.execute(update(carried).where(told).values(**again)).rowcount
