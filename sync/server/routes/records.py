"""Records: batches, single lines, lists."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sync.protocol import Code, LineResult
from sync.server.people.auth import Caller
from sync.server.people.rights import Right, audiences_of, require, scope_asked
from sync.server.problems import ProblemError
from sync.server.routes.common import beside, caller_of, centre_of, message, ndjson, whole_number
from sync.server.wire.bodies import read_body


async def batch(request: Request) -> Response:
    caller = await caller_of(request)
    require(caller, Right.PUSH)
    limits = centre_of(request).config.limits
    body = await read_body(request, limits.line_bytes)
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > limits.batch_records or (len(lines) > 1 and len(body) > limits.batch_bytes):
        raise ProblemError(413, Code.TOO_LARGE)
    if not lines:
        raise ProblemError(400, Code.BAD_REQUEST, "empty")
    return ndjson(result.to_json() for result in await _file(request, caller, lines))


async def put(request: Request) -> Response:
    """File one line; the ids in the path must be the line's own."""
    caller = await caller_of(request)
    require(caller, Right.PUSH)
    line = await read_body(request, centre_of(request).config.limits.line_bytes)
    (result,) = await _file(request, caller, [line.strip()])
    if result.revision_id and result.revision_id != request.path_params["revision_id"]:
        raise ProblemError(422, Code.INVALID, pointer="/revision_id")
    return message(result)


async def _file(request: Request, caller: Caller, lines: list[bytes]) -> tuple[LineResult, ...]:
    centre = centre_of(request)
    return await beside(
        lambda: centre.records.file_lines(caller, lines, lambda sha256: centre.blobs.offset(caller.device_id, sha256))
    )


async def listing(request: Request) -> Response:
    caller = await caller_of(request)
    after = whole_number(request.query_params.get("after"), 0)
    limit = whole_number(request.query_params.get("limit"), 100, low=1, high=1000)
    scope = scope_asked(caller, request.query_params.get("scope"))
    records = await beside(lambda: centre_of(request).records.listing(scope, after=after, limit=limit))
    return JSONResponse({"records": records})


async def one(request: Request) -> Response:
    """Answer a record's revisions: each reader of the scope gets what its audiences allow."""
    caller = await caller_of(request)
    record_id = request.path_params["record_id"]
    scope = scope_asked(caller, request.query_params.get("scope"))
    revisions = await beside(
        lambda: centre_of(request).records.record(
            scope, record_id, audiences=audiences_of(caller), device_id=caller.device_id
        )
    )
    if not revisions:
        raise ProblemError(404, Code.NOT_FOUND)
    if any("line" in revision and revision["device_id"] != caller.device_id for revision in revisions):
        await beside(lambda: centre_of(request).records.note_reading(caller, "record-read", record_id=record_id))
    return JSONResponse({"record_id": record_id, "revisions": revisions})
