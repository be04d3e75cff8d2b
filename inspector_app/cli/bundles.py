"""`inspector bundle export|import|inspect`: records on a USB stick."""

from __future__ import annotations

from checklists.model import to_json
from inspector_app.actions import bundles
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode


def export(call: Call) -> Answer:
    """Write what waits to the stick; `--dry-run` only says how much it would be."""
    given = call.arguments
    with call.store() as store:
        if given.dry_run:
            found = bundles.preview(store)
            held = {"records": found.records, "files": found.blobs, "size": found.size}
            return Answer(held, [call.t("cli.bundle.preview", **held)])
        done = bundles.export(store, given.stick, clock=call.clock)
    manifest = done.manifest
    words = {"folder": str(done.folder), "records": manifest.records, "files": manifest.blobs, "size": manifest.size}
    lines = [call.t("cli.bundle.exported", **words)]
    lines += [call.t("cli.bundle.left-behind", record=record) for record in done.left_behind]
    code = ExitCode.SYNC if done.left_behind else ExitCode.OK
    return Answer({**words, "bundle_id": manifest.bundle_id, "left_behind": done.left_behind}, lines, code)


def inspect(call: Call) -> Answer:
    """Show laptop, officer, counts and size; the content stays unreadable."""
    found = bundles.inspect(call.arguments.stick)
    lines = [
        call.t(
            "cli.bundle.row",
            id=m.bundle_id,
            officer=m.officer,
            device=m.device_id,
            made=m.created_at,
            records=m.records,
            files=m.blobs,
            size=m.size,
        )
        for m in found
    ]
    return Answer({"bundles": found}, lines)


def import_(call: Call) -> Answer:
    """At the centre (`--data`) file what is on the stick; on the laptop take the receipts that came back."""
    given = call.arguments
    return _at_centre(call) if given.data is not None else _receipts(call)


def _at_centre(call: Call) -> Answer:
    done = bundles.file_at_centre(call.arguments.data, call.arguments.stick)
    lines: list[str] = []
    for one in done:
        words = {"id": one.manifest.bundle_id, "received": len(one.receipts), "pending": len(one.pending)}
        lines.append(call.t("cli.bundle.filed", **words, refused=len(one.refused)))
        if one.problem:
            lines.append(call.t("cli.bundle.broke-off", problem=one.problem))
    told = [
        {
            "bundle_id": one.manifest.bundle_id,
            "received": sorted(one.receipts),
            "pending": sorted(one.pending),
            "refused": one.refused,
            "problem": one.problem,
        }
        for one in done
    ]
    whole = not any(one.refused or one.pending or one.problem for one in done)
    return Answer({"bundles": to_json(told)}, lines, ExitCode.OK if whole else ExitCode.SYNC)


def _receipts(call: Call) -> Answer:
    with call.store() as store:
        told = bundles.take(store, call.arguments.stick)
    words = {"taken": told.taken, "others": told.others, "refused": told.refused, "waiting": told.waiting}
    code = ExitCode.NOT_PROVEN if told.refused else ExitCode.OK
    return Answer(words, [call.t("cli.bundle.receipts", **words)], code)
