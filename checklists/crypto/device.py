"""The signing key of one workspace on one laptop: Ed25519 (RFC 8032), by libsodium.

libsodium refuses what OpenSSL lets pass (keys of small order, encodings that are not the canonical ones), so whatever
is good here is good everywhere; it is about twice as fast and needs no interpreter lock while it works (docs/adr/0015).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

SEED_BYTES = 32
PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64


def key_id_of(public_bytes: bytes) -> str:
    """Return the name of a public key: the first 16 bytes of its SHA-256, as hex."""
    return hashlib.sha256(public_bytes).digest()[:16].hex()


def signature_is_good(public_bytes: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether `signature` over `message` was made with the private half of `public_bytes`."""
    if len(public_bytes) != PUBLIC_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public_bytes)
    except BadSignatureError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A private key that signs; made from a 32-byte seed."""

    seed: bytes = field(repr=False)
    public_bytes: bytes
    key_id: str

    @classmethod
    def from_seed(cls, seed: bytes) -> DeviceKey:
        public, _ = crypto_sign_seed_keypair(seed)
        return cls(seed=seed, public_bytes=public, key_id=key_id_of(public))

    @classmethod
    def generate(cls) -> DeviceKey:
        return cls.from_seed(os.urandom(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        return crypto_sign(message, self.seed + self.public_bytes)[:SIGNATURE_BYTES]
