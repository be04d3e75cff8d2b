"""What pyxform accepts silently in an XLSForm and the engine knows to be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checklists.authoring.lint.expressions import lint_expressions
from checklists.authoring.lint.issues import Issue, issue, nearest


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SURVEY_COLUMNS = _words(
    "type name label hint guidance_hint required required_message relevant constraint constraint_message calculation"
    " appearance parameters default readonly read_only repeat_count choice_filter trigger media image video audio"
    " big-image note body bind instance control disabled save_to save_incomplete query autoplay intent"
    " relevance constraint_msg calculate jr:count count read notes comment comments remark remarks"
)
SETTING_COLUMNS = _words(
    "form_id id_string form_title title version default_language namespaces public_key submission_url instance_name"
    " style allow_choice_duplicates auto_send auto_delete name namespace sms_keyword sms_separator clean_text_values"
    " instance_xmlns omit_instanceid client_editable entity_version"
)
_PREFIXED = frozenset({"bind", "body", "control", "instance", "attribute"})
_KNOWN = {"survey": SURVEY_COLUMNS, "settings": SETTING_COLUMNS}
_TRANSLATED = re.compile(
    r"(label|hint|guidance_hint|constraint_message|required_message|image|audio|video|media(?:::\w+)?)::?"
)
_SEPARATOR = re.compile(r"\|(\s*:?-+:?\s*\|)+\s*$")


def lint_sheets(
    sheets: Mapping[str, Sequence[Mapping[str, str]]],
    *,
    file: str = "",
    headers: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Issue]:
    """Yield what looks wrong in the sheets of an XLSForm; rows count from 2, the first below the header."""
    settings = dict(sheets["settings"][0]) if sheets.get("settings") else {}
    languages = _all_languages(sheets, headers or {})
    declared = set(re.findall(r"(\w+)\s*=", settings.get("namespaces", "")))
    for sheet, rows in sheets.items():
        columns = _columns(sheet, rows, headers or {})
        yield from _headers(sheet, columns, declared, file)
        yield from _languages(sheet, rows, columns, file, languages)
    yield from lint_expressions(sheets, file=file)


def lint_markdown(text: str, *, file: str = "") -> Iterator[Issue]:
    """Yield separator rows that make pyxform drop a whole table without a word."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _SEPARATOR.match(line.strip()) and " " in line.strip():
            yield issue("lost-rows", file=file, line=number, suggest="separator")


def _headers(sheet: str, columns: Sequence[str], declared: set[str], file: str) -> Iterator[Issue]:
    known = _KNOWN.get(sheet)
    at: dict[str, Any]
    for column in columns:
        parts = re.split(r"::?", column)
        at = {"file": file, "sheet": sheet, "row": 1, "column": column}
        if (
            parts[0] in ("bind", "body", "control", "instance", "attribute")
            and len(parts) > 2
            and parts[1] not in declared
        ):
            if parts[1] not in ("jr", "orx", "odk"):
                yield issue("namespace", **at, suggest="add", key="namespaces")
        elif known is not None and parts[0].strip().lower() not in known and parts[0] != "attribute":
            near = nearest(parts[0].lower(), known)
            hint = "did-you-mean" if near else ""
            yield issue("header", **at, suggest=hint, nearest=near, warning=not near)


def _columns(sheet: str, rows: Sequence[Mapping[str, str]], headers: Mapping[str, Sequence[str]]) -> list[str]:
    return list(headers.get(sheet, ())) or list(dict.fromkeys(key for row in rows for key in row))


def _language(column: str) -> str:
    """Return the language of a translated column, '' for any other."""
    match = _TRANSLATED.match(column)
    return column[match.end() :].strip() if match and column != match[1] else ""


def _all_languages(
    sheets: Mapping[str, Sequence[Mapping[str, str]]], headers: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    every = (_language(column) for sheet, rows in sheets.items() for column in _columns(sheet, rows, headers))
    return tuple(dict.fromkeys(language for language in every if language))


def _languages(
    sheet: str,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    file: str,
    languages: Sequence[str],
) -> Iterator[Issue]:
    """Every translated column stands in every language, and every row that has one language has them all."""
    families: dict[str, list[str]] = {}
    at: dict[str, Any]
    for column in columns:
        match = _TRANSLATED.match(column)
        if match and column != match[1]:
            families.setdefault(match[1], []).append(column)
    for name, family in families.items():
        found = {_language(column) for column in family}
        for language in languages:
            if language not in found:
                at = {"file": file, "sheet": sheet, "row": 1, "column": name}
                yield issue(
                    "language-column", **at, language=language, key=f"{name}::{language}", suggest="add", warning=True
                )
    for number, row in enumerate(rows, start=2):
        for family in families.values():
            texts = {column: (row.get(column) or "").strip() for column in family}
            if not any(texts.values()):
                continue
            for column, text in texts.items():
                at = {"file": file, "sheet": sheet, "row": number, "column": column, "where": row.get("name", "")}
                if not text:
                    yield issue("language-cell", **at, key=column, suggest="add", warning=True)
                elif text == "-":
                    yield issue("dash", **at, warning=True)
