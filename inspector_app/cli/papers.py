"""`inspector report`."""

from __future__ import annotations

from inspector_app.actions.afterwards import papers
from inspector_app.actions.inspection import comparing, records
from inspector_app.cli.calls import Answer, Call


def report(call: Call) -> Answer:
    given = call.arguments
    with call.store(readonly=True) as store:
        record_id = records.full_id(store, given.record)
        version = comparing.revision(store, record_id, given.revision) if given.revision else None
        newest = store.records.revisions(record_id)[-1].number if version else 0
        printed = papers.make_file(
            store,
            record_id,
            given.output,
            clock=call.clock,
            copy=given.copy,
            revision_id=version.revision_id if version else None,
        )
    lines = [call.t("cli.report.done", file=given.output, pages=printed.pages)]
    if printed.draft:
        lines.append(call.t("cli.report.draft"))
    if version and version.number != newest:
        lines.append(call.t("cli.report.superseded", number=version.number, newest=newest))
    data = {"record_id": record_id, "file": str(given.output), "pages": printed.pages, "draft": printed.draft}
    if version:
        data["revision"] = version
    return Answer(data, lines)
