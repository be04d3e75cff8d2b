"""The messages of ISF-Sync/1 and how they look as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checklists.model import Jsonable
from sync.protocol.words import DEFAULT_ENCODINGS, DEVICE_DOMAIN, PROTOCOL_VERSION, Limits, ReviewKind


@dataclass(frozen=True, slots=True)
class Health(Jsonable):
    """Answer to the probe: nothing else proves that the centre is reached. Also says what its calls may carry."""

    nonce: str
    server_id: str
    time: str
    version: int = PROTOCOL_VERSION
    encodings: tuple[str, ...] = DEFAULT_ENCODINGS
    limits: Limits = Limits()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True, slots=True)
class ReceiptKey(Jsonable):
    """A public key that receipts of this server are checked with; bytes as hex."""

    key_id: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Tokens(Jsonable):
    """The short and the long token of a device; lifetime of the short one in seconds."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Registration(Jsonable):
    """What a device sends once with its code; `proof` is the device key's signature over `registration_message`."""

    code: str
    device_id: str
    key_id: str
    public_key: str
    proof: str
    name: str = ""


def registration_message(code: str, device_id: str, key_id: str) -> bytes:
    """Return the bytes that the device key signs to register."""
    return DEVICE_DOMAIN + "\0".join((normal_code(code), device_id, key_id)).encode()


def normal_code(code: str) -> str:
    """Return a one-time code as it is compared: upper case, only letters and digits."""
    return "".join(c for c in code.upper() if c.isalnum())


@dataclass(frozen=True, slots=True)
class Registered(Jsonable):
    """The server's answer to a registration; `bundle_key` is what USB bundles are encrypted to, as hex."""

    server_id: str
    device_id: str
    role: str
    scope: str
    tokens: Tokens
    receipt_keys: tuple[ReceiptKey, ...]
    bundle_key: str = ""


@dataclass(frozen=True, slots=True)
class RosterEntry(Jsonable):
    """One device of a scope with one of its public keys (hex), as the centre tells its relays."""

    device_id: str
    key_id: str
    public_key: str
    name: str
    scope: str
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class MissingBlob(Jsonable):
    """A blob that the server lacks in the caller's scope, and how much of it already lies there."""

    sha256: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class LineResult(Jsonable):
    """What became of one line; `receipt` stands beside every stored, whole revision, also one in conflict."""

    revision_id: str
    status: int
    code: str
    detail: str = ""
    pointer: str = ""
    head: str = ""
    kept: bool = False
    missing: tuple[MissingBlob, ...] = ()
    receipt: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values; spelled out, because a batch makes a hundred of them."""
        return {
            "revision_id": self.revision_id,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "pointer": self.pointer,
            "head": self.head,
            "kept": self.kept,
            "missing": [{"sha256": m.sha256, "offset": m.offset} for m in self.missing],
            "receipt": self.receipt,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LineResult:
        """Read plain values; unknown members are ignored. Raises `KeyError`, `TypeError` or `ValueError`."""
        receipt = value.get("receipt")
        return cls(
            revision_id=str(value["revision_id"]),
            status=int(value["status"]),
            code=str(value["code"]),
            detail=str(value.get("detail", "")),
            pointer=str(value.get("pointer", "")),
            head=str(value.get("head", "")),
            kept=bool(value.get("kept", False)),
            missing=tuple(MissingBlob(str(m["sha256"]), int(m["offset"])) for m in value.get("missing", ())),
            receipt=dict(receipt) if receipt else None,
        )


@dataclass(frozen=True, slots=True)
class Uploaded(Jsonable):
    """Answer to a part: how far the file is, and, after the last one, which revisions it completed."""

    offset: int
    complete: bool
    results: tuple[LineResult, ...] = ()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Uploaded:
        """Read plain values. Raises `KeyError`, `TypeError` or `ValueError`."""
        results = tuple(LineResult.from_json(r) for r in value.get("results", ()))
        return cls(int(value["offset"]), bool(value["complete"]), results)


@dataclass(frozen=True, slots=True)
class FeedRow(Jsonable):
    """One thing of the centre's; `about` is the site or record that it concerns, `body` None means it is gone.

    `scope` is told to relays only, which keep a copy of the feed.
    """

    collection: str
    id: str
    seq: int
    about: str = ""
    body: dict[str, Any] | None = None
    scope: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotManifest(Jsonable):
    """A ready-made file that saves pulling a whole collection row by row. `manifest` is the file's own signed text."""

    collection: str
    sha256: str
    size: int
    cursor: str
    name: str
    manifest: str = ""


@dataclass(frozen=True, slots=True)
class ReviewComment(Jsonable):
    """A remark pinned to an item, or to the whole record where `item_id` is empty."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Review(Jsonable):
    """One append-only review event; a return must say why."""

    review_id: str
    record_id: str
    revision_id: str
    kind: ReviewKind
    at: str
    author: str
    comments: tuple[ReviewComment, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleTaken(Jsonable):
    """What an uploaded bundle brought: receipts to carry back, refused revisions with codes, what still lacks files.

    `problem` says where a spoilt bundle broke off; "" where it was whole.
    """

    bundle_id: str
    receipts: tuple[dict[str, Any], ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    problem: str = ""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> BundleTaken:
        """Read plain values. Raises `KeyError`, `TypeError` or `ValueError`."""
        return cls(
            str(value["bundle_id"]),
            tuple(dict(receipt) for receipt in value.get("receipts", ())),
            {str(k): str(v) for k, v in dict(value.get("refused", {})).items()},
            tuple(str(i) for i in value.get("pending", ())),
            str(value.get("problem", "")),
        )
