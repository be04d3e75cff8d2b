"""Each row of the six classes of trouble, over real HTTP: what the laptop does about what the other side answers.

The centre of these tests answers the sign of life as ours does and one call as the table says.
"""

from __future__ import annotations

import http.server
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from sync import protocol
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.events import SyncEvent, SyncReport, Trouble
from sync.protocol import Tokens
from sync.transport import RequestsTransport
from tests.support.sync_outbox import MemoryOutbox, sealed_record

SERVER_ID = "5a1e0000-0000-4000-8000-000000000009"
TIME = "2026-11-22T12:00:00.000+07:00"
BATCH = "/records:batch"
SOON, LATER, NEVER = "by itself", "not before Retry-After", "not by itself"


@dataclass(frozen=True)
class Answer:
    """One answer of ours, a problem unless it has a body; `ours` False leaves out what proves whose it is."""

    status: int
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    ours: bool = True


class Scripted(http.server.ThreadingHTTPServer):
    """A centre that answers `answers[path]` where there is one, and a good sign of life."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.health: dict[str, Any] = {}
        self.heard: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        path, _, query = self.path.removeprefix(protocol.BASE).partition("?")
        self.server.heard.append((path, {name.lower(): value for name, value in self.headers.items()}))
        nonce = query.removeprefix("nonce=")
        alive = {"nonce": nonce, "server_id": SERVER_ID, "time": TIME, **self.server.health}
        answer = self.server.answers.get(path, Answer(200, body=alive))
        body = json.dumps(answer.body if answer.body is not None else {"code": answer.code}).encode() + b"\n"
        self.send_response(answer.status)
        if answer.ours:
            self.send_header(protocol.NONCE_HEADER, self.headers[protocol.NONCE_HEADER])
            self.send_header(protocol.SERVER_HEADER, SERVER_ID)
        kind = protocol.JSON if answer.body is not None else protocol.PROBLEM
        self.send_header("content-type", kind if answer.ours else "text/html")
        self.send_header("content-length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="scripted")
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def waiting(outbox: MemoryOutbox, key: DeviceKey) -> MemoryOutbox:
    outbox.put(sealed_record(key))
    return outbox


def run(server: Scripted, outbox: MemoryOutbox) -> tuple[SyncReport, list[Trouble]]:
    events: list[SyncEvent] = []
    session = Session(url=server.url, server_id=SERVER_ID, tokens=Tokens("a", "r", 900))
    client = Client(RequestsTransport(), session, clock=SystemClock())
    engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1), emit=events.append)
    try:
        return engine.run(force=True), [event for event in events if isinstance(event, Trouble)]
    finally:
        client.close()


def when(retry_at: str) -> str:
    if not retry_at:
        return NEVER
    wait = datetime.fromisoformat(retry_at) - SystemClock().now()
    return LATER if wait > timedelta(seconds=60) else SOON


def result(status: int, code: str) -> Answer:
    members = {"revision_id": "rev-1", "status": status, "code": code}
    if code == "conflict":
        members["head"] = "rev-0"
    return Answer(200, body=members)


WHOLE_CALL = [
    # class again: the same bytes later
    pytest.param(Answer(408, "busy"), "again", "waiting", SOON, id="408"),
    pytest.param(Answer(423, "busy"), "again", "waiting", SOON, id="423"),
    pytest.param(Answer(425, "busy"), "again", "waiting", SOON, id="425"),
    pytest.param(Answer(409, "busy"), "again", "waiting", SOON, id="409-busy"),
    pytest.param(Answer(429, "rate-limited", {"Retry-After": "90"}), "again", "waiting", LATER, id="429"),
    pytest.param(Answer(503, "busy", {"Retry-After": "90"}), "again", "waiting", LATER, id="503"),
    pytest.param(
        Answer(503, "busy", {"Retry-After": "Mon, 01 Jan 2035 00:10:00 GMT", "Date": "Mon, 01 Jan 2035 00:08:00 GMT"}),
        *("again", "waiting", LATER),
        id="503-until-a-date",
    ),
    pytest.param(Answer(500, "server-fault"), "again", "waiting", SOON, id="500"),
    pytest.param(Answer(502, ours=False), "again", "waiting", SOON, id="a-gateways-502"),
    pytest.param(
        Answer(503, ours=False, headers={"Retry-After": "90"}), "again", "waiting", LATER, id="a-gateways-503"
    ),
    pytest.param(Answer(200, ours=False), "again", "waiting", SOON, id="html-200"),
    pytest.param(Answer(302, ours=False, headers={"Location": "/"}), "again", "waiting", SOON, id="redirect"),
    pytest.param(Answer(422, "digest-mismatch"), "again", "waiting", SOON, id="spoilt-on-the-way"),
    # class sign-in: the network stops, the queue is untouched
    pytest.param(Answer(401, "token-revoked"), "sign-in", "waiting", NEVER, id="token-revoked"),
    pytest.param(Answer(407, ours=False), "sign-in", "waiting", NEVER, id="407"),
    # class wait-for
    pytest.param(Answer(424, "unknown-base"), "wait-for", "waiting", SOON, id="424"),
    # class fix: this record is parked with its reason
    pytest.param(Answer(413, "too-large"), "fix", "parked", NEVER, id="413"),
    pytest.param(Answer(422, "invalid"), "fix", "parked", NEVER, id="422"),
    pytest.param(Answer(403, "forbidden"), "fix", "parked", NEVER, id="403"),
    # class stop: nothing is sent any more, nothing is lost
    pytest.param(Answer(426, "update-needed"), "stop", "waiting", NEVER, id="426"),
    pytest.param(Answer(410, "cursor-expired"), "stop", "waiting", NEVER, id="410"),
]


@pytest.mark.parametrize(("answer", "action", "state", "again"), WHOLE_CALL)
def test_what_a_refused_call_makes_the_laptop_do(
    scripted: Scripted, waiting: MemoryOutbox, answer: Answer, action: str, state: str, again: str
) -> None:
    scripted.answers[BATCH] = answer
    report, troubles = run(scripted, waiting)
    (row,) = waiting.pending()
    assert row.state == state
    assert {trouble.action for trouble in troubles} == {action}
    retry = row.next_at if row.attempts else report.retry_at
    assert when(retry) == again
    assert waiting.receipts == {}


ONE_LINE = [
    pytest.param(409, "conflict", "conflict", "conflict", id="conflict"),
    pytest.param(409, "revision-reused", "fix", "parked", id="revision-reused"),
    pytest.param(422, "invalid", "fix", "parked", id="invalid"),
    pytest.param(422, "bad-signature", "fix", "parked", id="bad-signature"),
    pytest.param(403, "not-assigned", "fix", "parked", id="not-assigned"),
    pytest.param(403, "unknown-key", "sign-in", "waiting", id="unknown-key"),
    pytest.param(424, "unknown-base", "wait-for", "waiting", id="unknown-base"),
    pytest.param(404, "unknown-form", "wait-for", "waiting", id="unknown-form"),
    pytest.param(500, "server-fault", "again", "waiting", id="server-fault"),
    pytest.param(503, "busy", "again", "waiting", id="busy"),
]


@pytest.mark.parametrize(("status", "code", "action", "state"), ONE_LINE)
def test_what_a_lines_result_makes_the_laptop_do(
    scripted: Scripted, waiting: MemoryOutbox, status: int, code: str, action: str, state: str
) -> None:
    scripted.answers[BATCH] = result(status, code)
    _, troubles = run(scripted, waiting)
    (row,) = waiting.pending()
    assert (row.state, row.last_error_code) == (state, code)
    assert {trouble.action for trouble in troubles} == {action}
    assert waiting.receipts == {}


def test_an_access_token_that_ran_out_is_renewed_once_and_then_the_person_is_asked(
    scripted: Scripted, waiting: MemoryOutbox
) -> None:
    scripted.answers[BATCH] = Answer(401, "token-expired")
    scripted.answers["/tokens"] = Answer(200, body={"access": "b", "refresh": "s", "expires_in": 900})
    report, _ = run(scripted, waiting)
    assert report.trouble == "sign-in"
    assert [path for path, _ in scripted.heard] == ["/health", BATCH, "/tokens", BATCH]
    assert [row.attempts for row in waiting.pending()] == [0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_renewal_that_is_refused_asks_the_person_and_parks_nothing(
    scripted: Scripted, waiting: MemoryOutbox, status: int
) -> None:
    scripted.answers[BATCH] = Answer(401, "token-expired")
    scripted.answers["/tokens"] = Answer(status, "invalid")
    _, troubles = run(scripted, waiting)
    assert [trouble.action for trouble in troubles] == ["sign-in"]
    assert [(row.state, row.attempts) for row in waiting.pending()] == [("waiting", 0)]


@pytest.mark.parametrize(
    ("offered", "used"), [(["gzip", "zstd"], "zstd"), (["gzip"], "gzip"), (["identity"], None), (None, "zstd")]
)
def test_text_travels_in_the_best_encoding_that_the_other_side_reads(
    scripted: Scripted, waiting: MemoryOutbox, offered: list[str] | None, used: str | None
) -> None:
    scripted.health = {} if offered is None else {"encodings": offered}
    scripted.answers[BATCH] = Answer(503, "busy")
    run(scripted, waiting)
    (headers,) = [headers for path, headers in scripted.heard if path == BATCH]
    assert headers.get("content-encoding") == used


def test_batches_are_cut_by_what_the_other_side_takes(
    scripted: Scripted, waiting: MemoryOutbox, key: DeviceKey
) -> None:
    waiting.put(sealed_record(key, "rev-2", record_id="r-2"))
    scripted.health = {"limits": {"batch_records": 1}}
    scripted.answers[BATCH] = result(422, "invalid")
    run(scripted, waiting)
    assert [path for path, _ in scripted.heard].count(BATCH) == 2


def test_members_that_this_program_does_not_know_are_no_trouble(scripted: Scripted, waiting: MemoryOutbox) -> None:
    scripted.health = {"mood": "good", "limits": {"batch_moods": 3}}
    scripted.answers[BATCH] = Answer(200, body={**(result(422, "invalid").body or {}), "mood": "bad"})
    _, troubles = run(scripted, waiting)
    assert [trouble.code for trouble in troubles] == ["invalid"]
