"""Records on a USB stick: out of the laptop, into the centre or the office's relay, and their receipts back.

Whatever goes wrong with one bundle (held by a scanner, spoilt, unknown) is told by its name, and the others go on.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.errors import InspectorError
from inspector_app.actions.sending import near_relay
from inspector_app.actions.sending.syncing import NotEnrolledError, Submit, Way, client_on, session_of
from inspector_app.actions.serving.centre import require_centre
from inspector_app.actions.serving.relay import check_data

if TYPE_CHECKING:
    from checklists.store import Store
    from sync.bundle import Exported, Preview
    from sync.bundle_format import Manifest, Office
    from sync.relay.spool import Spooled

FAT32_MOST = 4 * 1024 * 1024 * 1024 - 1
"""Bytes of the largest file that FAT32 can hold."""


NOT_WRITTEN = "receipts-not-written"
"""All was taken in; only the receipts could not be left on the stick."""


class Addressee(StrEnum):
    """Who can read a stick: the centre, or the office whose relay this laptop knows."""

    CENTRE = "centre"
    OFFICE = "office"


class NoOfficeError(InspectorError):
    """A stick was to go to the office, and this laptop knows no office's key yet."""

    code = "no-office"


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the receipts on a stick amounted to: taken, for other laptops, refused; bundles still without any.

    `relayed` are an office's own: it holds the record, the centre has not answered yet. `known` were here already.
    `troubles` names each bundle whose receipts could not be read, with a word of `errors.bundle`.
    """

    taken: int = 0
    others: int = 0
    refused: int = 0
    waiting: int = 0
    relayed: int = 0
    known: int = 0
    troubles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What anybody sees of one bundle; `manifest` is None where it cannot be read. `receipts`: some came back already.

    `problem` is a word of `errors.bundle`: not signed by the laptop it names, or not whole.
    """

    folder: str
    manifest: Manifest | None = None
    problem: str = ""
    receipts: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one bundle of a stick. `problem` is a word of `errors.bundle`, "" where all went well.

    `received`, `pending` are revisions; `refused` names the code of each that the centre does not take. `done` is False
    where nothing of the bundle was taken and it should be tried again. `office` is where it belongs instead.
    """

    folder: str
    bundle_id: str = ""
    received: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    done: bool = True
    office: str = ""

    @property
    def whole(self) -> bool:
        return not (self.pending or self.refused or self.problem)

    @property
    def receipts_back(self) -> bool:
        """Say whether receipts stand on the stick now: none do where it cannot be written or nothing was received."""
        return bool(self.received) and self.problem != NOT_WRITTEN


def preview(store: Store) -> Preview:
    """Say what a bundle would hold, without writing it."""
    from sync import bundle

    rows = [row for row in store.outbox.pending() if row.state != "conflict"]
    text = sum(len(store.outbox.sealed(row.revision_id).envelope) for row in rows)
    found = bundle.preview(rows)
    return replace(found, size=found.size + text)


def export(
    store: Store,
    stick: Path,
    *,
    clock: Clock,
    to: Addressee = Addressee.CENTRE,
    part_bytes: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Exported:
    """Write what waits to a stick, readable by its addressee alone.

    Raises `BundleError`, `NotEnrolledError`, and `NoOfficeError` where no office is known to this laptop.
    """
    from sync import bundle
    from sync.bundle_format import PART_BYTES

    recipient, office = _recipient(store, to)
    keys = store.keys
    return bundle.export_bundle(
        store.outbox,
        stick,
        recipient=bytes.fromhex(recipient),
        office=office,
        key=keys.device_key,
        device_id=keys.device_id,
        officer=keys.person_name,
        clock=clock,
        part_bytes=min(part_bytes, FAT32_MOST) or PART_BYTES,
        progress=progress,
    )


def _recipient(store: Store, to: Addressee) -> tuple[str, str]:
    """Return the key of whom a stick is for, and the office's name where it is one."""
    session = session_of(store)
    if not session.bundle_key:
        raise NotEnrolledError(url=session.url)
    if to is Addressee.CENTRE:
        return session.bundle_key, ""
    office = near_relay.office_of(store)
    if office is None:
        raise NoOfficeError
    return office.bundle_key, office.called


