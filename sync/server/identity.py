"""Who this centre is: its id, and the key that its receipts are signed with.

The id belongs to the data: after a restore from a backup it must change (`renew_server_id`), because receipts were
given for records that the backup does not have. The key lies in a file of its own beside the database, readable by the
owner only; old public keys stay in the database so that old receipts can be checked for ever.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from sqlalchemy import Connection, select

from checklists.crypto import DeviceKey
from checklists.crypto.lockout import sync_folder
from sync.protocol import ReceiptKey
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.database.upsert import insert_new, set_meta

KEY_FILE = "receipt.key"


def load_key(data: Path) -> DeviceKey:
    """Return the receipt key of a data folder; made on first use."""
    file = data / KEY_FILE
    if not file.exists():
        key = DeviceKey.generate()
        fresh = file.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(key.seed)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
        sync_folder(data)
    return DeviceKey.from_seed(file.read_bytes())


def ensure_identity(storage: Storage, key: DeviceKey) -> str:
    """Return the server's id; note it and the public key where they are new."""

    def step(connection: Connection) -> str:
        insert_new(connection, tables.meta, {"name": "server_id", "value": str(uuid.uuid4())})
        insert_new(connection, tables.meta, {"name": f"receipt-key:{key.key_id}", "value": key.public_bytes.hex()})
        value: str = connection.execute(
            select(tables.meta.c.value).where(tables.meta.c.name == "server_id")
        ).scalar_one()
        return value

    return storage.write(step)


def renew_server_id(storage: Storage) -> str:
    """Give the data a new id after a restore; laptops then stop, say so, and take a new snapshot."""
    server_id = str(uuid.uuid4())
    storage.write(lambda connection: set_meta(connection, "server_id", server_id))
    return server_id


def receipt_keys(storage: Storage) -> tuple[ReceiptKey, ...]:
    """Return every key that receipts of this centre were ever signed with."""

    def step(connection: Connection) -> tuple[ReceiptKey, ...]:
        rows = connection.execute(
            select(tables.meta.c.name, tables.meta.c.value).where(tables.meta.c.name.like("receipt-key:%"))
        )
        return tuple(ReceiptKey(name.partition(":")[2], value) for name, value in rows)

    return storage.read(step)
