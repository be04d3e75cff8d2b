"""Codes printed on every page: the short record code, the digest in groups, the QR code."""

from __future__ import annotations

import functools
import hashlib

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""

QR_PREFIX = "INSP1"


def record_code(record_id: str) -> str:
    """Return the short code of a record, e.g. `7K4M-2QXD-5`: 40 bits of its id's hash and a check letter.

    Two records of one office share a code with a chance below 1 in 10^12 a pair; the code helps people, ids decide.
    """
    number = int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:5], "big")
    body = "".join(_LETTERS[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{body[:4]}-{body[4:]}-{check_letter(body)}"


def check_letter(body: str) -> str:
    """Return the Luhn mod 32 check letter: finds one wrong letter and two neighbours changed over."""
    total, double = 0, True
    for letter in reversed(body):
        value = _LETTERS.index(letter) * (2 if double else 1)
        total += value // 32 + value % 32
        double = not double
    return _LETTERS[-total % 32]


def is_record_code(text: str) -> bool:
    body = text.upper().replace("-", "").replace(" ", "")
    return len(body) == 9 and set(body) <= set(_LETTERS) and check_letter(body[:8]) == body[8]


def grouped(digest: str) -> tuple[str, str]:
    """Return a digest in groups of four on two lines, as it is read aloud."""
    groups = [digest[i : i + 4].upper() for i in range(0, len(digest), 4)]
    return " ".join(groups[:8]), " ".join(groups[8:])


def qr_text(code: str, digest: str) -> str:
    """Return what the QR code says; letters, digits, `:` and `-` only, so that 33 modules are enough."""
    return f"{QR_PREFIX}:{code}:{digest.upper()}"


@functools.lru_cache(maxsize=32)  # the same on every page; making one takes 15 ms
def qr_path(content: str, x: float, y: float, size: float) -> str:
    """Return the dark modules as one path of rectangles in a square whose lower left corner is (x, y)."""
    import segno

    rows = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
    module = size / len(rows)
    out = []
    for number, row in enumerate(rows):
        top = y + size - (number + 1) * module
        start = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                out.append(f"{x + start * module:.3f} {top:.3f} {(column - start) * module:.3f} {module:.3f} re")
                start = None
    return " ".join(out)
