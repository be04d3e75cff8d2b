"""The line of the simulators: one seeded liar between laptops and a centre, in memory and single-threaded.

Every call may be lost, answered in vain, doubled, delivered late and out of order, refused, answered by a portal, a
redirect or a stale cache, cut in the middle of a body either way; the program may die before or after it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from sync import protocol
from sync.errors import CutError, OfflineError
from sync.transport import DOWNLOADED, Request, Response


class CrashError(BaseException):
    """The laptop's program dies here; nothing in memory survives."""


class Centre(Protocol):
    """What stands at the other end: a centre in dicts, or the real application."""

    server_id: str

    def handle(self, request: Request, device: str) -> Response:
        """Answer one whole call."""

    def cut(self, request: Request, device: str, arrived: bytes) -> None:
        """Take a call whose line broke after these bytes of its body."""


def answer(request: Request, server_id: str, status: int, kind: str, body: bytes, **more: str) -> Response:
    """Return an answer with what the centre adds to each: nonce and server id."""
    nonce = request.headers[protocol.NONCE_HEADER]
    ours = {"content-type": kind, protocol.NONCE_HEADER: nonce, protocol.SERVER_HEADER: server_id}
    return Response(status, {**ours, **more}, body)


def json_answer(request: Request, server_id: str, status: int, members: Mapping[str, Any]) -> Response:
    return answer(request, server_id, status, protocol.JSON, json.dumps(members).encode())


def problem(request: Request, server_id: str, status: int, code: str, **more: str) -> Response:
    return answer(request, server_id, status, protocol.PROBLEM, json.dumps({"code": code}).encode(), **more)


TALK = (
    *("lost", "answer-lost", "twice", "late", "busy", "fault"),
    *("portal", "stale", "redirect", "short", "crash", "crash-after"),
)
SENDING = ("cut", "cut", "cut-twice", "late", "late", "answer-lost", "twice", "busy", "crash", "crash-after")


class Net:
    """The line between the laptops and the centre: decides by its seed what happens to each call."""

    def __init__(self, centre: Centre, rng: random.Random, rate: float) -> None:
        self.centre = centre
        self.rng = rng
        self.rate = rate
        self.late: list[tuple[Request, str]] = []
        self.cache: dict[str, Response] = {}
        self.calls = 0

    def heal(self) -> None:
        """Deliver what still floats about, in any order, and break nothing more."""
        self.rate = 0.0
        self.rng.shuffle(self.late)
        for request, device in self.late:
            self.centre.handle(request, device)
        self.late.clear()

    def send(self, request: Request, device: str) -> Response:
        self.calls += 1
        if self.late and self.rng.random() < 0.3:
            delayed, owner = self.late.pop(self.rng.randrange(len(self.late)))
            self.centre.handle(delayed, owner)
        faults = SENDING if request.method == "PATCH" else TALK
        fault = self.rng.choice(faults) if self.rng.random() < self.rate else ""
        if fault:
            return self._broken(fault, request, device)
        return self._through(request, device)

    def _through(self, request: Request, device: str) -> Response:
        response = self.centre.handle(request, device)
        self.cache[request.url] = response
        return response

    def _broken(self, fault: str, request: Request, device: str) -> Response:
        if fault == "crash":
            raise CrashError
        if fault == "lost":
            raise OfflineError
        if fault == "late":
            self.late.append((request, device))
            raise OfflineError("timeout")
        if fault in ("busy", "fault"):
            return problem(request, self.centre.server_id, 503 if fault == "busy" else 500, fault)
        if fault == "portal":
            return Response(200, {"content-type": "text/html"}, b"<html>Wi-Fi login</html>")
        if fault == "redirect":
            return Response(302, {"content-type": "text/html", "location": "http://portal/"}, b"")
        if fault == "stale" and request.url in self.cache:
            return self.cache[request.url]
        if fault in ("cut", "cut-twice"):
            return self._cut(request, device, twice=fault == "cut-twice")
        response = self._through(request, device)
        if fault == "short":
            return self._shortened(response)
        if fault == "twice":
            return self._through(request, device)
        if fault == "crash-after":
            raise CrashError
        raise CutError

    def _cut(self, request: Request, device: str, *, twice: bool) -> Response:
        assert isinstance(request.body, bytes)
        some = request.body[: self.rng.randrange(len(request.body) + 1)]
        for _ in range(2 if twice else 1):
            self.centre.cut(request, device, some)
        raise CutError

    def _shortened(self, response: Response) -> Response:
        """Lose the end of an answer as a proxy does that frames it anew: sometimes exactly between two lines."""
        body = response.body
        lines = body.splitlines(keepends=True)
        if len(lines) > 1 and self.rng.random() < 0.5:
            return replace(response, body=b"".join(lines[: self.rng.randrange(1, len(lines))]))
        return replace(response, body=body[: self.rng.randrange(len(body) + 1)])


class SimTransport:
    """One laptop's end of the line. Reads file bodies whole, so that a doubled call has its bytes."""

    def __init__(self, net: Net, device: str) -> None:
        self._net = net
        self._device = device

    def send(self, request: Request) -> Response:
        body = request.body
        if body is not None and not isinstance(body, bytes):
            body = body.read()
        bare = Request(request.method, request.url, request.headers, body)
        response = self._net.send(bare, self._device)
        if request.sink is None or response.status not in DOWNLOADED:
            return response
        request.sink(response).write(response.body)
        return replace(response, body=b"")

    def close(self) -> None:
        pass
