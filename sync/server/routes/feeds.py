"""What laptops pull: changes, snapshots; and what offices say: reviews."""

from __future__ import annotations

import zstandard
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sync import protocol
from sync.protocol import Code, Collection, FeedRow, Review, Role
from sync.server import feed
from sync.server.intake.reviews import seen_by
from sync.server.people.auth import Caller
from sync.server.people.rights import Right, audiences_of, has, require, scope_asked
from sync.server.problems import ProblemError
from sync.server.publishing import snapshot_of
from sync.server.routes.common import beside, caller_of, centre_of, message, ndjson, whole_number
from sync.server.wire.bodies import read_body
from sync.server.wire.checking import read_json, read_message

COMPRESS_FROM = 1024


async def changes(request: Request) -> Response:
    """Answer a page of NDJSON; 304 where there is nothing new."""
    caller = await caller_of(request)
    centre = centre_of(request)
    collections = _collections(request.query_params.get("c"))
    limit = whole_number(request.query_params.get("limit"), 1000, low=1, high=centre.config.limits.changes_page)
    cursor = feed.Cursor.from_text(request.query_params.get("since", ""), centre.server_id)
    asked = request.query_params.get("scope")
    scope = scope_asked(caller, asked)
    if asked is None and feed.has_left(cursor, scope):
        raise ProblemError(410, Code.CURSOR_EXPIRED)
    scopes = feed.scopes_for(scope, collections)
    page = await beside(lambda: centre.storage.read(lambda c: feed.read(c, cursor, scopes, collections, limit)))
    headers = {
        protocol.CURSOR_HEADER: page.cursor.to_text(),
        protocol.MORE_HEADER: "?1" if page.more else "?0",
        protocol.ROWS_HEADER: str(len(page.rows)),
        "cache-control": "no-store",
    }
    if not page.rows:
        return Response(None, 304, headers)
    scoped = has(caller, Right.CARRY)
    rows = (feed.row_json(_shown(row, caller), with_scope=scoped) for row in page.rows)
    return _compressed(request, ndjson(rows, headers))


def _shown(row: FeedRow, caller: Caller) -> FeedRow:
    """Return a row as the caller may see it; a relay gets it as it is, to show it to its laptops by the same rule."""
    return row if caller.role is Role.RELAY else seen_by(row, caller.device_id, audiences_of(caller))


def _collections(asked: str | None) -> list[str]:
    known = [str(c) for c in Collection]
    collections = asked.split(",") if asked else [c for c in known if c != Collection.REGISTRY]
    if any(c not in known for c in collections):
        raise ProblemError(422, Code.INVALID, "c")
    return collections


def _compressed(request: Request, response: Response) -> Response:
    body = bytes(response.body)
    if "zstd" in request.headers.get("accept-encoding", "") and len(body) >= COMPRESS_FROM:
        response.body = zstandard.ZstdCompressor(level=3).compress(body)
        response.headers["content-encoding"] = "zstd"
        response.headers["content-length"] = str(len(response.body))
    return response


async def snapshot(request: Request) -> Response:
    """Describe the ready-made file of a collection."""
    await caller_of(request)
    found = await beside(lambda: snapshot_of(centre_of(request), request.path_params["collection"]))
    if found is None:
        raise ProblemError(404, Code.NOT_FOUND)
    return message(found)


async def snapshot_file(request: Request) -> Response:
    """Send the file, whole or by Range; its name is its hash, so it never changes."""
    await caller_of(request)
    centre, sha256 = centre_of(request), request.path_params["sha256"]
    found = await beside(lambda: snapshot_of(centre, request.path_params["collection"]))
    file = centre.config.data / "snapshots" / sha256
    if found is None or found.sha256 != sha256 or not file.is_file():
        raise ProblemError(404, Code.NOT_FOUND)
    return FileResponse(file, media_type=protocol.BYTES, headers={"etag": f'"{sha256}"'})


async def reviews(request: Request) -> Response:
    caller = await caller_of(request)
    require(caller, Right.REVIEW)
    centre = centre_of(request)
    body = await read_body(request, centre.config.limits.batch_bytes)
    events = [read_message(read_json(line), Review) for line in body.split(b"\n") if line.strip()]
    everywhere = has(caller, Right.SEE_ALL_SCOPES)
    results = await beside(lambda: centre.reviews.add(caller, events, everywhere))
    return ndjson(result.to_json() for result in results)
