"""`extract-signed()`: the message, when the key has signed it. The first case is what JavaRosa answers."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.engine_xpath import evaluate

PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
SIGNED = (
    "ms74slt/nKeNSxFJB7ULEbJQ404w+XGKzV9y80nPWexB6nuvQbb3JZsy9piJAqXkKcn1HuqdbvOS4WUFXmkhBnJlYWwgZ2VudWluZSBkYXRh"
    "IOC4gQ=="
)
OTHER = base64.b64encode(
    Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))).public_key().public_bytes_raw()
).decode()
SPOILT = base64.b64encode(base64.b64decode(SIGNED)[:-1] + b"x").decode()


@pytest.mark.parametrize(
    ("contents", "key", "message"),
    [
        (SIGNED, PUBLIC, "real genuine data ก"),
        (SPOILT, PUBLIC, ""),
        (SIGNED, OTHER, ""),
        ("", PUBLIC, ""),
        ("no base64", PUBLIC, ""),
        (SIGNED, "", ""),
        (SIGNED, "AAAA", ""),
    ],
)
def test_only_what_the_key_has_signed_is_given(contents, key, message):
    assert evaluate(f"extract-signed('{contents}', '{key}')") == message


def test_the_second_names_of_javarosa_are_known():
    assert evaluate("is-selected('a b', 'b')") is True
    assert evaluate("enclosed-area('0 0;0 1;1 1;0 0') = area('0 0;0 1;1 1;0 0')") is True
