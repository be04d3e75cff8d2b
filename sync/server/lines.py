"""Reading one wire line as the centre must: strictly, and fast, because a batch has a hundred of them.

The quick way is orjson, C code that agrees with RFC 8785 but for numbers and for names beyond the basic plane. What it
reads must give the very same bytes when it is written again, which also refuses doubled members; where a number may be
one that it spells otherwise (a whole one with a fraction, one with an exponent) the numbers are looked at one by one.
Everything else goes the thorough way through `sealing.parse_envelope`, which says what is wrong.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from checklists.errors import SealError
from checklists.sealing import Sealed, check_members, digest, extract_of_plain, parse_envelope, parse_wire_line

_BEYOND_BASIC_PLANE = b"\xf0\xf1\xf2\xf3\xf4"
"""First bytes of characters whose order among names UTF-16 and code points see differently."""
_WHOLE_FRACTION = (b".0,", b".0}", b".0]")
_ODD_NUMBER = re.compile(rb"e[-+]?\d+[,}\]]")
"""How a number ends that has an exponent. Inside of text it may stand too, which only costs the look at the numbers."""
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
    """Return an envelope that orjson reads and writes back to these very bytes, else None."""
    if len(data.translate(None, _BEYOND_BASIC_PLANE)) != len(data):
        return None
    try:
        envelope = orjson.loads(data)
        same = orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER) == data
    except (ValueError, TypeError):  # TypeError: deeper than orjson writes, or a whole number beyond 2^53
        return None
    if not same or not isinstance(envelope, dict):
        return None
    odd = _ODD_NUMBER.search(data) is not None or any(end in data for end in _WHOLE_FRACTION)
    return None if odd and not _numbers_are_plain(envelope) else envelope


def _numbers_are_plain(envelope: dict[str, Any]) -> bool:
    """Say whether every fraction is one that orjson and RFC 8785 spell alike.

    A walk over the values; the types are compared exactly, because orjson makes no others.
    """
    left: list[Any] = [envelope]
    while left:
        holder = left.pop()
        for value in holder.values() if type(holder) is dict else holder:
            kind = type(value)
            if kind is str:
                continue
            if kind is dict or kind is list:
                left.append(value)
            elif kind is float and (value.is_integer() or not 1e-5 <= abs(value) < 1e15):
                return False
    return True
