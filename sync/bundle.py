"""The same exchange as files: sealed records leave on a USB stick, receipts come back on it.

A bundle changes nothing in the outbox: a record counts as sent only when a receipt for its digest came back, on the
stick or over the line, whichever is first. So a bundle may be made, lost, made again and imported twice.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from checklists.clock import Clock, IdMaker, stamp
from checklists.errors import InspectorError, NotFoundError, SealError
from checklists.sealing import Receipt, Signer, parse_receipt, verify_receipt, wire_line
from sync.bundle_format import (
    BLOB,
    CHUNK,
    LINE,
    PART_BYTES,
    PARTIAL,
    RECEIPTS,
    SUFFIX,
    BundleWriter,
    Carriage,
    Manifest,
    Office,
    Wait,
    check_parts,
    patiently,
    read_manifest,
    settle,
    sleep,
    stick_error,
    write_receipts,
)
from sync.client import Client
from sync.errors import (
    BundleError,
    CutError,
    ExpiredError,
    NotOurServerError,
    OfflineError,
    OffsetError,
    StoppedError,
    WrongServerError,
)
from sync.plan import RELAYED_AGAIN
from sync.protocol import BundleTaken, Code, Outbox, OutboxRow, ReceiptKey
from sync.transport import pairing_word

TRIES_WITHOUT_PROGRESS = 3
"""How often an upload that comes no further is tried."""


class DeviceSigner(Signer, Protocol):
    """The device's key."""

    @property
    def public_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished bundle: where, what, and the records that could not be read and stay behind."""

    folder: Path
    manifest: Manifest
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bundle would hold: for the dry run."""

    records: int
    blobs: int
    size: int


def preview(rows: Sequence[OutboxRow]) -> Preview:
    blobs = {blob.sha256: blob.size for row in rows for blob in row.blobs}
    return Preview(len(rows), len(blobs), sum(blobs.values()))


