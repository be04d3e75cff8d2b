"""What is left to do before a record can be sealed, with the node to jump to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from checklists.authoring.catalogue import Catalogue
from checklists.findings.digests import content_digest
from checklists.findings.reading import Reading
from checklists.findings.reading import Session as ReadableSession
from checklists.model import (
    Attachment,
    AttachmentKind,
    InspectionResult,
    NodeRef,
    Problem,
    ProblemKind,
    Verdict,
    Visit,
    Words,
)
from checklists.session import Validation

REQUIRED_ROLES = ("officer", "guide")
"""Who signs a record. A witness signs where the guide does not; the refusal carries the witness's name."""


class Session(ReadableSession, Protocol):
    """A session that can also be validated."""

    def validate(self) -> Validation: ...


def problems_of(
    session: Session,
    readings: Sequence[Reading],
    catalogue: Catalogue,
    *,
    result: InspectionResult,
    visit: Visit,
    attachments: Sequence[Attachment],
    signatures_required: bool,
) -> Iterator[Problem]:
    """Yield the problems in the order of the form, signatures last."""
    places = _Places(readings)
    found = [*_unfinished(session.validate(), places, catalogue)]
    for reading in readings:
        found += _of_item(reading, catalogue, attachments)
        told = {problem.path for problem in found}
        found += [problem for problem in _not_applicable(reading, catalogue) if problem.path not in told]
    yield from sorted(found, key=lambda problem: places.order(problem.item_id))
    if signatures_required:
        yield from _signatures(readings, catalogue, result=result, visit=visit, attachments=attachments)


class _Places:
    """Which item a node belongs to, and the order of items."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._by_node: dict[NodeRef, tuple[Reading, str]] = {}
        self._order = {reading.key: index for index, reading in enumerate(readings)}
        for reading in readings:
            item = reading.item
            nodes = {item.reason_path: "reason", item.note_path: "note"}
            nodes |= dict.fromkeys((item.verdict_path, item.skip_path, item.value_path), "answer")
            nodes |= {field.path: "field" for field in item.field_defs}
            self._by_node |= {reading.ref(path): (reading, role) for path, role in nodes.items() if path}

    def find(self, ref: NodeRef) -> tuple[Reading, str] | None:
        return self._by_node.get(ref)

    def order(self, item_id: str) -> int:
        return self._order.get(item_id, -1)


_KIND = {"reason": ProblemKind.REASON, "note": ProblemKind.NOTE}


def _unfinished(validation: Validation, places: _Places, catalogue: Catalogue) -> Iterator[Problem]:
    for ref in validation.missing:
        place = places.find(ref)
        kind = _KIND.get(place[1], ProblemKind.MISSING) if place else ProblemKind.MISSING
        yield _problem(kind, place[0] if place else None, ref.path, catalogue)
    for ref, message in validation.invalid:
        place = places.find(ref)
        problem = _problem(ProblemKind.INVALID, place[0] if place else None, ref.path, catalogue)
        said = Words(f"{problem.message.th} · {message}", f"{problem.message.en} · {message}") if message else None
        yield Problem(problem.kind, problem.item_id, problem.path, said or problem.message)


def _problem(
    kind: ProblemKind,
    reading: Reading | None,
    path: str,
    catalogue: Catalogue,
    *,
    phrase: str = "",
    blocking: bool = True,
    **values: object,
) -> Problem:
    name = path.rsplit("/", 1)[-1]
    title = reading.item.title if reading else Words(name, name)
    message = catalogue.words("problems", phrase or kind.value, title=title, **values)
    return Problem(kind, reading.key if reading else "", path, message, blocking)


def _of_item(reading: Reading, catalogue: Catalogue, attachments: Sequence[Attachment]) -> Iterator[Problem]:
    needed = _evidence_needed(reading)
    if needed and _evidence(reading, attachments) < needed:
        yield _problem(ProblemKind.EVIDENCE, reading, reading.item.answer_path, catalogue, count=needed)
    if reading.verdict is Verdict.OBSERVE and not reading.note and reading.item.note_path:
        path = reading.item.note_path
        yield _problem(ProblemKind.NOTE, reading, path, catalogue, phrase="observe-note", blocking=False)
    if reading.verdict is Verdict.LAB:
        yield _problem(ProblemKind.PENDING_LAB, reading, reading.item.answer_path, catalogue, blocking=False)


def _not_applicable(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """Judge an answer of not applicable by the form's `insp:na`: forbidden, or with a reason where it asks for one."""
    item = reading.item
    if reading.verdict is not Verdict.NA:
        return
    if item.na_rule == "forbidden":
        yield _problem(ProblemKind.INVALID, reading, item.answer_path, catalogue, phrase="na-forbidden")
    place = item.reason_path or item.note_path
    if item.na_rule == "justified" and place and not (reading.reason or reading.note):
        yield _problem(ProblemKind.REASON, reading, place, catalogue)


def _evidence_needed(reading: Reading) -> int:
    """Return how many pieces of evidence an item must have as it is answered now."""
    rule, least = reading.item.evidence_rule, max(1, reading.item.evidence_min)
    if rule == "required" and reading.answered and reading.verdict not in (Verdict.NA, Verdict.CANNOT):
        return least
    failed = reading.verdict is Verdict.FAIL or any(
        found.judgement and found.judgement.verdict is Verdict.FAIL for found in reading.field_judgements
    )
    return least if rule == "required-on-fail" and failed else 0


def _evidence(reading: Reading, attachments: Sequence[Attachment]) -> int:
    kinds = (AttachmentKind.PHOTO, AttachmentKind.FILE)
    return sum(1 for attachment in attachments if attachment.item_id == reading.key and attachment.kind in kinds)


# --- signatures -----------------------------------------------------------------------------------------------------


def _signatures(
    readings: Sequence[Reading],
    catalogue: Catalogue,
    *,
    result: InspectionResult,
    visit: Visit,
    attachments: Sequence[Attachment],
) -> Iterator[Problem]:
    item = next((reading for reading in readings if reading.item.kind == "signature"), None)
    path = item.item.path if item else ""
    key = item.key if item else ""
    digest = ""
    for role in REQUIRED_ROLES:
        bound = [a.bound_to for a in attachments if a.kind is AttachmentKind.SIGNATURE and a.role == role]
        bound += [refusal.bound_to for refusal in visit.refusals if refusal.role == role]
        if bound and not digest:
            digest = content_digest(result)  # costs as much as all the rest: only where somebody has signed
        if any(one in ("", digest) for one in bound):
            continue
        who = catalogue.words("roles", role)
        message = catalogue.words("problems", "signature-void" if bound else f"signature-{role}", role=who)
        yield Problem(ProblemKind.SIGNATURE, key, path, message)
