"""What the centre tells its laptops about sites: work that is assigned, orders that are open, what was reported."""

from __future__ import annotations

import json
from pathlib import Path

from checklists.errors import AuthorError
from inspector_app.actions.serving.centre import opened

KINDS = ("assignments", "orders", "reported")


class TellingFileError(AuthorError):
    """The file is no JSON list of objects that each have an `id` and a `site_id`; `row` in data, from 1."""

    code = "telling-file"


def tell(data: Path, kind: str, scope: str, file: Path) -> int:
    """Give a JSON list of rows to the laptops of a scope; `gone` in a row withdraws it. Returns how many rows.

    Raises `TellingFileError`.
    """
    from sync.protocol import Collection
    from sync.server import publishing

    rows = _read(file)
    with opened(data) as centre:
        publishing.publish_about(centre, scope, Collection(kind), rows)
    return len(rows)


def _read(file: Path) -> list[dict[str, object]]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise TellingFileError(file=str(file)) from error
    if not isinstance(rows, list):
        raise TellingFileError(file=str(file))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not row.get("id") or not row.get("site_id"):
            raise TellingFileError(file=str(file), row=number)
    return rows
