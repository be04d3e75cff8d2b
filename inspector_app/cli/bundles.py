"""`inspector bundle export|import|inspect|upload`: records on a USB stick."""

from __future__ import annotations

from inspector_app.actions.sending import bundles
from inspector_app.cli.calls import Answer, Call, size_words
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code


def export(call: Call) -> Answer:
    """Write what waits to the stick; `--dry-run` only says how much it would be."""
    given = call.arguments
    to = bundles.Addressee(given.to)
    with call.store() as store:
        if given.office_file is not None:
            bundles.learn_office(store, given.office_file, given.word)
            to = bundles.Addressee.OFFICE
        if given.dry_run:
            found = bundles.preview(store)
            held = {"records": found.records, "files": found.blobs, "size": found.size}
            return Answer(held, [call.t("cli.bundle.preview", **{**held, "size": size_words(found.size)})])

        def tell(number: int, of: int) -> None:
            call.say(call.t("cli.bundle.progress", number=number, of=of))

        parts = max(0, given.part_bytes)
        done = bundles.export(store, given.stick, clock=call.clock, to=to, part_bytes=parts, progress=tell)
    manifest = done.manifest
    words = {"folder": str(done.folder), "records": manifest.records, "files": manifest.blobs, "size": manifest.size}
    lines = [call.t("cli.bundle.exported", **words), _reader(call, manifest.office)]
    lines += [call.t("cli.bundle.left-behind", record=record) for record in done.left_behind]
    code = ExitCode.SYNC if done.left_behind else ExitCode.OK
    told = {**words, "bundle_id": manifest.bundle_id, "office": manifest.office, "left_behind": done.left_behind}
    return Answer(told, lines, code)


def _reader(call: Call, office: str) -> str:
    """Say who alone can read a bundle."""
    return call.t("cli.bundle.for-office", office=office) if office else call.t("cli.bundle.for-centre")


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
            size=size_words(m.size),
        )
        + " · "
        + _reader(call, m.office)
        for m in found
    ]
    return Answer({"bundles": found}, lines)


def import_(call: Call) -> Answer:
    """At the centre (`--data`) or office (`--relay`) take in what is on the stick; on the laptop take its receipts."""
    given = call.arguments
    if given.relay is not None:
        return _into_relay(call)
    return _told(call, bundles.file_at_centre(given.data, given.stick)) if given.data is not None else _receipts(call)


def upload(call: Call) -> Answer:
    """Hand the stick's bundles to the centre over this computer's line; the receipts go back onto the stick."""
    given = call.arguments
    if given.dry_run:
        return inspect(call)
    said: dict[str, int] = {}

    def tell(bundle_id: str, at: int, whole: int) -> None:
        """Say each tenth of a bundle once."""
        tenth = 10 * at // whole
        if tenth > said.setdefault(bundle_id, 0):
            said[bundle_id] = tenth
            call.say(call.t("cli.bundle.uploading", id=bundle_id, percent=10 * tenth))

    with call.store() as store:
        done = bundles.upload(store, given.stick, clock=call.clock, progress=tell)
    return _told(call, done)


def _told(call: Call, done: tuple[bundles.Outcome, ...]) -> Answer:
    lines: list[str] = []
    for one in done:
        name = one.bundle_id or one.folder
        if one.done:
            words = {"id": name, "received": len(one.received), "pending": len(one.pending)}
            lines.append(call.t("cli.bundle.filed", **words, refused=len(one.refused)))
        if one.problem:
            key = "cli.bundle.broke-off" if one.done else "cli.bundle.not-taken"
            lines.append(call.t(key, id=name, problem=_problem(call, one.problem, one.office)))
    told = [
        {
            "folder": one.folder,
            "bundle_id": one.bundle_id,
            "received": one.received,
            "pending": one.pending,
            "refused": dict(one.refused),
            "problem": one.problem,
            "done": one.done,
            "office": one.office,
        }
        for one in done
    ]
    return Answer({"bundles": told}, lines, ExitCode.OK if all(one.whole for one in done) else ExitCode.SYNC)


def _into_relay(call: Call) -> Answer:
    done = bundles.hand_to_relay(call.arguments.relay, call.arguments.stick, clock=call.clock)
    lines = [
        call.t(
            f"cli.bundle.spooled-{one.state}",
            folder=one.folder,
            officer=one.officer,
            records=one.records,
            received=one.received,
            held=one.held,
            pending=one.pending,
            declined=one.declined,
            problem=_problem(call, one.problem, one.office) if one.problem else "",
        )
        for one in done
    ]
    lines += [
        call.t("cli.bundle.broke-off", problem=_problem(call, one.problem))
        for one in done
        if one.problem and one.state == "opened"
    ]
    whole = not any(one.problem or one.declined for one in done)
    return Answer({"bundles": [one.to_json() for one in done]}, lines, ExitCode.OK if whole else ExitCode.SYNC)


def _problem(call: Call, what: str, office: str = "") -> str:
    """Return a bundle's trouble in words, with what to do; a code of the centre has words of its own."""
    key = f"errors.bundle.{what}"
    if call.texts.has(f"{key}.what"):
        return f"{call.t(f'{key}.what', office=office)} {call.t(f'{key}.todo', office=office)}"
    return explain_code(what, call.texts).what.in_language(call.texts.language)


def _receipts(call: Call) -> Answer:
    with call.store() as store:
        told = bundles.take(store, call.arguments.stick, clock=call.clock)
    words = {"taken": told.taken, "others": told.others, "refused": told.refused, "waiting": told.waiting}
    words["relayed"] = told.relayed
    code = ExitCode.NOT_PROVEN if told.refused else ExitCode.OK
    return Answer(words, [call.t("cli.bundle.receipts", **words)], code)
