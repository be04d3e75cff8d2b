"""`inspector handbook …`, `inspector checklists diff` and `inspector compute`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

from inspector_app.actions.inspection import computing
from inspector_app.actions.laptop import workspace
from inspector_app.actions.reference import catalogues, checklists
from inspector_app.actions.reference import handbook as actions
from inspector_app.cli.calls import Answer, Call
from inspector_app.cli.checklists import remark_lines
from inspector_app.cli.given import day, today
from inspector_app.cli.parser import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from checklists.authoring.catalogue import LawEntry, LimitEntry
    from checklists.store import Store


def _store(call: Call) -> AbstractContextManager[Store | None]:
    """Return the workspace, so that confirmations count; the handbook is read without one too."""
    return call.store(readonly=True) if workspace.exists(call.workspace) else nullcontext()


def search(call: Call) -> Answer:
    """Laws and limits that hold the words."""
    text = call.arguments.text
    with _store(call) as store:
        laws, limits = actions.search_laws(store, text), actions.limits(store, text)
    lines = [line for law in laws for line in _law(call, law)] + [_limit(call, one) for one in limits]
    return Answer({"laws": laws, "limits": limits}, lines or [call.t("cli.handbook.none")])


def laws(call: Call) -> Answer:
    with _store(call) as store:
        found = actions.search_laws(store, call.arguments.text, limit=1000)
    lines = [line for law in found for line in _law(call, law)]
    return Answer({"laws": found}, lines or [call.t("cli.handbook.none")])


def limits(call: Call) -> Answer:
    """Limits in force today, or on another day."""
    on = day(call, call.arguments.on) or today(call).isoformat()
    with _store(call) as store:
        found = actions.limits(store, call.arguments.text, on=on)
    return Answer({"on": on, "limits": found}, [_limit(call, one) for one in found] or [call.t("cli.handbook.none")])


def _law(call: Call, law: LawEntry) -> Iterator[str]:
    language = call.texts.language
    until = f"–{law.in_force_until}" if law.in_force_until else ""
    yield f"{law.law_id:<20} {law.title.in_language(language)}  [{law.certainty.value}] {law.in_force_from}{until}"
    if text := law.text.in_language(language):
        yield f"    {text}"
    if law.confirmation:
        yield "    " + _by(call, law.confirmation.officer, law.confirmation.document, law.confirmation.date)


def _by(call: Call, officer: str, document: str, date: str) -> str:
    return call.t("cli.handbook.by", officer=officer, document=document, date=date)


def _limit(call: Call, one: LimitEntry) -> str:
    from checklists.findings.making import limit_words

    language = call.texts.language
    bounds = limit_words(one.copy(None), one).in_language(language) or one.formula.in_language(language)
    medium = f" ({one.medium})" if one.medium else ""
    until = f"–{one.in_force_until}" if one.in_force_until else ""
    name = one.name.in_language(language)
    return f"{one.limit_id:<28} {name}{medium}: {bounds or '–'}  [{one.certainty.value}] {one.in_force_from}{until}"


def confirm(call: Call) -> Answer:
    """Record that a named officer of the agency confirmed a law, limit, item or checklist, by document and date."""
    given = call.arguments
    when = day(call, given.date)
    with call.store() as store:
        actions.confirm(
            store, given.entry, officer=given.officer, position=given.position, document=given.document, date=when
        )
    return Answer(
        {"entry": given.entry, "officer": given.officer, "document": given.document, "date": when},
        [f"{given.entry}: {_by(call, given.officer, given.document, when)}"],
    )


def confirmations(call: Call) -> Answer:
    with call.store(readonly=True) as store:
        rows = actions.confirmations(store)
    lines = [f"{row.entry_id}: {_by(call, row.officer, row.document, row.date)}" for row in rows]
    return Answer({"confirmations": rows}, lines or [call.t("cli.handbook.none")])


def export(call: Call) -> Answer:
    """Write one catalogue as a workbook for officials who work in Excel."""
    given = call.arguments
    catalogues.export(given.catalogue, given.output)
    return Answer(
        {"file": str(given.output)}, [call.t("cli.handbook.exported", name=given.catalogue, file=given.output)]
    )


def compare(call: Call) -> Answer:
    """Show what a workbook changes against the bundled catalogue, and what Excel seems to have damaged."""
    name, changes, remarks = catalogues.compare(call.arguments.file)
    lines = [line for remark in remarks for line in remark_lines(call, remark)]
    lines += [change.in_language(call.texts.language) for change in changes]
    lines.append(call.t("cli.checklists.changes", id=name, count=len(changes)))
    return Answer({"catalogue": name, "changes": changes, "remarks": remarks}, lines)


def import_file(call: Call) -> Answer:
    """Write what a workbook holds as YAML; nothing is written where Excel damaged it or an entry is wrong."""
    given = call.arguments
    name, remarks = catalogues.to_yaml(given.file, given.output)
    lines = [line for remark in remarks for line in remark_lines(call, remark)]
    lines.append(call.t("cli.handbook.exported", name=name, file=given.output))
    return Answer({"catalogue": name, "file": str(given.output), "remarks": remarks}, lines)


def diff(call: Call) -> Answer:
    """What changed between two versions of a checklist or catalogue, as sentences."""
    given = call.arguments
    changes = checklists.differences(given.old, given.new)
    lines = [change.in_language(call.texts.language) for change in changes]
    lines.append(call.t("cli.checklists.changes", id=given.new, count=len(changes)))
    return Answer({"changes": changes}, lines)


def compute(call: Call) -> Answer:
    """A computation with its formula; without a name, all of them with their inputs."""
    given, language = call.arguments, call.texts.language
    if not given.name:
        rows = computing.computations()
        lines = [
            f"{row.computation_id:<12} {row.words.in_language(language)}: "
            + " ".join(
                f"{one.name}=…{f' {one.unit}' if one.unit else ''}{'' if one.needed else '?'}" for one in row.inputs
            )
            for row in rows
        ]
        names = [{"id": r.computation_id, "words": r.words, "inputs": r.inputs, "source": r.source} for r in rows]
        return Answer({"computations": names}, lines)
    values: dict[str, list[str]] = {}
    for pair in given.values:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(detail=f"compute: {pair}")
        values.setdefault(name, []).extend(value.split(";"))
    with _store(call) as store:
        catalogue = actions.catalogue_of(store)
    found = computing.compute(given.name, values, catalogue, on=today(call).isoformat())
    ground = computing.ground(found, catalogue)
    lines = [f"{found.formula} {found.unit}", *([f"    {ground.in_language(language)}"] if found.limit else [])]
    content = {"value": found.value, "unit": found.unit, "formula": found.formula}
    return Answer(content | {"limit": found.limit.limit_id if found.limit else "", "ground": ground}, lines)
