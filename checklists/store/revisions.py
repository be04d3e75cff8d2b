"""Sealed revisions: writing one (inside a running transaction) and reading them. Nothing here changes one."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checklists.errors import DamagedStoreError, NotFoundError
from checklists.model import (
    AnswerRow,
    Attachment,
    Finding,
    FormPin,
    InspectionResult,
    Officer,
    RepeatRow,
    SectionResult,
    Verdict,
    Visit,
    to_json,
)
from checklists.sealing import FORMAT, Sealed, parse_envelope, seal
from checklists.store.core import Core, dump


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """One sealed version of a record; `receipt_id` '' until the centre has it."""

    revision_id: str
    record_id: str
    number: int
    base_revision_id: str | None
    op: str
    reason: str
    author: str
    sealed_at: str
    digest: str
    key_id: str
    overall: str
    audit_seq: int
    receipt_id: str = ""
    received_at: str = ""


@dataclass(frozen=True, slots=True)
class ToSeal:
    """Everything that one envelope is made of."""

    record_id: str
    revision_id: str
    op: str
    author: Officer
    visit: Visit
    created_at: str
    base_revision_id: str | None = None
    merges: tuple[str, ...] = ()
    reason: str = ""
    form: FormPin | None = None
    language: str = "th"
    answers: tuple[AnswerRow, ...] = ()
    rows: tuple[RepeatRow, ...] = ()
    result: InspectionResult = field(default_factory=InspectionResult)
    submission_xml: str = ""
    attachments: tuple[Attachment, ...] = ()
    further: Mapping[str, Any] = field(default_factory=dict)


_SUMMARY = (
    "SELECT v.revision_id, v.record_id, v.number, v.base_revision_id, v.op, v.reason, v.author, v.sealed_at, v.digest, "
    "v.key_id, v.overall, v.audit_seq, coalesce(s.receipt_id, ''), coalesce(min(s.received_at), '') "
    "FROM revision v LEFT JOIN sent s ON s.revision_id = v.revision_id "
)


class Revisions:
    """The sealed versions of all records."""

    def __init__(self, core: Core) -> None:
        self._core, self._db = core, core.db

    # reading

    def sealed(self, revision_id: str) -> Sealed:
        """Return the exact bytes with digest and signature. Raises `NotFoundError`, `DamagedStoreError`."""
        found = self._db.row(
            "SELECT body_z, digest, signature, key_id FROM revision WHERE revision_id = ?", (revision_id,)
        )
        if found is None:
            raise NotFoundError(revision_id, kind="revision", key=revision_id)
        try:
            envelope = zlib.decompress(found[0])
        except zlib.error as error:
            raise DamagedStoreError(str(error), kind="revision", what="bytes", revision_id=revision_id) from error
        return Sealed(envelope=envelope, digest=found[1], signature=found[2], key_id=found[3])

    def envelope(self, revision_id: str) -> dict[str, Any]:
        """Return the checked members of an envelope. Raises `SealError` where the bytes are not what they claim."""
        return parse_envelope(self.sealed(revision_id).envelope)

    def head(self, record_id: str) -> str:
        """Return the newest sealed revision's id. Raises `NotFoundError` where nothing is sealed."""
        found = self._db.value("SELECT head_revision_id FROM record WHERE record_id = ?", (record_id,))
        if found is None:
            raise NotFoundError(record_id, kind="revision", key=record_id)
        return str(found)

    def of_record(self, record_id: str) -> tuple[RevisionSummary, ...]:
        """Return all versions, the first one first."""
        found = self._db.rows(
            f"{_SUMMARY} WHERE v.record_id = ? GROUP BY v.revision_id ORDER BY v.number", (record_id,)
        )
        return tuple(RevisionSummary(*row) for row in found)

    def ids(self) -> tuple[str, ...]:
        """Return every revision's id in the order of sealing."""
        return tuple(str(row[0]) for row in self._db.rows("SELECT revision_id FROM revision ORDER BY device_seq"))

    def findings(self, revision_id: str) -> tuple[Finding, ...]:
        found = self._db.rows("SELECT body FROM finding WHERE revision_id = ? ORDER BY position", (revision_id,))
        return tuple(Finding.from_json(json.loads(row[0])) for row in found)

    # writing

    def seal(self, what: ToSeal) -> Sealed:
        """Make, sign and write one revision with everything that belongs to it, in the running transaction."""
        sealed_at, device_seq = self._core.now(), self._next_device_seq()
        sealed = seal(self._envelope(what, sealed_at, device_seq), self._core.keys.device_key)
        body = {"revision": what.revision_id, "digest": sealed.digest, "op": what.op, "key_id": sealed.key_id}
        entry = self._core.audit.append("seal", "record", what.record_id, body)
        number = self._db.value(
            "SELECT coalesce(max(number), 0) + 1 FROM revision WHERE record_id = ?", (what.record_id,)
        )
        self._db.run(
            "INSERT INTO revision (revision_id, record_id, number, base_revision_id, op, reason, size, digest, "
            "signature, key_id, audit_seq, device_seq, author, sealed_at, overall, province_code, body_z) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                what.revision_id,
                what.record_id,
                number,
                what.base_revision_id,
                what.op,
                what.reason,
                len(sealed.envelope),
                sealed.digest,
                sealed.signature,
                sealed.key_id,
                entry.seq,
                device_seq,
                what.author.name,
                sealed_at,
                what.result.overall.value,
                what.visit.site.province_code,
                zlib.compress(sealed.envelope),
            ),
        )
        self._write_parts(what)
        self._db.run("INSERT INTO outbox (revision_id, created_at) VALUES (?, ?)", (what.revision_id, sealed_at))
        self._db.run(
            "UPDATE record SET head_revision_id = ?, updated_at = ?, site = ?, visit_kind = ? WHERE record_id = ?",
            (what.revision_id, sealed_at, dump(what.visit.site), what.visit.kind.value, what.record_id),
        )
        return sealed

    def _next_device_seq(self) -> int:
        self._db.run("INSERT INTO meta VALUES ('device_seq', 1) ON CONFLICT (k) DO UPDATE SET v = v + 1")
        return int(self._db.value("SELECT v FROM meta WHERE k = 'device_seq'"))

    def _envelope(self, what: ToSeal, sealed_at: str, device_seq: int) -> dict[str, Any]:
        head = self._core.audit.head()
        members = {
            "format": FORMAT,
            "record_id": what.record_id,
            "revision_id": what.revision_id,
            "base_revision_id": what.base_revision_id,
            "merges": what.merges,
            "op": what.op,
            "reason": what.reason,
            "author": what.author,
            "device_id": self._core.keys.device_id,
            "device_seq": device_seq,
            "created_at": what.created_at,
            "sealed_at": sealed_at,
            "clock": self._clock(what.created_at),
            "form": what.form,
            "visit": what.visit,
            "language": what.language,
            "answers": what.answers,
            "rows": what.rows,
            "sections": what.result.sections,
            "findings": what.result.findings,
            "measurements": what.result.measurements,
            "scores": what.result.scores,
            "overall": what.result.overall,
            "submission": what.submission_xml,
            "attachments": what.attachments,
            "audit": {"seq": head.seq, "head": head.hash},
        }
        envelope: dict[str, Any] = to_json({**what.further, **members})
        return envelope

    def _clock(self, since: str) -> dict[str, Any]:
        """Return what is known of the laptop's clock: offset to the centre's (ms) and jumps since the draft began."""
        offset = self._db.value("SELECT v FROM setting WHERE k = 'clock.offset_ms'")
        jumps = self._db.rows(
            "SELECT at, body FROM audit WHERE action = 'clock-jump' AND at >= ? ORDER BY seq", (since,)
        )
        notes = [{"at": at, **json.loads(body)} for at, body in jumps]
        return {"offset_ms": int(offset) if offset else None, "notes": notes}

    def _write_parts(self, what: ToSeal) -> None:
        self._db.many(
            "INSERT INTO section_result (revision_id, section_id, passed, failed, na, cannot, observed, lab, plain) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(what.revision_id, section.section_id, *_counts(section)) for section in what.result.sections],
        )
        self._db.many(
            "INSERT INTO finding (revision_id, finding_id, record_id, position, item_id, severity, audience, due_date, "
            "body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            list(_finding_rows(what)),
        )
        self._db.many(
            "INSERT INTO measurement (revision_id, position, record_id, site_id, item_id, parameter, medium, point, "
            "sample, value, number, unit, verdict, measured_on, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            list(_measurement_rows(what)),
        )
        self._db.many(
            "INSERT INTO revision_attachment (revision_id, attachment_id, position, record_id, sha256, body) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (what.revision_id, a.attachment_id, position, what.record_id, a.sha256, dump(a))
                for position, a in enumerate(what.attachments, 1)
            ],
        )


