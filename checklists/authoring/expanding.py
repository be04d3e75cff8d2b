"""A checklist as authors write it -> the rows of an XLSForm. Pure; the only knowledge of pyxform here is its columns.

Rules kept: a legal limit is never a constraint (over the limit is a finding, not a refused answer); an item that asks
for a fact has no verdict keys; every question of an item is optional once its skip reason is given.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checklists.authoring import names, schema
from checklists.authoring.catalogue import Catalogue
from checklists.authoring.errors import ChecklistError
from checklists.authoring.rules import evidence_rule, fields_of, known, na_rule, one_of, skip_values, words
from checklists.authoring.units import unit_words

Row = dict[str, str]

_OF_LIMIT = re.compile(r"\bof_limit\(\s*([\w-]+)\s*,\s*(\$\{[^}]+\})\s*\)")
"""A number that the law gives in steps: `of_limit(toilets, ${FA-A09})`; the steps stand in limits.yaml only."""


def expand(checklist: Mapping[str, Any], catalogue: Catalogue | None = None) -> dict[str, list[Row]]:
    """Return the sheets `survey`, `choices`, `settings` as rows for pyxform, with the headers of the first two.

    Steps of the law come from the catalogue (default: the bundled one), each version for the visits of its time. Raises
    `ChecklistError` where a key is missing, a key or word is unknown, or a reference leads nowhere.
    """
    try:
        return _Expansion(checklist, catalogue).rows()
    except KeyError as error:
        raise ChecklistError("missing key", where=str(error.args[0]), key=str(error.args[0]), suggestion="") from error


class _Expansion:
    def __init__(self, checklist: Mapping[str, Any], catalogue: Catalogue | None) -> None:
        self.checklist, self._catalogue = checklist, catalogue
        self.items = [item for section in checklist["sections"] for item in section["items"]]
        self.kinds = {item["id"]: item.get("kind", "verdict") for item in self.items}
        self.choices: dict[str, list[Row]] = {}

    def rows(self) -> dict[str, list[Row]]:
        known(self.checklist, schema.CHECKLIST_KEYS, "checklist")
        survey = [*_context_rows(self.checklist)]
        for section in self.checklist["sections"]:
            survey += self._section(section)
        survey += _exhibit_rows()
        choices = [row for rows in self.choices.values() for row in rows]
        return {
            "survey": survey,
            "survey_header": _header(survey),  # pyxform looks for columns in the first 100 rows only
            "choices": choices,
            "choices_header": _header(choices),
            "settings": [_settings(self.checklist)],
        }

    # --- structure ---------------------------------------------------------------------------------------------

    def _section(self, section: Mapping[str, Any]) -> Iterator[Row]:
        known(section, schema.SECTION_KEYS, f"section {section.get('id', '')}")
        row: Row = {"type": "begin group", "name": names.section_name(section["id"]), **_label(section)}
        row |= _insp(section=section["id"], audience=section.get("audience", ""), dim=section.get("dimension", ""))
        row |= _insp(points=section.get("points", ""))
        row |= _insp(short_th=section.get("short_th", ""), short_en=section.get("short_en", ""))
        row |= self._expressions(section, relevant="when")
        yield row
        repeat = section.get("repeat")
        if repeat:
            known(repeat, schema.REPEAT_KEYS, f"repeat of {section['id']}")
            head = {"type": "begin repeat", "name": repeat["name"], **_label(repeat)}
            yield head | self._expressions(repeat, repeat_count="count")
        for item in section["items"]:
            yield from self._item(item, section)
        if repeat:
            yield {"type": "end repeat"}
        yield {"type": "end group"}

    def _item(self, item: Mapping[str, Any], section: Mapping[str, Any]) -> Iterator[Row]:
        known(item, schema.ITEM_KEYS, item.get("id", "item"))
        kind = self.kinds[item["id"]]
        one_of(kind, schema.KINDS, item, "kind")
        group: Row = {"type": "begin group", "name": names.stem(item["id"]), **_label(item)}
        yield group | self._item_attributes(item, kind, section) | self._expressions(item, relevant="when")
        if kind == "verdict":
            yield self._verdict(item)
        elif kind != "signature":
            yield from self._value(item, kind)
        for entry in fields_of(item):
            yield self._field(item, entry)
        yield from self._reason_and_note(item, kind)
        yield {"type": "end group"}

    def _item_attributes(self, item: Mapping[str, Any], kind: str, section: Mapping[str, Any]) -> Row:
        severity = item.get("severity", "minor")
        one_of(severity, schema.SEVERITIES, item, "severity")
        audience = item.get("audience", section.get("audience", self.checklist.get("audience", "factory")))
        one_of(audience, schema.AUDIENCES, item, "audience")
        inputs = self._resolve(item, " ".join(f"{k}={v}" for k, v in dict(item.get("inputs", {})).items()))
        return _insp(
            item=item["id"],
            kind=kind,
            severity=severity,
            law=" ".join(words(item.get("law", ""))),
            limit=item.get("limit", ""),
            na=na_rule(item),
            evidence=evidence_rule(item),
            evidence_min=item.get("evidence_min", ""),
            audience=audience,
            due_days=item.get("due_days", ""),
            inputs=inputs,
            weight=self._resolve(item, item.get("points", "")),
            fail_when=self._resolve(item, item.get("fail_when", "")),
            gate=item.get("gate", ""),
            was=item.get("was", ""),
        )

    # --- questions of an item ----------------------------------------------------------------------------------

    def _verdict(self, item: Mapping[str, Any]) -> Row:
        values = ["pass", "fail", "na", "cannot", "observe"]
        if na_rule(item) == "forbidden":
            values.remove("na")
        if item.get("lab"):
            values.append("lab")
        row = {"type": f"select_one {self._verdict_list(values)}", "name": names.node(item["id"], names.VERDICT)}
        row |= _words("label", schema.WORDS["verdict"]) | _hint(item) | _required(item, "verdict_missing")
        return row | _insp(role="item")

    def _value(self, item: Mapping[str, Any], kind: str) -> Iterator[Row]:
        skips = skip_values(item, kind)
        if skips:
            row = {"type": f"select_one {self._skip_list(skips)}", "name": names.node(item["id"], names.SKIP)}
            yield row | _words("label", schema.WORDS["skip"]) | _insp(role="skip")
        if item.get("limit_by"):
            row = {"type": "calculate", "name": names.node(item["id"], names.LIMIT)}
            yield row | self._expressions(item, calculation="limit_by") | _insp(role="limit")
        row = {"name": names.node(item["id"], names.VALUE), **_hint(item)}
        row["type"] = self._value_type(item, kind)
        row |= _words("label", _with_unit(schema.WORDS[kind], item.get("unit", "")))
        if not item.get("calculation"):
            row |= _required(item, "value_missing")
        else:
            row["readonly"] = "true()"
        if skips:
            row["relevant"] = f"${{{names.node(item['id'], names.SKIP)}}} = ''"
        row |= _constraint(item) | self._expressions(item, calculation="calculation", default="default")
        row |= self._measure_attributes(item, judged=bool(item.get("limit") or item.get("limit_by")))
        yield row

    def _measure_attributes(self, item: Mapping[str, Any], *, judged: bool) -> Row:
        row = _insp(role="measure" if judged else "fact", parameter=item.get("parameter", ""))
        row |= _insp(unit=item.get("unit", ""), medium=item.get("medium", ""))
        bounds = self._expressions(item, lower="limit_min", upper="limit_max")
        return row | _insp(limit_min=bounds.get("lower", ""), limit_max=bounds.get("upper", ""))

    def _value_type(self, item: Mapping[str, Any], kind: str) -> str:
        if kind == "choice":
            word = "select_multiple" if item.get("multiple") else "select_one"
            return f"{word} {self._own_list(names.stem(item['id']), item['choices'])}"
        if kind == "score":
            return f"select_one {self._score_list(item)}"
        return schema.QUESTION_TYPE[kind]

    def _field(self, item: Mapping[str, Any], entry: Mapping[str, Any]) -> Row:
        known(entry, schema.FIELD_KEYS, f"{item['id']}.{entry.get('name', '')}")
        name, kind = entry["name"], entry.get("type", "text")
        if name in names.RESERVED:
            raise ChecklistError("reserved name", where=f"{item['id']}.{name}", suggestion="")
        one_of(kind, schema.FIELD_TYPES, item, f"fields.{name}.type")
        row: Row = {"type": kind, "name": names.node(item["id"], name), **_hint(entry)}
        row |= _words("label", _with_unit((entry["th"], entry["en"]), entry.get("unit", "")))
        if kind == "choice":
            own = self._own_list(names.node(item["id"], name), entry["choices"])
            row["type"] = f"select_{'multiple' if entry.get('multiple') else 'one'} {own}"
        if entry.get("required"):
            row |= _words("required_message", schema.WORDS["value_missing"])
        if entry.get("calculation"):
            row["readonly"] = "true()"
        row |= self._expressions(
            entry, relevant="when", calculation="calculation", default="default", required="required"
        )
        role = entry.get("role", "measure" if entry.get("limit") else "fact")
        row |= _constraint(entry) | _insp(role=role, unit=entry.get("unit", ""))
        row |= _insp(parameter=entry.get("parameter", ""), medium=entry.get("medium", ""), limit=entry.get("limit", ""))
        return row | _insp(audience=entry.get("audience", ""))

    def _reason_and_note(self, item: Mapping[str, Any], kind: str) -> Iterator[Row]:
        answer = names.node(item["id"], names.VERDICT if kind == "verdict" else names.SKIP)
        when = [f"${{{answer}}} = '{value}'" for value in self._reason_values(item, kind)]
        if when:
            row = {"type": "text", "name": names.node(item["id"], names.REASON), "relevant": " or ".join(when)}
            row |= {"required": "yes", **_words("required_message", schema.WORDS["reason_missing"])}
            yield row | _words("label", schema.WORDS["reason"]) | _insp(role="reason")
        row = {"type": "text", "name": names.node(item["id"], names.NOTE), "appearance": "multiline"}
        if kind == "verdict" or "fail" in skip_values(item, kind):
            row["required"] = f"${{{answer}}} = 'fail'"
            row |= _words("required_message", schema.WORDS["note_missing"])
        if kind == "signature":
            row |= _hint(item)  # such an item has no other node to carry its help
        yield row | _words("label", schema.WORDS["note"]) | _insp(role="note")

    @staticmethod
    def _reason_values(item: Mapping[str, Any], kind: str) -> list[str]:
        values = ["na", "cannot"] if kind == "verdict" else skip_values(item, kind)
        wants = {"cannot"} | ({"na"} if na_rule(item) == "justified" else set())
        return [value for value in values if value in wants]

    # --- choice lists ------------------------------------------------------------------------------------------

    def _verdict_list(self, values: Sequence[str]) -> str:
        name = "verdict" + ("" if "na" in values else "_no_na") + ("_lab" if "lab" in values else "")
        return self._fixed_list(name, values)

    def _skip_list(self, values: Sequence[str]) -> str:
        return self._fixed_list("_".join(("skip", *values)), values)

    def _fixed_list(self, name: str, values: Sequence[str]) -> str:
        if name not in self.choices:
            words_of: tuple[tuple[str, str, str, str], ...] = schema.VERDICT_CHOICES
            if name.startswith("skip"):
                words_of = (schema.SKIP_FAIL, *(row for row in words_of if row[0] != "fail"))
            self.choices[name] = [
                {"list_name": name, "name": value, **_words("label", (th, en)), "outcome": outcome}
                for value, th, en, outcome in words_of
                if value in values
            ]
        return name

    def _own_list(self, stem: str, entries: Sequence[Mapping[str, Any]]) -> str:
        name = f"{stem}_list"
        rows = []
        for entry in entries:
            known(entry, schema.CHOICE_KEYS, name)
            row = {"list_name": name, "name": entry["value"], **_label(entry)}
            rows.append(row | {key: entry[key] for key in ("outcome", "score", "severity") if key in entry})
        self.choices[name] = rows
        return name

    def _score_list(self, item: Mapping[str, Any]) -> str:
        if "choices" in item:
            return self._own_list(names.stem(item["id"]), item["choices"])
        name = f"score_{item['points']}"
        self.choices[name] = [
            {"list_name": name, "name": str(n), **_words("label", (str(n), str(n))), "score": str(n)}
            for n in range(int(item["points"]) + 1)
        ]
        return name

    # --- expressions -------------------------------------------------------------------------------------------

    def _expressions(self, entry: Mapping[str, Any], **columns: str) -> Row:
        return {column: self._resolve(entry, entry[key]) for column, key in columns.items() if entry.get(key)}

    def _resolve(self, entry: Mapping[str, Any], text: str) -> str:
        where = entry.get("id", entry.get("name", ""))
        try:
            return names.resolve(_OF_LIMIT.sub(lambda match: self._steps(match, where), text), self.kinds)
        except KeyError as error:
            raise ChecklistError("unknown item", where=where, name=error.args[0], suggestion="") from error

    def _steps(self, match: re.Match[str], where: str) -> str:
        """Return the steps of the version in force on the day of the visit, as an expression."""
        versions = (self._catalogue or _bundled()).limit_versions(match[1])
        if not versions:
            raise ChecklistError("unknown limit", where=where, limit=match[1], suggestion="")
        chain = ""
        for version in versions:
            if version.table is None:
                raise ChecklistError("no steps", where=where, limit=match[1], suggestion="")
            steps = version.table.expression(match[2])
            chain = f"if({_since(version.in_force_from)}, {steps}, {chain})" if chain else steps
        return chain


def _since(start: str) -> str:
    """Return the condition that the visit was on this day or later; a bare year or month begins with its first day."""
    return f"date(${{visit_date}}) >= date('{start}{'-01-01'[len(start) - 4 :]}')"


@functools.cache
def _bundled() -> Catalogue:
    return Catalogue.bundled()


# --- small makers of columns ----------------------------------------------------------------------------------------


def _words(column: str, pair: tuple[str, str]) -> Row:
    return {f"{column}::{names.THAI}": pair[0], f"{column}::{names.ENGLISH}": pair[1]}


def _label(entry: Mapping[str, Any]) -> Row:
    return _words("label", (entry["th"], entry["en"]))


def _hint(entry: Mapping[str, Any]) -> Row:
    if not entry.get("help_th"):
        return {}
    return _words("hint", (entry["help_th"], entry["help_en"]))


def _required(item: Mapping[str, Any], message: str) -> Row:
    if item.get("optional"):
        return {}
    return {"required": "yes", **_words("required_message", schema.WORDS[message])}


def _constraint(entry: Mapping[str, Any]) -> Row:
    """Return constraint and message: the author's own, or those of a date rule."""
    if rule := entry.get("date_rule"):
        one_of(rule, tuple(schema.DATE_RULES), entry, "date_rule")
        expression, message = schema.DATE_RULES[rule]
        return {"constraint": expression, **_words("constraint_message", message)}
    if not entry.get("constraint"):
        return {}
    message = (entry["message_th"], entry["message_en"])
    return {"constraint": entry["constraint"], **_words("constraint_message", message)}


