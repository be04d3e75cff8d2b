"""What all endpoints share: the centre, the caller, running steps beside the event loop, shaping answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import Response

from checklists.model import Jsonable
from sync import protocol
from sync.protocol import Code
from sync.server.centre import Centre
from sync.server.people.auth import Caller
from sync.server.problems import ProblemError
from sync.server.wire.bodies import read_body
from sync.server.wire.checking import read_json, read_message

T = TypeVar("T")
M = TypeVar("M", bound=Jsonable)
SMALL = 256 * 1024
"""Bytes of the largest message that is not a record or a file."""


def centre_of(request: Request) -> Centre:
    centre: Centre = request.app.state.centre
    return centre


async def beside(step: Callable[[], T]) -> T:
    """Run a blocking step in a worker thread, so that one slow disk freezes nobody else."""
    return await anyio.to_thread.run_sync(step)


async def caller_of(request: Request) -> Caller:
    """Return who calls. Raises `ProblemError` 401 or 429."""
    centre = centre_of(request)
    authorization = request.headers.get("authorization", "")
    caller = centre.gate.remembered(authorization)
    if caller is None:
        caller = await beside(lambda: centre.gate.caller(authorization))
    centre.calls.take(caller.device_id)
    return caller


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


async def json_body(request: Request, limit: int = SMALL) -> dict[str, Any]:
    members = read_json(await read_body(request, limit))
    if not isinstance(members, dict):
        raise ProblemError(422, Code.INVALID)
    return members


async def message_body(request: Request, kind: type[M]) -> M:
    """Read the body as one of the protocol's messages. Raises `ProblemError` 422."""
    return read_message(await json_body(request), kind)


def message(value: Jsonable, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value.to_json()), status, headers, media_type=protocol.JSON)


def ndjson(values: Iterable[Any], headers: dict[str, str] | None = None) -> Response:
    lines = [orjson.dumps(v, option=orjson.OPT_APPEND_NEWLINE) for v in values]
    return Response(b"".join(lines), 200, headers, media_type=protocol.NDJSON)


def whole_number(text: str | None, default: int, *, low: int = 0, high: int = 2**53) -> int:
    """Read a number from a query or header. Raises `ProblemError` 422."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 16 or not low <= int(text) <= high:
        raise ProblemError(422, Code.INVALID, "number")
    return int(text)