def _counts(section: SectionResult) -> tuple[int, ...]:
    counted = Counter(item.verdict for item in section.items)
    order = (Verdict.PASS, Verdict.FAIL, Verdict.NA, Verdict.CANNOT, Verdict.OBSERVE, Verdict.LAB, None)
    return tuple(counted[verdict] for verdict in order)


def _finding_rows(what: ToSeal) -> Iterable[tuple[Any, ...]]:
    for position, f in enumerate(what.result.findings, 1):
        ids = (what.revision_id, f.finding_id, what.record_id, position)
        yield (*ids, f.item_id, f.severity.value, f.audience.value, f.due_date, dump(f))


def _measurement_rows(what: ToSeal) -> Iterable[tuple[Any, ...]]:
    site_id, day = what.visit.site.site_id, what.visit.started_at[:10]
    for position, m in enumerate(what.result.measurements, 1):
        verdict = m.verdict.value if m.verdict else ""
        where = (m.item_id, m.parameter, m.medium, m.point, m.sample)
        value = (m.value, number_of(m.value), m.unit, verdict)
        yield (what.revision_id, position, what.record_id, site_id, *where, *value, day, dump(m))


def number_of(value: str) -> float | None:
    """Return a measured value as a number for sorting and charts, None where it is not one (e.g. `<0.05`)."""
    try:
        return float(value)
    except ValueError:
        return None
