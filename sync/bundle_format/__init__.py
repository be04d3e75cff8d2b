"""What a USB bundle is, and how a stick is read and written that is pulled out, full, spoilt or held by a scanner."""

from __future__ import annotations

from sync.bundle_format.carriage import Carriage
from sync.bundle_format.intake import Imported, take_in
from sync.bundle_format.offices import OFFICE_SUFFIX, Office
from sync.bundle_format.parts import (
    BLOB,
    CHUNK,
    LINE,
    MANIFEST,
    PART_BYTES,
    PARTIAL,
    RECEIPTS,
    SUFFIX,
    BundleWriter,
    Entry,
    Manifest,
    Part,
    addressed_elsewhere,
    check_parts,
    check_seen,
    load_manifest,
    new_recipient,
    public_of,
    read_entries,
    read_manifest,
)
from sync.bundle_format.sticks import Wait, bundles_on, patiently, settle, sleep, stage, stick_error, write_receipts

__all__ = [
    "BLOB",
    "CHUNK",
    "LINE",
    "MANIFEST",
    "OFFICE_SUFFIX",
    "PARTIAL",
    "PART_BYTES",
    "RECEIPTS",
    "SUFFIX",
    "BundleWriter",
    "Carriage",
    "Entry",
    "Imported",
    "Manifest",
    "Office",
    "Part",
    "Wait",
    "addressed_elsewhere",
    "bundles_on",
    "check_parts",
    "check_seen",
    "load_manifest",
    "new_recipient",
    "patiently",
    "public_of",
    "read_entries",
    "read_manifest",
    "settle",
    "sleep",
    "stage",
    "stick_error",
    "take_in",
    "write_receipts",
]
