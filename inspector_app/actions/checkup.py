"""Is the laptop and its data in order (`doctor`), and are the sealed records as they were sealed (`verify`)."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import InspectorError
from checklists.model import RecordState

if TYPE_CHECKING:
    from checklists.store import Store

MINIMUM_FREE = 500_000_000
"""Bytes: about 100 photos and a PDF each of them."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `name` selects the words (`cli.check.<name>`), `detail` is ids and numbers."""

    name: str
    good: bool
    detail: str = ""
    count: int = 0


def verify(store: Store, *, files: bool = True) -> tuple[Check, ...]:
    """Prove every sealed revision (digest, signature, receipt), the audit chain, and every attachment's bytes."""
    checks = [_chain(store), *_seals(store)]
    if files:
        checks.append(_attachments(store))
    return tuple(checks)


def _chain(store: Store) -> Check:
    report = store.audit.verify()
    return Check("chain", report.good, detail="", count=store.audit.head().seq)


def _revisions(store: Store) -> Iterator[tuple[str, str]]:
    for summary in store.records.list((RecordState.SEALED, RecordState.SENT), limit=1_000_000):
        for revision in store.records.revisions(summary.record_id):
            yield summary.record_id, revision.revision_id


def _seals(store: Store) -> Iterator[Check]:
    """Check the exact bytes against digest and signature, and every receipt against the digest."""
    from checklists import sealing

    seen, broken, unmatched, received = 0, [], [], 0
    for record_id, revision_id in _revisions(store):
        seen += 1
        try:
            sealed = store.records.sealed(record_id, revision_id)
            sealing.verify(sealed, store.keys.device_key.public_bytes)
            sealing.parse_envelope(sealed.envelope)
        except InspectorError:
            broken.append(revision_id)
            continue
        for receipt in store.outbox.receipts(record_id):
            if receipt.revision_id == revision_id:
                received += receipt.digest == sealed.digest
                unmatched += [] if receipt.digest == sealed.digest else [revision_id]
    yield Check("seals", not broken, ", ".join(broken), seen)
    yield Check("receipts", not unmatched, ", ".join(unmatched), received)


def _attachments(store: Store) -> Check:
    """Read every attachment of every sealed revision back and compare its hash."""
    wanted: dict[str, str] = {}
    for record_id, revision_id in _revisions(store):
        wanted.update({a.sha256: a.attachment_id for a in store.attachments.list(record_id, revision_id)})
    bad = [f"{name}" for sha256, name in wanted.items() if not _reads_back(store, sha256)]
    return Check("attachments", not bad, ", ".join(bad), len(wanted))


def _reads_back(store: Store, sha256: str) -> bool:
    found = hashlib.sha256()
    try:
        with store.attachments.open(sha256) as reader:
            while part := reader.read(_CHUNK):
                found.update(part)
    except (InspectorError, OSError):
        return False
    return found.hexdigest() == sha256


def doctor(folder: Path, store: Store) -> tuple[Check, ...]:
    """Look at the computer and the workspace; changes nothing."""
    looks: tuple[Callable[[], Check], ...] = (
        lambda: _space(folder),
        _words,
        _fonts,
        _checklists,
        lambda: _plain_text(folder, store),
        lambda: _waiting(store),
    )
    return (*(look() for look in looks), *verify(store))


def _space(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    return Check("space", free >= MINIMUM_FREE, f"{free // 1_000_000} MB", free)


def _words() -> Check:
    from checklists.text import breaker_works

    return Check("words", breaker_works())


def _fonts() -> Check:
    import resources

    with contextlib.suppress(KeyError, FileNotFoundError):
        return Check(
            "fonts", resources.font_path("Sarabun").is_file() and resources.font_path("Noto Sans Thai").is_file()
        )
    return Check("fonts", good=False)


def _checklists() -> Check:
    from checklists import loading

    pins = loading.bundled_ids()
    return Check("checklists", bool(pins), ", ".join(pin.form_id for pin in pins), len(pins))


def _plain_text(folder: Path, store: Store) -> Check:
    """Look for names of inspected sites in the raw files: nothing of a record may lie readable on the disk.

    The registry is public and the key file holds names of officers; both are left out.
    """
    names = {s.site.name_th.encode() for s in store.records.list(limit=50)} - {b""}
    places = [p for p in folder.rglob("*") if p.is_file() and "registry" not in p.parts and p.name != "reserve.bin"]
    found = [p.relative_to(folder).as_posix() for p in places if names and _holds(p, names)]
    return Check("plain-text", not found, ", ".join(found), len(places))


def _holds(path: Path, names: set[bytes]) -> bool:
    overlap = max(len(name) for name in names)
    tail = b""
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            if any(name in tail + part for name in names):
                return True
            tail = part[-overlap:]
    return False


def _waiting(store: Store) -> Check:
    counts = store.outbox.counts()
    stuck = counts["parked"] + counts["conflict"]
    return Check("outbox", stuck == 0, f"{counts['waiting']} / {stuck}", counts["waiting"])
