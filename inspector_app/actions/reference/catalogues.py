"""Laws, limits, phrases, factors and the calendar as workbooks for officials, and back as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists.errors import AuthorError, NotFoundError
from checklists.model import Words
from inspector_app.actions.reference import checklists
from inspector_app.actions.reference.checklists import Remark

if TYPE_CHECKING:
    from checklists.authoring import lint

NAMES = ("laws", "limits", "phrases", "factors", "holidays", "deadlines")
"""Catalogues that may be edited as workbooks."""


class DamagedWorkbookError(AuthorError):
    """A workbook is not taken over: Excel damaged it, or an entry is wrong; `file`, `count`."""

    code = "damaged-workbook"


def file_of(name: str) -> Path:
    """Return the bundled file of a catalogue. Raises `NotFoundError(kind="catalogue")`."""
    from checklists.authoring.catalogue import HANDBOOK

    if name not in NAMES:
        raise NotFoundError(kind="catalogue", key=name)
    return HANDBOOK / f"{name}.yaml"


def export(name: str, file: Path) -> None:
    """Write a bundled catalogue as a workbook, every cell as text."""
    from checklists.authoring import load_yaml, workbook

    workbook.export(load_yaml(file_of(name)), file)


def read(file: Path) -> tuple[str, dict[str, Any], tuple[Remark, ...]]:
    """Return which catalogue a workbook holds, its content, and everything that is wrong with it.

    Raises `NotFoundError(kind="catalogue")` where it is none.
    """
    from checklists.authoring import workbook

    imported = workbook.import_(file)
    name = _name(imported.content)
    found = [*imported.issues, *_linted(name, imported.content, file)]
    return name, imported.content, tuple(checklists.remark_of(issue) for issue in found)


def _name(content: dict[str, Any]) -> str:
    """A catalogue is known by its sheets; the phrases have one sheet a group."""
    from checklists.authoring import load_yaml

    for name in NAMES:
        if set(load_yaml(file_of(name))) & set(content):
            return name
    raise NotFoundError(kind="catalogue", key=", ".join(content))


def _linted(name: str, content: dict[str, Any], file: Path) -> list[lint.Issue]:
    from checklists.authoring import lint, load_yaml
    from checklists.authoring.catalogue import Catalogue

    if name == "laws":
        return list(lint.lint_laws(content["laws"], file=file.name))
    if name == "limits":
        return list(lint.lint_limits(content["limits"], load_yaml(file_of("laws"))["laws"], file=file.name))
    return list(lint.lint_rows(content, Catalogue.bundled(), file=file.name))


def compare(file: Path) -> tuple[str, tuple[Words, ...], tuple[Remark, ...]]:
    """Return the catalogue, what a workbook changes in it as sentences, and what is wrong or damaged."""
    from checklists.authoring import comparing, load_yaml

    name, content, remarks = read(file)
    return name, tuple(change.words for change in comparing.diff(load_yaml(file_of(name)), content)), remarks


def to_yaml(file: Path, output: Path) -> tuple[str, tuple[Remark, ...]]:
    """Write what a workbook holds as the catalogue's YAML. Raises `DamagedWorkbookError` where anything is wrong."""
    from checklists.authoring import workbook

    name, content, remarks = read(file)
    wrong = [remark for remark in remarks if remark.severity == "error"]
    if wrong:
        raise DamagedWorkbookError(file=file.name, count=len(wrong))
    output.write_text(workbook.dump(content), encoding="utf-8")
    return name, remarks
