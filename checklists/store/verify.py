"""`inspector verify` on a whole workspace: the chain, every sealed record, its tables, attachments, receipts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from checklists.errors import DamagedStoreError, StorageError
from checklists.model import to_json
from checklists.sealing import Sealed
from checklists.store.audit import KEYS, ChainHead, ChainReport
from checklists.store.core import Core
from checklists.store.outbox import Outbox
from checklists.store.proof import Proof, VerifyReport, broken, proven, unproven, verify_record
from checklists.store.revisions import Revisions


def verify_all(
    core: Core,
    revisions: Revisions,
    outbox: Outbox,
    *,
    receipt_keys: Mapping[str, bytes],
    anchors: tuple[ChainHead, ...],
    progress: Callable[[int, int], None],
    files: bool,
) -> VerifyReport:
    """Check everything there is, one record after the other."""
    proofs = list(_chain(core, anchors))
    ids = revisions.ids()
    for number, revision_id in enumerate(ids, 1):
        proofs += _revision(core, revisions, outbox, revision_id, receipt_keys=receipt_keys, files=files)
        progress(number, len(ids))
    return VerifyReport(tuple(proofs))


def _chain(core: Core, anchors: tuple[ChainHead, ...]) -> Iterator[Proof]:
    try:
        report = core.audit.verify(anchors)
    except (StorageError, ValueError) as error:
        yield broken("chain-unreadable", what=str(error))
        return
    if report.broken_at:
        yield broken("chain-broken", str(report.broken_at), entries=report.entries)
    else:
        cuts = list(_cuts(core, report))
        yield from cuts or [proven("chain", entries=report.entries, head=report.head.hash)]
    sealed_at = core.db.value("SELECT coalesce(max(audit_seq), 0) FROM revision")
    if sealed_at > report.head.seq:
        yield broken("chain-cut", str(sealed_at), entries=report.entries)
    if not anchors and not core.audit.anchors():
        yield unproven("chain-not-anchored", entries=report.entries)


def _cuts(core: Core, report: ChainReport) -> Iterator[Proof]:
    """Tell of entries that somebody outside knows and that are not here, now or when it was noted.

    A backup that was put in place explains those behind it: then it is told as that, not as broken.
    """
    missing = [(report.anchor, report.entries)] if report.missing_tail and report.anchor else []
    restored = core.audit.restored_at()
    for anchor, seen_at in (*missing, *core.audit.lost()):
        explained = any(at <= min(anchor.seq, seen_at) for at in restored)
        if explained:
            yield unproven("chain-restored", str(anchor.seq), entries=seen_at)
        else:
            yield broken(_cut_code(anchor.by), str(anchor.seq), entries=seen_at, by=anchor.by)


def _cut_code(by: str) -> str:
    """Return the code by who knows better: this computer's key store, a centre (its id), or just somebody."""
    return "chain-cut" if not by else "chain-cut-keys" if by == KEYS else "chain-cut-centre"


def _revision(
    core: Core,
    revisions: Revisions,
    outbox: Outbox,
    revision_id: str,
    *,
    receipt_keys: Mapping[str, bytes],
    files: bool,
) -> Iterator[Proof]:
    try:
        sealed = revisions.sealed(revision_id)
    except DamagedStoreError as error:
        yield broken("record-unreadable", revision_id, what=str(error.data.get("what", "")))
        return
    key = core.keys.device_key
    report = verify_record(
        sealed,
        {key.key_id: key.public_bytes},
        open_blob=outbox.open_blob if files else None,
        receipts=[r for r in outbox.receipts(_record_of(core, revision_id)) if r.revision_id == revision_id],
        receipt_keys=receipt_keys,
    )
    yield from report.proofs
    if not any(p.code == "envelope" for p in report.broken):
        yield from _tables(core, revision_id, sealed)


def _record_of(core: Core, revision_id: str) -> str:
    return str(core.db.value("SELECT record_id FROM revision WHERE revision_id = ?", (revision_id,)))


_MEMBER_COLUMNS = "record_id, revision_id, base_revision_id, op, reason, device_seq, sealed_at, overall"


def _tables(core: Core, revision_id: str, sealed: Sealed) -> Iterator[Proof]:
    """Check that the tables which lists and dashboards read say what the signed bytes say."""
    envelope: dict[str, Any] = json.loads(sealed.envelope)
    found = core.db.rows(f"SELECT {_MEMBER_COLUMNS} FROM revision WHERE revision_id = ?", (revision_id,))[0]
    wrong = [n for n, v in zip(_MEMBER_COLUMNS.split(", "), found, strict=True) if envelope[n] != v]
    for table in ("finding", "measurement"):
        rows = core.db.rows(f"SELECT body FROM {table} WHERE revision_id = ? ORDER BY position", (revision_id,))
        if [json.loads(row[0]) for row in rows] != to_json(envelope[f"{table}s"]):
            wrong.append(table)
    rows = core.db.rows("SELECT body FROM revision_attachment WHERE revision_id = ? ORDER BY position", (revision_id,))
    if [json.loads(row[0]) for row in rows] != envelope["attachments"]:
        wrong.append("attachment")
    if _counts_differ(core, revision_id, envelope):
        wrong.append("section_result")
    if not _entry_agrees(core, revision_id, sealed, envelope):
        wrong.append("audit")
    if wrong:
        yield broken("record-tables", envelope["record_id"], what=", ".join(wrong), revision_id=revision_id)


def _counts_differ(core: Core, revision_id: str, envelope: Mapping[str, Any]) -> bool:
    order = ("pass", "fail", "na", "cannot", "observe", "lab", None)
    wanted = {
        section["section_id"]: tuple(sum(1 for i in section["items"] if i["verdict"] == v) for v in order)
        for section in envelope["sections"]
    }
    rows = core.db.rows(
        "SELECT section_id, passed, failed, na, cannot, observed, lab, plain FROM section_result WHERE revision_id = ?",
        (revision_id,),
    )
    return {row[0]: tuple(row[1:]) for row in rows} != wanted


def _entry_agrees(core: Core, revision_id: str, sealed: Sealed, envelope: Mapping[str, Any]) -> bool:
    """Check that the chain holds the sealing right behind the position that the envelope names."""
    row = core.db.row(
        "SELECT a.body, a.seq FROM audit a JOIN revision v ON v.audit_seq = a.seq WHERE v.revision_id = ?",
        (revision_id,),
    )
    position = envelope["audit"]
    before = core.db.value("SELECT hash FROM audit WHERE seq = ?", (position["seq"],)) if position["seq"] else "0" * 64
    if row is None or before != position["head"]:
        return False
    return bool(json.loads(row[0]).get("digest") == sealed.digest and row[1] > position["seq"])
