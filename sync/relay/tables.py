"""What an office relay keeps beside its copy of the centre's feed: lines on their way, with the files that they name.

A line stays until the centre's own receipt is here; `line` is emptied after that (`sweeping`), the receipt never.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

from sync.server.database.storage import Storage

metadata = MetaData()

carried = Table(
    "carried",
    metadata,
    Column("revision_id", String(64), primary_key=True),
    Column("record_id", String(64), nullable=False),
    Column("base_revision_id", String(64)),
    Column("digest", String(64), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("arrived_at", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),  # of the line
    Column("line", LargeBinary),  # zstd of the exact bytes; null: its way has ended (`sweeping`)
    Column("relayed", Text, nullable=False, server_default=""),  # our own receipt; "" while files are missing
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", String(40), nullable=False, server_default=""),
    Column("last_error_code", String(64), nullable=False, server_default=""),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("state", String(16), nullable=False),  # waiting, parked, conflict
    Column("conflict_head", String(64), nullable=False, server_default=""),
    Column("receipt", Text, nullable=False, server_default=""),  # the centre's
    Column("receipted_at", String(40), nullable=False, server_default=""),
    Index("carried_by_receipt", "receipted_at"),
)

carried_blobs = Table(
    "carried_blobs",
    metadata,
    Column("revision_id", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mime", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Index("carried_blobs_by_hash", "sha256"),
)

fetched_ahead = Table(
    "fetched_ahead",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("body", Text, nullable=False, server_default=""),  # revision, when it was sealed, extract; "" while wanted
    Column("asked_at", String(40), nullable=False, server_default=""),  # by a laptop; "": only assigned
    Column("attempts", Integer, nullable=False, server_default="0"),  # that the centre refused
    Column("next_at", String(40), nullable=False, server_default=""),
    Column("code", String(64), nullable=False, server_default=""),  # why; "" where it was not refused
    Column("refused", String(64), nullable=False, server_default=""),  # which revision
)

carried_anchors = Table(
    "carried_anchors",
    metadata,
    Column("device_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("head", String(64), primary_key=True),
    Column("anchor", Text, nullable=False),  # as the laptop signed it
    Column("arrived_at", String(40), nullable=False),
    Column("answer", Text, nullable=False, server_default=""),  # the centre's word, signed by it
    Column("code", String(64), nullable=False, server_default=""),  # why the centre refused it
)


def open_storage(data: Path) -> Storage:
    """Open the relay's database and make its tables; nobody else on this machine may look into the folder."""
    data.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):  # another keeper's folder, on a system that knows owners
        data.chmod(0o700)
    storage = Storage.open(data)
    storage.write(metadata.create_all)
    return storage
