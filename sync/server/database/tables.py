"""The centre's tables, for SQLite and PostgreSQL alike.

No serial ids, no triggers, no extensions (docs/scale.md): keys are made by clients or at random, order comes from a
counter row per scope. Times are RFC 3339 text, hashes hex.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

meta = Table("meta", metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False))

counters = Table(
    "counters",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("collection", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(32), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("issuer", String(200), nullable=False, server_default=""),  # who vouches for this person elsewhere, and
    Column("subject", String(200), nullable=False, server_default=""),  # the name that the person has there
    Column("created_at", String(40), nullable=False),
    Column("disabled_at", String(40), nullable=False, server_default=""),
    Index(
        "one_user_per_subject",
        "issuer",
        "subject",
        unique=True,
        sqlite_where=text("subject <> ''"),
        postgresql_where=text("subject <> ''"),
    ),
)

codes = Table(
    "codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("role", String(32), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("used_by_key", String(64), nullable=False, server_default=""),
)

devices = Table(
    "devices",
    metadata,
    Column("device_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("registered_at", String(40), nullable=False),
    Column("revoked_at", String(40), nullable=False, server_default=""),
)

device_keys = Table(
    "device_keys",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("device_id", String(64), nullable=False),
    Column("public_key", String(64), nullable=False),
    Column("registered_at", String(40), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("device_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),  # access or refresh
    Column("parent_hash", String(64), nullable=False, server_default=""),  # the refresh token it was made with
    Column("expires_at", String(40), nullable=False),
    Column("retired_at", String(40), nullable=False, server_default=""),
    Index("tokens_by_device", "device_id"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("revision_id", String(64), primary_key=True),
    Column("base_revision_id", String(64)),
    Column("op", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("head", Boolean, nullable=False),
    Column("conflict_head", String(64), nullable=False, server_default=""),
    Column("merged_by", String(64), nullable=False, server_default=""),
    Column("scope", String(64), nullable=False),
    Column("seq", BigInteger),
    Column("digest", String(64), nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("visit_id", String(64), nullable=False),
    Column("site_id", String(64), nullable=False),
    Column("form_id", String(200), nullable=False),
    Column("form_version", String(64), nullable=False),
    Column("sealed_at", String(40), nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),  # zstd of the exact bytes
    Column("signature", LargeBinary, nullable=False),
    Column("receipt", Text, nullable=False, server_default=""),
    Index("revisions_by_id", "revision_id"),
    Index("revisions_by_seq", "scope", "seq"),
    Index("revisions_by_site", "site_id"),
    # DECISIONS: one head per record, held by the database and not by the code
    Index("one_head_per_record", "record_id", unique=True, sqlite_where=text("head"), postgresql_where=text("head")),
)

revision_blobs = Table(
    "revision_blobs",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("revision_id", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mime", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("audience", String(16), nullable=False),
    Index("revision_blobs_by_hash", "sha256"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", String(40), nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("collection", String(32), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("about", String(200), nullable=False),
    Column("body", Text),  # null: gone, a tombstone
    Column("at", String(40), nullable=False),
    Index("feed_by_seq", "scope", "seq"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String(64), primary_key=True),
    Column("record_id", String(64), nullable=False),
    Column("revision_id", String(64), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", String(40), nullable=False),
    Index("reviews_by_record", "record_id"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("collection", String(32), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("cursor", String(200), nullable=False),
    Column("manifest", Text, nullable=False),
    Column("published_at", String(40), nullable=False),
)

anchors = Table(
    "anchors",
    metadata,
    Column("device_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("head", String(64), nullable=False),
    Column("received_at", String(40), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("event_id", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("what", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Index("audit_by_time", "at"),
)

openrosa_submissions = Table(  # from a submission's first part until it is filed whole
    "openrosa_submissions",
    metadata,
    Column("instance_id", String(64), primary_key=True),
    Column("device_id", String(64), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("form_id", String(200), nullable=False),
    Column("form_version", String(64), nullable=False),
    Column("base_id", String(64), nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False),
    Column("arrived_at", String(40), nullable=False),
    Column("line", Text, nullable=False, server_default=""),  # the sealed envelope, made once
    Column("filed_at", String(40), nullable=False, server_default=""),
)

openrosa_files = Table(
    "openrosa_files",
    metadata,
    Column("instance_id", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mime", String(100), nullable=False),
)

signers = Table(  # authors and approvers of the handbook: public keys only
    "signers",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("public_key", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", String(40), nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("edition_id", String(200), primary_key=True),  # form@version
    Column("pin", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("recall", Text, nullable=False, server_default=""),
    Column("state", String(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("changed_at", String(40), nullable=False),
)

ministry_queue = Table(
    "ministry_queue",
    metadata,
    Column("revision_id", String(64), primary_key=True),
    Column("record_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # waiting, taken, parked, left-out
    Column("attempts", Integer, nullable=False),
    Column("next_at", String(40), nullable=False),
    Column("outcome", String(32), nullable=False, server_default=""),
    Column("queued_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("detail", String(400), nullable=False, server_default=""),
    Index("ministry_queue_by_state", "state", "next_at"),
)
