"""Two calls at once: two batches of text, two files of a record. Only the calls leave the caller's thread."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import zstandard

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import Changes
from checklists.sealing import Receipt, Sealed
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.errors import CutError, OfflineError
from sync.events import RecordState, RecordStep, SyncEvent
from sync.transport import Request, RequestsTransport, Response
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import RunningCentre

BATCH = 100
PATIENCE = 20.0
"""Seconds after which a call that waits for its companion gives up: then they were not under way at once."""


class Line(RequestsTransport):
    """The line to a real centre. The first two calls of a `method` go on only once both have been made."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__()
        self._watched = (method, path)
        self._both = threading.Barrier(2, timeout=PATIENCE)
        self._lock = threading.Lock()
        self.before: Callable[[int, Request], Request] = lambda _number, request: request
        self.calls = 0
        self.renewals = 0
        self.threads: set[int] = set()

    def send(self, request: Request) -> Response:
        self.renewals += request.url.endswith("/tokens")
        if request.method != self._watched[0] or self._watched[1] not in request.url:
            return super().send(request)
        with self._lock:
            self.calls += 1
            number = self.calls
        self.threads.add(threading.get_ident())
        if number <= 2:
            self._both.wait()
        return super().send(self.before(number, request))


class OwnedOutbox(MemoryOutbox):
    """An outbox of one thread, as the store's is."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()

    def _used(self) -> None:
        self.threads.add(threading.get_ident())

    def sealed(self, revision_id: str) -> Sealed:
        self._used()
        return super().sealed(revision_id)

    def acknowledge(self, receipt: Receipt) -> Changes:
        self._used()
        return super().acknowledge(receipt)

    def failed(self, revision_id: str, code: str, message: str, next_at: str, **more: object) -> Changes:
        self._used()
        return super().failed(revision_id, code, message, next_at, **more)  # type: ignore[arg-type]  # passed on as it came


@pytest.fixture
def batches() -> Line:
    return Line("POST", "/records:batch")


@pytest.fixture
def files() -> Line:
    return Line("PATCH", "/blobs/")


@pytest.fixture
def outbox() -> OwnedOutbox:
    return OwnedOutbox()


class Run:
    """A run with two in flight, and what it did."""

    def __init__(self, line: Line, client: Client, outbox: MemoryOutbox, **how: object) -> None:
        self.events: list[SyncEvent] = []
        self.saved_in: set[int] = set()
        self.client = client
        keep = client._save

        def save(session: Session) -> None:
            self.saved_in.add(threading.get_ident())
            keep(session)

        client._save = save
        engine = SyncEngine(
            outbox,
            client,
            clock=SystemClock(),
            random=random.Random(1),
            emit=self.events.append,
            in_flight=2,
            **how,  # type: ignore[arg-type]  # should_stop
        )
        self.report = engine.run()
        line.close()


def run_over(line: Line, centre: RunningCentre, key: DeviceKey, outbox: MemoryOutbox, **how: object) -> Run:
    return Run(line, centre.client(key, transport=line), outbox, **how)


def fill(outbox: MemoryOutbox, key: DeviceKey, count: int) -> None:
    for n in range(count):
        outbox.put(sealed_record(key, f"rev-{n:03}", record_id=f"r-{n:03}"))


def with_photos(outbox: MemoryOutbox, key: DeviceKey, count: int) -> None:
    data = [photo(n, 300_000) for n in range(count)]
    outbox.put(sealed_record(key, files=data), data)


def flights_left() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("inspector-flight")]


def test_two_batches_are_under_way_at_once_and_settled_in_the_callers_thread(
    batches: Line, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox
) -> None:
    fill(outbox, key, 3 * BATCH)
    run = run_over(batches, centre, key, outbox)
    assert (run.report.sent, run.report.trouble, batches.calls) == (3 * BATCH, "", 3)
    assert outbox.threads == {threading.get_ident()}
    assert threading.get_ident() not in batches.threads
    assert flights_left() == []


@pytest.mark.parametrize(
    ("broken", "sent"),
    [
        pytest.param("rev-000", BATCH, id="the first breaks: the second is settled, the third is not begun"),
        pytest.param("rev-100", 2 * BATCH, id="the second breaks: the first and third are settled"),
    ],
)
def test_a_line_that_breaks_under_one_batch_leaves_the_receipts_of_the_other(
    batches: Line, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox, broken: str, sent: int
) -> None:
    def cut(_number: int, request: Request) -> Request:
        assert isinstance(request.body, bytes)
        if broken.encode() in zstandard.decompress(request.body):
            raise OfflineError
        return request

    batches.before = cut
    fill(outbox, key, 3 * BATCH)
    run = run_over(batches, centre, key, outbox)
    assert (run.report.sent, run.report.trouble) == (sent, "offline")
    assert len(outbox.receipts) == sent
    assert sum(row.attempts for row in outbox.rows.values()) == BATCH, "only what travelled has failed"
    assert flights_left() == []


def test_a_stop_ends_the_run_after_the_batches_that_are_under_way(
    batches: Line, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox
) -> None:
    stop = threading.Event()

    def stopping(_number: int, request: Request) -> Request:
        stop.set()
        return request

    batches.before = stopping
    fill(outbox, key, 4 * BATCH)
    run = run_over(batches, centre, key, outbox, should_stop=stop.is_set)
    assert (run.report.sent, run.report.stopped, batches.calls) == (2 * BATCH, True, 2)


@pytest.mark.parametrize("what", ["batches", "files"])
def test_tokens_that_run_out_under_both_are_renewed_once_and_kept_by_the_callers_thread(
    what: str, request: pytest.FixtureRequest, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox
) -> None:
    line: Line = request.getfixturevalue(what)
    line.before = lambda number, asked: expired(asked) if number <= 2 else asked
    if what == "batches":
        fill(outbox, key, 2 * BATCH)
    else:
        with_photos(outbox, key, 2)
    run = run_over(line, centre, key, outbox)
    assert run.report.trouble == ""
    assert run.report.waiting == 0
    assert (line.renewals, line.calls) == (1, 4)
    assert run.saved_in == outbox.threads == {threading.get_ident()}


def expired(request: Request) -> Request:
    return replace(request, headers={**request.headers, "authorization": "Bearer of-yesterday"})


def test_two_files_of_a_record_are_under_way_at_once(
    files: Line, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox
) -> None:
    with_photos(outbox, key, 5)
    run = run_over(files, centre, key, outbox)
    assert (run.report.sent, run.report.trouble, files.calls) == (1, "", 5)
    assert [checked.missing for checked in run.report.files] == [()]
    done = [e.blobs_done for e in run.events if isinstance(e, RecordState) and e.state == RecordStep.SENDING_FILES]
    assert done == sorted(done), "progress never goes back"
    assert done[-1] == 5
    assert flights_left() == []


def test_a_file_that_is_cut_goes_on_beside_the_other(
    files: Line, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox
) -> None:
    def cut(number: int, request: Request) -> Request:
        if number == 1:
            raise CutError
        return request

    files.before = cut
    with_photos(outbox, key, 3)
    run = run_over(files, centre, key, outbox)
    assert (run.report.sent, run.report.trouble, files.calls) == (1, "", 4)


def test_a_line_that_breaks_under_one_file_waits_for_the_other_and_the_next_run_sends_the_rest(
    files: Line, centre: RunningCentre, key: DeviceKey, outbox: OwnedOutbox
) -> None:
    def lost(number: int, request: Request) -> Request:
        if number == 1:
            raise OfflineError
        return request

    files.before = lost
    with_photos(outbox, key, 2)
    run = run_over(files, centre, key, outbox)
    assert (run.report.sent, run.report.trouble) == (0, "offline")
    assert flights_left() == []
    again = SyncEngine(outbox, run.client, clock=SystemClock(), random=random.Random(1), in_flight=2)
    assert again.run(force=True).sent == 1
    assert files.calls == 3, "the file that came whole does not travel again"
