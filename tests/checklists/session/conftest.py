"""Sessions of small forms written in rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checklists.loading import load_form
from checklists.session import ClientInfo, FormSession
from tests.support.clock import FrozenClock

Open = Callable[..., FormSession]


@pytest.fixture
def fill(clock: FrozenClock) -> Open:
    """Return the way to open a session of a form in markdown rows: `fill(rows, header=…, choices=…, files=…)`."""

    def open_form(survey: str, *, choices: str = "", settings: str = "", entities: str = "", files=None, **further):
        sheets = [f"| survey |\n{survey.strip()}"]
        for name, rows in (("choices", choices), ("settings", settings), ("entities", entities)):
            if rows:
                sheets.append(f"| {name} |\n{rows.strip()}")
        definition = load_form("\n".join(sheets) + "\n", files=files)
        return FormSession(definition, clock=clock, client=ClientInfo("dev:1", "somchai"), **further)

    return open_form
