"""`inspector factories import|search`."""

from __future__ import annotations

from inspector_app.actions import sites
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.parser import UsageError


def import_file(call: Call) -> Answer:
    given = call.arguments
    if bool(given.file) == bool(given.demo):
        raise UsageError(detail="factories import: FILE / --demo")
    with call.store() as store:
        done = sites.import_demo(store) if given.demo else sites.import_file(store, given.file)
    numbers = {"read": done.read, "repaired": done.repaired, "refused": done.refused, "count": done.count}
    return Answer(numbers, [call.t("cli.factories.imported", **numbers)])


def search(call: Call) -> Answer:
    given = call.arguments
    with call.store(readonly=True) as store:
        hits = sites.search(store, given.text, province=given.province, limit=given.limit)
    lines = [f"{hit.site.registry_no or hit.site.old_no}  {hit.site.name_th}  {hit.site.province}" for hit in hits]
    return Answer({"sites": hits}, lines or [call.t("cli.factories.none")])
