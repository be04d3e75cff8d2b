"""Every call that writes may be made again, as after a lost answer: the same word, and nothing is written twice.

The ordinary client makes each call once; the transport makes it three times, as a line does that loses answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from checklists.crypto import DeviceKey
from checklists.sealing import wire_line
from sync.bundle import export_bundle, upload_bundle
from sync.client import Client
from sync.protocol import BASE, Anchor, Review, ReviewComment, ReviewKind, Role
from sync.server.bundles import recipient_of
from sync.server.database import tables
from sync.server.wire.operations import OPERATIONS
from sync.transport import Body, Request, RequestsTransport, Response
from tests.support.clock import FrozenClock
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import RunningCentre

TIMES = 3
PATHS = {
    "devices.register": "/devices",
    "devices.tokens": "/tokens",
    "devices.anchors": "/anchors",
    "blobs.missing": "/blobs:missing",
    "blobs.patch": "/blobs/[0-9a-f]{64}",
    "records.batch": "/records:batch",
    "records.put": "/records/[^/]+/revisions/[^/]+",
    "bundles.patch": "/bundles/[0-9a-f]{64}",
    "feeds.reviews": "/reviews:batch",
}
"""Where each operation that has a body lives."""
MAY_GROW = {"audit": "it notes each call", "tokens": "a renewal gives new ones each time; the old long one stays good"}


@dataclass
class Repeating:
    """A line on which every call that writes is made three times; what it wrote is looked at after each."""

    centre: RunningCentre
    inner: RequestsTransport = field(default_factory=RequestsTransport)
    seen: list[str] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        name = self._operation(request)
        if not name:
            return self.inner.send(request)
        data = request.body if isinstance(request.body, bytes | None) else _all_of(request.body)
        again = replace(request, body=data)
        answer, written = self.inner.send(again), _rows(self.centre)
        for _ in range(TIMES - 1):
            repeated = self.inner.send(again)
            assert _rows(self.centre) == written, f"{name} wrote something when it was repeated"
            assert _said(repeated) == _said(answer), f"{name} answered otherwise when it was repeated"
        self.seen.append(name)
        return answer

    def close(self) -> None:
        self.inner.close()

    def _operation(self, request: Request) -> str:
        path = request.url.removeprefix(self.centre.url + BASE).partition("?")[0]
        writes = request.method in ("POST", "PUT", "PATCH")
        return next((name for name, where in PATHS.items() if writes and re.fullmatch(where, path)), "")


def _all_of(body: Body) -> bytes:
    return b"".join(iter(lambda: body.read(65_536), b""))


def _rows(centre: RunningCentre) -> dict[str, list[str]]:
    """Return every row of every table that a repeated call must leave as it is."""
    with_rows = [table for table in tables.metadata.sorted_tables if table.name not in MAY_GROW]
    return {
        table.name: centre.centre.storage.read(
            lambda c, table=table: sorted(repr(tuple(row)) for row in c.execute(select(table)))  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
        )
        for table in with_rows
    }


def _said(answer: Response) -> list[Any]:
    """Return what an answer comes to: 200 (have it) and 201 (made) are one word; tokens are new each time.

    The receipts of what a file completed are told once; who lost that answer gets them for the line, sent again.
    """
    lines = [json.loads(line) for line in answer.body.splitlines() if line.strip()]
    for line in lines:
        if isinstance(line, dict):
            for name in ("tokens", "access", "refresh", "code", "results"):
                line.pop(name, None)
            line["status"] = 200 if line.get("status") == 201 else line.get("status")
    return [200 if answer.status == 201 else answer.status, lines]


@pytest.fixture
def line(centre: RunningCentre) -> Iterator[Repeating]:
    line = Repeating(centre)
    yield line
    line.close()


def test_every_operation_with_a_body_is_made_again_here() -> None:
    assert set(PATHS) == {name for name, operation in OPERATIONS.items() if operation.body is not None}


def test_records_photos_heads_and_tokens_are_written_once(
    centre: RunningCentre, line: Repeating, key: DeviceKey
) -> None:
    client = centre.client(key, transport=line)
    data = photo(1, 50_000)
    sealed = sealed_record(key, "rev-1", record_id="r-1", files=[data])
    (waiting,) = client.send_lines([wire_line(sealed).encode()])
    (missing,) = waiting.missing
    assert client.missing_blobs([(missing.sha256, len(data))])[0].sha256 == missing.sha256
    done = client.send_part(missing.sha256, _Bytes(data), offset=0, length=len(data))
    assert [result.status for result in done.results] == [201]
    assert (
        client.send_line("r-2", "rev-2", wire_line(sealed_record(key, "rev-2", record_id="r-2")).encode()).status == 201
    )
    assert client.anchor(Anchor("d-1", 7, "ab" * 32).signed(key))
    assert client.session.tokens is not None
    client.renew(client.session.tokens.access)
    assert set(line.seen) == set(PATHS) - {"bundles.patch", "feeds.reviews"}


def test_a_review_is_written_once(centre: RunningCentre, line: Repeating, client: Client, key: DeviceKey) -> None:
    client.send_lines([wire_line(sealed_record(key, "rev-1", record_id="r-1")).encode()])
    supervisor = centre.client(DeviceKey.from_seed(b"\2" * 32), device_id="d-2", role=Role.SUPERVISOR, transport=line)
    comments = (ReviewComment("FA-B02", "ภาพไม่ชัด"),)
    event = Review("rv-1", "r-1", "rev-1", ReviewKind.RETURN, "2026-11-22", "หัวหน้า", comments)
    assert [result.status for result in supervisor.send_reviews([event])] == [201]
    assert "feeds.reviews" in line.seen


def test_a_stick_is_filed_once(
    centre: RunningCentre, line: Repeating, key: DeviceKey, client: Client, clock: FrozenClock, tmp_path: Path
) -> None:
    outbox = MemoryOutbox()
    data = photo(2, 50_000)
    outbox.put(sealed_record(key, "rev-1", record_id="r-1", files=[data]), [data])
    to = recipient_of(centre.centre.config.data)
    stick = export_bundle(
        outbox, tmp_path / "stick", recipient=to, key=key, device_id=client.session.device_id, officer="ก", clock=clock
    ).folder
    office = centre.client(DeviceKey.from_seed(b"\5" * 32), device_id="o-1", role=Role.OFFICE, transport=line)
    assert [receipt["revision_id"] for receipt in upload_bundle(office, stick).receipts] == ["rev-1"]
    assert "bundles.patch" in line.seen


class _Bytes:
    """A file's bytes with their length, as uploads hand them over."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def __len__(self) -> int:
        return len(self._data)

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size < 0 else self._at + size
        piece, self._at = self._data[self._at : end], min(end, len(self._data))
        return piece
