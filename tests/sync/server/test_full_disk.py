"""A centre whose disk is full puts calls off in the words of the protocol, keeps what it has, and goes on with room."""

from __future__ import annotations

import errno
import logging
from hashlib import sha256
from typing import Any

import pytest

from checklists.crypto import DeviceKey
from checklists.sealing import wire_line
from sync.protocol import PART
from sync.server.routes import blobs
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_server import RunningCentre
from tests.sync.server.conftest import Call


def test_a_file_that_finds_no_room_is_put_off_and_taken_later(
    call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data = photo(1, 10_000)
    headers = {"content-type": PART, "upload-offset": "0", "upload-length": str(len(data))}
    path = f"/blobs/{sha256(data).hexdigest()}"

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as no_room, caplog.at_level(logging.ERROR, "inspector.centre"):
        no_room.setattr(blobs, "_write_all", full)
        answer = call("PATCH", path, data=data, headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (503, "busy", "disk-full")
    assert int(answer.headers["retry-after"]) > 0
    assert [record.exc_info for record in caplog.records] == [None], "one line, no traceback"
    assert call("PATCH", path, data=data, headers=headers).status_code == 201


def test_a_database_that_cannot_grow_puts_records_off_and_keeps_what_it_has(
    centre: RunningCentre, call: Call, key: DeviceKey
) -> None:
    lines = [wire_line(sealed_record(key, f"rev-{n}", record_id=f"r-{n}")).encode() for n in range(200)]
    assert call("POST", "/records:batch", data=lines[0]).status_code == 200
    kept = centre.centre.storage._kept
    if kept is None:
        pytest.skip("SQLite's own limit on its file stands for the full disk")
    driver: Any = kept.connection.driver_connection
    (unlimited,) = driver.execute("pragma max_page_count").fetchone()
    driver.execute("pragma max_page_count=1")  # SQLite makes it the size that the file has
    statuses = [call("POST", "/records:batch", data=b"\n".join(lines[n : n + 50])).status_code for n in (1, 51, 101)]
    driver.execute(f"pragma max_page_count={unlimited}")
    assert 503 in statuses
    health = call("GET", "/health?nonce=n")
    assert health.status_code == 200
    answer = call("POST", "/records:batch", data=b"\n".join(lines[:100]))
    assert [line.count('"receipt":{') for line in answer.text.splitlines()] == [1] * 100
