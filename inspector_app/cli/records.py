"""`inspector new|answer|finalise|records|show`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from checklists.errors import AnswerError
from checklists.model import Problem, RecordState, RecordSummary, Site, VisitKind
from inspector_app.actions.factories import sites
from inspector_app.actions.inspection import authority, records, sealing
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.parser import UsageError
from inspector_app.cli.table import ExitCode

if TYPE_CHECKING:
    from checklists.findings.authority import Warned
    from checklists.store import Store


class AnswersFileError(AnswerError):
    """The file is no JSON object; `file`, `line` in data."""

    code = "answers-file"


def new(call: Call) -> Answer:
    """Start a visit with a record; the record id alone is the last line, for scripts."""
    given = call.arguments
    with call.store() as store:
        site = _site(call, store)
        warned = authority.warnings(store, given.checklist, site, clock=call.clock)
        started = records.start(
            store,
            site=site,
            form_id=given.checklist,
            visit_kind=_visit_kind(given.visit_kind),
            team=(workspace.officer(store),),
            clock=call.clock,
            ids=call.ids,
            language=call.texts.language,
            ground=_ground(call, warned),
        )
    said = call.t("cli.new.done", record=started.record_id, site=site.name_th, form=given.checklist)
    data = {"record_id": started.record_id, "visit_id": started.visit_id, "site": site, "warnings": warned}
    return Answer(data, [*_warned(call, warned), said, started.record_id])


def _ground(call: Call, warned: Sequence[Warned]) -> str:
    """Return the ground for going on: as given, or asked of a person at the terminal; '' where nobody can be asked."""
    given: str = call.arguments.ground
    if not warned or given or call.arguments.json or not sys.stdin.isatty():
        return given
    for line in _warned(call, warned):
        call.say(line)
    return input(call.t("cli.ask.ground"))


def _warned(call: Call, warned: Sequence[Warned]) -> list[str]:
    """Return what the officer's appointment or the hours of the Act do not cover, with its law."""
    language = call.texts.language
    lines = [f"▲ {one.message.in_language(language)} ({one.law.title.in_language(language)})" for one in warned]
    return [*lines, call.t("cli.new.no-ground")] if warned and not call.arguments.ground else lines


def _site(call: Call, store: Store) -> Site:
    given = call.arguments
    ways = [way for way in (given.factory, given.site, given.unregistered) if way is not None]
    if len(ways) != 1:
        raise UsageError(detail="new: --factory NO / --site KIND:ID / --unregistered FILE.json")
    if given.unregistered is not None:
        return sites.describe(store, sites.read_description(given.unregistered), ids=call.ids)[0]
    return sites.find(store, given.factory or given.site)


def _visit_kind(text: str) -> VisitKind:
    try:
        return VisitKind(text)
    except ValueError as error:
        raise UsageError(detail=f"new: --visit-kind {text}") from error


def answer(call: Call) -> Answer:
    """Set answers from a file, `-` for the standard input; print what changed and what is missing."""
    answers = _answers(call.arguments.file)
    with call.store() as store:
        record_id = records.full_id(store, call.arguments.record)
        warned = authority.for_record(store, record_id, clock=call.clock)
        if warned and (ground := _ground(call, warned)):
            visit_id, person = store.records.summary(record_id).visit_id, workspace.officer(store).name
            authority.record_ground(store, visit_id, warned, ground, person=person, clock=call.clock)
        done = records.answer(store, records.load(store, record_id, clock=call.clock), answers, clock=call.clock)
    blocking = [p for p in done.problems if p.blocking]
    lines = _warned(call, warned)
    lines += [call.t("cli.answer.changed", count=len(done.changed), answered=done.answered, total=done.total)]
    lines += [f"  {s.key} = {s.value}" for s in done.changed]
    lines += [call.t("cli.answer.missing", count=len(blocking)) if blocking else call.t("cli.answer.complete")]
    lines += [_problem(call, p) for p in blocking]
    data = {
        "record_id": record_id,
        "changed": [{"key": s.key, "item": s.item_id, "path": s.path, "value": s.value} for s in done.changed],
        "missing": blocking,
        "answered": done.answered,
        "total": done.total,
        "warnings": warned,
    }
    return Answer(data, lines)


