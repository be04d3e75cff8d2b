"""The one sealed form: envelope, canonical bytes, digest, signature, wire line, receipt, factory extract.

The envelope is one RFC 8785 canonical JSON object in UTF-8. `digest` is the SHA-256 of exactly those bytes and means
that everywhere: QR code, receipt, audit chain, PDF, store. Signatures cover a domain prefix and the digest. Store,
sync, server and reports all use this module; it knows no database, no network and no form engine.

What the factory may see is the *extract*: a second, separately hashed object that holds nothing of office or restricted
audience. Its members are listed one by one (a member that nobody listed stays inside the office).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

import rfc8785

from checklists.crypto import key_id_of, signature_is_good
from checklists.errors import SealError
from checklists.model import Audience, Jsonable, to_json

FORMAT = "inspector-envelope/1"
EXTRACT_FORMAT = "inspector-factory-extract/1"
OPERATIONS = ("record", "visit", "addendum", "void")
ENVELOPE_DOMAIN = b"inspector-envelope-v1\0"
RECEIPT_DOMAIN = b"inspector-receipt-v1\0"
MAX_ENVELOPE_BYTES = 16 * 1024 * 1024
"""A record of 1,000 items with long notes is below 2 MB; more is refused before it is parsed."""

FACTORY_AUDIENCES = frozenset({Audience.PUBLIC.value, Audience.FACTORY.value})


class Signer(Protocol):
    """Whatever signs: a device's key on the laptop, the receipt key on the server."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


# --- canonical JSON and digest --------------------------------------------------------------------------------------


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


# --- the envelope ---------------------------------------------------------------------------------------------------

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_HEX64 = re.compile(r"[0-9a-f]{64}")


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, dict) for v in value)


def _is_attachments(value: Any) -> bool:
    return _is_objects(value) and all(
        _is_hash(v.get("sha256")) and _is_count(v.get("size")) and _is_text(v.get("mime")) and _is_text(v.get("name"))
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
    "device_seq": _is_count,
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
    "factory_extract_digest": _is_hash,
    "audit": lambda v: _is_object(v) and _is_count(v.get("seq")) and _is_text(v.get("head")),
}


def check_envelope(envelope: Mapping[str, Any]) -> None:
    """Check the members and the factory extract's digest. Raises `SealError` with what = envelope or extract."""
    check_members(envelope)
    if envelope["factory_extract_digest"] != _digest_of_extract(envelope):
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


# --- sealing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope's exact bytes with their digest and the signature over it."""

    envelope: bytes
    digest: str
    signature: bytes
    key_id: str


def seal(envelope: Mapping[str, Any], key: Signer) -> Sealed:
    """Set the factory extract's digest, make the bytes and sign them. Raises `SealError` for an envelope not whole."""
    members = to_json(envelope)
    members["factory_extract_digest"] = _digest_of_extract(members)
    check_members(members)
    data = canonical(members)
    name = digest(data)
    return Sealed(
        envelope=data, digest=name, signature=key.sign(ENVELOPE_DOMAIN + bytes.fromhex(name)), key_id=key.key_id
    )


def verify(sealed: Sealed, public_key: bytes) -> None:
    """Check digest, key and signature. Raises `SealError` with what = digest, key or signature."""
    if digest(sealed.envelope) != sealed.digest:
        raise SealError("digest", what="digest", digest=sealed.digest)
    if key_id_of(public_key) != sealed.key_id:
        raise SealError("key", what="key", key_id=sealed.key_id)
    if not signature_is_good(public_key, sealed.signature, ENVELOPE_DOMAIN + bytes.fromhex(sealed.digest)):
        raise SealError("signature", what="signature", key_id=sealed.key_id)


# --- one line on the wire -------------------------------------------------------------------------------------------

_LINE_BREAKS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Escaped, because `str.splitlines` and some proxies' tools break a line there."""


def wire_line(sealed: Sealed) -> str:
    """Return the NDJSON line `{"e": envelope as a JSON string, "sig": hex, "key_id": …}` without the line feed."""
    line = {"e": sealed.envelope.decode("utf-8"), "sig": sealed.signature.hex(), "key_id": sealed.key_id}
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    for character, escape in _LINE_BREAKS.items():  # ten times faster than str.translate on Thai text
        text = text.replace(character, escape)
    return text


def parse_wire_line(line: str | bytes) -> Sealed:
    """Read a line; the signature is not checked here. Raises `SealError(what="wire")`."""
    try:
        data = line.encode("utf-8") if isinstance(line, str) else line
        members = read_json(data, what="wire")
        envelope = members["e"].encode("utf-8")
        signature = bytes.fromhex(members["sig"])
        key_id = members["key_id"]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SealError(str(error), what="wire") from error
    if not isinstance(key_id, str):
        raise SealError("key_id", what="wire")
    return Sealed(envelope=envelope, digest=digest(envelope), signature=signature, key_id=key_id)


# --- receipts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt(Jsonable):
    """The centre's signed word that it holds the envelope with this digest, whole, with all its attachments.

    `seq` is the server's commit order, `received_at` its own time, `signature` hex.
    """

    receipt_id: str
    digest: str
    record_id: str
    revision_id: str
    server_id: str
    received_at: str
    seq: int
    key_id: str
    signature: str = ""


def _receipt_message(receipt: Receipt) -> bytes:
    members = receipt.to_json()
    del members["signature"]
    return RECEIPT_DOMAIN + canonical(members)


