"""`inspector verify` and `inspector doctor`."""

from __future__ import annotations

from collections.abc import Sequence

from inspector_app.actions import checkup
from inspector_app.actions.checkup import Check, Outcome
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode


def verify(call: Call) -> Answer:
    """Prove the sealed records; exit code 9 when something is not as it was sealed."""
    with call.store(readonly=True) as store:
        return _answer(call, checkup.verify(store, files=not call.arguments.quick))


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
