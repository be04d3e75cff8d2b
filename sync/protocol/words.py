"""Paths, header names, limits and words of ISF-Sync/1."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from checklists.model import Jsonable

BASE = "/sync/v1"
PROTOCOL_VERSION = 1
HEALTH = "/health"
DEVICES = "/devices"
TOKENS = "/tokens"
KEYS = "/keys"
BLOBS = "/blobs"
THUMBNAIL = "/thumbnail"
BLOBS_MISSING = "/blobs:missing"
RECORDS = "/records"
RECORDS_BATCH = "/records:batch"
ANCHORS = "/anchors"
CHANGES = "/changes"
SNAPSHOTS = "/snapshots"
REVIEWS_BATCH = "/reviews:batch"
BUNDLES = "/bundles"

JSON = "application/json"
PROBLEM = "application/problem+json"
NDJSON = "application/x-ndjson"
PART = "application/partial-upload"
BYTES = "application/octet-stream"
DEFAULT_ENCODINGS = ("zstd", "gzip", "identity")
"""What a server that names none reads of compressed bodies."""
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
ROWS_HEADER = "sync-rows"
"""How many rows a page has: an answer whose end was lost between two lines would otherwise look whole."""

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
    bundle_bytes: int = 8 * 1024 * 1024 * 1024


class Code(StrEnum):
    """What a result or a problem says. Stable words, used on both sides and in the messages for people."""

    CREATED = "created"
    HAVE = "have"
    PENDING = "pending"
    RELAYED = "relayed"
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
    ORDERS = "orders"  # open orders of sites, wherever they were given
    REPORTED = "reported"  # what factories reported through iSingle Form


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
    """What a person or machine may do at the centre (`sync/server/people/rights.py` holds the table)."""

    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    OFFICE = "office"
    CENTRE = "centre"
    AUDITOR = "auditor"
    RELAY = "relay"
