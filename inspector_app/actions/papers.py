"""Printing: the report of a sealed record, or a draft marked as such.

Papers go through memory; a plain file is written only where a person asks for one.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from checklists.clock import Clock
from checklists.model import RecordState

if TYPE_CHECKING:
    from checklists.store import Store
    from inspector_app.reports.parts import ReportContent

Copy = Literal["office", "factory"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper that was made."""

    pages: int
    draft: bool
    size: int


def content(store: Store, record_id: str, *, copy: Copy, clock: Clock) -> ReportContent:
    """Return what stands on the paper: of the sealed bytes, or of the draft (marked ร่าง)."""
    from checklists.sealing import parse_envelope
    from inspector_app.actions import records, workspace
    from inspector_app.reports import content as report_content

    summary = store.records.summary(record_id)
    if summary.state is not RecordState.DRAFT:
        sealed = store.records.sealed(record_id)
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


def make(store: Store, record_id: str, out: BinaryIO, *, clock: Clock, copy: Copy = "office") -> Printed:
    """Write the PDF to `out`."""
    from inspector_app.reports import pdf

    def image(sha256: str) -> bytes:
        with store.attachments.open(sha256) as reader:
            return reader.readall()

    paper = io.BytesIO()
    pages = pdf.render(content(store, record_id, copy=copy, clock=clock), images=image, out=paper)
    out.write(paper.getvalue())
    draft = store.records.summary(record_id).state is RecordState.DRAFT
    return Printed(pages, draft, paper.tell())


def make_file(store: Store, record_id: str, file: Path, *, clock: Clock, copy: Copy = "office") -> Printed:
    """Write the PDF to a file; an earlier file of this name stays whole until the new one is."""
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        with temporary.open("wb") as out:
            printed = make(store, record_id, out, clock=clock, copy=copy)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return printed
