"""Bundles for this office: opened here and put on the shelf, as if the laptop had been on the office's network.

Records get the relay's own *relayed* receipt until the centre's is here; whoever brings the stick again takes that one
back. It runs beside the relay, on the same database: the forwarder finds what is new at its next turn.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checklists.clock import Clock
from checklists.crypto import DeviceKey
from sync.bundle_format import CHUNK, Entry, Imported, Manifest, Office, take_in
from sync.errors import BundleError
from sync.protocol import LineResult, ReceiptKey, Role
from sync.relay.config import RelayState
from sync.relay.gate import RelayGate
from sync.relay.shelf import Shelf
from sync.relay.tables import open_storage
from sync.server.bundles import bundle_key, recipient_of
from sync.server.database.storage import Storage
from sync.server.files.blobs import BlobFolder, is_hash
from sync.server.identity import load_key
from sync.server.people.auth import Caller


def office_of(data: Path) -> Office:
    """Return the public side of the relay in `data`."""
    state, key = RelayState(data), load_key(data)
    return Office(
        state.relay_id,
        state.session.server_id,
        state.name,
        recipient_of(data).hex(),
        ReceiptKey(key.key_id, key.public_bytes.hex()),
    )


@dataclass(frozen=True, slots=True)
class Opener:
    """Takes opened bundles in; get one from `opener`."""

    data: Path
    relay_id: str
    gate: RelayGate
    shelf: Shelf
    blobs: BlobFolder

    def take(self, folder: Path, manifest: Manifest) -> Imported:
        """Put a bundle's records on the shelf; harmless twice. Raises `BundleError` where nothing can be believed."""
        known = self.gate.key_of(manifest.key_id)
        if known is None or known[0] != manifest.device_id:
            raise BundleError(what="unknown-device", device=manifest.device_id)
        manifest.check_signature(known[1])
        caller = Caller(manifest.device_id, "", Role.INSPECTOR, "")
        wanted: set[str] = set()

        def take_line(line: bytes) -> tuple[LineResult, ...]:
            results = self.shelf.take(caller, [line], lambda _sha256: 0)
            wanted.update(blob.sha256 for result in results for blob in result.missing)
            return results

        def take_file(entry: Entry) -> tuple[LineResult, ...]:
            return self._keep(entry, manifest.bundle_id) if entry.name in wanted else ()

        return take_in(folder, manifest, bundle_key(self.data), take_line=take_line, take_file=take_file)

    def _keep(self, entry: Entry, owner: str) -> tuple[LineResult, ...]:
        if not is_hash(entry.name) or self.shelf.has_blob("", entry.name):
            return ()
        self.blobs.discard(owner, entry.name)
        with self.blobs.open_part(owner, entry.name) as part:
            while piece := entry.body.read(CHUNK):
                part.write(piece)
            os.fsync(part.fileno())
        if not self.blobs.keep(owner, entry.name):
            raise BundleError(what="spoilt", name=entry.name)
        return self.shelf.add_blob("", entry.name, entry.size)


@contextlib.contextmanager
def opener(data: Path, clock: Clock) -> Iterator[Opener]:
    """Open the shelf of the relay in `data`, also while the relay runs."""
    state, key = RelayState(data), load_key(data)
    storage = open_storage(data)
    try:
        blobs = BlobFolder(data)
        gate = _gate(storage, clock, state, key)
        shelf = Shelf(storage, blobs, gate, clock=clock, key=key, relay_id=state.relay_id)
        yield Opener(data, state.relay_id, gate, shelf, blobs)
    finally:
        storage.close()


def _gate(storage: Storage, clock: Clock, state: RelayState, key: DeviceKey) -> RelayGate:
    public = ReceiptKey(key.key_id, key.public_bytes.hex())
    return RelayGate(storage, clock=clock, relay_id=state.relay_id, key=public, secret=state.secret)
