"""What can be wrong with a checklist in YAML, item by item, against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from checklists.authoring import names
from checklists.authoring.catalogue import Catalogue, LimitEntry
from checklists.authoring.errors import ChecklistError
from checklists.authoring.expanding import expand
from checklists.authoring.lint.expressions import lint_expressions
from checklists.authoring.lint.issues import Issue, issue, nearest
from checklists.authoring.reading import Entry
from checklists.authoring.rules import fields_of, words
from checklists.authoring.units import UNITS, commensurable

AVOIDED = {"คำให้การ": "ถ้อยคำ", "ให้การ": "ถ้อยคำ", "คุณ": "ท่าน"}
AVOIDED_CHOICES = {"ใช่": "ผ่าน", "ไม่ใช่": "ไม่ผ่าน"}
"""Words that an item or choice does not use, and what stands instead (corrections, Wording)."""

_INNOCENT = ("คุณภาพ", "คุณสมบัติ", "คุณลักษณะ", "คุณค่า")
"""Words that hold an avoided one as a part."""

_REGEX = re.compile(r"regex\([^,]*,\s*'([^']*)'")


def lint_checklist(checklist: Mapping[str, Any], catalogue: Catalogue, *, on: str, file: str = "") -> Iterator[Issue]:
    """Yield what is wrong with a checklist on a day (ISO): structure first, then every item."""
    for key in ("checklist", "version", "title_th", "title_en", "sections"):
        if not checklist.get(key):
            yield issue("missing-key", file=file, line=1, suggest="add", key=key)
            return
    found = [*_structure(checklist, file)]
    yield from found
    if not found:
        yield from _expansion(checklist, catalogue, file)
    retired = words(checklist.get("retired", ""))
    seen: dict[str, int] = {}
    for section in checklist["sections"]:
        yield from _texts(section, ("",), _at(section, file, f"section {section.get('id', '')}"))
        yield from _points(checklist, section, file)
        for item in section.get("items", ()):
            yield from _identity(item, seen, retired, file)
            yield from _Item(item, catalogue, on, file).issues()


def _structure(checklist: Mapping[str, Any], file: str) -> Iterator[Issue]:
    for section in checklist["sections"]:
        for key in ("id", "th", "en", "items"):
            if not section.get(key):
                at = _at(section, file, f"section {section.get('id', '')}")
                yield issue("missing-key", **at, suggest="add", key=key)
        for item in section.get("items", ()):
            for key in ("id", "th", "en"):
                if not item.get(key):
                    yield issue("missing-key", **_at(item, file, item.get("id", "")), suggest="add", key=key)


def _expansion(checklist: Mapping[str, Any], catalogue: Catalogue, file: str) -> Iterator[Issue]:
    """What `expand` itself refuses: unknown keys and words, references that lead nowhere."""
    try:
        yield from _formulas(checklist, expand(checklist, catalogue), file)
    except ChecklistError as error:
        data = error.data
        where = str(data.get("where", ""))
        near = str(data.get("suggestion", ""))
        hint = "did-you-mean" if near else ""
        at: dict[str, Any] = {
            "file": file,
            "line": _find_line(checklist, where, str(data.get("key", ""))),
            "where": where,
        }
        code = {
            "missing key": "missing-key",
            "unknown key": "unknown-key",
            "unknown word": "unknown-word",
            "unknown item": "unknown-reference",
            "unknown limit": "unknown-limit",
            "no steps": "no-steps",
        }
        values: dict[str, Any] = {
            "key": data.get("key", ""),
            "word": data.get("word", ""),
            "name": data.get("name", ""),
            "limit": data.get("limit", ""),
        }
        yield issue(
            code.get(error.detail, "not-readable"), **at, suggest=hint, nearest=near, **values, detail=error.detail
        )


def _formulas(checklist: Mapping[str, Any], sheets: Mapping[str, list[dict[str, str]]], file: str) -> Iterator[Issue]:
    """Yield what is wrong with expressions, by the item whose rows they came to stand in."""
    entries = {names.stem(item["id"]): item for section in checklist["sections"] for item in section["items"]}
    for found in lint_expressions(sheets, file=file):
        stem = found.where if found.where in entries else found.where.rpartition("_")[0]
        if stem in entries and found.code != "regex":  # that one is said at the item itself
            at = _at(entries[stem], file, entries[stem]["id"])
            yield replace(found, line=at["line"], where=at["where"], sheet="", row=0)


def _find_line(checklist: Mapping[str, Any], where: str, key: str) -> int:
    for section in checklist["sections"]:
        for entry in (section, *section.get("items", ())):
            if entry.get("id") and entry["id"] == where.split(".", maxsplit=1)[0].removeprefix("section "):
                return entry.lines.get(key, entry.line) if isinstance(entry, Entry) else 0
    return 1


def _identity(item: Mapping[str, Any], seen: dict[str, int], retired: list[str], file: str) -> Iterator[Issue]:
    item_id = item.get("id", "")
    at = _at(item, file, item_id)
    if not names.ITEM_ID.fullmatch(item_id):
        yield issue("bad-id", **at, id=item_id)
    if item_id in seen:
        yield issue("id-twice", **at, id=item_id, other=seen[item_id], suggest="new-id")
    if item_id in retired:
        yield issue("id-retired", **at, id=item_id, suggest="new-id")
    seen.setdefault(item_id, at["line"])


def _points(checklist: Mapping[str, Any], section: Mapping[str, Any], file: str) -> Iterator[Issue]:
    if checklist.get("scoring") != "weighted" or not section.get("points"):
        return
    given = [item["points"] for item in section.get("items", ()) if item.get("points")]
    if any(not _NUMBER.fullmatch(points) for points in given):
        return  # an expression: what it comes to depends on the answers
    total = sum(map(float, given))
    if total != float(section["points"]):
        at = _at(section, file, f"section {section['id']}")
        yield issue("points", **at, sum=f"{total:g}", points=section["points"])


_NUMBER = re.compile(r"\d+(\.\d+)?")


class _Item:
    """One item under the eyes of the linter."""

    def __init__(self, item: Mapping[str, Any], catalogue: Catalogue, on: str, file: str) -> None:
        self.item, self.catalogue, self.on = item, catalogue, on
        self.at = _at(item, file, item.get("id", ""))

    def issues(self) -> Iterator[Issue]:
        yield from _texts(self.item, ("", "help"), self.at)
        yield from self._reference()
        yield from self._limit(self.item)
        yield from _wording(self.item, self.at)
        yield from _regex(self.item, self.at)
        for part in (*fields_of(self.item), *self.item.get("choices", ())):
            yield from _texts(part, ("", "message"), self.at)
            yield from _wording(part, self.at)
            yield from _regex(part, self.at)
        for part in fields_of(self.item):
            yield from self._limit(part)

    def _reference(self) -> Iterator[Issue]:
        if not self.item.get("help_th"):
            yield issue("no-help", **self.at, suggest="add", key="help_th, help_en", warning=True)
        laws = words(self.item.get("law", ""))
        if not laws:
            yield issue("no-law", **self.at, suggest="add", key="law")
        for law in laws:
            entry = self.catalogue.entry(law)
            if entry is None:
                near = nearest(law, (one.law_id for one in self.catalogue.laws))
                yield issue("unknown-law", **self.at, law=law, suggest="did-you-mean" if near else "", nearest=near)
            elif not entry.in_force(self.on) and entry.in_force_until:
                yield issue("repealed-law", **self.at, law=law, until=entry.in_force_until, suggest="replace")
            elif entry.kind == "penalty" and not self.item.get("penalty_ok"):
                yield issue("penalty-as-ground", **self.at, law=law, warning=True)

    def _limit(self, part: Mapping[str, Any]) -> Iterator[Issue]:
        unit, limit_id = part.get("unit", ""), part.get("limit", "")
        if unit and unit not in UNITS:
            near = nearest(unit, UNITS)
            yield issue("unknown-unit", **self.at, unit=unit, suggest="did-you-mean" if near else "", nearest=near)
        if not limit_id:
            return
        versions = [limit for limit in self.catalogue.limits if limit.limit_id == limit_id]
        if not versions:
            near = nearest(limit_id, (limit.limit_id for limit in self.catalogue.limits))
            hint = "did-you-mean" if near else ""
            yield issue("unknown-limit", **self.at, limit=limit_id, suggest=hint, nearest=near)
            return
        entry = self.catalogue.limit_entry(limit_id, self.on)
        if entry is None:
            yield issue("limit-not-in-force", **self.at, limit=limit_id)
        else:
            yield from self._against(part, entry, unit)

    def _against(self, part: Mapping[str, Any], entry: LimitEntry, unit: str) -> Iterator[Issue]:
        fixed = entry.minimum is not None or entry.maximum is not None
        if entry.computed and not fixed and not (part.get("limit_min") or part.get("limit_max")):
            yield issue("not-computed", **self.at, limit=entry.limit_id, suggest="add", key="limit_min / limit_max")
        if unit and entry.unit and not commensurable(unit, entry.unit):
            yield issue("unit", **self.at, unit=unit, other=entry.unit)


def _texts(part: Mapping[str, Any], stems: tuple[str, ...], at: Mapping[str, Any]) -> Iterator[Issue]:
    for stem in stems:
        thai, english = (part.get(f"{stem}_{code}" if stem else code, "") for code in ("th", "en"))
        if bool(thai) != bool(english) or "-" in (thai.strip(), english.strip()):
            yield issue("language", **at, key=stem or "th / en", suggest="add")


def _wording(part: Mapping[str, Any], at: Mapping[str, Any]) -> Iterator[Issue]:
    for key in ("th", "help_th", "message_th"):
        text = part.get(key, "")
        for innocent in _INNOCENT:
            text = text.replace(innocent, "")
        found = next((word for word in AVOIDED if word in text), "")
        better = AVOIDED.get(found, "")
        if "value" in part and text in AVOIDED_CHOICES:
            found, better = text, AVOIDED_CHOICES[text]
        if found:
            yield issue("wording", **at, word=found, suggest="use", nearest=better, warning=True)


def _regex(part: Mapping[str, Any], at: Mapping[str, Any]) -> Iterator[Issue]:
    for key in ("constraint", "when", "calculation", "fail_when"):
        for pattern in _REGEX.findall(part.get(key, "")):
            if not (pattern.startswith("^") and pattern.endswith("$")):
                yield issue("regex", **at, suggest="anchor", warning=True)


def _at(entry: Mapping[str, Any], file: str, where: str) -> dict[str, Any]:
    return {"file": file, "line": entry.line if isinstance(entry, Entry) else 0, "where": where}
