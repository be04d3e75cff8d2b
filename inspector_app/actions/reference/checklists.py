"""Which checklists there are, checking one from a file, and taking it into use."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock, SystemClock
from checklists.errors import AuthorError, NotFoundError
from checklists.model import FormPin, Words
from inspector_app.actions.reference import handbook
from inspector_app.actions.reference.pins import pin_of
from inspector_app.i18n import Translator
from inspector_app.messages import explain, explain_code

if TYPE_CHECKING:
    from checklists.authoring import lint
    from checklists.session import PlayedState
    from checklists.store import Store
    from checklists.xform import FormDefinition, LoadProblem

SHEETS = frozenset({".xlsx", ".xls", ".csv", ".md"})
COLUMNS = {"calculate": "calculation", "count": "repeat_count"}
"""What authors call the rules of the engine."""

STATUS = "{urn:th:moi:inspection:1}status"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a checklist: `severity` error or warning, `place` as in errors (file, sheet, row, …)."""

    severity: str
    words: Words
    suggestion: Words
    place: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checklist is, None where it cannot be used, and everything that looks wrong."""

    pin: FormPin | None
    items: int
    remarks: tuple[Remark, ...]
    catalogue: bool = False  # laws, limits or the like: no checklist, but checked all the same

    @property
    def good(self) -> bool:
        return (self.pin is not None or self.catalogue) and all(remark.severity != "error" for remark in self.remarks)


def bundled() -> tuple[FormPin, ...]:
    """Return the checklists that ship with the program."""
    from checklists import loading

    return tuple(sorted(loading.bundled_ids(), key=lambda pin: pin.form_id))


def available(store: Store) -> tuple[FormPin, ...]:
    """Return the checklists to choose from, one of each id: imported ones, bundled ones, signed editions in force."""
    kept = store.checklists.list()
    pins = {pin.form_id: pin for pin in reversed(kept)}
    pins.update({pin.form_id: pin for pin in bundled()})
    in_force = set(handbook.editions_in_force(store).values())
    pins.update({pin.form_id: pin for pin in kept if pin.sha256 in in_force})
    return tuple(sorted(pins.values(), key=lambda pin: pin.form_id))


def definition(store: Store, form_id: str) -> tuple[FormPin, FormDefinition]:
    """Return a checklist that can be started now: the signed edition in force, the bundled one, or an imported one.

    Raises `NotFoundError(kind="checklist")`.
    """
    from checklists import loading

    edition = handbook.editions_in_force(store).get(form_id)
    if edition is not None:
        return store.checklists.get(edition)[0], stored(store, edition)
    if any(pin.form_id == form_id for pin in loading.bundled_ids()):
        found = loading.bundled(form_id)
        return pin_of(found), found
    pin = next((pin for pin in store.checklists.list() if pin.form_id == form_id), None)
    if pin is None:
        raise NotFoundError(kind="checklist", key=form_id)
    return pin, stored(store, pin.sha256)


def stored(store: Store, sha256: str) -> FormDefinition:
    """Return the exact version that a record was made on."""
    from checklists import loading

    pin = next((pin for pin in loading.bundled_ids() if pin.sha256 == sha256), None)
    if pin is not None:
        return loading.bundled(pin.form_id, pin.version)
    return loading.load_form(store.checklists.get(sha256)[1])


def check(file: Path, *, today: date, clock: Clock | None = None) -> Checked:
    """Look for mistakes in a checklist from any source: the linter's and the engine's, with their places.

    Raises an `AuthorError` where the file cannot be read as a checklist at all.
    """
    from checklists import items, loading
    from checklists.authoring import lint, workbook
    from checklists.xform import FormError
    from checklists.xlsform import SheetError

    remarks: list[Remark] = []
    try:
        remarks.extend(_linted(file, today))  # keeps what was said before the sheets turned out to be unusable
    except SheetError as error:
        said = explain(error, Translator())
        return Checked(None, 0, (*remarks, Remark("error", said.what, said.todo, error.data)))
    if file.suffix.lower() in {".yaml", ".yml"} and lint.is_catalogue(file):
        return Checked(None, 0, tuple(remarks), catalogue=True)
    try:
        found = loading.load_form(workbook.dump(_content(file)[0]) if is_workbook(file) else file)
    except FormError as error:
        remarks += [_of_problem(problem, file) for problem in error.problems]
        return Checked(None, 0, _once(remarks))
    except AuthorError as error:
        wrong = any(remark.severity == "error" for remark in remarks)
        written_as_sheets = file.suffix.lower() in SHEETS and not is_workbook(file)
        if isinstance(error, SheetError) and (written_as_sheets or not wrong):
            said = explain(error, Translator())
            return Checked(None, 0, _once((*remarks, Remark("error", said.what, said.todo, error.data))))
        if wrong:  # the linter has said it already, at the author's own line and not at a row that we made
            return Checked(None, 0, _once(remarks))
        raise
    remarks += [_of_problem(problem, file) for problem in found.problems]
    remarks += _scored_twice(found, file, clock or SystemClock())
    return Checked(pin_of(found), len(items.outline(found).items), _once(remarks))


def _linted(file: Path, today: date) -> Iterator[Remark]:
    from checklists import xlsform
    from checklists.authoring import lint
    from checklists.authoring.catalogue import Catalogue

    kind = file.suffix.lower()
    found: list[lint.Issue] = []
    if is_workbook(file):
        content, damaged = _content(file)
        yield from damaged
        found += lint.lint_checklist(content, Catalogue.bundled(), on=today.isoformat(), file=file.name)
        kind = ""
    if kind in {".yaml", ".yml"}:
        found += lint.lint(file, on=today.isoformat())
    if kind == ".md":
        found += lint.lint_markdown(file.read_text(encoding="utf-8-sig"), file=file.name)
    if kind in SHEETS:
        converted = xlsform.read_sheets(file.read_bytes(), file_type=kind, name=file.name)
        found += lint.lint_sheets(converted.sheets, headers=converted.headers, file=file.name)
    for issue in found:
        yield remark_of(issue)


def remark_of(issue: lint.Issue) -> Remark:
    """Return what the linter or a workbook says, with its place."""
    place = {"file": issue.file, "line": issue.line or "", "sheet": issue.sheet, "row": issue.row or ""}
    return Remark(
        issue.severity, issue.message, issue.suggestion, {**place, "column": issue.column, "path": issue.where}
    )


def _scored_twice(found: FormDefinition, file: Path, clock: Clock) -> Iterator[Remark]:
    """Yield where a total that the form calculates differs from ours, with the row it stands in."""
    from checklists import findings, xlsform
    from checklists.authoring.catalogue import Catalogue

    kind = file.suffix.lower()
    rows = xlsform.read_sheets(file.read_bytes(), file_type=kind, name=file.name) if kind in SHEETS else None
    for issue in findings.lint_scores(found, Catalogue.bundled(), clock=clock, file=file.name):
        sheet, row = rows.place(issue.where) if rows else ("", 0)
        yield remark_of(dataclasses.replace(issue, sheet=sheet, row=row))


def _once(remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """Leave out what the engine says of a cell about which the linter has said more already."""
    told = {_cell(remark) for remark in remarks if remark.severity == "error" and "line" in remark.place}
    return tuple(r for r in remarks if "line" in r.place or not r.place.get("row") or _cell(r) not in told)


def _cell(remark: Remark) -> tuple[object, ...]:
    return tuple(remark.place.get(name) for name in ("sheet", "row", "column"))


def _of_problem(problem: LoadProblem, file: Path) -> Remark:
    """Return what the engine says, in words where its code has some."""
    texts = Translator()
    place = {"file": file.name, "sheet": problem.sheet, "row": problem.row or "", "path": problem.path}
    column = COLUMNS.get(problem.rule, problem.rule.replace("insp:", "bind::insp:"))
    if texts.has(f"errors.{problem.code}.what"):
        data = {name: _shown(value) for name, value in problem.data.items() if name != "code"}
        said = explain_code(problem.code, texts, **data)
        return Remark(problem.severity, said.what, said.todo, {**place, "column": column})
    told = ", ".join(f"{name}: {_shown(value)}" for name, value in problem.data.items())
    words = f"{problem.code} {problem.rule} {told}".strip()
    return Remark(problem.severity, Words(words, words), Words(), place)


def _shown(value: object) -> str:
    return " → ".join(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else str(value)


def export(form_id: str, file: Path) -> None:
    """Write a bundled checklist as a workbook for authors who work in Excel. Raises `NotFoundError`."""
    from checklists.authoring import load_yaml, workbook

    workbook.export(load_yaml(_source(form_id)), file)


def _source(form_id: str) -> Path:
    from checklists import loading

    known = {path.stem: path for path in loading.checklist_files()}
    if form_id not in known:
        raise NotFoundError(kind="checklist", key=form_id)
    return known[form_id]


def compare(file: Path) -> tuple[str, tuple[Words, ...], tuple[Remark, ...]]:
    """Return the id, what a workbook or YAML changes against the bundled checklist, and what Excel damaged."""
    from checklists.authoring import comparing, load_yaml

    content, remarks = _content(file) if is_workbook(file) else (dict(load_yaml(file)), ())
    form_id = str(content.get("checklist", file.stem))
    changes = comparing.diff(load_yaml(_source(form_id)), content)
    return form_id, tuple(change.words for change in changes), remarks


def differences(old: str, new: str) -> tuple[Words, ...]:
    """Return what changed between two versions as sentences; each is a file (YAML, workbook) or a bundled id.

    Raises `NotFoundError(kind="checklist")`, `AuthorError`.
    """
    from checklists.authoring import comparing

    return tuple(change.words for change in comparing.diff(_version(old), _version(new)))


def _version(source: str) -> Mapping[str, Any]:
    from checklists.authoring import load_yaml

    file = Path(source)
    if not file.is_file():
        return load_yaml(_source(source))
    return _content(file)[0] if is_workbook(file) else load_yaml(file)


def is_workbook(file: Path) -> bool:
    """Say whether a file is what `export` wrote for authors, and no XLSForm."""
    if file.suffix.lower() != ".xlsx":
        return False
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    from checklists.xlsform import weigh

    weigh(file.read_bytes(), name=file.name)
    try:
        book = load_workbook(file, read_only=True)
    except (BadZipFile, KeyError, ValueError):
        return False
    try:
        return {"checklist", "items"} <= set(book.sheetnames)
    finally:
        book.close()


def _content(file: Path) -> tuple[dict[str, Any], tuple[Remark, ...]]:
    from checklists.authoring import workbook

    imported = workbook.import_(file)
    return imported.content, tuple(remark_of(issue) for issue in imported.issues)


@dataclass(frozen=True, slots=True)
class Taken:
    """A checklist that was taken into use: what an author's workbook changed, and what Excel seems to have damaged."""

    pin: FormPin
    changed: tuple[Words, ...] = ()
    remarks: tuple[Remark, ...] = ()


