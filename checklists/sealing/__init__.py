"""The one sealed form: envelope, canonical bytes, digest, signature, wire line, receipt, factory extract.

The envelope is one RFC 8785 canonical JSON object in UTF-8. `digest` is the SHA-256 of exactly those bytes and means
that everywhere: QR code, receipt, audit chain, PDF, store. Signatures cover a domain prefix and the digest. Store,
sync, server and reports all use this package; it knows no database, no network and no form engine.

What the factory may see is the *extract*: a second, separately hashed object that holds nothing of office or restricted
audience. Its members are listed one by one (a member that nobody listed stays inside the office).
"""

from checklists.sealing.envelope import (
    FORMAT,
    MAX_ENVELOPE_BYTES,
    OPERATIONS,
    check_envelope,
    check_members,
    parse_envelope,
)
from checklists.sealing.extract import (
    EXTRACT_FORMAT,
    FACTORY_AUDIENCES,
    extract_digest,
    extract_for_factory,
    extract_of_plain,
)
from checklists.sealing.plain_json import canonical, digest, read_json
from checklists.sealing.receipts import (
    RECEIPT_DOMAIN,
    Receipt,
    make_receipt,
    parse_receipt,
    sign_receipt,
    verify_receipt,
)
from checklists.sealing.signing import ENVELOPE_DOMAIN, Sealed, Signer, parse_wire_line, seal, verify, wire_line

__all__ = [
    "ENVELOPE_DOMAIN",
    "EXTRACT_FORMAT",
    "FACTORY_AUDIENCES",
    "FORMAT",
    "MAX_ENVELOPE_BYTES",
    "OPERATIONS",
    "RECEIPT_DOMAIN",
    "Receipt",
    "Sealed",
    "Signer",
    "canonical",
    "check_envelope",
    "check_members",
    "digest",
    "extract_digest",
    "extract_for_factory",
    "extract_of_plain",
    "make_receipt",
    "parse_envelope",
    "parse_receipt",
    "parse_wire_line",
    "read_json",
    "seal",
    "sign_receipt",
    "verify",
    "verify_receipt",
    "wire_line",
]
