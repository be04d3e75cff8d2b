"""Any source to a `FormDefinition`: XForm XML, XLSForm in its four shapes, checklist YAML, and the bundled checklists.

Errors of a form that came from sheets say the sheet and row. Bundled checklists ship as compiled XForms
(`python -m checklists.loading` writes them anew), so opening one does not pay for pyxform.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from checklists.authoring import expand, load_yaml
from checklists.authoring.reading import read
from checklists.errors import AuthorError, NotFoundError
from checklists.model import FormPin, Words
from checklists.xform import FormDefinition, FormError, LoadProblem
from checklists.xform.xml import INSPECTION
from checklists.xlsform import Converted, convert

HANDBOOK = Path(__file__).parent / "handbook"
COMPILED = HANDBOOK / "compiled"
INDEX = "index.json"
CATALOGUES = frozenset(
    {"deadlines", "factors", "holidays", "laws", "limits", "orders", "phrases", "powers", "results", "steps"}
)
_SHEET_TYPES = {".xlsx", ".xls", ".csv", ".md"}
_MAX_EXTERNAL = 64 * 1024 * 1024


class UnknownSourceError(AuthorError):
    """Neither a form, nor a workbook, nor a checklist; `file` in data."""

    code = "unknown-source"


# --- any source -----------------------------------------------------------------------------------------------------


def load_form(source: Path | bytes | str, *, files: Mapping[str, bytes] | None = None) -> FormDefinition:
    """Load a form from a file, or from the content of one (text or bytes).

    External files are taken from `files`, and for a path also from its folder and `<name>-media` beside it. Raises
    `FormError` (with sheet and row where there is a sheet), `SheetError`, `ChecklistError` or `UnknownSourceError`.
    """
    name = source.name if isinstance(source, Path) else ""
    nearby = _Nearby(source, files or {}) if isinstance(source, Path) else (files or {})
    content = source.read_bytes() if isinstance(source, Path) else source
    suffix = source.suffix.lower() if isinstance(source, Path) else _guess(content)
    if suffix == ".xml":
        return FormDefinition.from_xform(content, files=nearby)
    return _from_sheets(to_sheets(content, suffix, name=name), nearby)


def to_sheets(content: bytes | str, suffix: str, *, name: str = "") -> Converted:
    """Return the XForm text and row map of a workbook or checklist; `suffix` says what it is."""
    if suffix in {".yaml", ".yml"}:
        text = _decoded(content, name)
        return convert(expand(read(text, file=name)), name=name)
    if suffix in _SHEET_TYPES:
        return convert(content, file_type=suffix, name=name)
    raise UnknownSourceError(file=name)


def _from_sheets(converted: Converted, files: Mapping[str, bytes]) -> FormDefinition:
    try:
        return FormDefinition.from_xform(converted.xform, files=files)
    except FormError as error:
        raise FormError([placed(problem, converted) for problem in error.problems]) from error


def placed(problem: LoadProblem, converted: Converted) -> LoadProblem:
    """Return a load problem with the sheet and row it comes from."""
    sheet, row = converted.place(problem.path)
    return dataclasses.replace(problem, sheet=sheet, row=row)


def _guess(content: bytes | str) -> str:
    if isinstance(content, bytes):
        if content.startswith(b"PK"):
            return ".xlsx"
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            return ".xls"
        if content[:2] in {b"\xff\xfe", b"\xfe\xff"} and b"<" in content[:4]:
            return ".xml"
        content = content.decode("utf-8", "replace")
    start = content.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return ".xml"
    if start.startswith("|"):
        return ".md"
    first = start.partition("\n")[0]
    return ".csv" if first.split(",")[0].strip().strip('"') in {"survey", "settings", "choices"} else ".yaml"


def _decoded(content: bytes | str, name: str) -> str:
    try:
        return content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise UnknownSourceError(file=name) from error


class _Nearby(dict[str, bytes]):
    """External files: those given, then those beside the form."""

    def __init__(self, form: Path, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self._folders = (form.parent, form.with_name(f"{form.stem}-media"))

    def get(self, name: str, default: bytes | None = None) -> bytes | None:  # type: ignore[override]  # read-only use
        if name in self:
            return self[name]
        for folder in self._folders:
            path = folder / Path(name).name
            if path.is_file() and path.stat().st_size <= _MAX_EXTERNAL:
                return path.read_bytes()
        return default


# --- bundled checklists ---------------------------------------------------------------------------------------------


def bundled_ids(folder: Path = COMPILED) -> tuple[FormPin, ...]:
    """Return the checklists that ship with the program, newest version of each first."""
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return tuple(FormPin.from_json(entry) for entry in index)


def bundled(checklist_id: str, version: str | None = None, *, folder: Path = COMPILED) -> FormDefinition:
    """Return a bundled checklist, the newest version unless one is named. Raises `NotFoundError`."""
    for pin in bundled_ids(folder):
        if pin.form_id == checklist_id and version in {None, pin.version}:
            return _compiled(folder / f"{pin.form_id}-{pin.version}.xml", pin.sha256)
    raise NotFoundError(kind="checklist", key=checklist_id, version=version or "")


@functools.lru_cache(maxsize=8)
def _compiled(path: Path, sha256: str) -> FormDefinition:  # noqa: ARG001 - part of the key: a new compilation is a new form
    return FormDefinition.from_xform(path.read_bytes())


def pin_of(definition: FormDefinition) -> FormPin:
    """Return the pin of a form: what a record says about the exact version it was made on."""
    attributes = definition.root_attributes
    return FormPin(
        form_id=definition.id,
        version=definition.version,
        sha256=definition.sha256,
        title=Words(definition.title, attributes.get(f"{{{INSPECTION}}}title-en", "")),
        confirmed=attributes.get(f"{{{INSPECTION}}}status") == "confirmed",
    )


def checklist_files(folder: Path = HANDBOOK) -> list[Path]:
    """Return the YAML files of the handbook that are checklists."""
    return sorted(path for path in folder.glob("*.yaml") if path.stem not in CATALOGUES)


def compile_bundled(
    folder: Path = HANDBOOK, into: Path | None = None, *, say: Callable[[str], object] = lambda _: None
) -> tuple[FormPin, ...]:
    """Write the XForm of every checklist and the index; versions whose YAML is gone are kept."""
    into = into or folder / "compiled"
    into.mkdir(exist_ok=True)
    for path in checklist_files(folder):
        xform = compiled_text(path)
        definition = FormDefinition.from_xform(xform)
        (into / f"{definition.id}-{definition.version}.xml").write_bytes(xform.encode("utf-8"))
        say(f"{definition.id} {definition.version}: {len(definition.questions)} questions")
    pins = [pin_of(FormDefinition.from_xform(path.read_bytes())) for path in into.glob("*.xml")]
    pins.sort(key=lambda pin: (pin.form_id, [-int(part) if part.isdigit() else 0 for part in pin.version.split(".")]))
    text = json.dumps([pin.to_json() for pin in pins], ensure_ascii=False, indent=1)
    (into / INDEX).write_text(text + "\n", encoding="utf-8")
    return tuple(pins)


def compiled_text(path: Path) -> str:
    """Return the XForm text of one checklist of the handbook."""
    return convert(expand(load_yaml(path)), name=path.name).xform


def sha256_of(xform: str) -> str:
    return hashlib.sha256(xform.encode("utf-8")).hexdigest()


if __name__ == "__main__":
    compile_bundled(say=lambda line: sys.stdout.write(line + "\n"))
