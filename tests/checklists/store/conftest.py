"""A fresh workspace for each test of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.store import Store
from tests.support.clock import FrozenClock
from tests.support.store_workspace import new_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "งานตรวจ"


@pytest.fixture
def store(folder: Path, clock: FrozenClock) -> Iterator[Store]:
    with new_store(folder, clock) as opened:
        yield opened
