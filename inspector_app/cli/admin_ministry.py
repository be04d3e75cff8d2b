"""`inspector admin ministry …`: the queue towards the ministry's own system."""

from __future__ import annotations

import dataclasses
import json

from inspector_app.actions.serving import ministry
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.command import ExitCode


def status(call: Call) -> Answer:
    """Print how many wait, were taken or are parked, and why."""
    found = ministry.status(call.arguments.data)
    counts = {state.replace("-", "_"): count for state, count in found.counts.items()}
    lines = [call.t("cli.ministry.counts", **counts)]
    for one in found.troubles:
        why = call.t(f"cli.ministry.{one.outcome}")
        line = call.t("cli.ministry.row", revision=one.revision_id, why=why, attempts=one.attempts)
        lines.append(line if one.state == "parked" else f"{line} {call.t('cli.ministry.next', at=one.next_at)}")
        if one.detail:
            lines.append("    " + call.t("cli.ministry.answered", detail=one.detail))
    return Answer({"counts": dict(found.counts), "troubles": [dataclasses.asdict(t) for t in found.troubles]}, lines)


def run(call: Call) -> Answer:
    """Hand over what is due; exit code 8 while something was refused or put off."""
    done = ministry.run(call.arguments.data, limit=call.arguments.limit)
    told = dataclasses.asdict(done)
    lines = [call.t("cli.ministry.done", **told)]
    if done.stopped:
        lines.append(call.t(f"cli.ministry.{done.stopped}"))
    if done.detail:
        lines.append("    " + call.t("cli.ministry.answered", detail=done.detail))
    trouble = done.again or done.parked or done.stopped
    return Answer(told, lines, ExitCode.SYNC if trouble else ExitCode.OK)


def preview(call: Call) -> Answer:
    """Print what would be sent of a record, and the fields that it has no value for; nothing is sent."""
    found = ministry.preview(call.arguments.data, call.arguments.record or "")
    headers = ", ".join(found.headers) or "-"
    lines = [call.t("cli.ministry.would", url=found.url, headers=headers)]
    lines += json.dumps(found.body, ensure_ascii=False, indent=1, sort_keys=True).splitlines()
    if found.empty:
        lines.append(call.t("cli.ministry.empty", names=", ".join(found.empty)))
    return Answer({"preview": dataclasses.asdict(found)}, lines)


def retry(call: Call) -> Answer:
    ministry.retry(call.arguments.data, call.arguments.revision)
    return Answer({"revision": call.arguments.revision}, [call.t("cli.ministry.back")])
