"""Deriving and wrapping keys: argon2id, HKDF-SHA-256, AES key wrap (RFC 3394), HMAC check value."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from checklists.model import Jsonable

KEY_BYTES = 32
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class KdfCost(Jsonable):
    """What one guess of a passphrase costs; the default is RFC 9106's second choice (0.14 s here).

    It is the floor of `calibrated`.
    """

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    @property
    def work(self) -> int:
        return self.memory_kib * self.passes

    @classmethod
    def weak_for_tests(cls) -> KdfCost:
        return cls(memory_kib=64, passes=1, lanes=1)


def hkdf(secret: bytes, purpose: str) -> bytes:
    """Derive 32 bytes for one purpose."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"inspector/1 " + purpose.encode()).derive(secret)


def passphrase_key(passphrase: str, salt: bytes, cost: KdfCost, device_secret: bytes | None, person_id: str) -> bytes:
    """Return the key-encrypting key of one person: argon2id of the passphrase, combined with the device's secret."""
    from argon2.low_level import Type, hash_secret_raw

    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8")
    stretched = hash_secret_raw(
        typed,
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return hkdf(stretched + (device_secret or b""), f"person {person_id}")


def calibrated(limit_seconds: float = 1.0, *, seconds: Callable[[KdfCost], float] | None = None) -> KdfCost:
    """Return the highest cost of the ladder that this laptop pays within the limit; never below the default.

    Measures a few derivations, together at most about twice the limit (RFC 9106: memory first, then passes).
    """
    measure = seconds or _seconds
    chosen = KdfCost()
    took = measure(chosen)
    for higher in _LADDER:
        if took * higher.work / chosen.work > limit_seconds:
            break
        if (took := measure(higher)) > limit_seconds:
            break
        chosen = higher
    return chosen


_LADDER = (
    KdfCost(128 * 1024, 3),
    KdfCost(256 * 1024, 3),
    KdfCost(256 * 1024, 4),
    KdfCost(256 * 1024, 6),
    KdfCost(256 * 1024, 8),
)
"""At most 256 MiB: a laptop with 4 GB must still be able to sign in."""


def _seconds(cost: KdfCost) -> float:
    """Measure one derivation; a laptop without that much memory is told as one that takes for ever."""
    from argon2.exceptions import HashingError

    began = time.perf_counter()
    try:
        passphrase_key("calibration", b"\0" * SALT_BYTES, cost, None, "")
    except (HashingError, MemoryError):
        return float("inf")
    return time.perf_counter() - began


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def wrap(kek: bytes, key: bytes) -> str:
    return aes_key_wrap(kek, key).hex()


def unwrap(kek: bytes, wrapped: str) -> bytes | None:
    """Return the wrapped key, or None where `kek` is not the right one."""
    try:
        return aes_key_unwrap(kek, bytes.fromhex(wrapped))
    except (InvalidUnwrap, ValueError):
        return None


def check_value(key: bytes) -> str:
    """Return what tells the right key from a wrong one without opening the database."""
    return hmac.new(key, b"inspector check", hashlib.sha256).hexdigest()


def check_is(key: bytes, expected: str) -> bool:
    return hmac.compare_digest(check_value(key), expected)


def cost_from(members: Mapping[str, object]) -> KdfCost:
    """Read the cost from a key file; refuses absurd values that would freeze the laptop (`ValueError`)."""
    cost = KdfCost.from_json(members)
    if not (8 <= cost.memory_kib <= 4 * 1024 * 1024 and 1 <= cost.passes <= 64 and 1 <= cost.lanes <= 64):
        raise ValueError("cost out of range")
    return cost
