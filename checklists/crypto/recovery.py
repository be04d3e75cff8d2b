"""The recovery key as people write it: nine groups of four letters and digits, printed once for the office's safe."""

from __future__ import annotations

import hashlib
import unicodedata

from checklists.crypto.errors import RecoveryKeyError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
SECRET_BYTES = 20  # 160 bits, 32 characters; four more are the check
_ALIKE = str.maketrans("OIL", "011")


def _letters(data: bytes) -> str:
    number, count = int.from_bytes(data, "big"), len(data) * 8 // 5
    return "".join(ALPHABET[(number >> (5 * (count - 1 - i))) & 31] for i in range(count))


def _check(secret: bytes) -> str:
    return _letters(hashlib.sha256(b"inspector-recovery/1" + secret).digest()[:5])[:4]


def to_text(secret: bytes) -> str:
    """Return the secret in groups of four, the last one its check."""
    letters = _letters(secret) + _check(secret)
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def from_text(text: str) -> bytes:
    """Read what a person typed, in any case and grouping. Raises `RecoveryKeyError(what="typed")`."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in unicodedata.normalize("NFKC", text))
    letters = "".join(c for c in plain.upper() if c.isalnum()).translate(_ALIKE)
    if len(letters) != SECRET_BYTES * 8 // 5 + 4 or not set(letters) <= set(ALPHABET):
        raise RecoveryKeyError("length or letter", what="typed")
    number = 0
    for letter in letters[:-4]:
        number = number * 32 + ALPHABET.index(letter)
    secret = number.to_bytes(SECRET_BYTES, "big")
    if _check(secret) != letters[-4:]:
        raise RecoveryKeyError("check letters", what="typed")
    return secret
