"""`inspector verify` and `inspector doctor`."""

from __future__ import annotations

from collections.abc import Sequence

from inspector_app.actions import checkup
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode


def verify(call: Call) -> Answer:
    """Prove the sealed records; exit code 9 when something is not as it was sealed."""
    with call.store(readonly=True) as store:
        checks = checkup.verify(store, files=not call.arguments.quick)
    return _answer(call, checks, "cli.verify.good", "cli.verify.bad")


def doctor(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        checks = checkup.doctor(call.workspace, store)
    return _answer(call, checks, "cli.doctor.good", "cli.doctor.bad")


def _answer(call: Call, checks: Sequence[checkup.Check], good: str, bad: str) -> Answer:
    lines = [
        call.t(
            good if c.good else bad,
            what=call.t(f"cli.check.{c.name}", count=c.count, detail=c.detail),
            detail=c.detail,
        )
        for c in checks
    ]
    fine = all(c.good for c in checks)
    return Answer({"good": fine, "checks": checks}, lines, ExitCode.OK if fine else ExitCode.NOT_PROVEN)
