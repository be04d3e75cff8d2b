"""`inspector admin ministry …`: the queue towards the ministry's own system."""

from __future__ import annotations

import dataclasses

from inspector_app.actions.serving import ministry
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.command import ExitCode


def status(call: Call) -> Answer:
    """Print how many wait, were taken or are parked, and why."""
    found = ministry.status(call.arguments.data)
    lines = [call.t("cli.ministry.counts", **found.counts)]
    for revision, state, outcome, attempts, next_at in found.troubles:
        why = call.t(f"cli.ministry.{outcome}")
        what = call.t("cli.ministry.row", revision=revision, why=why, attempts=attempts)
        lines.append(what if state == "parked" else f"{what} {call.t('cli.ministry.next', at=next_at)}")
    return Answer({"counts": dict(found.counts), "troubles": [list(t) for t in found.troubles]}, lines)


def run(call: Call) -> Answer:
    """Hand over what is due; exit code 8 while something was refused or put off."""
    done = ministry.run(call.arguments.data, limit=call.arguments.limit)
    told = dataclasses.asdict(done)
    lines = [call.t("cli.ministry.done", **told)]
    if done.stopped:
        lines.append(call.t(f"cli.ministry.{done.stopped}"))
    trouble = done.again or done.parked or done.stopped
    return Answer(told, lines, ExitCode.SYNC if trouble else ExitCode.OK)


def retry(call: Call) -> Answer:
    ministry.retry(call.arguments.data, call.arguments.revision)
    return Answer({"revision": call.arguments.revision}, [call.t("cli.ministry.back")])
