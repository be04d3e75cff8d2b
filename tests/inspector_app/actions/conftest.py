"""A workspace of one officer, and a desk at which inspections are begun and sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.clock import Clock
from checklists.crypto import KdfCost
from checklists.model import Officer
from checklists.store import Store
from inspector_app.actions.laptop import workspace
from inspector_app.credentials import NoSecretStore
from tests.support import handbook_records
from tests.support.clock import FrozenClock


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = workspace.create(
        tmp_path / "w",
        officer=Officer("p1", "ตัวอย่าง"),
        passphrase="passphrase",
        clock=clock,
        secrets=NoSecretStore(),
        cost=KdfCost.weak_for_tests(),
    )
    with workspace.open_store(tmp_path / "w", made.keys, clock=clock) as opened:
        yield opened


@pytest.fixture
def desk(tmp_path: Path, clock: FrozenClock) -> Iterator[handbook_records.Desk]:
    made = handbook_records.desk(tmp_path / "workspace", clock)
    yield made
    made.store.close()
