"""Records on their way to the ministry's own system: each once, over real HTTP to a stand-in that misbehaves."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from checklists.clock import BANGKOK
from checklists.crypto import DeviceKey
from checklists.sealing import wire_line
from inspector_app.cli import ExitCode
from sync.protocol import Registration, Role, registration_message
from sync.server import outgoing
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.ministry.adapter import FILE, Ministry, MinistryConfig
from sync.server.ministry.queue import MinistryQueue
from sync.server.people.auth import Caller
from tests.support import store_builders
from tests.support.clock import FrozenClock
from tests.support.command_line import run
from tests.support.sync_outbox import sealed_record

KEY = DeviceKey.from_seed(b"\1" * 32)


class StandIn(ThreadingHTTPServer):
    """A system of the ministry: one row a reference, 409 for a second one, and the answers that it is told to give."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows: dict[str, dict[str, object]] = {}
        self.calls = 0
        self.headers: dict[str, str] = {}
        self.answers: list[int] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/inspections"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        row = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.calls += 1
            self.server.headers = {name.lower(): value for name, value in self.headers.items()}
            status = self.server.answers.pop(0) if self.server.answers else 0
            if not status:
                status = 409 if row["ref_no"] in self.server.rows else 201
            if status in (201, 599):  # 599: taken, but the answer is lost on the way
                self.server.rows[row["ref_no"]] = row
        if status == 599:
            self.connection.close()
            return
        if status == 598:  # what answers speaks no HTTP
            self.wfile.write(b"hello\r\n\r\n")
            self.close_connection = True
            return
        said = b'{"error":\n "result is empty"}' if status == 422 else b""
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def ministry() -> Iterator[StandIn]:
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="ministry")
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 23, 9, tzinfo=BANGKOK))


@pytest.fixture
def centre(tmp_path: Path, clock: FrozenClock) -> Iterator[Centre]:
    opened = Centre.open(ServerConfig(tmp_path / "centre", clock=clock))
    code = opened.make_code(scope="11")
    proof = KEY.sign(registration_message(code, "d-1", KEY.key_id)).hex()
    opened.gate.register(Registration(code, "d-1", KEY.key_id, KEY.public_bytes.hex(), proof))
    yield opened
    opened.close()


def receive(centre: Centre, number: int, **more: object) -> str:
    """Let the centre receive a record; returns the revision's id."""
    more = {"record_id": f"r-{number}", "visit": store_builders.real_visit(), **more}
    sealed = sealed_record(KEY, f"rev-{number}", **more)  # type: ignore[arg-type]  # test sugar
    centre.records.file_lines(Caller("d-1", "", Role.INSPECTOR, "11"), [wire_line(sealed).encode()], lambda _sha256: 0)
    return f"rev-{number}"


@pytest.fixture
def queue(centre: Centre, clock: FrozenClock) -> MinistryQueue:
    return MinistryQueue(centre.storage, clock=clock, jitter=random.Random(1))


@pytest.fixture(autouse=True)
def set_up(centre: Centre, ministry: StandIn) -> None:
    """Say beside the centre's data where the stand-in is."""
    (centre.config.data / FILE).write_text(
        json.dumps(
            {
                "url": ministry.url,
                "key_field": "ref_no",
                "headers": {"authorization": "Bearer x"},
                "already": [409],
                "fields": {"result": "overall", "site": "visit.site.registry_no"},
            }
        )
    )


def hand_over(centre: Centre, queue: MinistryQueue) -> dict[str, object]:
    config = MinistryConfig.load(centre.config.data)
    assert config is not None
    done = queue.run(Ministry(config, outgoing.call))
    return {"queued": done.queued, "taken": done.taken, "again": done.again, "parked": done.parked, "why": done.stopped}


def told(queued: int = 0, taken: int = 0, again: int = 0, parked: int = 0, why: str = "") -> dict[str, object]:
    return {"queued": queued, "taken": taken, "again": again, "parked": parked, "why": why}