def _with_unit(label: tuple[str, str], unit: str) -> tuple[str, str]:
    if not unit:
        return label
    words = unit_words(unit)
    return f"{label[0]} ({words.th})", f"{label[1]} ({words.en})"


def _insp(**attributes: str) -> Row:
    return {f"bind::insp:{name.replace('_', '-')}": value for name, value in attributes.items() if value}


def _header(rows: Sequence[Row]) -> list[Row]:
    return [dict.fromkeys((column for row in rows for column in row), "")]


def _context_rows(checklist: Mapping[str, Any]) -> Iterator[Row]:
    label = _words("label", ("ข้อมูลการตรวจ", "Visit"))
    yield {"type": "begin group", "name": "visit", **label, **_insp(role="context")}
    for name, kind, th, en in schema.CONTEXT:
        row = {"type": kind, "name": name, "readonly": "true()", **_words("label", (th, en))}
        yield row | _insp(role="context")
    for extra in checklist.get("context", ()):
        yield {"type": extra["type"], "name": extra["name"], **_label(extra), **_insp(role="context")}
    yield {"type": "end group"}


def _exhibit_rows() -> Iterator[Row]:
    label = _words("label", ("หลักฐาน", "Exhibits"))
    yield {"type": "begin repeat", "name": "exhibits", **label, **_insp(role="exhibits")}
    for name, kind, th, en in schema.EXHIBIT:
        yield {"type": kind, "name": name, **_words("label", (th, en)), **_insp(role="exhibit")}
    yield {"type": "end repeat"}


def _settings(checklist: Mapping[str, Any]) -> Row:
    row = {
        "form_id": checklist["checklist"],
        "form_title": checklist["title_th"],
        "version": checklist["version"],
        "default_language": names.THAI,
        "namespaces": f'insp="{names.NAMESPACE}"',
    }
    for key in ("standard", "edition", "scoring", "audience"):
        if checklist.get(key):
            row[f"attribute::insp:{key}"] = checklist[key]
    row["attribute::insp:status"] = checklist.get("status", "draft")
    row["attribute::insp:title-en"] = checklist["title_en"]
    return row
