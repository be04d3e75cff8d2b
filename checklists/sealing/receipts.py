"""The centre's signed word that it has an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from checklists.crypto import key_id_of, signature_is_good
from checklists.errors import SealError
from checklists.model import Jsonable
from checklists.sealing.envelope import is_count, is_hash
from checklists.sealing.plain_json import canonical, read_json
from checklists.sealing.signing import Sealed, Signer

RECEIPT_DOMAIN = b"inspector-receipt-v1\0"


@dataclass(frozen=True, slots=True)
class Receipt(Jsonable):
    """The centre's signed word that it holds the envelope with this digest, whole, with all its attachments.

    `seq` is the server's commit order, `received_at` its own time, `signature` hex.
    """

    receipt_id: str
    digest: str
    record_id: str
    revision_id: str
    server_id: str
    received_at: str
    seq: int
    key_id: str
    signature: str = ""


def _receipt_message(receipt: Receipt) -> bytes:
    members = receipt.to_json()
    del members["signature"]
    return RECEIPT_DOMAIN + canonical(members)


def make_receipt(
    sealed: Sealed, *, receipt_id: str, server_id: str, received_at: str, seq: int, key: Signer
) -> Receipt:
    """Sign a receipt for an envelope that is durably stored with all its attachments."""
    envelope = read_json(sealed.envelope, what="envelope")
    receipt = Receipt(
        receipt_id=receipt_id,
        digest=sealed.digest,
        record_id=envelope["record_id"],
        revision_id=envelope["revision_id"],
        server_id=server_id,
        received_at=received_at,
        seq=seq,
        key_id=key.key_id,
    )
    return sign_receipt(receipt, key)


def sign_receipt(receipt: Receipt, key: Signer) -> Receipt:
    """Return the receipt with its signature; its `key_id` must be the key's."""
    return replace(receipt, signature=key.sign(_receipt_message(receipt)).hex())


def parse_receipt(members: Mapping[str, Any]) -> Receipt:
    """Build a receipt from JSON members. Raises `SealError(what="receipt")` where they are not all of their kind."""
    try:
        receipt = Receipt.from_json(members)
    except (TypeError, ValueError, AttributeError) as error:
        raise SealError(str(error), what="receipt") from error
    texts = (receipt.receipt_id, receipt.record_id, receipt.revision_id, receipt.server_id, receipt.received_at)
    if not all(isinstance(t, str) and t for t in (*texts, receipt.key_id, receipt.signature)):
        raise SealError("empty member", what="receipt")
    if not is_hash(receipt.digest) or not is_count(receipt.seq):
        raise SealError("digest or seq", what="receipt")
    return receipt


def verify_receipt(receipt: Receipt, public_key: bytes) -> None:
    """Check the receipt's signature, not whose digest it names. Raises `SealError(what="receipt")`."""
    try:
        signature = bytes.fromhex(receipt.signature)
    except ValueError as error:
        raise SealError("signature is not hex", what="receipt") from error
    if key_id_of(public_key) != receipt.key_id or not signature_is_good(
        public_key, signature, _receipt_message(receipt)
    ):
        raise SealError("receipt signature", what="receipt", receipt_id=receipt.receipt_id, key_id=receipt.key_id)