def learn_office(store: Store, file: Path, word: str) -> Office:
    """Learn an office from the file that its relay wrote, believed by the word that its keeper reads out.

    For a laptop that never reached the relay. Raises `BundleError`, `OSError`, `NotEnrolledError`.
    """
    session = session_of(store)
    if not session.registered:
        raise NotEnrolledError(url=session.url)
    near_relay.believe_office(store, file, word, session)
    office = near_relay.office_of(store)
    assert office is not None  # noqa: S101 - it was kept one line above
    return office


def take(store: Store, stick: Path, *, clock: Clock, submit: Submit | None = None) -> Receipts:
    """Keep the receipts that came back on a stick; each is checked as one that came over the line.

    `submit` hands the writes to the window's writer thread; reading the stick is done here.
    """
    from sync import bundle
    from sync.engine import QueuedOutbox
    from sync.errors import BundleError

    outbox = store.outbox if submit is None else QueuedOutbox(store.outbox, submit)
    session, office = session_of(store), near_relay.office_of(store)
    total, waiting, troubles = bundle.ReceiptsTaken(), 0, []
    for folder in found(stick):
        try:
            total += bundle.take_receipts(
                outbox,
                folder,
                server_id=session.server_id,
                keys=session.receipt_keys,
                office=office,
                clock=clock,
            )
        except BundleError as error:
            what = str(error.data.get("what"))
            if what == "no-receipts":
                waiting += 1
            else:
                troubles.append((folder.name, what))
    counts = (total.taken, total.others, total.refused, waiting, total.relayed, total.known)
    return Receipts(*counts, troubles=tuple(troubles))


def found(stick: Path) -> tuple[Path, ...]:
    """Return the bundles on a stick, or the bundle that the path itself names. Raises `BundleError` for none."""
    from sync.bundle_format import MANIFEST, bundles_on, stick_error
    from sync.errors import BundleError

    try:
        bundles = (stick,) if (stick / MANIFEST).is_file() else bundles_on(stick)
    except OSError as error:
        raise stick_error(error, stick, writing=False) from error
    if not bundles:
        raise BundleError(what="none" if stick.is_dir() else "stick-gone", folder=str(stick))
    return bundles


def inspect(stick: Path) -> tuple[Seen, ...]:
    """Return what anybody may see of the bundles on a stick: laptop, officer, counts and size.

    One that is spoilt hides no other.     Raises `BundleError` where there is none at all.
    """
    return tuple(_seen(folder) for folder in found(stick))


def _seen(folder: Path) -> Seen:
    from sync.bundle_format import RECEIPTS, check_seen, read_manifest
    from sync.errors import BundleError

    seen = Seen(folder.name)
    try:
        manifest = read_manifest(folder)
        seen = replace(seen, manifest=manifest, receipts=(folder / RECEIPTS).is_file())
        check_seen(folder, manifest)
    except BundleError as error:
        return replace(seen, problem=str(error.data.get("what")))
    return seen


def file_at_centre(data: Path, stick: Path) -> tuple[Outcome, ...]:
    """File every bundle of a stick at the centre whose data lies in `data`, and leave the receipts on the stick.

    Each is copied beside the centre first. Raises `BundleError` where there is none at all, and where no centre keeps
    its data: an address that was typed wrong must not found a second one.
    """
    from sync.errors import BundleError
    from sync.server import ServerConfig
    from sync.server.bundles import import_bundle
    from sync.server.centre import Centre

    def take_one(folder: Path, copy: Path) -> Outcome:
        done = import_bundle(centre, copy)
        problem = done.problem
        try:
            _receipts_back(copy, folder)
        except BundleError:
            problem = problem or NOT_WRITTEN
        refused = tuple(sorted(done.refused.items()))
        received, pending = tuple(sorted(done.receipts)), tuple(sorted(done.pending))
        return Outcome(folder.name, done.manifest.bundle_id, received, pending, refused, problem)

    require_centre(data)
    bundles = found(stick)
    centre = Centre.open(ServerConfig.of(data))
    try:
        return _each(bundles, take_one, data)
    finally:
        centre.close()