def export_bundle(
    outbox: Outbox,
    target: Path,
    *,
    recipient: bytes,
    office: str = "",
    key: DeviceSigner,
    device_id: str,
    officer: str,
    clock: Clock,
    part_bytes: int = PART_BYTES,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    wait: Wait = sleep,
) -> Exported:
    """Write everything that waits into `target` (the stick), readable by the holder of the recipient's key alone.

    `office` names the office whose key it is, "" for the centre's. Raises `BundleError` where the stick cannot be
    written. The bundle is written under a temporary name, read back and compared, and only then gets its name.
    """
    rows = [row for row in outbox.pending() if row.state != "conflict"]
    if not rows:
        raise BundleError(what="empty")
    bundle_id = IdMaker(clock).new()
    folder, partial = target / f"{bundle_id}{SUFFIX}", target / f"{bundle_id}-{device_id[:8]}{PARTIAL}"
    _clear_halves(target, device_id)
    try:
        partial.mkdir(parents=True)
        writer = BundleWriter(partial, recipient, office=office, part_bytes=part_bytes)
        left_behind = _write_all(outbox, rows, writer, progress)
        manifest = writer.finish(
            bundle_id=bundle_id,
            device_id=device_id,
            officer=officer,
            created_at=stamp(clock.now()),
            key=key,
            public_key=key.public_bytes,
        )
        check_parts(partial, read_manifest(partial))
        patiently(lambda: partial.replace(folder), wait)
        settle(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise stick_error(error, target, writing=True) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Exported(folder, manifest, tuple(left_behind))


def _clear_halves(target: Path, device_id: str) -> None:
    """Take away what this laptop left half-written when a stick was pulled out; nobody else would, and it fills it."""
    for half in target.glob(f"*-{device_id[:8]}{PARTIAL}"):
        shutil.rmtree(half, ignore_errors=True)


def _write_all(
    outbox: Outbox, rows: Sequence[OutboxRow], writer: BundleWriter, progress: Callable[[int, int], None]
) -> list[str]:
    """Write each record's line, then its files; one that cannot be read is left out and named."""
    left_behind: list[str] = []
    written: set[str] = set()
    for number, row in enumerate(rows, 1):
        fresh = {blob.sha256: blob.size for blob in row.blobs if blob.sha256 not in written}
        try:
            line = wire_line(outbox.sealed(row.revision_id)).encode()
            for sha256, size in fresh.items():
                _prove_blob(outbox, sha256, size)  # all of it, before the record goes in: nothing can be taken back
        except (InspectorError, OSError):
            left_behind.append(row.record_id)
        else:
            writer.add(LINE, row.revision_id, len(line), io.BytesIO(line))
            for sha256, size in fresh.items():
                _write_blob(outbox, sha256, size, writer)
            written.update(fresh)
        progress(number, len(rows))
    return left_behind


def _prove_blob(outbox: Outbox, sha256: str, size: int) -> None:
    """Read a file to its end: a disk that lost a piece of it shows only there. Raises `InspectorError`, `OSError`."""
    file, digest, read = outbox.open_blob(sha256), hashlib.sha256(), 0
    try:
        while piece := file.read(CHUNK):
            digest.update(piece)
            read += len(piece)
    finally:
        file.close()
    if (digest.hexdigest(), read) != (sha256, size):
        raise BundleError(what="length", name=sha256)


def _write_blob(outbox: Outbox, sha256: str, size: int, writer: BundleWriter) -> None:
    file = outbox.open_blob(sha256)
    try:
        writer.add(BLOB, sha256, size, file)
    finally:
        file.close()


def upload_bundle(
    client: Client,
    folder: Path,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> BundleTaken:
    """Hand a bundle over the office's line and write its receipts beside it, as an import at the centre would.

    Goes on from where the centre says it stands, after a cut and after a restart of either side. Raises `SyncError`
    where the line or the centre does not take it, `BundleError` where a file does not read.
    """
    whole = Carriage(folder, read_manifest(folder))

    def on_the_way(at: int) -> None:
        if should_stop():
            raise StoppedError
        progress(at, whole.size)

    taken = _send_all(client, whole, on_the_way)
    write_receipts(folder, taken.receipts)
    return taken


def _send_all(client: Client, whole: Carriage, on_the_way: Callable[[int], None]) -> BundleTaken:
    """Send a bundle from where it stands, again and again while that brings it further.

    The first call sends nothing and asks: the centre answers with the true offset, or with what the bundle brought.
    """
    at, furthest, tries = whole.size, -1, TRIES_WITHOUT_PROGRESS
    while True:
        try:
            rest = whole.rest(at, before_each=on_the_way)
            return client.send_bundle(whole.sha256, rest, offset=at, length=whole.size)
        except OffsetError as error:
            at = min(error.offset, whole.size)
            tries = TRIES_WITHOUT_PROGRESS if at > furthest else tries - 1
            furthest = max(furthest, at)
            if not tries:
                raise
        except (CutError, OfflineError):
            tries -= 1
            if not tries:
                raise
            at = whole.size
        except ExpiredError as error:
            tries -= 1
            if not tries:
                raise
            client.renew(error.access)


# --- receipts that travelled back -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReceiptsTaken:
    """What the receipts on a stick amounted to; the same receipt in two bundles counts once."""

    taken: int = 0
    known: int = 0  # of records whose receipt is here already
    others: int = 0  # of other laptops
    refused: int = 0  # forged, spoilt, or for other bytes
    relayed: int = 0  # an office's own: it holds the record, the centre has not answered yet

    def __add__(self, more: ReceiptsTaken) -> ReceiptsTaken:
        return ReceiptsTaken(*(a + b for a, b in zip(astuple(self), astuple(more), strict=True)))


def take_receipts(
    outbox: Outbox,
    folder: Path,
    *,
    server_id: str,
    keys: Sequence[ReceiptKey],
    office: Office | None = None,
    clock: Clock | None = None,
    wait: Wait = sleep,
) -> ReceiptsTaken:
    """Keep the receipts in a bundle that are for our records; each is checked as one that came over the line.

    With `office` its *relayed* receipts are noted too; the record stays in the outbox. They need a `clock`. Raises
    `BundleError`: `no-receipts` where there are none yet, or why they cannot be read.
    """
    try:
        lines = patiently((folder / RECEIPTS).read_bytes, wait).splitlines()
    except FileNotFoundError as error:
        if not folder.exists():
            raise stick_error(error, folder, writing=False) from error
        raise BundleError(what="no-receipts", folder=str(folder)) from error
    except OSError as error:
        raise stick_error(error, folder, writing=False) from error
    believed = {server_id: {key.key_id: bytes.fromhex(key.public_key) for key in keys}}
    if office is not None:
        believed[office.relay_id] = {office.receipt_key.key_id: bytes.fromhex(office.receipt_key.public_key)}
    receipts = sorted(
        (_parsed(line) for line in lines if line.strip()), key=lambda r: r is not None and r.server_id != server_id
    )  # the centre's first: what it has, no office holds any more
    results = [_take(outbox, receipt, server_id, believed, clock) for receipt in receipts]
    return ReceiptsTaken(*(results.count(name) for name in ("taken", "known", "other", "refused", "relayed")))


def _parsed(line: bytes) -> Receipt | None:
    try:
        return parse_receipt(json.loads(line))
    except (SealError, ValueError):
        return None


def _take(
    outbox: Outbox,
    receipt: Receipt | None,
    server_id: str,
    believed: dict[str, dict[str, bytes]],
    clock: Clock | None,
) -> str:
    if receipt is None:
        return "refused"
    try:
        public = believed.get(receipt.server_id, {}).get(receipt.key_id)
        if public is None:
            return "refused"
        verify_receipt(receipt, public)
        if receipt.server_id != server_id:
            return _note_relayed(outbox, receipt, clock)
        waited = any(row.revision_id == receipt.revision_id for row in outbox.pending())
        outbox.acknowledge(receipt)
    except NotFoundError:
        return "other"
    except (SealError, ValueError):
        return "refused"
    return "taken" if waited else "known"


def _note_relayed(outbox: Outbox, receipt: Receipt, clock: Clock | None) -> str:
    """An office holds a record: its row stays and says so. One that the centre has already is left as it is."""
    row = next((row for row in outbox.pending() if row.revision_id == receipt.revision_id), None)
    digest = outbox.sealed(receipt.revision_id).digest if row is None else row.digest
    if digest != receipt.digest:
        return "refused"
    if row is None:
        return "known"
    if clock is not None:
        again = stamp(clock.now() + timedelta(seconds=RELAYED_AGAIN))
        outbox.failed(row.revision_id, Code.RELAYED, receipt.received_at, again)
    return "relayed"


# --- an office's public side ----------------------------------------------------------------------------------------


def office_at(relay: Client) -> Office:
    """Ask a relay that was joined for its public side. Raises `SyncError`."""
    try:
        office = Office.from_json(relay.about()["relay"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotOurServerError("no relay") from error
    if office.relay_id != relay.session.server_id:
        raise WrongServerError(server_id=office.relay_id, expected=relay.session.server_id)
    return office


def office_word(office: Office) -> str:
    """Return the word by which an office's file is believed."""
    return pairing_word(office.fingerprint)


def believe_office(file: Path, word: str, *, centre_id: str) -> Office:
    """Return the office of a file if it is the one of this word and of our centre. Raises `BundleError`, `OSError`."""
    office = Office.read(file)
    if office_word(office).replace("-", "") != "".join(c for c in word.upper() if c.isalnum()):
        raise BundleError(what="office-word", file=str(file))
    if office.centre_id != centre_id:
        raise BundleError(what="office-centre", office=office.called)
    return office
