"""What a laptop knows about its centre, and what a page of changes is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from checklists.model import Jsonable
from checklists.sealing import Signer
from sync.protocol import (
    FeedRow,
    ReceiptKey,
    Tokens,
)


class DeviceSigner(Signer, Protocol):
    """The device's key as registration needs it."""

    @property
    def public_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Session(Jsonable):
    """What the laptop knows about its centre; kept encrypted in the store (or the key store) as one JSON text.

    With an office relay `server_id` is the relay's, `centre_id` the id of the centre behind it, `relay_keys` the keys
    of the relay's own receipts; `receipt_keys` stay those that the centre itself gave. `former` are the ids under which
    this centre gave receipts before it was restored from a backup.
    """

    url: str = ""
    server_id: str = ""
    device_id: str = ""
    role: str = ""
    scope: str = ""
    tokens: Tokens | None = None
    receipt_keys: tuple[ReceiptKey, ...] = ()
    bundle_key: str = ""
    centre_id: str = ""
    relay_keys: tuple[ReceiptKey, ...] = ()
    former: tuple[str, ...] = ()

    @property
    def through_relay(self) -> bool:
        return bool(self.centre_id)

    @property
    def registered(self) -> bool:
        return self.tokens is not None

    def to_text(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str | None) -> Session:
        return cls.from_json(json.loads(text)) if text else cls()


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """A page of the centre's changes and the cursor to store with it."""

    rows: tuple[FeedRow, ...]
    cursor: str
    more: bool