def test_every_whole_record_is_handed_over_once(centre: Centre, queue: MinistryQueue, ministry: StandIn) -> None:
    first, second = receive(centre, 1), receive(centre, 2)
    receive(centre, 3, files=[b"not here yet"])  # pending: counted nowhere
    assert hand_over(centre, queue) == told(queued=2, taken=2)
    assert set(ministry.rows) == {first, second}
    assert ministry.rows[first]["site"] == "10120000525545"
    assert ministry.headers["authorization"] == "Bearer x"
    third = receive(centre, 4)
    assert hand_over(centre, queue) == told(queued=1, taken=1)
    assert set(ministry.rows) == {first, second, third}
    assert ministry.calls == 3


def test_a_lost_answer_is_asked_again_and_filed_once(
    centre: Centre, queue: MinistryQueue, ministry: StandIn, clock: FrozenClock
) -> None:
    receive(centre, 1)
    ministry.answers = [599]
    assert hand_over(centre, queue) == told(queued=1, again=1)
    assert hand_over(centre, queue) == told()  # not due yet
    clock.advance(120)
    assert hand_over(centre, queue) == told(taken=1)
    assert (len(ministry.rows), ministry.calls) == (1, 2)


@pytest.mark.parametrize("status", [302, 204, 429, 503, 598])
def test_what_is_no_announced_success_waits_longer_each_time(
    status: int, centre: Centre, queue: MinistryQueue, ministry: StandIn, clock: FrozenClock
) -> None:
    receive(centre, 1)
    waits = []
    for _ in range(3):
        ministry.answers = [status]
        assert hand_over(centre, queue)["again"] == 1
        (trouble,) = queue.status().troubles
        waits.append(datetime.fromisoformat(trouble.next_at) - clock.now())
        clock.advance(waits[-1].total_seconds())
    assert waits[0] < waits[1] < waits[2] <= timedelta(hours=6)
    assert ministry.rows == {}


def test_refused_data_are_parked_with_their_reason_and_the_others_go_on(
    centre: Centre, queue: MinistryQueue, ministry: StandIn
) -> None:
    receive(centre, 1)
    receive(centre, 2)
    ministry.answers = [422]
    assert hand_over(centre, queue) == told(queued=2, taken=1, parked=1)
    (trouble,) = queue.status().troubles
    assert (trouble.state, trouble.outcome, trouble.attempts) == ("parked", "fix", 1)
    assert trouble.detail == '422 {"error": "result is empty"}'  # in their own words: nobody here knows what they want
    assert queue.retry(trouble.revision_id)
    assert hand_over(centre, queue) == told(taken=1)
    assert not queue.retry(trouble.revision_id)


def test_a_refused_login_ends_the_run_and_loses_nothing(
    centre: Centre, queue: MinistryQueue, ministry: StandIn, clock: FrozenClock
) -> None:
    for number in range(3):
        receive(centre, number)
    ministry.answers = [401]
    assert hand_over(centre, queue) == told(queued=3, why="sign-in")
    assert ministry.calls == 1
    clock.advance(300)
    assert hand_over(centre, queue) == told(taken=3)


def test_two_runs_at_once_send_each_record_once(centre: Centre, queue: MinistryQueue, ministry: StandIn) -> None:
    for number in range(10):
        receive(centre, number)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _n: hand_over(centre, queue), range(2)))
    assert sum(int(str(done["taken"])) for done in both) == 10
    assert ministry.calls == 10


def test_the_keeper_sees_and_runs_it_from_the_command_line(centre: Centre, ministry: StandIn) -> None:
    data = ("--data", centre.config.data, "--json")
    said = (centre.config.data / FILE).read_bytes()
    (centre.config.data / FILE).unlink()
    assert run("admin", "ministry", "run", *data).error["error"] == "ministry-config"
    (centre.config.data / FILE).write_bytes(said)
    receive(centre, 1)
    counts = {"waiting": 1, "taken": 0, "parked": 0, "left-out": 0}
    assert run("admin", "ministry", "status", *data).json["counts"] == counts
    preview = run("admin", "ministry", "preview", *data).json["preview"]
    assert preview["body"] == {"ref_no": "rev-1", "result": "correct", "site": "10120000525545"}
    assert run("admin", "ministry", "preview", "r-9", *data).code == ExitCode.NOT_FOUND
    assert ministry.calls == 0
    ministry.answers = [422]
    hand_over(centre, MinistryQueue(centre.storage, clock=FrozenClock(datetime.now(BANGKOK))))
    assert run("admin", "ministry", "status", *data).json["troubles"][0]["detail"].startswith("422")
    assert "คำตอบ: 422" in run("admin", "ministry", "status", *data[:2]).out
    assert run("admin", "ministry", "retry", "rev-1", *data).code == ExitCode.OK
    assert run("admin", "ministry", "run", *data).json["taken"] == 1
    log = run("admin", "log", *data).json["log"]
    assert {"ministry", "ministry-retry"} <= {entry["what"] for entry in log}


