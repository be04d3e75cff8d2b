"""Sealing a draft: nothing missing, exhibits listed in the submission, one transaction in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.errors import AnswerError
from checklists.model import AnswerRow, Attachment, AttachmentKind, Changes, InspectionResult, NodeRef
from inspector_app.actions.inspection import findings, records, statutory
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.actions.laptop import anchoring

if TYPE_CHECKING:
    from checklists.session import FormSession
    from checklists.store import SealContent, Store

EXHIBITS = "exhibits"


class NotSealableError(AnswerError):
    """Something blocks sealing; `count` and `problems` (tuple of `Problem`) in data."""

    code = "not-sealable"


@dataclass(frozen=True, slots=True)
class ReadyToSeal:
    """Everything that the sealing step needs, computed in the thread of the session."""

    record_id: str
    result: InspectionResult
    content: SealContent
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class Finalised:
    """A sealed record on its way to the centre."""

    record_id: str
    digest: str
    result: InspectionResult
    changes: Changes


def prepare(store: Store, opened: OpenRecord, *, clock: Clock, reason: str = "") -> ReadyToSeal:
    """Check that nothing is missing and build what is sealed. Raises `NotSealableError` with the list."""
    from checklists.store import SealContent

    result = opened.evaluate()
    blocking = tuple(problem for problem in result.problems if problem.blocking)
    if blocking:
        raise NotSealableError(count=len(blocking), problems=blocking)
    revision_id = store.records.draft_info(opened.record_id).revision_id
    draft = opened.session.to_draft()
    copy = records.load(store, opened.record_id, clock=clock).session
    list_exhibits(copy, opened.attachments)
    xml = copy.to_submission_xml(instance_id=f"uuid:{revision_id}", finalise=True)
    further = statutory.gathered(store, opened.visit.visit_id)
    if opened.edits:
        further[findings.MEMBER] = [edit.to_json() for edit in opened.edits]
    content = SealContent(result, xml.decode(), language=draft.language, reason=reason, further=further)
    return ReadyToSeal(opened.record_id, result, content, draft.answers)


def seal(store: Store, ready: ReadyToSeal) -> Finalised:
    """Seal in one transaction (a step of the writing store). Raises `StaleContentError` where answers came after."""
    from checklists.store import StaleContentError

    if _said(store.records.draft(ready.record_id).answers) != _said(ready.answers):
        raise StaleContentError(record=ready.record_id)
    store.records.save_answers(ready.record_id, progress=records.progress_of(ready.result))
    sealed, changes = store.records.finalise(ready.record_id, ready.content)
    anchoring.keep(store)
    changes |= findings.keep(store, ready.record_id, ())
    return Finalised(ready.record_id, sealed.digest, ready.result, changes)


def finalise(store: Store, opened: OpenRecord, *, clock: Clock, reason: str = "") -> Finalised:
    """Prepare and seal in one go, for callers with one store."""
    return seal(store, prepare(store, opened, clock=clock, reason=reason))


def _said(answers: Iterable[AnswerRow]) -> frozenset[AnswerRow]:
    """Return the answers that say something; a blank one and none are the same."""
    return frozenset(answer for answer in answers if answer.value)


def list_exhibits(session: FormSession, attachments: Iterable[Attachment]) -> None:
    """Fill the `exhibits` repeat, so that the submission XML names every photo by hash. Never asked or stored."""
    repeat = next((v.ref.path for v in session.every_node() if v.kind == "repeat" and v.name == EXHIBITS), "")
    if not repeat:
        return
    with session.transaction():
        for attachment in attachments:
            row = session.add_row(repeat)
            for name, value in _exhibit(attachment):
                session.set_value(NodeRef(f"{repeat}/{name}", row.row), value)


def _exhibit(attachment: Attachment) -> Iterator[tuple[str, str]]:
    yield "exhibit_no", attachment.exhibit
    yield "exhibit_item", attachment.item_id
    yield "exhibit_kind", attachment.role or attachment.kind.value
    yield "exhibit_caption", attachment.caption or attachment.signer
    yield "exhibit_sha256", attachment.sha256
    if attachment.kind is not AttachmentKind.FILE:
        yield "exhibit_file", attachment.name
