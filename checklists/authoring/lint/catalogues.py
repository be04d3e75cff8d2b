"""What can be wrong with the catalogues of the handbook: sources, units, times in force, references."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from checklists.authoring.catalogue import Catalogue, in_force, law_entries
from checklists.authoring.errors import CatalogueError
from checklists.authoring.lint.issues import Issue, issue, nearest
from checklists.authoring.reading import Entry
from checklists.authoring.step_tables import table_of
from checklists.authoring.units import UNITS
from checklists.model import Overall, Severity

CERTAINTIES = ("A", "B", "C", "confirmed")
LAW_KINDS = ("act", "regulation", "notification", "rule", "practice", "programme", "penalty")
OPERATORS = ("between", "below", "age-months", "due", "half-year", "check-digit", "threshold")
BOUNDLESS = ("due", "half-year", "check-digit")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def lint_laws(laws: Sequence[Mapping[str, Any]], *, file: str = "laws.yaml") -> Iterator[Issue]:
    """Yield what is wrong with the law catalogue."""
    seen: dict[str, int] = {}
    for entry in laws:
        yield from _needed(entry, ("id", "kind", "th", "en", "from", "source", "certainty"), file)
        if "id" not in entry or "th" not in entry or "en" not in entry:
            continue
        yield from _words_of(entry, {"kind": LAW_KINDS, "certainty": CERTAINTIES}, file)
        yield from _span(entry, file)
        for clause in (entry, *entry.get("clauses", ())):
            law_id = entry["id"] if clause is entry else f"{entry['id']}-{clause.get('id', '')}"
            if law_id in seen:
                yield issue("id-twice", **_at(clause, file, law_id), id=law_id, other=seen[law_id], suggest="new-id")
            seen[law_id] = _line(clause)
            if clause is not entry:
                yield from _needed(clause, ("id", "th", "en"), file)
                yield from _words_of(clause, {"kind": LAW_KINDS, "certainty": CERTAINTIES}, file)
            if bool(clause.get("text_th")) != bool(clause.get("text_en")):
                yield issue("language", **_at(clause, file, law_id), key="text")
            yield from _confirmed(clause, file, law_id)


def lint_limits(
    limits: Sequence[Mapping[str, Any]], laws: Sequence[Mapping[str, Any]], *, file: str = "limits.yaml"
) -> Iterator[Issue]:
    """Yield what is wrong with the limit catalogue."""
    known = {law.law_id: law for entry in laws for law in law_entries(entry)}
    versions: dict[str, list[Mapping[str, Any]]] = {}
    for entry in limits:
        missing = [*_needed(entry, ("id", "parameter", "th", "en", "from", "certainty"), file)]
        yield from missing
        if any(one.where == "" for one in missing):
            continue
        where = _at(entry, file, entry.get("id", ""))
        if not entry.get("source"):
            yield issue("no-source", **where, suggest="add", key="source")
        yield from _unit(entry, where)
        yield from _words_of(entry, {"certainty": CERTAINTIES, "operator": OPERATORS}, file)
        yield from _span(entry, file)
        yield from _bounds(entry, where)
        yield from _confirmed(entry, file, entry.get("id", ""))
        law = entry.get("law", "")
        if law and law not in known:
            near = nearest(law, known)
            yield issue("unknown-law", **where, law=law, suggest="did-you-mean" if near else "", nearest=near)
        elif law and known[law].in_force_until and not entry.get("until"):
            yield issue("repealed-law", **where, law=law, until=known[law].in_force_until, suggest="replace")
        yield from _overlap(entry, versions.setdefault(entry.get("id", ""), []), where)


def _overlap(entry: Mapping[str, Any], earlier: list[Mapping[str, Any]], where: Mapping[str, Any]) -> Iterator[Issue]:
    start, end = entry.get("from", ""), entry.get("until", "")
    for other in earlier:
        other_start, other_end = other.get("from", ""), other.get("until", "")
        if in_force(start, end, other_start or "0001") or in_force(other_start, other_end, start or "0001"):
            yield issue("two-in-force", **where, id=entry["id"], other=_line(other), suggest="end-first")
    earlier.append(entry)


def _unit(entry: Mapping[str, Any], where: Mapping[str, Any]) -> Iterator[Issue]:
    unit, operator = entry.get("unit", ""), entry.get("operator", "")
    if not unit and operator != "check-digit":
        yield issue("no-unit", **where, suggest="add", key="unit")
    if unit and unit not in UNITS:
        near = nearest(unit, UNITS)
        yield issue("unknown-unit", **where, unit=unit, suggest="did-you-mean" if near else "", nearest=near)


def _bounds(entry: Mapping[str, Any], where: Mapping[str, Any]) -> Iterator[Issue]:
    numbers = {}
    for key in ("min", "max", "exchange"):
        if entry.get(key):
            try:
                numbers[key] = float(entry[key])
            except ValueError:
                yield issue("bad-number", **where, key=key, value=entry[key])
    if "min" in numbers and "max" in numbers and numbers["min"] > numbers["max"]:
        yield issue("bounds-reversed", **where, min=entry["min"], max=entry["max"])
    free = entry.get("unknown") or entry.get("computed") or entry.get("operator") in BOUNDLESS
    if not entry.get("min") and not entry.get("max") and not free:
        yield issue("no-bound", **where, suggest="add", key="min / max / unknown")
    yield from _steps(entry, where)


def _steps(entry: Mapping[str, Any], where: Mapping[str, Any]) -> Iterator[Issue]:
    """Steps are readable and rise, and the words of the formula name the same numbers as the steps."""
    try:
        table = table_of(entry)
    except CatalogueError as error:
        yield issue("bad-steps", **where, key=error.data["key"], value=error.data["value"], suggest="steps")
        return
    for key in ("formula_th", "formula_en"):
        told = entry.get(key, "")
        if table and "{step}" not in told:
            missing = sorted(table.numbers - set(re.findall(r"\d+(?:\.\d+)?", told)))
            if missing:
                yield issue("steps-not-told", **where, key=key, numbers=", ".join(missing))


def lint_rows(content: Mapping[str, Any], catalogue: Catalogue, *, file: str = "") -> Iterator[Issue]:
    """Yield what is wrong with deadlines, orders, factors or holidays: ids, words, references."""
    for rows in content.values():
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            continue
        seen: dict[str, int] = {}
        for row in rows:
            yield from _needed(row, ("th", "en") if "date" in row else ("id", "th", "en"), file)
            row_id, law = row.get("id", row.get("date", "")), row.get("law", "")
            if row_id in seen:
                yield issue("id-twice", **_at(row, file, row_id), id=row_id, other=seen[row_id], suggest="new-id")
            seen[row_id] = _line(row)
            yield from _law_known(law, catalogue, _at(row, file, row_id))
            if "factor" in row and not row.get("source"):
                yield issue("no-source", **_at(row, file, row_id), suggest="add", key="source")


def lint_results(
    rules: Sequence[Mapping[str, Any]], catalogue: Catalogue, standards: Collection[str], *, file: str = "results.yaml"
) -> Iterator[Issue]:
    """Yield what is wrong with the rules of the result; `standards` are those that the checklists name."""
    results, severities = tuple(one.value for one in Overall), tuple(one.value for one in Severity)
    versions: dict[str, list[Mapping[str, Any]]] = {}
    for rule in rules:
        missing = [*_needed(rule, ("id", "severity", "th", "en", "standards", "from", "source", "certainty"), file)]
        yield from missing
        if missing:
            continue
        where = _at(rule, file, rule["id"])
        words = {"id": results, "otherwise": results, "severity": severities, "certainty": CERTAINTIES}
        yield from _words_of(rule, words, file)
        yield from _span(rule, file)
        yield from _law_known(rule.get("law", ""), catalogue, where)
        for standard in rule["standards"].split():
            if standard not in ("*", *standards):
                near = nearest(standard, standards)
                hint = "did-you-mean" if near else ""
                yield issue("unknown-word", **where, key="standards", word=standard, suggest=hint, nearest=near)
        if rule["standards"] != "*" and "otherwise" not in rule:
            yield issue("missing-key", **where, suggest="add", key="otherwise")
        yield from _overlap(rule, versions.setdefault(rule["severity"], []), where)


# --- shared ---------------------------------------------------------------------------------------------------------


def _needed(entry: Mapping[str, Any], keys: Sequence[str], file: str) -> Iterator[Issue]:
    for key in keys:
        if key not in entry or (entry[key] == "" and key != "from"):
            if key == "source":
                yield issue("no-source", **_at(entry, file, entry.get("id", "")), suggest="add", key="source")
            else:
                yield issue("missing-key", **_at(entry, file, entry.get("id", "")), suggest="add", key=key)


def _law_known(law: str, catalogue: Catalogue, where: Mapping[str, Any]) -> Iterator[Issue]:
    if law and catalogue.entry(law) is None:
        near = nearest(law, (entry.law_id for entry in catalogue.laws))
        yield issue("unknown-law", **where, law=law, suggest="did-you-mean" if near else "", nearest=near)


def _words_of(entry: Mapping[str, Any], allowed: Mapping[str, Sequence[str]], file: str) -> Iterator[Issue]:
    for key, words in allowed.items():
        if key in entry and entry[key] not in words:
            near = nearest(entry[key], words)
            at = _at(entry, file, entry.get("id", ""))
            hint = "did-you-mean" if near else ""
            yield issue("unknown-word", **at, key=key, word=entry[key], suggest=hint, nearest=near)


def _span(entry: Mapping[str, Any], file: str) -> Iterator[Issue]:
    at = _at(entry, file, entry.get("id", ""))
    start, end = entry.get("from", ""), entry.get("until", "")
    for value in (start, end):
        if value and not _DATE.fullmatch(value):
            yield issue("bad-date", **at, value=value)
    if start and end and end < start[: len(end)]:
        yield issue("dates-reversed", **at, start=start, until=end)


def _confirmed(entry: Mapping[str, Any], file: str, where: str) -> Iterator[Issue]:
    """A confirmation names the officer, the document and the date; nothing is confirmed without."""
    who = entry.get("confirmed_by")
    if entry.get("certainty") == "confirmed" and not who:
        yield issue("missing-key", **_at(entry, file, where), suggest="add", key="confirmed_by")
    for key in ("officer", "document", "date"):
        if who and not who.get(key):
            yield issue("missing-key", **_at(entry, file, where), suggest="add", key=f"confirmed_by.{key}")


def _line(entry: Mapping[str, Any]) -> int:
    return entry.line if isinstance(entry, Entry) else 0


def _at(entry: Mapping[str, Any], file: str, where: str) -> dict[str, Any]:
    return {"file": file, "line": _line(entry), "where": where}
