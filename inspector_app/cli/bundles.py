"""`inspector bundle export|import|inspect|upload`: records on a USB stick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector_app.actions.sending import bundles
from inspector_app.cli.calls import Answer, Call, size_words
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code

if TYPE_CHECKING:
    from sync.bundle_format import Manifest
    from sync.relay.spool import Spooled


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
    lines: list[str] = []
    for seen in found:
        if seen.manifest is not None:
            lines.append(_row(call, seen.manifest, receipts=seen.receipts))
        if seen.problem:
            lines.append(call.t("cli.bundle.seen-trouble", id=seen.folder, problem=_problem(call, seen.problem)))
    spoilt = [{"folder": seen.folder, "problem": seen.problem} for seen in found if seen.problem]
    told = {"bundles": [seen.manifest for seen in found if seen.manifest is not None], "problems": spoilt}
    return Answer(told, lines, ExitCode.SYNC if spoilt else ExitCode.OK)


def _row(call: Call, manifest: Manifest, *, receipts: bool) -> str:
    words = {
        "id": manifest.bundle_id,
        "officer": manifest.officer,
        "device": manifest.device_id,
        "made": manifest.created_at,
        "records": manifest.records,
        "files": manifest.blobs,
        "size": size_words(manifest.size),
    }
    back = call.t("cli.bundle.has-receipts" if receipts else "cli.bundle.no-receipts")
    return " · ".join((call.t("cli.bundle.row", **words), _reader(call, manifest.office), back))


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
            back = call.t("cli.bundle.receipts-on-stick") if one.receipts_back else ""
            lines.append(call.t("cli.bundle.filed", **words, refused=len(one.refused), back=back))
            lines += [
                call.t("cli.bundle.refused", revision=revision, problem=_problem(call, code))
                for revision, code in one.refused
            ]
        if one.problem:
            key = _trouble_key(one.problem) if one.done else "cli.bundle.not-taken"
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


def _receipts_are_back(one: Spooled) -> bool:
    return bool(one.received or one.held) and one.problem != bundles.NOT_WRITTEN


def _trouble_key(problem: str) -> str:
    """Return how to begin a bundle's trouble: one whose receipts were not written is whole all the same."""
    return "cli.bundle.all-filed" if problem == bundles.NOT_WRITTEN else "cli.bundle.broke-off"


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
            back=call.t("cli.bundle.receipts-on-stick") if _receipts_are_back(one) else "",
        )
        for one in done
    ]
    lines += [
        call.t(_trouble_key(one.problem), id=one.folder, problem=_problem(call, one.problem))
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
    return explain_code(what, call.texts).text(call.texts.language)


def _receipts(call: Call) -> Answer:
    with call.store() as store:
        told = bundles.take(store, call.arguments.stick, clock=call.clock)
    words = {"taken": told.taken, "others": told.others, "refused": told.refused, "waiting": told.waiting}
    words |= {"relayed": told.relayed, "known": told.known}
    lines = [call.t("cli.bundle.receipts", **words)]
    lines += [
        call.t("cli.bundle.seen-trouble", id=folder, problem=_problem(call, what)) for folder, what in told.troubles
    ]
    code = ExitCode.NOT_PROVEN if told.refused else ExitCode.SYNC if told.troubles else ExitCode.OK
    return Answer({**words, "troubles": dict(told.troubles)}, lines, code)
