"""`inspector record revisions|compare`: the sealed versions of a record, and what differs between two of them."""

from __future__ import annotations

from checklists.model import Words
from inspector_app.actions.inspection import comparing, records
from inspector_app.actions.inspection.comparing import Row
from inspector_app.cli.calls import Answer, Call

_CODES = {"verdict": "report.verdict", "overall": "report.overall", "kind": "report.kind"}


def revisions(call: Call) -> Answer:
    """List the sealed versions of a record, the first one first, each with its reason and who sealed it."""
    with call.store(readonly=True) as store:
        record_id = records.full_id(store, call.arguments.record)
        found = store.records.revisions(record_id)
    lines = [
        call.t(
            "cli.revisions.row",
            number=v.number,
            sealed_at=v.sealed_at,
            author=v.author,
            reason=v.reason or call.t(f"cli.revisions.op.{v.op}"),
            digest=v.digest[:16],
            received=call.t("cli.revisions.received", at=v.received_at) if v.receipt_id else "",
        ).rstrip()
        for v in found
    ]
    return Answer({"record_id": record_id, "revisions": found}, lines or [call.t("cli.revisions.none")])


def compare(call: Call) -> Answer:
    """Say what differs between two sealed versions; both stay readable and can be printed (`report --revision`)."""
    given = call.arguments
    with call.store(readonly=True) as store:
        record_id = records.full_id(store, given.record)
        found = comparing.compare(store, record_id, given.before or "", given.after or "")
    head = call.t(
        "cli.compare.head",
        before=found.before.number,
        after=found.after.number,
        reason=found.after.reason,
        author=found.after.author,
        sealed_at=found.after.sealed_at,
    )
    lines = [line for row in found.rows for line in _lines(call, row)]
    return Answer({"comparison": found}, [head, *(lines or [call.t("cli.compare.same")])])


def _lines(call: Call, row: Row) -> list[str]:
    language = call.texts.language
    name = " ".join(filter(None, (row.key, row.title.in_language(language))))
    what = call.t(f"cli.compare.{row.kind}", name=name)
    member = f"cli.compare.member.{row.member}"
    what += f" · {call.t(member) if call.texts.has(member) else row.member}" if row.kind in {"item", "visit"} else ""
    return [what, f"  − {_said(call, row, row.before)}", f"  + {_said(call, row, row.after)}"]


def _said(call: Call, row: Row, words: Words) -> str:
    text = words.in_language(call.texts.language)
    key = f"{_CODES.get(row.member, '')}.{text}"
    return call.t(key) if text and call.texts.has(key) else text or call.t("cli.compare.nothing")
