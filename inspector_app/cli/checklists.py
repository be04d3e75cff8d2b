"""`inspector checklists list|check|import`."""

from __future__ import annotations

from collections.abc import Iterator

from checklists.model import FormPin
from inspector_app.actions import checklists as actions
from inspector_app.actions.checklists import Remark
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode
from inspector_app.messages import place_words


def show_list(call: Call) -> Answer:
    """List the bundled checklists, and those of the workspace where there is one."""
    from inspector_app.actions import workspace

    if workspace.exists(call.workspace):
        with call.store(readonly=True) as store:
            pins = actions.available(store)
    else:
        pins = actions.bundled()
    return Answer({"checklists": pins}, [_row(call, pin) for pin in pins])


def _row(call: Call, pin: FormPin) -> str:
    status = call.t("cli.checklists.confirmed" if pin.confirmed else "cli.checklists.draft")
    title = pin.title.in_language(call.texts.language)
    return call.t("cli.checklists.row", id=pin.form_id, version=pin.version, title=title, status=status)


def check(call: Call) -> Answer:
    """Show every mistake with its place, in both languages; exit code 4 where the checklist cannot be used."""
    checked = actions.check(call.arguments.file, today=call.clock.now().date())
    lines = [line for remark in checked.remarks for line in _remark(call, remark)]
    if checked.pin is not None:
        lines.append(_row(call, checked.pin))
    lines.append(call.t("cli.checklists.good", items=checked.items) if checked.good else _both(call, "refused"))
    data = {"checklist": checked.pin, "items": checked.items, "good": checked.good, "remarks": checked.remarks}
    return Answer(data, lines, ExitCode.OK if checked.good else ExitCode.AUTHOR)


def _remark(call: Call, remark: Remark) -> Iterator[str]:
    place = place_words(call.texts, remark.place)
    mark = {"error": "✕", "warning": "▲"}.get(remark.severity, "·")
    for language, words, suggestion in (
        ("th", remark.words.th, remark.suggestion.th),
        ("en", remark.words.en, remark.suggestion.en),
    ):
        where = place.in_language(language)
        yield f"{mark if language == 'th' else ' '} {words}{f' ({where})' if where else ''} {suggestion}".rstrip()


def _both(call: Call, name: str) -> str:
    words = call.texts.words(f"cli.checklists.{name}")
    return f"{words.th} · {words.en}"


def export(call: Call) -> Answer:
    given = call.arguments
    actions.export(given.id, given.output)
    return Answer({"file": str(given.output)}, [call.t("cli.checklists.exported", id=given.id, file=given.output)])


def compare(call: Call) -> Answer:
    """Show what an edited workbook or YAML changes, as sentences an official can read."""
    form_id, changes, remarks = actions.compare(call.arguments.file)
    lines = [line for remark in remarks for line in _remark(call, remark)]
    lines += [change.in_language(call.texts.language) for change in changes]
    lines.append(call.t("cli.checklists.changes", id=form_id, count=len(changes)))
    return Answer({"id": form_id, "changes": changes, "remarks": remarks}, lines)


def import_file(call: Call) -> Answer:
    with call.store() as store:
        pin, _ = actions.import_file(store, call.arguments.file)
    return Answer({"checklist": pin}, [call.t("cli.checklists.imported", id=pin.form_id, version=pin.version)])
