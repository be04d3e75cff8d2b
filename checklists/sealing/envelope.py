"""The members of an envelope and their checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from checklists.errors import SealError
from checklists.sealing.extract import digest_of_extract
from checklists.sealing.plain_json import canonical, read_json

FORMAT = "inspector-envelope/1"
OPERATIONS = ("record", "visit", "addendum", "void")
MAX_ENVELOPE_BYTES = 16 * 1024 * 1024
"""A record of 1,000 items with long notes is below 2 MB; more is refused before it is parsed."""


_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_HEX64 = re.compile(r"[0-9a-f]{64}")


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, dict) for v in value)


def _is_attachments(value: Any) -> bool:
    return _is_objects(value) and all(
        is_hash(v.get("sha256")) and is_count(v.get("size")) and _is_text(v.get("mime")) and _is_text(v.get("name"))
        for v in value
    )


def _is_form(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict)
        and _is_text(value.get("form_id"))
        and _is_text(value.get("version"))
        and _is_text(value.get("sha256"))
    )


_MEMBERS: Mapping[str, Callable[[Any], bool]] = {
    "format": lambda v: v == FORMAT,
    "record_id": _is_id,
    "revision_id": _is_id,
    "base_revision_id": lambda v: v is None or _is_id(v),
    "merges": lambda v: isinstance(v, list) and all(_is_id(i) for i in v),
    "op": lambda v: v in OPERATIONS,
    "reason": _is_text,
    "author": lambda v: _is_object(v) and _is_text(v.get("person_id")) and _is_text(v.get("name")),
    "device_id": _is_id,
    "device_seq": is_count,
    "created_at": _is_text,
    "sealed_at": _is_text,
    "clock": _is_object,
    "form": _is_form,
    "visit": lambda v: _is_object(v) and _is_id(v.get("visit_id")) and _is_object(v.get("site")),
    "language": _is_text,
    "answers": _is_objects,
    "sections": _is_objects,
    "findings": _is_objects,
    "measurements": _is_objects,
    "scores": _is_objects,
    "overall": _is_text,
    "submission": _is_text,
    "attachments": _is_attachments,
    "factory_extract_digest": is_hash,
    "audit": lambda v: _is_object(v) and is_count(v.get("seq")) and _is_text(v.get("head")),
}


def check_envelope(envelope: Mapping[str, Any]) -> None:
    """Check the members and the factory extract's digest. Raises `SealError` with what = envelope or extract."""
    check_members(envelope)
    if envelope["factory_extract_digest"] != digest_of_extract(envelope):
        raise SealError("factory extract", what="extract", member="factory_extract_digest")


def check_members(envelope: Mapping[str, Any]) -> None:
    """Check every required member. Raises `SealError(what="envelope", member=name)`; further members are allowed."""
    for member, is_right in _MEMBERS.items():
        if member not in envelope or not is_right(envelope[member]):
            raise SealError(f"envelope member {member}", what="envelope", member=member)


def parse_envelope(data: bytes) -> dict[str, Any]:
    """Read and check an envelope's bytes, that they are the canonical ones too. Raises `SealError`."""
    if len(data) > MAX_ENVELOPE_BYTES:
        raise SealError("too large", what="envelope", member="size")
    envelope = read_json(data, what="envelope")
    if not isinstance(envelope, dict):
        raise SealError("not an object", what="envelope", member="")
    check_envelope(envelope)
    if canonical(envelope) != data:
        raise SealError("not the canonical bytes", what="canonical")
    return envelope
