"""Texts that are missing fail the tests of the application."""

from __future__ import annotations

import pytest

from inspector_app.i18n import STRICT_VARIABLE


@pytest.fixture(autouse=True)
def strict_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT_VARIABLE, "1")
