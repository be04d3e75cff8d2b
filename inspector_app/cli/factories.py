"""`inspector factories import|search`."""

from __future__ import annotations

from collections.abc import Callable

from inspector_app.actions.factories import importing, sites
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.parser import UsageError


def import_file(call: Call) -> Answer:
    given = call.arguments
    if bool(given.file) == bool(given.demo):
        raise UsageError(detail="factories import: FILE / --demo")
    with call.store() as store:
        if given.demo:
            done = sites.import_demo(store)
        else:
            done = importing.import_file(store, given.file, report=given.report, progress=_tell(call))
    numbers = {"read": done.read, "repaired": done.repaired, "refused": done.refused, "count": done.count}
    lines = [call.t("cli.import.resumed", count=done.resumed)] if done.resumed else []
    lines += [call.t("cli.factories.imported", **numbers)]
    lines += [f"{count:>8}  {call.t(f'cli.import.{code}')}" for code, count in sorted(done.codes.items())]
    if given.report:
        lines.append(call.t("cli.import.report", file=given.report))
    return Answer({**numbers, "codes": done.codes, "resumed": done.resumed}, lines)


def _tell(call: Call) -> Callable[[int], None]:
    def tell(read: int) -> None:
        if read % 20_000 < importing.EVERY:
            call.say(call.t("cli.import.progress", count=read))

    return tell


def search(call: Call) -> Answer:
    given = call.arguments
    with call.store(readonly=True) as store:
        hits = sites.search(store, given.text, province=given.province, limit=given.limit)
    lines = [f"{hit.site.registry_no or hit.site.old_no}  {hit.site.name_th}  {hit.site.province}" for hit in hits]
    return Answer({"sites": hits}, lines or [call.t("cli.factories.none")])
