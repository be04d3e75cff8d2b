"""What a USB bundle is, and how a stick is read and written that is pulled out, full, spoilt or held by a scanner."""

from __future__ import annotations

from sync.bundle_format.parts import (
    BLOB,
    CHUNK,
    LINE,
    MANIFEST,
    PART_BYTES,
    RECEIPTS,
    SUFFIX,
    BundleWriter,
    Entry,
    Manifest,
    Part,
    check_parts,
    new_recipient,
    public_of,
    read_entries,
    read_manifest,
)
from sync.bundle_format.sticks import Wait, bundles_on, patiently, sleep, stage, stick_error, write_receipts

__all__ = [
    "BLOB",
    "CHUNK",
    "LINE",
    "MANIFEST",
    "PART_BYTES",
    "RECEIPTS",
    "SUFFIX",
    "BundleWriter",
    "Entry",
    "Manifest",
    "Part",
    "Wait",
    "bundles_on",
    "check_parts",
    "new_recipient",
    "patiently",
    "public_of",
    "read_entries",
    "read_manifest",
    "sleep",
    "stage",
    "stick_error",
    "write_receipts",
]
