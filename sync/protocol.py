"""ISF-Sync/1: paths, limits, words and messages that both sides share.

No network, no database, no threads: only values and how they look as JSON. The laws behind them are in `docs/sync.md`.
All ids are made by the client, everything sent is immutable, so every call may be repeated at any time.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from checklists.model import Changes, Jsonable
from checklists.sealing import Receipt, Sealed

BASE = "/sync/v1"
PROTOCOL_VERSION = 1
HEALTH = "/health"
DEVICES = "/devices"
TOKENS = "/tokens"
KEYS = "/keys"
BLOBS = "/blobs"
BLOBS_MISSING = "/blobs:missing"
RECORDS = "/records"
RECORDS_BATCH = "/records:batch"
ANCHORS = "/anchors"
CHANGES = "/changes"
SNAPSHOTS = "/snapshots"
REVIEWS_BATCH = "/reviews:batch"

JSON = "application/json"
PROBLEM = "application/problem+json"
NDJSON = "application/x-ndjson"
PART = "application/partial-upload"
BYTES = "application/octet-stream"
OUR_TYPES = frozenset({JSON, PROBLEM, NDJSON, BYTES})
"""Every answer of ours has one of these types; HTML never comes from us."""

NONCE_HEADER = "inspector-nonce"
SERVER_HEADER = "inspector-server"
OFFSET_HEADER = "upload-offset"
LENGTH_HEADER = "upload-length"
COMPLETE_HEADER = "upload-complete"
DIGEST_HEADER = "content-digest"
CURSOR_HEADER = "sync-cursor"
MORE_HEADER = "sync-more"

DEVICE_DOMAIN = b"inspector-device-v1\0"
"""Domain prefix of the proof that a device holds the key that it registers."""

PROBLEM_URN = "urn:th:moi:inspector:problem:"


def content_digest(body: bytes) -> str:
    """Return the Content-Digest field value (RFC 9530) of a body as it is on the wire."""
    return "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"


@dataclass(frozen=True, slots=True)
class Limits(Jsonable):
    """What one call may carry. Bytes count after decompression."""

    batch_records: int = 100
    batch_bytes: int = 4 * 1024 * 1024
    line_bytes: int = 16 * 1024 * 1024
    blob_bytes: int = 50 * 1024 * 1024
    missing_hashes: int = 1000
    changes_page: int = 5000


class Code(StrEnum):
    """What a result or a problem says. Stable words, used on both sides and in the messages for people."""

    CREATED = "created"
    HAVE = "have"
    PENDING = "pending"
    CONFLICT = "conflict"
    REVISION_REUSED = "revision-reused"
    UNKNOWN_BASE = "unknown-base"
    UNKNOWN_FORM = "unknown-form"
    INVALID = "invalid"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_KEY = "unknown-key"
    NOT_ASSIGNED = "not-assigned"
    TOO_LARGE = "too-large"
    BUSY = "busy"
    OFFSET = "offset"
    DIGEST_MISMATCH = "digest-mismatch"
    SIGN_IN = "sign-in"
    TOKEN_EXPIRED = "token-expired"  # noqa: S105 - a code, not a token
    TOKEN_REVOKED = "token-revoked"  # noqa: S105
    BAD_CODE = "bad-code"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    RATE_LIMITED = "rate-limited"
    CURSOR_EXPIRED = "cursor-expired"
    UPDATE_NEEDED = "update-needed"
    BAD_REQUEST = "bad-request"
    ANCHOR_DIFFERS = "anchor-differs"
    FAULT = "server-fault"


class RevisionState(StrEnum):
    """How the centre filed a revision. Pending ones are counted nowhere and have no receipt."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CONFLICT = "conflict"


class Collection(StrEnum):
    """What the centre gives; the laptop's copy is read-only."""

    FORMS = "forms"
    ASSIGNMENTS = "assignments"
    INSPECTIONS = "inspections"
    REVIEWS = "reviews"
    REGISTRY = "registry"


EVERYWHERE = "00"
"""The scope of what concerns the whole country; the registry has a scope of its own, because of its size."""
REGISTRY_SCOPE = "registry"
TOMBSTONE_DAYS = 400


class ReviewKind(StrEnum):
    """What an office says about a record that it received."""

    RETURN = "return"
    APPROVE = "approve"
    COMMENT = "comment"


class Role(StrEnum):
    """What a person or machine may do at the centre (`sync/server/auth.py` holds the table)."""

    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    OFFICE = "office"
    CENTRE = "centre"
    AUDITOR = "auditor"
    RELAY = "relay"


# --- what the client reads through (two implementations under one contract suite) ------------------------------------


class BlobRef(Protocol):
    """One attachment's bytes, named by their SHA-256."""

    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def mime(self) -> str: ...
    @property
    def name(self) -> str: ...


class OutboxRow(Protocol):
    """A sealed revision that has no receipt yet. `state` is waiting, parked or conflict; `next_at` "" means at once."""

    @property
    def revision_id(self) -> str: ...
    @property
    def record_id(self) -> str: ...
    @property
    def base_revision_id(self) -> str | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def created_at(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def next_at(self) -> str: ...
    @property
    def last_error_code(self) -> str: ...
    @property
    def last_error(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def blobs(self) -> Sequence[BlobRef]: ...


WAITING = "waiting"
PARKED = "parked"
IN_CONFLICT = "conflict"


class SeekableReader(Protocol):
    """An attachment's plain bytes; never a generator, because a repeated call must be able to start again."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...
    def close(self) -> None: ...


class Outbox(Protocol):
    """The persistent queue: it *is* the state of sending; no flag beside it says what is sent."""

    def pending(self) -> Sequence[OutboxRow]:
        """Return every row without a receipt, oldest first, parked and conflicting ones too."""

    def sealed(self, revision_id: str) -> Sealed:
        """Return the exact bytes as they were sealed."""

    def open_blob(self, sha256: str) -> SeekableReader:
        """Open an attachment's plain bytes."""

    def acknowledge(self, receipt: Receipt) -> Changes:
        """Keep a receipt that was checked; refuses one whose digest is not the revision's. Harmless twice."""

    def failed(
        self,
        revision_id: str,
        code: str,
        message: str,
        next_at: str,
        *,
        parked: bool = False,
        conflict_head: str = "",
    ) -> Changes:
        """Count one attempt and say when the next may be; `parked` waits for a person, a conflict for a merge."""


# --- messages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Health(Jsonable):
    """Answer to the probe: nothing else proves that the centre is reached."""

    nonce: str
    server_id: str
    time: str
    version: int = PROTOCOL_VERSION


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
    """One thing of the centre's; `about` is the site or record that it concerns, `body` None means it is gone."""

    collection: str
    id: str
    seq: int
    about: str = ""
    body: dict[str, Any] | None = None


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
class Anchor(Jsonable):
    """The head of a device's audit chain, kept outside the laptop."""

    seq: int
    head: str
