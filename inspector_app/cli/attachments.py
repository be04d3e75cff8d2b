"""`inspector attach` and `inspector sign`."""

from __future__ import annotations

from inspector_app.actions.inspection import attachments as actions
from inspector_app.actions.inspection import records
from inspector_app.cli.calls import Answer, Call


def attach(call: Call) -> Answer:
    given = call.arguments
    data = actions.read(given.file)
    with call.store() as store:
        record_id = records.full_id(store, given.record)
        opened = records.load(store, record_id, clock=call.clock)
        item = records.resolver(opened, clock=call.clock).item(given.item)
        prepared = actions.stage(store, data, file=given.file.name)
        attachment, _ = actions.add(
            store, record_id, prepared, clock=call.clock, ids=call.ids, item_id=item.item_id, caption=given.caption
        )
    said = call.t("cli.attach.done", exhibit=attachment.exhibit, item=item.item_id, size=attachment.size)
    return Answer({"attachment": attachment}, [said])


def sign(call: Call) -> Answer:
    """Keep a signature for what the record says now; a later change of an answer makes it void."""
    from checklists import findings

    given = call.arguments
    data = actions.read(given.file)
    with call.store() as store:
        record_id = records.full_id(store, given.record)
        result = records.load(store, record_id, clock=call.clock).evaluate(signatures_required=False)
        attachment, _ = actions.sign(
            store,
            record_id,
            role=given.role,
            signer=given.signer,
            png=data,
            clock=call.clock,
            ids=call.ids,
            bound_to=findings.content_digest(result),
        )
    return Answer({"attachment": attachment}, [call.t("cli.sign.done", signer=given.signer)])
