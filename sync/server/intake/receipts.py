"""Making receipts at the centre: the same bytes as `sealing.make_receipt`, without its generic walk over values.

All members are text but the number, and their names are ASCII, so orjson writes their canonical form.
"""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from checklists.sealing import RECEIPT_DOMAIN, Signer
from sync.server.intake.filing import Line


def make(line: Line, number: int, now: str, server_id: str, key: Signer) -> dict[str, Any]:
    """Return the signed receipt of a revision that this transaction makes whole, as plain values."""
    members: dict[str, Any] = {
        "receipt_id": str(uuid.uuid4()),
        "digest": line.digest,
        "record_id": line.record_id,
        "revision_id": line.revision_id,
        "server_id": server_id,
        "received_at": now,
        "seq": number,
        "key_id": key.key_id,
    }
    message = RECEIPT_DOMAIN + orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
    return {**members, "signature": key.sign(message).hex()}
