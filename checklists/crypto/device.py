"""The signing key of one workspace on one laptop: Ed25519 (RFC 8032)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

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
        Ed25519PublicKey.from_public_bytes(public_bytes).verify(signature, message)
    except InvalidSignature:
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
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(seed=seed, public_bytes=public, key_id=key_id_of(public))

    @classmethod
    def generate(cls) -> DeviceKey:
        return cls.from_seed(os.urandom(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
