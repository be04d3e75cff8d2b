"""Records on a USB stick: out of the laptop, into the centre, and their receipts back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.clock import Clock
from inspector_app.actions.syncing import NotEnrolledError, session_of

if TYPE_CHECKING:
    from checklists.store import Store
    from sync.bundle import Exported, Preview
    from sync.bundle_format import Manifest
    from sync.server.bundles import Imported


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the receipts on a stick amounted to: taken, for other laptops, refused; bundles still without any."""

    taken: int = 0
    others: int = 0
    refused: int = 0
    waiting: int = 0


def preview(store: Store) -> Preview:
    """Say what a bundle would hold, without writing it."""
    from sync import bundle

    return bundle.preview([row for row in store.outbox.pending() if row.state != "conflict"])


def export(store: Store, stick: Path, *, clock: Clock) -> Exported:
    """Write what waits to a stick, readable by the centre alone. Raises `BundleError`, `NotEnrolledError`."""
    from sync import bundle

    session = session_of(store)
    if not session.bundle_key:
        raise NotEnrolledError(url=session.url)
    keys = store.keys
    return bundle.export_bundle(
        store.outbox,
        stick,
        recipient=bytes.fromhex(session.bundle_key),
        key=keys.device_key,
        device_id=keys.device_id,
        officer=keys.person_name,
        clock=clock,
    )


def take(store: Store, stick: Path) -> Receipts:
    """Keep the receipts that came back on a stick; each is checked as one that came over the line."""
    from sync import bundle
    from sync.errors import BundleError

    session = session_of(store)
    taken = others = refused = waiting = 0
    for folder in found(stick):
        try:
            told = bundle.take_receipts(store.outbox, folder, server_id=session.server_id, keys=session.receipt_keys)
        except BundleError as error:
            if error.data.get("what") != "no-receipts":
                raise
            waiting += 1
            continue
        taken, others, refused = taken + told.taken, others + told.others, refused + told.refused
    return Receipts(taken, others, refused, waiting)


def found(stick: Path) -> tuple[Path, ...]:
    """Return the bundles on a stick, or the bundle that the path itself names. Raises `BundleError` for none."""
    from sync import bundle
    from sync.bundle_format import MANIFEST
    from sync.errors import BundleError

    bundles = (stick,) if (stick / MANIFEST).is_file() else bundle.bundles_on(stick)
    if not bundles:
        raise BundleError(what="manifest", folder=str(stick))
    return bundles


def inspect(stick: Path) -> tuple[Manifest, ...]:
    """Return what anybody may see of the bundles on a stick: laptop, officer, counts and size."""
    from sync.bundle_format import read_manifest

    return tuple(read_manifest(folder) for folder in found(stick))


def file_at_centre(data: Path, stick: Path) -> tuple[Imported, ...]:
    """File every bundle of a stick at the centre whose data lies in `data`, and leave the receipts on the stick."""
    from sync.server import ServerConfig
    from sync.server.bundles import import_bundle
    from sync.server.centre import Centre

    bundles = found(stick)
    centre = Centre.open(ServerConfig(data))
    try:
        return tuple(import_bundle(centre, folder) for folder in bundles)
    finally:
        centre.close()
