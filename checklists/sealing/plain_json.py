"""Canonical JSON (RFC 8785), its digest, and reading JSON strictly."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import rfc8785

from checklists.errors import SealError
from checklists.model import to_json

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of plain JSON values, dataclasses and enums. Raises `SealError(what="canonical")`.

    The standard library writes the same bytes six times faster wherever numbers and member names are ordinary; for the
    rest (numbers with an exponent, names beyond the basic plane) `rfc8785` does it.
    """
    odd: list[Any] = []
    try:
        plain = _plain(value, odd)
        if odd:
            return rfc8785.dumps(plain)
        return _encode(plain).encode("utf-8")
    except (rfc8785.CanonicalizationError, ValueError, RecursionError) as error:
        raise SealError(str(error), what="canonical") from error


_SAFE_INTEGER = 2**53 - 1


def _plain(value: Any, odd: list[Any]) -> Any:
    """Return dicts, lists, text and numbers; note in `odd` what the standard library would write otherwise."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        return {_plain_name(k, odd): _plain(v, odd) for k, v in value.items()}
    if kind is list:
        return [_plain(v, odd) for v in value]
    return _plain_other(value, odd)


def _plain_other(value: Any, odd: list[Any]) -> Any:
    if isinstance(value, str):
        return value.value if isinstance(value, StrEnum) else value
    if isinstance(value, int):
        if abs(value) > _SAFE_INTEGER:
            raise ValueError("integer beyond 2^53")
        return value
    if isinstance(value, float):
        return _plain_float(value, odd)
    if isinstance(value, (list, tuple)):
        return [_plain(v, odd) for v in value]
    if isinstance(value, Mapping):
        return {_plain_name(k, odd): _plain(v, odd) for k, v in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(to_json(value), odd)
    raise ValueError(f"no JSON value: {type(value).__name__}")


def _plain_float(value: float, odd: list[Any]) -> float:
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    if value.is_integer() and abs(value) <= _SAFE_INTEGER:
        return int(value)
    if "e" in repr(value):
        odd.append(value)
    return value


def _plain_name(name: Any, odd: list[Any]) -> str:
    if type(name) is str and name.isascii():
        return name
    if not isinstance(name, str):
        raise ValueError("member name is no text")  # noqa: TRY004 - all that has no canonical form is one error
    if max(name) > "\uffff":
        odd.append(name)
    return name


def digest(data: bytes) -> str:
    """Return the SHA-256 of the bytes as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def read_json(data: bytes, what: str = "json") -> Any:
    """Parse UTF-8 JSON strictly: no duplicate members, no NaN. Raises `SealError(what=what)`."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise SealError(str(error), what=what) from error
