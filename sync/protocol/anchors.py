"""The head of a laptop's audit chain on its way to the centre, and the centre's word that it keeps it.

Both are signed, so that whoever stands between may hold them back and can make none: the laptop signs its head with its
device key, the centre answers with the newest head that it keeps, signed with the key of its receipts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from checklists.crypto import signature_is_good
from checklists.model import Jsonable
from checklists.sealing import Signer, canonical
from sync.protocol.messages import ReceiptKey

ANCHOR_DOMAIN = b"inspector-anchor-v1\0"
ANCHORED_DOMAIN = b"inspector-anchored-v1\0"


@dataclass(frozen=True, slots=True)
class Anchor(Jsonable):
    """The newest entry of a device's audit chain, as the device says it; `head` and `signature` as hex."""

    device_id: str
    seq: int
    head: str
    key_id: str = ""
    signature: str = ""

    @property
    def message(self) -> bytes:
        return ANCHOR_DOMAIN + canonical({k: v for k, v in self.to_json().items() if k != "signature"})

    def signed(self, key: Signer) -> Anchor:
        """Return it with the device's signature."""
        named = replace(self, key_id=key.key_id)
        return replace(named, signature=key.sign(named.message).hex())

    def stands(self, public_key: bytes) -> bool:
        """Say whether this key has signed it."""
        return _is_good(public_key, self.signature, self.message)


@dataclass(frozen=True, slots=True)
class Anchored(Jsonable):
    """The newest head that the centre keeps of a device's chain, and since when."""

    device_id: str
    seq: int
    head: str
    server_id: str
    received_at: str
    key_id: str = ""
    signature: str = ""

    @property
    def message(self) -> bytes:
        return ANCHORED_DOMAIN + canonical({k: v for k, v in self.to_json().items() if k != "signature"})

    def signed(self, key: Signer) -> Anchored:
        """Return it with the centre's signature."""
        named = replace(self, key_id=key.key_id)
        return replace(named, signature=key.sign(named.message).hex())

    def stands(self, keys: Iterable[ReceiptKey]) -> bool:
        """Say whether one of the centre's keys that this laptop knows has signed it."""
        known = next((key.public_key for key in keys if key.key_id == self.key_id), "")
        return bool(known) and _is_good(bytes.fromhex(known), self.signature, self.message)


def _is_good(public_key: bytes, signature: str, message: bytes) -> bool:
    try:
        return signature_is_good(public_key, bytes.fromhex(signature), message)
    except ValueError:
        return False
