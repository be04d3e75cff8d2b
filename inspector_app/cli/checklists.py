"""`inspector checklists list|check|import|export|compare|try`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checklists.model import FormPin
from inspector_app.actions.reference import checklists as actions
from inspector_app.actions.reference.checklists import Remark
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.table import ExitCode
from inspector_app.messages import explain_code, place_words

if TYPE_CHECKING:
    from checklists.session import PlayedStep


def show_list(call: Call) -> Answer:
    """List the bundled checklists, and those of the workspace where there is one."""
    from inspector_app.actions.laptop import workspace

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
    lines = [line for remark in checked.remarks for line in remark_lines(call, remark)]
    if checked.pin is not None:
        lines.append(_row(call, checked.pin))
    good = "catalogue-good" if checked.catalogue else "good"
    lines.append(call.t(f"cli.checklists.{good}", items=checked.items) if checked.good else _both(call, "refused"))
    data = {"checklist": checked.pin, "items": checked.items, "good": checked.good, "remarks": checked.remarks}
    return Answer(data, lines, ExitCode.OK if checked.good else ExitCode.AUTHOR)


def remark_lines(call: Call, remark: Remark) -> Iterator[str]:
    """Yield a remark in both languages with its place."""
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
    lines = [line for remark in remarks for line in remark_lines(call, remark)]
    lines += [change.in_language(call.texts.language) for change in changes]
    lines.append(call.t("cli.checklists.changes", id=form_id, count=len(changes)))
    return Answer({"id": form_id, "changes": changes, "remarks": remarks}, lines)


def import_file(call: Call) -> Answer:
    """Take a checklist into use; an author's workbook shows what it changes against the bundled one."""
    with call.store() as store:
        taken = actions.import_file(store, call.arguments.file)
    pin = taken.pin
    lines = [line for remark in taken.remarks for line in remark_lines(call, remark)]
    lines += [change.in_language(call.texts.language) for change in taken.changed]
    if taken.changed:
        lines.append(call.t("cli.checklists.changes", id=pin.form_id, count=len(taken.changed)))
    lines.append(call.t("cli.checklists.imported", id=pin.form_id, version=pin.version))
    return Answer({"checklist": pin, "changes": taken.changed, "remarks": taken.remarks}, lines)


def try_out(call: Call) -> Answer:
    """Play steps on a checklist and print the state: an author's test bench."""
    given = call.arguments
    state = actions.try_out(given.file, given.steps, clock=call.clock)
    lines = [line for number, step in enumerate(state.steps, 1) for line in _step(call, number, step)]
    lines.append(call.t("cli.try.state", asked=len(state.asked), missing=len(state.missing), bad=len(state.invalid)))
    lines += [f"  {path} = {value}" for path, value in state.values.items() if value]
    lines += [call.t("cli.try.missing", path=path, label=state.labels.get(path, "")) for path in state.missing]
    lines += [call.t("cli.try.invalid", path=path, message=words) for path, words in state.invalid.items()]
    data = {
        "steps": [{"step": s.step, "changed": s.changed, "refused": s.refused} for s in state.steps],
        "values": state.values,
        "asked": state.asked,
        "missing": state.missing,
        "invalid": state.invalid,
        "labels": state.labels,
    }
    return Answer(data, lines)


def _step(call: Call, number: int, step: PlayedStep) -> Iterator[str]:
    told = " ".join(str(value) for value in step.step.values())
    yield f"{number:>3} {told}"
    if step.refused:
        yield f"    ✕ {explain_code(step.refused, call.texts, **dict(step.step)).text(call.texts.language)}"
    yield from (f"    {path} = {value}" for path, value in step.changed.items())