def import_file(store: Store, file: Path) -> Taken:
    """Keep a checklist in the workspace: any form, or the workbook that an author sends back. Raises `AuthorError`."""
    from checklists import loading
    from checklists.authoring import workbook

    changed: tuple[Words, ...] = ()
    remarks: tuple[Remark, ...] = ()
    if is_workbook(file):
        content, remarks = _content(file)
        found = loading.load_form(workbook.dump(content))
        if found.id in {path.stem for path in loading.checklist_files()}:
            changed = compare(file)[1]
    else:
        found = loading.load_form(file)
    if not found.id:
        raise AuthorError(file=str(file))
    pin = pin_of(found)
    store.checklists.put(pin, found.xml)
    return Taken(pin, changed, remarks)


class NeedsFilesError(AuthorError):
    """The checklist takes choices from a file beside it, and only the checklist itself is given out; `file` in data."""

    code = "needs-files"


def for_publishing(source: str) -> tuple[FormPin, bytes]:
    """Return a checklist for a centre to give out: a bundled one by its id, or one from a file.

    Raises `NeedsFilesError` for one that a laptop or phone could not open without other files.
    """
    from checklists import loading
    from checklists.authoring import workbook
    from checklists.xform import FormDefinition, FormError

    if any(pin.form_id == source for pin in loading.bundled_ids()):
        found = loading.bundled(source)
    else:
        file = Path(source)
        if not file.is_file():
            raise NotFoundError(kind="checklist", key=source)
        found = loading.load_form(workbook.dump(_content(file)[0]) if is_workbook(file) else file)
    try:
        FormDefinition.from_xform(found.xml)
    except FormError as error:  # it opened a moment ago with what stands beside it
        lacking = [str(problem.data.get("file", "")) for problem in error.problems]
        raise NeedsFilesError(file=", ".join(lacking)) from error
    return pin_of(found), found.xml


class StepsFileError(AuthorError):
    """The file is no JSON list of steps; `file`, `line` in data."""

    code = "steps-file"


def try_out(file: Path, steps: Path, *, clock: Clock) -> PlayedState:
    """Play written steps on a checklist from any source. Raises `AuthorError`, `UnknownStepError`."""
    from checklists import loading
    from checklists.authoring import workbook
    from checklists.session import play

    try:
        read = json.loads(steps.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise StepsFileError(file=str(steps), line=getattr(error, "lineno", "")) from error
    listed = read.get("steps") if isinstance(read, dict) else read
    if not isinstance(listed, list) or not all(isinstance(step, dict) for step in listed):
        raise StepsFileError(file=str(steps))
    found = loading.load_form(workbook.dump(_content(file)[0]) if is_workbook(file) else file)
    return play(found, listed, clock=clock)
