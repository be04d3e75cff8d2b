"""Checklists and catalogues as Excel workbooks for authors who live there, and back.

Every cell is text and formatted as text, so that Excel leaves it alone. What comes back is checked for the damage that
Excel does anyway: dates and numbers in place of text (leading zeros are gone), merged cells, Thai digits in
codes and numbers. Nothing is repaired in silence. Order of rows is the order of the checklist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checklists.authoring.lint.issues import Issue, issue
from checklists.text import to_western_digits

Row = dict[str, str]
Sheets = dict[str, list[Row]]

MAX_ROWS, MAX_COLUMNS = 20_000, 80
"""More than any checklist has; a workbook beyond it is not read."""

CODES = frozenset(
    (
        "id", "value", "name", "limit", "parameter", "law", "from", "until", "min", "max", "due", "points",
        "evidence_min", "version", "section", "steps", "beyond", "every", "more", "exchange",
    )
)  # fmt: skip
"""Columns that hold codes or numbers, where a Thai digit is a slip."""

_REPEAT = ("repeat_name", "repeat_th", "repeat_en", "repeat_count")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a workbook holds, and what looks damaged; errors mean that it must not be used."""

    content: dict[str, Any]
    issues: tuple[Issue, ...]


# --- checklist <-> rows ---------------------------------------------------------------------------------------------


def to_sheets(checklist: Mapping[str, Any]) -> Sheets:
    """Return a checklist as the sheets checklist, sections, items, fields and choices."""
    head = [{"key": key, "value": str(value)} for key, value in checklist.items() if isinstance(value, str)]
    sheets: Sheets = {"checklist": head, "sections": [], "items": [], "fields": [], "choices": []}
    for section in checklist["sections"]:
        row = {key: value for key, value in section.items() if isinstance(value, str)}
        row |= {f"repeat_{key}": value for key, value in section.get("repeat", {}).items()}
        sheets["sections"].append(row)
        for item in section["items"]:
            sheets["items"].append({"section": section["id"], **_flat(item)})
            _parts(item, sheets)
    return sheets


def _parts(item: Mapping[str, Any], sheets: Sheets) -> None:
    for choice in item.get("choices", ()):
        sheets["choices"].append({"item": item["id"], "field": "", **choice})
    for entry in item.get("fields", ()):
        sheets["fields"].append({"item": item["id"], **_flat(entry)})
        for choice in entry.get("choices", ()):
            sheets["choices"].append({"item": item["id"], "field": entry["name"], **choice})


def _flat(entry: Mapping[str, Any]) -> Row:
    row = {key: value for key, value in entry.items() if isinstance(value, str)}
    if entry.get("inputs"):
        row["inputs"] = " ".join(f"{key}={value}" for key, value in entry["inputs"].items())
    return row


