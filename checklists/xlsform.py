"""XLSForm (xlsx, xls, csv, md, rows) to XForm text, with the row that each node came from. The only user of pyxform.

pyxform takes 0.3 s to import, so it is imported on first use. Workbooks of strangers are weighed before they are
opened: an xlsx is a zip and may unpack to anything.
"""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from checklists.errors import AuthorError

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
"""Most bytes that one packed byte may become; real workbooks stay under 30."""
MAX_ROWS = 100_000

Rows: TypeAlias = Sequence[Mapping[str, str]]
Sheets: TypeAlias = Mapping[str, Rows]
Place: TypeAlias = tuple[str, int]

_ROW = re.compile(r"\[\s*row\s*:\s*(\d+)\s*\]", re.IGNORECASE)
_QUOTED = re.compile(r"['‘’\"`]([^'‘’\"`]+)['‘’\"`]")
_BEGIN = re.compile(r"begin[ _](group|repeat|loop)\b", re.IGNORECASE)
_END = re.compile(r"end[ _](group|repeat|loop)\b", re.IGNORECASE)
_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


class SheetError(AuthorError):
    """A workbook or its rows cannot be converted; `sheet` and `row` in data where known, `detail` is pyxform's."""

    code = "xlsform"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What pyxform doubts, in its own words, with the row where it names one."""

    detail: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Converted:
    """An XForm with the way back to the sheets. `rows` leads from node path to (sheet, row); the header is row 1."""

    xform: str
    rows: Mapping[str, Place] = field(default_factory=dict)
    warnings: tuple[Doubt, ...] = ()
    sheets: Sheets = field(default_factory=dict)
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        """Return the sheet and row of a node, or of the nearest node around it; ('', 0) when unknown."""
        while path:
            found = self.rows.get(path)
            if found is not None:
                return found
            path = path.rpartition("/")[0]
        return "", 0


def convert(source: Mapping[str, Any] | bytes | str, *, file_type: str | None = None, name: str = "") -> Converted:
    """Convert rows by sheet, or the content of a workbook. `file_type` is `.xlsx .xls .csv .md`, guessed when left out.

    Raises `SheetError`.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as pyxform_convert

    workbook = dict(source) if isinstance(source, Mapping) else _workbook(source, file_type, name)
    _check_rows(workbook, name)
    warnings: list[str] = []
    try:
        xform = pyxform_convert(workbook, warnings=warnings).xform
    except PyXFormError as error:
        raise _sheet_error(str(error), name, workbook) from error
    except RecursionError as error:
        raise SheetError("nested too deeply", detail="nested too deeply", file=name, sheet="survey", row=0) from error
    except Exception as error:
        raise SheetError(
            f"{type(error).__name__}: {error}", detail=f"{type(error).__name__}: {error}", file=name, sheet="", row=0
        ) from error
    return Converted(
        xform=str(xform),
        warnings=tuple(Doubt(text, _row_in(text)) for text in warnings),
        **_laid_out(workbook),
    )


def read_sheets(source: bytes | str, *, file_type: str | None = None, name: str = "") -> Converted:
    """Return the sheets and headers of a workbook as they stand, also of one that cannot be converted.

    Raises `SheetError`.
    """
    workbook = _workbook(source, file_type, name)
    _check_rows(workbook, name)
    return Converted("", **_laid_out(workbook))


def _laid_out(workbook: Mapping[str, Any]) -> dict[str, Any]:
    found = [sheet for sheet in _SHEETS if workbook.get(sheet)]
    return {
        "rows": _row_map(workbook.get("survey") or ()),
        "sheets": {sheet: workbook[sheet] for sheet in found},
        "headers": {sheet: _header(workbook, sheet) for sheet in found},
    }


def _workbook(source: bytes | str, file_type: str | None, name: str) -> dict[str, Any]:
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import get_xlsform

    data = source.encode("utf-8") if isinstance(source, str) else source
    weigh(data, name=name)
    try:
        found = get_xlsform(xlsform=io.BytesIO(data), file_type=file_type)
    except PyXFormError as error:
        raise _sheet_error(str(error), name, {}) from error
    except Exception as error:
        raise SheetError(
            f"{type(error).__name__}: {error}", detail=f"{type(error).__name__}: {error}", file=name, sheet="", row=0
        ) from error
    fields = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    return {key: value for key, value in fields.items() if value is not None}


def weigh(data: bytes, *, name: str = "") -> None:
    """Refuse a workbook that is too large, or that would unpack to too much. Raises `SheetError`."""
    if len(data) > MAX_BYTES:
        raise SheetError(
            "too large", detail="too large", file=name, bytes=len(data), most=MAX_BYTES, reason="too-large"
        )
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SheetError(str(error), detail=str(error), file=name, reason="damaged") from error
    unpacked = sum(entry.file_size for entry in entries)
    costly = any(e.file_size > MAX_RATIO * max(e.compress_size, 1) and e.file_size > 1_000_000 for e in entries)
    if unpacked > MAX_UNPACKED or costly or len(entries) > 10_000:
        raise SheetError(
            "unpacks to too much",
            detail="unpacks to too much",
            file=name,
            bytes=unpacked,
            most=MAX_UNPACKED,
            reason="zip-bomb",
        )


def _check_rows(workbook: Mapping[str, Any], name: str) -> None:
    for sheet in _SHEETS:
        rows = workbook.get(sheet) or ()
        if len(rows) > MAX_ROWS:
            raise SheetError(
                "too many rows",
                detail="too many rows",
                file=name,
                sheet=sheet,
                row=MAX_ROWS,
                most=MAX_ROWS,
                reason="too-large",
            )


def _sheet_error(text: str, name: str, workbook: Mapping[str, Any]) -> SheetError:
    """pyxform has only sentences; the row is in brackets, or that of a value which the sentence quotes."""
    for sheet in ("survey", "choices", "settings", "entities", "osm"):
        row = _quoted_row(text, workbook.get(sheet) or ()) if workbook else 0
        if f"'{sheet}'" in text or f"On the {sheet}" in text or (row and not _row_in(text)):
            return SheetError(text, detail=text, file=name, sheet=sheet, row=_row_in(text) or row)
    return SheetError(text, detail=text, file=name, sheet="survey", row=_row_in(text))


def _quoted_row(text: str, rows: Rows) -> int:
    quoted = set(_QUOTED.findall(text))
    for number, row in enumerate(rows, 2):
        if quoted & {str(value).strip() for value in row.values()}:
            return number
    return 0


def _row_in(text: str) -> int:
    found = _ROW.search(text)
    return int(found[1]) if found else 0


def _header(workbook: Mapping[str, Any], sheet: str) -> tuple[str, ...]:
    header = workbook.get(f"{sheet}_header")
    if header:
        return tuple(str(column) for column in header[0])
    return tuple(dict.fromkeys(column for row in workbook[sheet] for column in row))


def _row_map(survey: Rows, *, root: str = "/data") -> dict[str, Place]:
    """Return the sheet and row of every node of a survey, by its path."""
    places: dict[str, Place] = {}
    stack = [root]
    for number, row in enumerate(survey, 2):
        kind = str(row.get("type") or "").strip()
        if _END.match(kind):
            del stack[max(1, len(stack) - 1) :]
            continue
        name = str(row.get("name") or "").strip()
        if not name:
            continue
        path = f"{stack[-1]}/{name}"
        places.setdefault(path, ("survey", number))
        if _BEGIN.match(kind):
            stack.append(path)
            if row.get("repeat_count"):
                places.setdefault(f"{path}_count", ("survey", number))
    return places
