"""The centre's word that a key belongs to an author or approver of the handbook; travels beside each edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from checklists.crypto import signature_is_good
from checklists.model import Jsonable
from checklists.sealing import Signer, canonical
from sync.protocol.messages import ReceiptKey

VOUCHER_DOMAIN = b"inspector-handbook-signer-v1\0"


@dataclass(frozen=True, slots=True)
class Voucher(Jsonable):
    """A person's public key, signed by the centre with the key that its receipts are checked with; bytes as hex."""

    key_id: str
    public_key: str
    name: str
    centre_key_id: str = ""
    signature: str = ""

    @property
    def message(self) -> bytes:
        return VOUCHER_DOMAIN + canonical({k: v for k, v in self.to_json().items() if k != "signature"})

    def signed(self, key: Signer) -> Voucher:
        """Return it with the centre's signature."""
        named = replace(self, centre_key_id=key.key_id)
        return replace(named, signature=key.sign(named.message).hex())

    def stands(self, keys: Iterable[ReceiptKey]) -> bool:
        """Say whether one of the centre's keys that this laptop knows has signed it."""
        known = next((key.public_key for key in keys if key.key_id == self.centre_key_id), "")
        try:
            return bool(known) and signature_is_good(bytes.fromhex(known), bytes.fromhex(self.signature), self.message)
        except ValueError:
            return False
