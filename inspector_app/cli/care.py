"""`inspector backup` and `inspector restore`."""

from __future__ import annotations

from inspector_app.actions.laptop import care, workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode


def back_up(call: Call) -> Answer:
    """Make a checked backup; with `--to` a copy of the whole workspace, also of one that may only be read.

    Exit code 5 where space is short.
    """
    with call.store(readonly=call.arguments.to is not None) as store:
        made = care.back_up(store, call.arguments.to)
    if made is None:
        return Answer({"backup": None}, [call.t("cli.backup.no-room")], ExitCode.STORAGE)
    return Answer({"backup": str(made)}, [call.t("cli.backup.done", file=made)])


def restore(call: Call) -> Answer:
    """Without a name list the backups; with one put it in the place of the database, which is moved aside."""
    workspace.check(call.workspace)
    name = call.arguments.backup
    if not name:
        every = care.listed(call.workspace)
        lines = [call.t("cli.backup.row", file=b.path.name, size=b.size) for b in every]
        told = [{"name": b.path.name, "size": b.size} for b in every]
        return Answer({"backups": told}, lines or [call.t("cli.backup.none")])
    keys = workspace.sign_in(call.workspace, passphrase=call.passphrase(), clock=call.clock)
    done = care.restore(call.workspace, keys, name, clock=call.clock)
    lines = [call.t("cli.restore.done", file=done.backup.name), call.t("cli.restore.aside", file=done.aside.name)]
    return Answer({"backup": str(done.backup), "aside": str(done.aside)}, lines)