def from_sheets(sheets: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Return the checklist that `to_sheets` laid out."""
    checklist: dict[str, Any] = {
        row["key"]: row.get("value", "") for row in sheets.get("checklist", ()) if row.get("key")
    }
    sections: dict[str, dict[str, Any]] = {}
    for row in sheets.get("sections", ()):
        section: dict[str, Any] = {key: value for key, value in row.items() if value and key not in _REPEAT}
        repeat = {key.removeprefix("repeat_"): row[key] for key in _REPEAT if row.get(key)}
        if repeat:
            section["repeat"] = repeat
        section["items"] = []
        sections[section.get("id", "")] = section
    items: dict[str, dict[str, Any]] = {}
    for row in sheets.get("items", ()):
        item = _entry(row, "section")
        items[item.get("id", "")] = item
        sections.setdefault(row.get("section", ""), {"id": row.get("section", ""), "items": []})["items"].append(item)
    fields: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sheets.get("fields", ()):
        entry = _entry(row, "item")
        fields[row.get("item", ""), entry.get("name", "")] = entry
        items.setdefault(row.get("item", ""), {}).setdefault("fields", []).append(entry)
    for row in sheets.get("choices", ()):
        key = row.get("item", ""), row.get("field", "")
        owner = fields.setdefault(key, {}) if key[1] else items.setdefault(key[0], {})
        owner.setdefault("choices", []).append(_entry(row, "item", "field"))
    checklist["sections"] = list(sections.values())
    return checklist


def _entry(row: Row, *without: str) -> dict[str, Any]:
    entry: dict[str, Any] = {key: value for key, value in row.items() if key not in without and value}
    if "inputs" in entry:
        entry["inputs"] = dict(pair.split("=", 1) for pair in entry["inputs"].split())
    return entry


def catalogue_sheets(content: Mapping[str, Any]) -> Sheets:
    """Return laws, limits, factors or phrases as sheets; a clause of a law is a row with `law` filled."""
    sheets: Sheets = {}
    for name, rows in content.items():
        sheet: list[Row] = []
        if isinstance(rows, Mapping):
            sheet = [{"key": key, **row} for key, row in rows.items()]
        else:
            for row in rows:
                sheet.append({"law": "", **_confirmed(row)} if name == "laws" else _confirmed(row))
                sheet += [{"law": row["id"], **_confirmed(clause)} for clause in row.get("clauses", ())]
        sheets[name] = sheet
    return sheets


def _confirmed(row: Mapping[str, Any]) -> Row:
    flat = {key: value for key, value in row.items() if isinstance(value, str)}
    return flat | {f"confirmed_{key}": value for key, value in row.get("confirmed_by", {}).items()}


_CONFIRMED = ("officer", "position", "document", "date")


def catalogue_content(sheets: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Return what `catalogue_sheets` laid out. Blank cells are keys that are not there, but `from` always stands."""
    content: dict[str, Any] = {}
    for name, rows in sheets.items():
        if rows and "key" in rows[0]:
            content[name] = {row["key"]: {k: v for k, v in row.items() if k != "key" and v} for row in rows}
            continue
        entries: dict[str, dict[str, Any]] = {}
        listed: list[dict[str, Any]] = []
        for row in rows:
            entry: dict[str, Any] = {
                key: value
                for key, value in row.items()
                if key != "law"
                and not key.startswith("confirmed_")
                and (value or (key == "from" and (name != "laws" or not row.get("law"))))
            }
            if name != "laws" and row.get("law"):
                entry["law"] = row["law"]
            who = {key: row[f"confirmed_{key}"] for key in _CONFIRMED if row.get(f"confirmed_{key}")}
            if who:
                entry["confirmed_by"] = who
            if name == "laws" and row.get("law"):
                entries.setdefault(row["law"], {}).setdefault("clauses", []).append(entry)
            else:
                entries[entry.get("id", "")] = entry
                listed.append(entry)
        content[name] = listed
    return content


# --- rows <-> xlsx --------------------------------------------------------------------------------------------------


def write(sheets: Mapping[str, Sequence[Row]], file: Path) -> None:
    """Write sheets to an xlsx file, every cell as text, heads frozen."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        columns = list(dict.fromkeys(key for row in rows for key in row))
        for number, row in enumerate([dict(zip(columns, columns, strict=True)), *rows], start=1):
            for place, column in enumerate(columns, start=1):
                cell = page.cell(number, place, row.get(column, "") or None)
                cell.number_format = "@"
                cell.data_type = "s" if cell.value is not None else cell.data_type  # never a formula
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == 1)
        page.freeze_panes = "A2"
    book.save(file)


def read(file: Path) -> tuple[Sheets, tuple[Issue, ...]]:
    """Return the sheets of an xlsx file as text, and what Excel seems to have damaged."""
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=False, data_only=False)
    sheets: Sheets = {}
    issues: list[Issue] = []
    for page in book.worksheets:
        issues += _merged(page, file.name)
        rows = page.iter_rows(max_row=min(page.max_row, MAX_ROWS), max_col=min(page.max_column, MAX_COLUMNS))
        head = [str(cell.value or "") for cell in next(rows, ())]
        sheets[page.title] = []
        for number, cells in enumerate(rows, start=2):
            row: Row = {}
            for column, cell in zip(head, cells, strict=False):
                if column:
                    row[column], damage = _text(cell.value, column)
                    if damage:
                        at = {"file": file.name, "sheet": page.title, "row": number, "column": column}
                        issues.append(issue("damaged", **at, value=str(cell.value), suggest=damage))  # type: ignore[arg-type]  # places of an issue
            if any(row.values()):
                sheets[page.title].append(row)
    return sheets, tuple(issues)


def _text(value: object, column: str) -> tuple[str, str]:
    """Return a cell as text, and what is wrong with it as a suggestion code."""
    if value is None:
        return "", ""
    if not isinstance(value, str):
        return str(value), "as-text"
    text = value.strip()
    if column in CODES and re.search("[๐-๙]", text):
        return to_western_digits(text), "western-digits"
    return text, ""


def _merged(page: Any, file: str) -> Iterator[Issue]:
    for area in page.merged_cells.ranges:
        yield issue("merged", file=file, sheet=page.title, row=area.min_row, column=str(area), suggest="unmerge")


# --- the two directions for authors ---------------------------------------------------------------------------------


def export(content: Mapping[str, Any], file: Path) -> None:
    """Write a checklist or a catalogue, as read from YAML, to an xlsx file."""
    write(to_sheets(content) if "sections" in content else catalogue_sheets(content), file)


def import_(file: Path) -> Imported:
    """Read back what `export` wrote, with the issues found."""
    sheets, issues = read(file)
    content = from_sheets(sheets) if "items" in sheets else catalogue_content(sheets)
    return Imported(content, issues)


def dump(content: Mapping[str, Any]) -> str:
    """Return a checklist or catalogue as YAML text, every scalar kept as text."""
    return yaml.dump(_plain(content), allow_unicode=True, sort_keys=False, width=120, Dumper=_Dumper)


class _Dumper(yaml.SafeDumper):
    """Writes Thai as it is and indents lists under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        super().increase_indent(flow, False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value
