"""A record from its start to just before sealing: begin, open, answer, list."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checklists.clock import Clock, IdMaker, stamp
from checklists.errors import AnswerError, NotFoundError
from checklists.model import (
    Attachment,
    Changes,
    InspectionResult,
    NodeRef,
    Officer,
    Problem,
    RecordState,
    RecordSummary,
    Site,
    Verdict,
    Visit,
    VisitKind,
)
from inspector_app.actions.inspection import authority
from inspector_app.actions.inspection import findings as finding_actions
from inspector_app.actions.inspection.answering import Resolver, Setting
from inspector_app.actions.inspection.opened import OpenRecord
from inspector_app.actions.reference import checklists as checklist_actions
from inspector_app.actions.reference import handbook

if TYPE_CHECKING:
    from checklists.authoring.catalogue import Catalogue
    from checklists.items import ChecklistOutline
    from checklists.session import ChangeSet, FormSession
    from checklists.store import Store
    from checklists.xform import FormDefinition


class NotRelevantError(AnswerError):
    """The node is not asked in this inspection; `item` in data."""

    code = "not-relevant"


@dataclass(frozen=True, slots=True)
class Started:
    """A new record of a new visit."""

    record_id: str
    visit_id: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did: the nodes that changed by what was written, what still stands in the way of sealing."""

    changed: tuple[Setting, ...]
    problems: tuple[Problem, ...]
    answered: int
    total: int
    changes: Changes


def start(
    store: Store,
    *,
    site: Site,
    form_id: str,
    team: Sequence[Officer],
    clock: Clock,
    ids: IdMaker,
    visit_kind: VisitKind = VisitKind.PLANNED,
    language: str = "th",
    ground: str = "",
) -> Started:
    """Begin a visit at the site with one record on the newest version of the checklist.

    `ground` is why the officer goes on where appointment or hours of entry do not cover the visit
    (`authority.warnings`). Raises `EditionError` for a checklist that came unsigned or was recalled.
    """
    pin, definition = checklist_actions.definition(store, form_id)
    handbook.refuse_unsigned(store, pin)
    now = stamp(clock.now())
    visit = Visit(ids.new(), site, kind=visit_kind, started_at=now, team=tuple(team))
    warned = authority.warnings(store, form_id, site, clock=clock) if ground.strip() else ()
    visit = authority.with_ground(visit, warned, ground, language=language) if warned else visit
    pin = handbook.confirmed_pin(store, pin, _outline(definition, handbook.catalogue(store)))
    changes = store.checklists.put(pin, definition.xml) | store.visits.start(visit)
    if warned:
        changes |= authority.note_ground(store, visit.visit_id, warned, ground, person=_author(team).name, clock=clock)
    record_id = ids.new()
    session = _new_session(definition, visit, clock, store)
    draft = replace(session.to_draft(), language=language)
    changes |= store.records.create(
        record_id=record_id, visit_id=visit.visit_id, form=pin, draft=draft, author=_author(team)
    )
    result = _opened(store, record_id, session, visit, ()).evaluate()
    changes |= store.records.save_answers(record_id, progress=progress_of(result))
    return Started(record_id, visit.visit_id, changes)


def _author(team: Sequence[Officer]) -> Officer:
    return next((officer for officer in team if officer.lead), team[0])


def _new_session(definition: FormDefinition, visit: Visit, clock: Clock, store: Store) -> FormSession:
    from checklists import items
    from checklists.session import ClientInfo, FormSession

    client = ClientInfo(deviceid=store.keys.device_id, username=store.keys.person_name)
    preset = items.visit_preset(visit)
    known = {question.path for question in definition.questions}
    return FormSession(
        definition, clock=clock, client=client, preset={path: value for path, value in preset.items() if path in known}
    )


SHORTEST_ENDING = 4
"""Characters of a record id: with fewer, a slip of the finger names some record by chance."""


class NotSealedError(AnswerError):
    """Only a sealed record can be corrected; a draft is simply changed. `record` in data."""

    code = "not-sealed"


def correct(store: Store, record_id: str, *, reason: str, author: Officer) -> Changes:
    """Open a draft on top of the sealed revision. Raises `NotSealedError`, and `AnswerError` without a reason."""
    if store.records.summary(record_id).state is RecordState.DRAFT:
        raise NotSealedError(record=record_id)
    if not reason.strip():
        raise NoReasonError(record=record_id)
    changes = store.records.begin_correction(record_id, reason=reason.strip(), author=author)
    return changes | finding_actions.restored(store, record_id)