def test_a_correction_never_comes_before_what_it_corrects(
    centre: Centre, queue: MinistryQueue, ministry: StandIn, clock: FrozenClock
) -> None:
    """Over there, what comes last counts: the original must not arrive after its correction."""
    receive(centre, 1)
    receive(centre, 2, record_id="r-1", base="rev-1")
    ministry.answers = [503]
    assert hand_over(centre, queue) == told(queued=2, again=1)
    assert ministry.rows == {}
    clock.advance(120)
    assert hand_over(centre, queue) == told(taken=2)
    assert list(ministry.rows) == ["rev-1", "rev-2"]


def test_a_correction_goes_on_where_what_it_corrects_was_refused(
    centre: Centre, queue: MinistryQueue, ministry: StandIn
) -> None:
    receive(centre, 1)
    receive(centre, 2, record_id="r-1", base="rev-1")
    ministry.answers = [422]
    assert hand_over(centre, queue) == told(queued=2, parked=1, taken=1)


def test_a_system_that_is_away_is_not_asked_for_every_record(
    centre: Centre, queue: MinistryQueue, ministry: StandIn, clock: FrozenClock
) -> None:
    """Each would wait for its time limit of half a minute."""
    for number in range(6):
        receive(centre, number)
    ministry.answers = [503] * 6
    assert hand_over(centre, queue) == told(queued=6, again=3, why="again")
    assert ministry.calls == 3
    ministry.answers = []
    clock.advance(300)
    assert hand_over(centre, queue) == told(taken=6)


def test_a_record_that_cannot_be_mapped_is_parked_and_blocks_nobody(
    centre: Centre, ministry: StandIn, clock: FrozenClock
) -> None:
    class Broken(Ministry):
        def message(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
            if envelope["revision_id"] == "rev-1":
                raise KeyError("somewhere")
            return super().message(envelope)

    receive(centre, 1)
    receive(centre, 2)
    config = MinistryConfig.load(centre.config.data)
    assert config is not None
    queue = MinistryQueue(centre.storage, clock=clock)
    done = queue.run(Broken(config, outgoing.call))
    assert (done.taken, done.parked) == (1, 1)
    assert queue.status().troubles[0].detail == "KeyError: 'somewhere'"


def test_made_up_sites_are_left_out_and_counted(centre: Centre, queue: MinistryQueue, ministry: StandIn) -> None:
    receive(centre, 1, visit=store_builders.visit())
    assert hand_over(centre, queue) == told(queued=1)
    assert (queue.status().counts["left-out"], queue.status().troubles, ministry.calls) == (1, (), 0)
    assert hand_over(centre, queue) == told()


def test_a_run_that_was_killed_while_it_sent_goes_on_after_its_lease(
    centre: Centre, queue: MinistryQueue, ministry: StandIn, clock: FrozenClock
) -> None:
    class Killed(BaseException):
        pass

    def kill(_url: str, _headers: Mapping[str, str], _body: bytes) -> tuple[int, bytes]:
        raise Killed

    receive(centre, 1)
    config = MinistryConfig.load(centre.config.data)
    assert config is not None
    with pytest.raises(Killed):
        queue.run(Ministry(config, kill))
    assert hand_over(centre, queue) == told()  # somebody may still be sending it
    clock.advance(121)
    assert hand_over(centre, MinistryQueue(centre.storage, clock=clock)) == told(taken=1)
    assert ministry.calls == 1


@pytest.mark.parametrize("url", ["http://ministry.example/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "https:///x"])
def test_the_centre_calls_nobody_in_plain_text_beyond_this_machine(url: str) -> None:
    with pytest.raises(outgoing.OutgoingAddressError):
        outgoing.call(url, {})
