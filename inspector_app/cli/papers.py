"""`inspector report`."""

from __future__ import annotations

from inspector_app.actions import papers, records
from inspector_app.cli.calls import Answer, Call


def report(call: Call) -> Answer:
    given = call.arguments
    with call.store(readonly=True) as store:
        record_id = records.full_id(store, given.record)
        printed = papers.make_file(store, record_id, given.output, clock=call.clock, copy=given.copy)
    lines = [call.t("cli.report.done", file=given.output, pages=printed.pages)]
    if printed.draft:
        lines.append(call.t("cli.report.draft"))
    data = {"record_id": record_id, "file": str(given.output), "pages": printed.pages, "draft": printed.draft}
    return Answer(data, lines)
