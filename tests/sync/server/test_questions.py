"""What is asked about one file or one record is answered by its own index, however much a province has sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from checklists.crypto import DeviceKey
from checklists.model import Audience
from checklists.sealing import digest, wire_line
from sync.protocol import Registration, Role, registration_message
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.people.auth import Caller
from tests.support.sync_outbox import photo, sealed_record

KEY = DeviceKey.from_seed(b"\1" * 32)
CALLER = Caller("d-1", "", Role.INSPECTOR, "00")
FILES = [photo(n, 100) for n in range(2)]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    opened = Centre.open(ServerConfig(tmp_path / "centre"))
    proof = KEY.sign(registration_message(code := opened.make_code(scope="00"), "d-1", KEY.key_id)).hex()
    opened.gate.register(Registration(code, "d-1", KEY.key_id, KEY.public_bytes.hex(), proof))
    yield opened
    opened.close()


@pytest.fixture
def steps(centre: Centre) -> list[str]:
    """How SQLite finds the rows of every question that is asked from here on."""
    found: list[str] = []

    def explain(connection: Connection, _cursor: Any, statement: str, values: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            plan = connection.connection.cursor()
            found.extend(f"{row[3]}" for row in plan.execute(f"explain query plan {statement}", values))

    if centre.storage._reader.dialect.name != "sqlite":
        pytest.skip("SQLite tells its plans in these words")
    for engine in (centre.storage._reader, centre.storage._writer):
        event.listen(engine, "before_cursor_execute", explain)
    return found


def test_no_question_about_one_file_or_record_reads_a_whole_province(centre: Centre, steps: list[str]) -> None:
    sealed = sealed_record(KEY, files=FILES)
    centre.records.file_lines(CALLER, [wire_line(sealed).encode()], lambda _hash: 0)
    for data in FILES:
        centre.records.add_blob("00", digest(data), len(data))
    assert centre.records.may_read_blob("00", digest(FILES[0]), audiences=frozenset({Audience.OFFICE}), device_id="d-1")
    assert len(centre.records.record("00", "r-1")) == 1
    assert any("revision_blobs_by_hash" in step for step in steps)
    assert [s for s in steps if s.startswith("SCAN revisions") or s.endswith("revisions_by_seq (scope=?)")] == []