def _answers(file: str) -> Mapping[str, object]:
    try:
        text = sys.stdin.read() if file == "-" else _text(file)
        found = json.loads(text)
    except (ValueError, UnicodeDecodeError) as error:
        raise AnswersFileError(file=file, line=getattr(error, "lineno", "")) from error
    if not isinstance(found, dict):
        raise AnswersFileError(file=file)
    return found


def _text(file: str) -> str:
    from pathlib import Path

    return Path(file).read_text(encoding="utf-8-sig")


def _problem(call: Call, problem: Problem) -> str:
    return f"  {problem.item_id:<9} {problem.message.in_language(call.texts.language)}"


def finalise(call: Call) -> Answer:
    """Seal, or list what is missing with exit code 3."""
    with call.store() as store:
        record_id = records.full_id(store, call.arguments.record)
        opened = records.load(store, record_id, clock=call.clock)
        done = sealing.finalise(store, opened, clock=call.clock, reason=call.arguments.reason)
    findings, attachments = len(done.result.findings), len(opened.attachments)
    lines = [
        call.t("cli.finalise.done", findings=findings, attachments=attachments),
        call.t("cli.finalise.digest", digest=done.digest),
    ]
    data = {
        "record_id": record_id,
        "digest": done.digest,
        "overall": done.result.overall,
        "findings": done.result.findings,
        "attachments": attachments,
    }
    return Answer(data, lines)


def correct(call: Call) -> Answer:
    """Open a new version of a sealed record; the sealed one stays readable. `finalise` seals the new one."""
    with call.store() as store:
        record_id = records.full_id(store, call.arguments.record)
        records.correct(store, record_id, reason=call.arguments.reason, author=workspace.officer(store))
    return Answer({"record_id": record_id}, [call.t("cli.correct.done", record=record_id), record_id])


def show_list(call: Call) -> Answer:
    state = RecordState(call.arguments.state) if call.arguments.state else None
    with call.store(readonly=True) as store:
        wanted = call.arguments.search
        rows = store.records.search(wanted, limit=200) if wanted else records.summaries(store, state)
    rows = tuple(row for row in rows if state is None or row.state is state)
    return Answer({"records": rows}, [_row(call, row) for row in rows] or [call.t("cli.records.none")])


def _row(call: Call, row: RecordSummary) -> str:
    return call.t(
        "cli.records.row",
        record=row.record_id,
        state=call.t(f"cli.state.{row.state.value}"),
        answered=row.answered,
        total=row.total,
        failed=row.failed,
        site=row.site.name_th,
    )


def show(call: Call) -> Answer:
    """Print a record: the sealed envelope, or where a draft stands."""
    with call.store(readonly=True) as store:
        record_id = records.full_id(store, call.arguments.record)
        summary = store.records.summary(record_id)
        with closing(_Shown(call, store, record_id)) as shown:
            data, lines = shown.draft() if summary.state is RecordState.DRAFT else shown.sealed()
        receipts = store.outbox.receipts(record_id)
    lines += [call.t("cli.sync.received", receipt=r.receipt_id, record=r.received_at) for r in receipts]
    return Answer({"summary": summary, "receipts": receipts, **data}, [_row(call, summary), *lines], ExitCode.OK)


class _Shown:
    """The two ways in which a record is shown."""

    def __init__(self, call: Call, store: Store, record_id: str) -> None:
        self._call, self._store, self._record_id = call, store, record_id

    def close(self) -> None:
        """Nothing is held."""

    def draft(self) -> tuple[dict[str, Any], list[str]]:
        opened = records.load(self._store, self._record_id, clock=self._call.clock)
        result = opened.evaluate()
        lines = [f"  {i.number:<6} {i.verdict or '-'!s:<8} {i.value} {i.note}" for i in result.items if i.answered]
        return {"result": result, "attachments": opened.attachments}, lines

    def sealed(self) -> tuple[dict[str, Any], list[str]]:
        from checklists.sealing import parse_envelope

        sealed = self._store.records.sealed(self._record_id)
        envelope = parse_envelope(sealed.envelope)
        items = (item for section in envelope["sections"] for item in section["items"])
        lines = [f"  {i['number']:<6} {i['verdict'] or '-':<8} {i['value']} {i['note']}" for i in items]
        lines.insert(0, self._call.t("cli.finalise.digest", digest=sealed.digest))
        return {"digest": sealed.digest, "key_id": sealed.key_id, "envelope": envelope}, lines
