"""Checking the demo from outside: the store after the kill, the centre after the sync, the papers, the summary."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from checklists import sealing
from checklists.model import RecordState
from inspector_app.actions.afterwards import checkup
from inspector_app.actions.afterwards.checkup import Check, Outcome
from inspector_app.actions.inspection import records
from inspector_app.actions.laptop import workspace
from inspector_app.actions.sending import syncing
from inspector_app.demo import inspection
from inspector_app.demo.stage import PASSPHRASE, DemoFailedError, Stage, Story
from inspector_app.demo.summary import write as write_summary

if TYPE_CHECKING:
    from checklists.store import Store


@contextmanager
def opened(stage: Stage, *, readonly: bool = True) -> Iterator[Store]:
    keys = workspace.sign_in(stage.workspace, passphrase=PASSPHRASE)
    with workspace.open_store(stage.workspace, keys, clock=stage.clock, readonly=readonly) as store:
        yield store


def _check(name: str, *, good: bool, **values: object) -> Check:
    outcome = Outcome.GOOD if good else Outcome.BAD
    return Check(name, outcome, f"demo.check.{name}" if good else f"demo.check.{name}.bad", values)


def after_kill(stage: Stage, story: Story) -> None:
    """Look up every answer that the killed window had called saved."""
    with opened(stage, readonly=False) as store:  # the writing open is the one that recovers
        summary = store.records.list()[0]
        story.record_id = summary.record_id
        result = records.load(store, summary.record_id, clock=stage.clock).evaluate()
        answered = {item.item_id for item in result.items if item.answered}
    lost = set(story.acknowledged) - answered
    story.checks.append(_check("kill", good=not lost, lost=", ".join(sorted(lost)), count=len(story.acknowledged)))
    if lost:
        raise DemoFailedError(what=f"lost after the kill: {sorted(lost)}")


def at_the_end(stage: Stage, story: Story) -> None:
    """Ask the centre for the record and every photo, prove the store, write the summary."""
    with opened(stage) as store:
        summary = store.records.summary(story.record_id)
        story.checks.append(_check("line", good=story.cuts == 1, count=story.cuts))
        story.checks.append(_check("sent", good=summary.state is RecordState.SENT, receipt=summary.receipt_id))
        story.receipt, story.digest = summary.receipt_id, summary.digest
        story.checks.append(_receipt_is_genuine(store, story.record_id))
        story.checks.append(_centre_has_it_all(stage, store, story.record_id))
        story.checks.append(_submission_is_whole(store, story))
        story.checks += checkup.doctor(stage.workspace, store)
    story.checks += [_paper(stage, copy, story) for copy in ("office", "factory")]
    write_summary(stage, story)
    bad = [check for check in story.checks if not check.good]
    if bad:
        raise DemoFailedError(what=", ".join(f"{check.name} {dict(check.values)}" for check in bad))


def _receipt_is_genuine(store: Store, record_id: str) -> Check:
    """Check the centre's signature over the receipt, by its published key."""
    sealed, receipts = store.records.sealed(record_id), store.outbox.receipts(record_id)
    keys = {key.key_id: bytes.fromhex(key.public_key) for key in syncing.session_of(store).receipt_keys}
    for receipt in receipts:
        sealing.verify_receipt(receipt, keys[receipt.key_id])
    return _check("receipt", good=len(receipts) == 1 and receipts[0].digest == sealed.digest, count=len(receipts))


def _centre_has_it_all(stage: Stage, store: Store, record_id: str) -> Check:
    """Fetch the photos and signatures back from the centre and compare their hashes."""
    attachments = store.attachments.list(record_id)
    same = 0
    with syncing.client_of(store, clock=stage.clock) as client:
        known = str(client.record(record_id))
        for attachment in attachments:
            got = io.BytesIO()
            client.fetch_blob(attachment.sha256, got)
            same += hashlib.sha256(got.getvalue()).hexdigest() == attachment.sha256
    has_record = store.records.sealed(record_id).digest in known
    return _check("centre", good=has_record and same == len(attachments) == 14, same=same, count=len(attachments))


def _submission_is_whole(store: Store, story: Story) -> Check:
    """Every planned answer stands in the sealed bytes."""
    envelope = sealing.parse_envelope(store.records.sealed(story.record_id).envelope)
    items = {i["item_id"]: i for section in envelope["sections"] for i in section["items"]}
    planned = {one.item for one in inspection.plan_for(envelope["visit"]["site"]["registry_no"], _day(envelope))}
    missing = sorted(item for item in planned if not items.get(item, {}).get("answered"))
    return _check("answers", good=not missing, missing=", ".join(missing), count=len(planned))


def _day(envelope: dict[str, object]) -> date:
    return datetime.fromisoformat(str(envelope["sealed_at"])).date()


def _paper(stage: Stage, copy: str, story: Story) -> Check:
    import pikepdf

    file = stage.output / f"report_{copy}.pdf"
    with pikepdf.open(file) as paper:
        story.pages[copy] = len(paper.pages)
    return _check(f"paper-{copy}", good=story.pages[copy] >= 3, pages=story.pages[copy])