class NoReasonError(AnswerError):
    """A correction needs a reason; `record` in data."""

    code = "no-reason"


def full_id(store: Store, text: str) -> str:
    """Return the record id that ends in `text` (four characters or more), so that people need not type all 36.

    Raises `NotFoundError` where none or several end so.
    """
    ending = text.strip()
    found = store.records.ids_ending(ending)
    if len(found) != 1 or len(ending) < SHORTEST_ENDING:
        raise NotFoundError(kind="record", key=text)
    return found[0]


def load(store: Store, record_id: str, *, clock: Clock) -> OpenRecord:
    """Open a draft where it stood. Raises `NotFoundError`, or `SealedRecordError` for a record that is no draft."""
    from checklists.session import ClientInfo, FormSession

    summary, draft = store.records.summary(record_id), store.records.draft(record_id)
    definition = checklist_actions.stored(store, draft.form_sha256)
    client = ClientInfo(deviceid=store.keys.device_id, username=store.keys.person_name)
    session = FormSession(definition, clock=clock, client=client, draft=draft)
    visit, attachments = store.visits.get(summary.visit_id), store.attachments.list(record_id)
    return _opened(store, record_id, session, visit, attachments)


def _opened(
    store: Store, record_id: str, session: FormSession, visit: Visit, attachments: tuple[Attachment, ...]
) -> OpenRecord:
    definition = session.definition
    catalogue = handbook.catalogue(store)
    outline, edits = _outline(definition, catalogue), finding_actions.edits(store, record_id)
    return OpenRecord(record_id, session, definition, outline, catalogue, visit, attachments, edits)


@functools.lru_cache(maxsize=16)
def _outline(definition: FormDefinition, catalogue: Catalogue) -> ChecklistOutline:
    """Return the outline of a form; it is frozen, and making it takes 50 ms for 100 items."""
    from checklists import items

    return items.outline(definition, catalogue)


def resolver(opened: OpenRecord, *, clock: Clock) -> Resolver:
    """Return what finds nodes of this record by what people call them."""
    paths = [question.path for question in opened.definition.questions]
    return Resolver(opened.outline, paths, opened.session.node, today=clock.now().date())


def answer(store: Store, opened: OpenRecord, answers: Mapping[str, object], *, clock: Clock) -> Answered:
    """Set all answers and make them durable in one step, or none of them where one does not fit."""
    settings = resolver(opened, clock=clock).settings(answers)
    before = {s.path: opened.session.node(s.path).value for s in settings}
    change_set = set_all(opened.session, settings)
    result = opened.evaluate()
    answered, total = progress_of(result)[:2]
    changes = store.records.save_answers(
        opened.record_id,
        change_set.answers,
        rows=change_set.rows,
        removed_rows=change_set.removed_rows,
        cursor=NodeRef(settings[-1].path) if settings else None,
        progress=progress_of(result),
    )
    changed = tuple(s for s in settings if before[s.path] != s.value)
    return Answered(changed, result.problems, answered, total, changes)


def set_all(session: FormSession, settings: Sequence[Setting]) -> ChangeSet:
    """Set values as one change. Raises where one is refused or would lie on a hidden node; open the record anew then:
    nothing of it was stored.
    """
    with session.transaction() as changed:
        for setting in settings:
            session.set_value(setting.path, setting.value)
    for setting in settings:
        if setting.value and not session.node(setting.path).relevant:
            raise NotRelevantError(item=setting.item_id or setting.key, name=setting.item_id or setting.key)
    return changed()


def progress_of(result: InspectionResult) -> tuple[int, int, int]:
    """Return (answered, total, failed) as the lists show it."""
    return sum(item.answered for item in result.items), len(result.items), result.count(Verdict.FAIL)


def last_team(store: Store) -> tuple[Officer, ...]:
    """Return the team of the last visit, to be taken over by one key."""
    return next((visit.team for visit in store.visits.list(limit=20) if visit.team), ())


def summaries(store: Store, state: RecordState | None = None, *, limit: int = 200) -> tuple[RecordSummary, ...]:
    """Return the rows of the record lists, the newest first."""
    return store.records.list(None if state is None else (state,), limit=limit)
