"""Printing: the report of a sealed record, or a draft marked as such; and reading a printed file back.

Papers go through memory; a plain file is written only where a person asks for one.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from checklists.clock import Clock
from checklists.errors import NotFoundError
from checklists.model import RecordState
from inspector_app.actions.afterwards.checkup import Check, Outcome

if TYPE_CHECKING:
    from checklists.store import Store
    from inspector_app.reports.parts import ReportContent
    from inspector_app.reports.verify import PdfReport

Copy = Literal["office", "factory"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper that was made."""

    pages: int
    draft: bool
    size: int


def content(store: Store, record_id: str, *, copy: Copy, clock: Clock, revision_id: str | None = None) -> ReportContent:
    """Return what stands on the paper: of the sealed bytes (the newest version or the given one), or of the draft."""
    from checklists.sealing import parse_envelope
    from inspector_app.actions.inspection import records
    from inspector_app.actions.laptop import workspace
    from inspector_app.reports import content as report_content

    summary = store.records.summary(record_id)
    if revision_id is not None or summary.state is not RecordState.DRAFT:
        sealed = store.records.sealed(record_id, revision_id)
        receipts = [r for r in store.outbox.receipts(record_id) if r.digest == sealed.digest]
        return report_content.from_envelope(
            parse_envelope(sealed.envelope), copy=copy, sealed=sealed, receipt=receipts[-1] if receipts else None
        )
    opened = records.load(store, record_id, clock=clock)
    return report_content.from_draft(
        opened.evaluate(),
        visit=opened.visit,
        attachments=opened.attachments,
        form=summary.form,
        author=workspace.officer(store),
        language=store.records.draft(record_id).language,
        copy=copy,
    )


def make(
    store: Store,
    record_id: str,
    out: BinaryIO,
    *,
    clock: Clock,
    copy: Copy = "office",
    revision_id: str | None = None,
) -> Printed:
    """Write the PDF to `out`; of a sealed version where one is given, also of one that was corrected since."""
    from inspector_app.reports import pdf

    def image(sha256: str) -> bytes:
        with store.attachments.open(sha256) as reader:
            return reader.readall()

    paper = io.BytesIO()
    shown = content(store, record_id, copy=copy, clock=clock, revision_id=revision_id)
    pages = pdf.render(shown, images=image, out=paper)
    out.write(paper.getvalue())
    draft = revision_id is None and store.records.summary(record_id).state is RecordState.DRAFT
    return Printed(pages, draft, paper.tell())


def make_file(
    store: Store,
    record_id: str,
    file: Path,
    *,
    clock: Clock,
    copy: Copy = "office",
    revision_id: str | None = None,
) -> Printed:
    """Write the PDF to a file; an earlier file of this name stays whole until the new one is."""
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        with temporary.open("wb") as out:
            printed = make(store, record_id, out, clock=clock, copy=copy, revision_id=revision_id)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return printed


@dataclass(frozen=True, slots=True)
class Verified:
    """What a paper is and what is proven of it; `checks` are told as those of `checkup`."""

    kind: str  # office, factory or unknown
    record_id: str
    digest: str
    good: bool
    checks: tuple[Check, ...]


def verify_file(file: Path, store: Store | None) -> Verified:
    """Read a PDF back. With a store its keys and records are used; without one the file alone is looked at."""
    from inspector_app.actions.sending import syncing
    from inspector_app.reports import verify

    data = file.read_bytes()
    if store is None:
        found = verify.verify_pdf(data)
        at_hand: tuple[Check, ...] = ()
    else:
        own = store.keys.device_key
        centre = {key.key_id: bytes.fromhex(key.public_key) for key in syncing.session_of(store).receipt_keys}
        found = verify.verify_pdf(data, device_keys={own.key_id: own.public_bytes}, receipt_keys=centre)
        at_hand = (_at_hand(found, store),)
    checks = (*(_told(c.code, good=c.good, values=c.values) for c in found.checks), *at_hand)
    good = found.good and all(check.good for check in at_hand)
    return Verified(found.kind, found.record_id, found.printed or found.digest, good, checks)


def _at_hand(found: PdfReport, store: Store) -> Check:
    """Compare the printed digest with this workspace's own revisions of the record."""
    try:
        digests = [revision.digest for revision in store.records.revisions(found.record_id)]
    except NotFoundError:
        digests = []
    if not digests or not found.printed:
        return _told("known", good=None, values={})
    newest = digests[-1] == found.printed
    if found.printed in digests and not newest:
        return _told("superseded", good=True, values={})
    return _told("known", good=newest, values={})


def _told(code: str, *, good: bool | None, values: Mapping[str, object]) -> Check:
    outcome = {True: Outcome.GOOD, False: Outcome.BAD, None: Outcome.OPEN}[good]
    word = {True: "good", False: "bad", None: "unknown"}[good]
    return Check(code, outcome, f"report.verify.{code}.{word}", values)