def make_receipt(
    sealed: Sealed, *, receipt_id: str, server_id: str, received_at: str, seq: int, key: Signer
) -> Receipt:
    """Sign a receipt for an envelope that is durably stored with all its attachments."""
    envelope = read_json(sealed.envelope, what="envelope")
    receipt = Receipt(
        receipt_id=receipt_id,
        digest=sealed.digest,
        record_id=envelope["record_id"],
        revision_id=envelope["revision_id"],
        server_id=server_id,
        received_at=received_at,
        seq=seq,
        key_id=key.key_id,
    )
    return sign_receipt(receipt, key)


def sign_receipt(receipt: Receipt, key: Signer) -> Receipt:
    """Return the receipt with its signature; its `key_id` must be the key's."""
    return replace(receipt, signature=key.sign(_receipt_message(receipt)).hex())


def parse_receipt(members: Mapping[str, Any]) -> Receipt:
    """Build a receipt from JSON members. Raises `SealError(what="receipt")` where they are not all of their kind."""
    try:
        receipt = Receipt.from_json(members)
    except (TypeError, ValueError, AttributeError) as error:
        raise SealError(str(error), what="receipt") from error
    texts = (receipt.receipt_id, receipt.record_id, receipt.revision_id, receipt.server_id, receipt.received_at)
    if not all(isinstance(t, str) and t for t in (*texts, receipt.key_id, receipt.signature)):
        raise SealError("empty member", what="receipt")
    if not _is_hash(receipt.digest) or not _is_count(receipt.seq):
        raise SealError("digest or seq", what="receipt")
    return receipt


def verify_receipt(receipt: Receipt, public_key: bytes) -> None:
    """Check the receipt's signature, not whose digest it names. Raises `SealError(what="receipt")`."""
    try:
        signature = bytes.fromhex(receipt.signature)
    except ValueError as error:
        raise SealError("signature is not hex", what="receipt") from error
    if key_id_of(public_key) != receipt.key_id or not signature_is_good(
        public_key, signature, _receipt_message(receipt)
    ):
        raise SealError("receipt signature", what="receipt", receipt_id=receipt.receipt_id, key_id=receipt.key_id)


# --- what the factory may see ---------------------------------------------------------------------------------------

_COPIED = (
    "record_id",
    "revision_id",
    "base_revision_id",
    "op",
    "created_at",
    "sealed_at",
    "form",
    "language",
    "overall",
)
_VISIT = ("visit_id", "site", "kind", "outcome", "started_at", "ended_at", "team", "card_shown")
_MET = ("name", "position")
_REFUSAL = ("role", "name", "reason", "witness", "at", "bound_to")
_OFFICER = ("person_id", "name", "position", "office", "card_no", "lead")


def _only(members: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: members[name] for name in names if name in members}


def _for_factory(value: Mapping[str, Any]) -> bool:
    """Say whether a member's own audience lets the factory see it; one that names no audience stays inside."""
    return value.get("audience") in FACTORY_AUDIENCES


def _of_seen_items(values: Iterable[dict[str, Any]], hidden: set[str]) -> list[dict[str, Any]]:
    return [v for v in values if _for_factory(v) and v.get("item_id", "") not in hidden]


def _cut_exhibits(value: Mapping[str, Any], seen: frozenset[str]) -> dict[str, Any]:
    return {**value, "exhibits": [e for e in value.get("exhibits", ()) if e in seen]}


def _item_extract(item: Mapping[str, Any], seen: frozenset[str]) -> dict[str, Any]:
    return {**_cut_exhibits(item, seen), "fields": [f for f in item.get("fields", ()) if _for_factory(f)]}


def _sections_extract(sections: Iterable[Mapping[str, Any]], seen: frozenset[str]) -> list[dict[str, Any]]:
    shown = []
    for section in sections:
        items = [_item_extract(item, seen) for item in section.get("items", ()) if _for_factory(item)]
        if items:
            shown.append({**_only(section, ("section_id", "title")), "items": items})
    return shown


def _visit_extract(visit: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out purpose and remarks (they may name a complainant) and telephone numbers."""
    shown = _only(visit, _VISIT)
    shown["team"] = [_only(officer, _OFFICER) for officer in visit.get("team", ())]
    shown["met"] = [_only(person, _MET) for person in visit.get("met", ())]
    shown["refusals"] = [_only(refusal, _REFUSAL) for refusal in visit.get("refusals", ())]
    return shown


def extract_for_factory(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the factory's copy shows and embeds: public and factory audience only, listed member by member.

    Not in it: raw answers, the submission, scores, the correction's reason, purpose and remarks of the visit, and every
    item, field, finding, measurement or exhibit whose audience is office or restricted or unknown.
    """
    return extract_of_plain(to_json(envelope))


def extract_of_plain(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Do the same for an envelope that is plain JSON values already."""
    every = [item for section in envelope.get("sections", ()) for item in section.get("items", ())]
    items = {item["item_id"] for item in every if _for_factory(item)}
    hidden = {item["item_id"] for item in every} - items
    attachments = _of_seen_items(envelope.get("attachments", ()), hidden)
    seen = frozenset(a["exhibit"] for a in attachments if a.get("exhibit"))
    return {
        "format": EXTRACT_FORMAT,
        **_only(envelope, _COPIED),
        "author": _only(envelope.get("author") or {}, _OFFICER),
        "visit": _visit_extract(envelope.get("visit") or {}),
        "sections": _sections_extract(envelope.get("sections", ()), seen),
        "findings": [_cut_exhibits(f, seen) for f in _of_seen_items(envelope.get("findings", ()), hidden)],
        "measurements": [m for m in envelope.get("measurements", ()) if m.get("item_id") in items],
        "attachments": attachments,
    }


def extract_digest(envelope: Mapping[str, Any]) -> str:
    """Return the digest of the factory extract of this envelope."""
    return digest(canonical(extract_for_factory(envelope)))


def _digest_of_extract(plain: Mapping[str, Any]) -> str:
    return digest(canonical(extract_of_plain(plain)))
