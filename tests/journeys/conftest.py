"""A workspace with a few demo factories, made once and copied for each journey."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import KdfCost
from checklists.model import Officer
from inspector_app.actions.factories import sites
from inspector_app.actions.laptop import workspace
from inspector_app.credentials import NoSecretStore
from inspector_app.i18n import STRICT_VARIABLE
from tests.support.command_line import PASSPHRASE, CommandLine
from tests.support.served_centre import ServedCentre

OFFICER = Officer("p1", "นางสาวตัวอย่าง ใจดี", position="นักวิชาการอุตสาหกรรมชำนาญการ", office="สอจ.สมุทรปราการ", lead=True)


@pytest.fixture(autouse=True)
def strict_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT_VARIABLE, "1")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, clock = tmp_path_factory.mktemp("template") / "workspace", SystemClock()
    made = workspace.create(
        folder,
        officer=OFFICER,
        passphrase=PASSPHRASE,
        clock=clock,
        secrets=NoSecretStore(),
        cost=KdfCost.weak_for_tests(),
    )
    with workspace.open_store(folder, made.keys, clock=clock) as store:
        sites.import_demo(store, 100)
    (folder / "reserve.bin").unlink(missing_ok=True)
    return folder


@pytest.fixture
def inspector(template: Path, tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path / "ผู้ตรวจ สมชาย" / "workspace")
    shutil.copytree(template, made.folder)
    return made


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[ServedCentre]:
    with ServedCentre(tmp_path / "centre") as running:
        yield running
