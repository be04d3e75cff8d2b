"""Taking USB bundles in at the centre: the same filing as over the line, receipts written back onto the stick."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import select

from sync.bundle_format import (
    CHUNK,
    Entry,
    Imported,
    Manifest,
    new_recipient,
    public_of,
    read_manifest,
    take_in,
    write_receipts,
)
from sync.errors import BundleError
from sync.protocol import LineResult, Role
from sync.server.centre import Centre
from sync.server.database import tables
from sync.server.files.blobs import is_hash
from sync.server.people.auth import Caller

KEY_FILE = "bundle.key"


def bundle_key(data: Path) -> bytes:
    """Return the private key that bundles are encrypted to; made on first use."""
    file = data / KEY_FILE
    if not file.exists():
        private, _ = new_recipient()
        descriptor = os.open(file.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(private)
            out.flush()
            os.fsync(out.fileno())
        file.with_suffix(".new").replace(file)
    return file.read_bytes()


def recipient_of(data: Path) -> bytes:
    return public_of(bundle_key(data))


def import_bundle(centre: Centre, folder: Path) -> Imported:
    """File everything in a bundle; importing twice is harmless. Raises `BundleError` where nothing can be believed.

    A bundle that is spoilt in the middle gives what came before; its receipts are written either way.
    """
    manifest = read_manifest(folder)
    manifest.check_signature(_registered_key(centre, manifest))
    device = centre.records.device_of(manifest.key_id)
    assert device is not None  # noqa: S101 - _registered_key found it
    caller = Caller(device.device_id, device.person_id, Role.RELAY, device.scope)
    imported = take_in(
        folder,
        manifest,
        bundle_key(centre.config.data),
        take_line=lambda line: _take_line(centre, caller, line),
        take_file=lambda entry: _take_file(centre, caller, entry),
    )
    _write_receipts(folder, imported)
    return imported


def _registered_key(centre: Centre, manifest: Manifest) -> bytes:
    query = select(tables.device_keys.c.public_key).where(tables.device_keys.c.key_id == manifest.key_id)
    found = centre.storage.read(lambda c: c.execute(query).scalar())
    if found is None:
        raise BundleError(what="unknown-device", device=manifest.device_id)
    return bytes.fromhex(found)


def _take_line(centre: Centre, caller: Caller, line: bytes) -> tuple[LineResult, ...]:
    return centre.records.file_lines(caller, [line], lambda h: centre.blobs.offset(caller.device_id, h))


def _take_file(centre: Centre, caller: Caller, entry: Entry) -> tuple[LineResult, ...]:
    if not is_hash(entry.name) or centre.records.has_blob(caller.scope, entry.name):
        return ()
    centre.blobs.discard(caller.device_id, entry.name)
    with centre.blobs.open_part(caller.device_id, entry.name) as part:
        while piece := entry.body.read(CHUNK):
            part.write(piece)
        os.fsync(part.fileno())
    if not centre.blobs.keep(caller.device_id, entry.name):
        raise BundleError(what="spoilt", name=entry.name)
    return centre.records.add_blob(caller.scope, entry.name, entry.size)


def _write_receipts(folder: Path, imported: Imported) -> None:
    """Write the receipts beside the bundle; a write-protected stick is said, not fatal: the records are filed."""
    try:
        write_receipts(folder, imported.receipts.values())
    except BundleError:
        imported.problem = imported.problem or "receipts-not-written"
