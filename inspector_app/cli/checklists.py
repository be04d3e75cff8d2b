"""`inspector checklists list|check|import`."""

from __future__ import annotations

from checklists.model import FormPin
from inspector_app.actions import checklists as actions
from inspector_app.cli.calls import Answer, Call


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
    """Load a checklist file; mistakes are errors that name the place."""
    checked = actions.check(call.arguments.file)
    items = len(checked.outline.items)
    lines = [_row(call, checked.pin), *(str(p) for p in checked.problems), call.t("cli.checklists.good", items=items)]
    return Answer({"checklist": checked.pin, "items": items, "problems": [str(p) for p in checked.problems]}, lines)


def import_file(call: Call) -> Answer:
    with call.store() as store:
        pin, _ = actions.import_file(store, call.arguments.file)
    return Answer({"checklist": pin}, [call.t("cli.checklists.imported", id=pin.form_id, version=pin.version)])
