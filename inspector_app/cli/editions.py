"""`inspector checklists publish|approve|take|recall|take-recall|key|trust`: editions signed by two people."""

from __future__ import annotations

import json

from checklists.model import to_json
from inspector_app.actions.reference import publishing
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.given import day


def publish(call: Call) -> Answer:
    """Write checklist and manifest into a folder, signed as author; the approver signs with `checklists approve`."""
    given = call.arguments
    with call.store(readonly=True) as store:
        manifest = publishing.write(
            store,
            given.checklist,
            output=given.output,
            approver=given.approver,
            effective_from=day(call, given.effective),
            document=given.document,
            provinces=given.province,
            replaces=given.replaces,
        )
    said = call.t("cli.editions.written", id=manifest.entry_id, version=manifest.version, approver=manifest.approver)
    return Answer({"edition": manifest}, [said])


def approve(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        manifest = publishing.approve(store, call.arguments.file)
    return Answer(
        {"edition": manifest}, [call.t("cli.editions.approved", id=manifest.entry_id, version=manifest.version)]
    )


def take(call: Call) -> Answer:
    given = call.arguments
    with call.store() as store:
        pin, _ = publishing.take(store, given.file, clock=call.clock, province=given.province)
    return Answer({"checklist": pin}, [call.t("cli.checklists.imported", id=pin.form_id, version=pin.version)])


def recall(call: Call) -> Answer:
    given = call.arguments
    with call.store(readonly=True) as store:
        made = publishing.recall(
            store, given.id, given.version, reason=given.reason, output=given.output, clock=call.clock
        )
    return Answer({"recall": made}, [call.t("cli.editions.recalled", id=made.entry_id, version=made.version)])


def take_recall(call: Call) -> Answer:
    with call.store() as store:
        found = publishing.take_recall(store, call.arguments.file)
    return Answer({"recall": found}, [call.t("cli.editions.recalled", id=found.entry_id, version=found.version)])


def key(call: Call) -> Answer:
    """Print this laptop's public key, for those who should trust its signatures."""
    with call.store(readonly=True) as store:
        found = publishing.own_key(store)
    if call.arguments.output:
        call.arguments.output.write_text(json.dumps(to_json(found), ensure_ascii=False) + "\n", encoding="utf-8")
    return Answer(to_json(found), [json.dumps(to_json(found), ensure_ascii=False)])


def trust(call: Call) -> Answer:
    with call.store() as store:
        found = publishing.trust(store, call.arguments.file)
    return Answer(to_json(found), [call.t("cli.editions.trusted", name=found.name, key=found.key_id)])
