"""`inspector verify` and `inspector doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from inspector_app.actions.afterwards import checkup, papers
from inspector_app.actions.afterwards.checkup import Check, Outcome
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call, NoPassphraseError
from inspector_app.cli.table import ExitCode

if TYPE_CHECKING:
    from checklists.store import Store


def verify(call: Call) -> Answer:
    """Prove the sealed records, or a printed file; exit code 9 when something is not as it was sealed."""
    if call.arguments.file is not None:
        return _paper(call, call.arguments.file)
    with call.store(readonly=True) as store:
        return _answer(call, checkup.verify(store, files=not call.arguments.quick))


def _paper(call: Call, file: Path) -> Answer:
    """Read a PDF back; the workspace's keys and records help where there is one that can be opened without asking."""
    with _store_at_hand(call) as store:
        found = papers.verify_file(file, store)
    told = _answer(call, found.checks)
    head = call.t(f"report.verify.head.{found.kind}", record=found.record_id, digest=found.digest)
    outcome = "good" if found.good else "unknown" if found.kind == "unknown" else "bad"
    result = call.t(f"report.verify.result.{outcome}")
    data = {**told.data, "good": found.good, "kind": found.kind, "record_id": found.record_id, "digest": found.digest}
    return Answer(data, [head, *told.lines, result], ExitCode.OK if found.good else ExitCode.NOT_PROVEN)


def _store_at_hand(call: Call) -> AbstractContextManager[Store | None]:
    if not workspace.exists(call.workspace):
        return nullcontext()
    try:
        return call.store(readonly=True)
    except NoPassphraseError:
        return nullcontext()


def doctor(call: Call) -> Answer:
    """Look at the computer and the workspace; exit code 9 when something wants a person."""
    with call.store(readonly=True) as store:
        return _answer(call, checkup.doctor(call.workspace, store))


def _answer(call: Call, checks: Sequence[Check]) -> Answer:
    lines: list[str] = []
    for outcome in Outcome:
        found = [c for c in checks if c.outcome is outcome]
        if found:
            lines.append(call.t(f"cli.checks.{outcome.value}"))
            lines += [f"  {call.t(c.key, **c.values)}" for c in found]
    fine = all(c.good for c in checks)
    told = [{"name": c.name, "outcome": c.outcome, "words": call.texts.words(c.key, **c.values)} for c in checks]
    return Answer({"good": fine, "checks": told}, lines, ExitCode.OK if fine else ExitCode.NOT_PROVEN)
