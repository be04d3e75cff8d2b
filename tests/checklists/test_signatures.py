"""libsodium signs and proves what OpenSSL does, and refuses keys and signatures that only look like some."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from checklists.crypto import DeviceKey, signature_is_good

SEEDS = tuple(bytes([n]) * 32 for n in (0, 1, 127, 255))
MESSAGES = (b"", b"x", "บันทึก".encode() * 1000)
SMALL_ORDER = (
    bytes(32),
    b"\1" + bytes(31),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
)
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize("message", MESSAGES, ids=("empty", "short", "long"))
@pytest.mark.parametrize("seed", SEEDS, ids=("00", "01", "7f", "ff"))
def test_both_libraries_make_and_accept_the_same_bytes(seed: bytes, message: bytes) -> None:
    key, theirs = DeviceKey.from_seed(seed), Ed25519PrivateKey.from_private_bytes(seed)
    assert key.public_bytes == theirs.public_key().public_bytes_raw()
    signature = key.sign(message)
    assert signature == theirs.sign(message)
    assert signature_is_good(key.public_bytes, signature, message)
    Ed25519PublicKey.from_public_bytes(key.public_bytes).verify(signature, message)


@pytest.mark.parametrize("place", [0, 31, 32, 63])
def test_a_signature_with_one_bit_turned_is_not_good(place: int) -> None:
    key = DeviceKey.from_seed(SEEDS[1])
    signature = bytearray(key.sign(b"x"))
    signature[place] ^= 1
    assert not signature_is_good(key.public_bytes, bytes(signature), b"x")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(key.public_bytes).verify(bytes(signature), b"x")


@pytest.mark.parametrize("public", SMALL_ORDER, ids=("zero", "one", "minus-one", "order-8"))
def test_a_key_of_small_order_signs_nothing(public: bytes) -> None:
    """With such a key one signature would fit many messages; OpenSSL lets some of them pass."""
    everything = b"\1" + bytes(31) + bytes(32)
    assert not signature_is_good(public, everything, b"x")


def test_a_signature_has_one_spelling() -> None:
    key = DeviceKey.from_seed(SEEDS[2])
    signature = key.sign(b"x")
    other = int.from_bytes(signature[32:], "little") + ORDER
    assert not signature_is_good(key.public_bytes, signature[:32] + other.to_bytes(32, "little"), b"x")


@pytest.mark.parametrize(("public", "signature"), [(b"", bytes(64)), (bytes(31), bytes(64)), (bytes(32), bytes(63))])
def test_wrong_lengths_are_not_good(public: bytes, signature: bytes) -> None:
    assert not signature_is_good(public, signature, b"x")
