"""Read YAML so that every scalar stays text, and remember where each entry stands.

Plain YAML turns `no` into False and `2026.10` into 2026.1; a handbook cannot have that. So only PyYAML's base loader
is used. Lists and mappings know their line, for messages to authors.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from checklists.authoring.errors import ChecklistError

LINE = "__line__"


class Entry(dict[str, Any]):
    """A mapping that knows the line it starts on (from 1) and the lines of its keys."""

    line: int = 0
    lines: dict[str, int]


class _Loader(yaml.CBaseLoader):
    """The base loader with lines kept and duplicate keys refused."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Entry:
    entry = Entry()
    entry.line = node.start_mark.line + 1
    entry.lines = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in entry:
            raise ChecklistError("key twice", line=key_node.start_mark.line + 1, where=str(key), suggestion="")
        entry[key] = loader.construct_object(value_node, deep=True)
        entry.lines[key] = key_node.start_mark.line + 1
    return entry


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(text: str, *, file: str = "") -> Entry:
    """Return the top mapping of a YAML text. Raises `ChecklistError` with file and line."""
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - a base loader: builds text, lists and mappings only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ChecklistError("not YAML", file=file, line=line, where=error.problem or "", suggestion="") from error
    except ChecklistError as error:
        error.data["file"] = file
        raise
    if not isinstance(value, Entry):
        raise ChecklistError("no mapping", file=file, line=1, where="", suggestion="")
    return value


def load_yaml(path: Path | str) -> Mapping[str, Any]:
    """Return a checklist or catalogue file with every scalar as text."""
    path = Path(path)
    return read(path.read_text(encoding="utf-8"), file=path.name)
