"""`inspector record move|last|waiting|addendum`: a draft's next version, last time, laboratory results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.clock import BANGKOK
from inspector_app.actions.afterwards import earlier
from inspector_app.actions.inspection import addenda, records, versions
from inspector_app.actions.laptop import workspace
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.given import day

if TYPE_CHECKING:
    from checklists.session import UpgradeReport


def move(call: Call) -> Answer:
    """Move a draft to the version that new records are begun on, or only look what would become of its answers."""
    with call.store() as store:
        record_id = records.full_id(store, call.arguments.record)
        pin = versions.newer(store, record_id)
        if pin is None:
            return Answer({"record_id": record_id, "moved": False}, [call.t("cli.move.newest")])
        if call.arguments.look:
            report = versions.look_ahead(store, record_id, pin.sha256).report
        else:
            report, _ = versions.move_to_version(store, record_id, pin.sha256, clock=call.clock)
    data = {"record_id": record_id, "moved": not call.arguments.look, "checklist": pin, "report": report}
    key = "cli.move.would" if call.arguments.look else "cli.move.done"
    return Answer(data, [call.t(key, id=pin.form_id, version=pin.version), *_report(call, report)])


def _report(call: Call, report: UpgradeReport) -> list[str]:
    lines = [call.t("cli.move.kept", count=len(report.kept))]
    lines += [call.t("cli.move.renamed", old=old, new=new) for old, new in report.renamed]
    for name, rows in (("dropped", report.dropped), ("retyped", report.retyped), ("gone", report.choices_gone)):
        lines += [call.t(f"cli.move.{name}", path=row.path, value=row.value) for row in rows]
    lines += [call.t("cli.move.required", path=path) for path in report.newly_required]
    return [*lines, call.t("cli.move.new", count=len(report.new_questions))]


def last(call: Call) -> Answer:
    """Every item beside the last inspection of this site: better, worse, unchanged."""
    with call.store(readonly=True) as store:
        opened = records.load(store, records.full_id(store, call.arguments.record), clock=call.clock)
        found = earlier.beside(store, opened, clock=call.clock)
    if found is None:
        return Answer({"last": None}, [call.t("cli.last.none")])
    lines = [call.t("cli.last.head", date=found.visited_on, origin=call.t(f"cli.last.origin.{found.origin}"))]
    for item_id, one in found.items.items():
        then = one.then
        if then is None or not then.answered:
            continue
        said = " ".join(
            str(part)
            for part in (call.t(f"cli.verdict.{then.verdict.value}") if then.verdict else "", then.value, then.unit)
            if part
        )
        photos = call.t("cli.last.photos", count=len(found.photos[item_id])) if item_id in found.photos else ""
        lines.append(
            f"  {item_id:<9} {call.t(f'cli.last.trend.{one.trend.value}')}  {said} {then.note} {photos}".rstrip()
        )
    lines += [
        call.t("cli.last.order", title=one.title.in_language(call.texts.language), due=one.due) for one in found.orders
    ]
    return Answer({"last": {"record_id": found.record_id, "visited_on": found.visited_on, "origin": found.origin,
                            "items": found.items, "photos": found.photos, "orders": found.orders}}, lines)  # fmt: skip


def waiting(call: Call) -> Answer:
    """Values of a sealed record that wait for a laboratory."""
    with call.store(readonly=True) as store:
        rows = addenda.pending(store, records.full_id(store, call.arguments.record))
    lines = [
        f"{r.measurement.item_id:<10} {r.title.in_language(call.texts.language)} ({r.measurement.unit})" for r in rows
    ]
    return Answer({"pending": rows}, lines or [call.t("cli.addendum.none")])


def addendum(call: Call) -> Answer:
    """Seal a laboratory's result, judged by the limit in force on the day of sampling."""
    given = call.arguments
    with call.store() as store:
        record_id = records.full_id(store, given.record)
        result = addenda.LabResult(
            given.item,
            given.value,
            given.laboratory,
            given.report_no,
            day(call, given.on) or call.clock.now().astimezone(BANGKOK).date().isoformat(),
            unit=given.unit,
            method=given.method_used,
        )
        done = addenda.add_result(store, record_id, result, author=workspace.officer(store), ids=call.ids)
    one = done.measurement
    verdict = call.t(f"cli.verdict.{one.verdict.value}") if one.verdict else call.t("cli.addendum.unjudged")
    lines = [f"{one.item_id} {one.value} {one.unit}: {verdict}"]
    if done.finding:
        lines.append(done.finding.fact)
    data = {
        "record_id": done.addendum_id,
        "about": record_id,
        "measurement": one,
        "finding": done.finding,
        "digest": done.digest,
    }
    return Answer(data, [*lines, done.addendum_id])