def upload(
    store: Store,
    stick: Path,
    *,
    clock: Clock,
    progress: Callable[[str, int, int], None] = lambda _bundle, _done, _all: None,
) -> tuple[Outcome, ...]:
    """Hand every bundle of a stick to the centre over this computer's line, and leave the receipts on the stick.

    What was cut goes on where it was. `progress` is told the bundle and its bytes. For offices and relays. Raises
    `BundleError` where there is none, `SyncError` where the line does not hold.
    """
    from sync import bundle
    from sync.bundle_format import addressed_elsewhere, read_manifest

    bundles = found(stick)
    with client_on(store, Way.CENTRE, clock=clock) as client:

        def take_one(folder: Path, copy: Path) -> Outcome:
            if (manifest := read_manifest(copy)).office:
                raise addressed_elsewhere(manifest)
            taken = bundle.upload_bundle(
                client, copy, progress=lambda done, whole: progress(manifest.bundle_id, done, whole)
            )
            _receipts_back(copy, folder)
            received = tuple(sorted(str(receipt["revision_id"]) for receipt in taken.receipts))
            refused = tuple(sorted(taken.refused.items()))
            return Outcome(folder.name, taken.bundle_id, received, taken.pending, refused, taken.problem)

        return _each(bundles, take_one, store.workspace / "tmp")


def hand_to_relay(data: Path, stick: Path, *, clock: Clock) -> tuple[Spooled, ...]:
    """Hand every bundle of a stick to the relay: it opens those for the office and passes on those for the centre.

    What the centre has answered so far goes back onto the stick. Raises `BundleError` where there is no bundle,
    `RelayOptionError` where no relay keeps its data in `data`.
    """
    from sync.relay import spool

    check_data(data)

    return spool.take_in(data, found(stick), clock)


def _each(bundles: tuple[Path, ...], take_one: Callable[[Path, Path], Outcome], beside: Path) -> tuple[Outcome, ...]:
    """Copy each bundle from its stick and take the copy in; trouble with one is told by its name."""
    from sync.bundle_format import stage, stick_error
    from sync.errors import BundleError, RefusedError

    outcomes = []
    beside.mkdir(parents=True, exist_ok=True)
    for folder in bundles:
        with _copy_of(folder, beside) as copy:
            try:
                stage(folder, copy)
                outcomes.append(take_one(folder, copy))
            except BundleError as error:
                what, office = (str(error.data.get(name, "")) for name in ("what", "office"))
                outcomes.append(Outcome(folder.name, problem=what, done=False, office=office))
            except RefusedError as error:
                outcomes.append(Outcome(folder.name, problem=error.code, done=False))
            except OSError as error:  # where it was to be filed, not the stick: that one is staged
                what = str(stick_error(error, beside, writing=False).data["what"])
                outcomes.append(Outcome(folder.name, problem=what, done=False))
    return tuple(outcomes)


@contextlib.contextmanager
def _copy_of(folder: Path, beside: Path) -> Iterator[Path]:
    """Yield where a bundle is copied to: always the same place, so that an import that was killed leaves no second."""
    copy = beside / f"stick-{folder.name}"
    shutil.rmtree(copy, ignore_errors=True)
    try:
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _receipts_back(copy: Path, folder: Path) -> None:
    """Copy receipts from where a bundle was taken in to its stick. Raises `BundleError`."""

    from sync.bundle_format import RECEIPTS, write_receipts

    file = copy / RECEIPTS
    if file.is_file():
        write_receipts(folder, [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line])
