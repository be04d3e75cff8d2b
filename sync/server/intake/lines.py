"""Reading one wire line as the centre must: strictly, and fast, because a batch has a hundred of them.

The quick way is C code: msgspec reads, showing each fraction as it was spelled, and orjson writes, which agrees with
RFC 8785 but for numbers and for names beyond the basic plane. What was read must give the very same bytes when it is
written again, which also refuses doubled members. Everything else goes the thorough way through
`sealing.parse_envelope`, which says what is wrong.
"""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from checklists.errors import SealError
from checklists.sealing import Sealed, check_members, digest, extract_of_plain, parse_envelope, parse_wire_line

_BEYOND_BASIC_PLANE = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""First bytes of characters whose order among names UTF-16 and code points see differently."""
_HEAD = b'{"e":"'
_BEFORE_SIGNATURE = b'","sig":"'
_BEFORE_KEY = b'","key_id":"'
_TAIL = len(_BEFORE_SIGNATURE) + 128 + len(_BEFORE_KEY) + 32 + len(b'"}')


def read_wire_line(line: bytes) -> Sealed:
    """Return what `sealing.parse_wire_line` returns; quickly where the line is spelled as `wire_line` spells it.

    Between the fixed head and tail stands one JSON string and nothing else, so no member can be doubled or hidden.
    """
    cut = len(line) - _TAIL
    tail = line[cut:]
    signature = tail[len(_BEFORE_SIGNATURE) : len(_BEFORE_SIGNATURE) + 128]
    key_id = tail[-34:-2]
    if (
        not line.startswith(_HEAD)
        or tail != _BEFORE_SIGNATURE + signature + _BEFORE_KEY + key_id + b'"}'
        or not (signature + key_id).isalnum()
    ):
        return parse_wire_line(line)
    try:
        envelope = orjson.loads(line[len(_HEAD) - 1 : cut + 1]).encode()
        return Sealed(envelope, digest(envelope), bytes.fromhex(signature.decode()), key_id.decode())
    except ValueError:
        return parse_wire_line(line)


def read_envelope(data: bytes) -> dict[str, Any]:
    """Return the envelope of these bytes, checked as `parse_envelope` does. Raises `SealError`."""
    return read_line(data)[0]


def read_line(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the checked envelope and its factory extract, which the check has made anyway. Raises `SealError`."""
    envelope = _plainly_canonical(data)
    if envelope is None:
        thorough = parse_envelope(data)  # reads it thoroughly, or says what is wrong
        return thorough, extract_of_plain(thorough)
    check_members(envelope)
    extract = extract_of_plain(envelope)
    if digest(orjson.dumps(extract, option=orjson.OPT_SORT_KEYS)) != envelope["factory_extract_digest"]:
        raise SealError("factory extract", what="extract", member="factory_extract_digest")
    return envelope, extract


def _plainly_canonical(data: bytes) -> dict[str, Any] | None:
    """Return an envelope that is read and written back to these very bytes, else None."""
    if any(first in data for first in _BEYOND_BASIC_PLANE):
        return None
    try:
        envelope = _read(data)
        same = orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER) == data
    except (ValueError, TypeError, RecursionError):  # TypeError: a whole number beyond 2^53, or a lone surrogate
        return None
    return envelope if same and isinstance(envelope, dict) else None


def _plain_fraction(text: str) -> float:
    """Return a fraction that orjson and RFC 8785 spell alike. Raises `ValueError` for another."""
    value = float(text)
    if value.is_integer() or not 1e-5 <= abs(value) < 1e15:
        raise ValueError(text)
    return value


_read = msgspec.json.Decoder(float_hook=_plain_fraction).decode
