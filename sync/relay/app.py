"""The relay as an ASGI application: the calls of ISF-Sync/1 that laptops make, by the centre's own handlers where they
fit.

The handlers of files and feeds ask their `centre` for little: storage, files, tokens, limits. A `Desk` gives them the
relay's own, with the centre's id for cursors, so that a cursor from here is good at the centre.
"""

from __future__ import annotations

import contextlib
import html
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from checklists.clock import stamp
from checklists.model import to_json
from sync import protocol
from sync.bundle_format import Office
from sync.protocol import PROTOCOL_VERSION, Anchor, Code, Health, LineResult, ReceiptKey, Registration
from sync.relay.ahead import Ahead
from sync.relay.anchors import RelayAnchors
from sync.relay.config import RelayConfig
from sync.relay.forwarding import Forwarder
from sync.relay.gate import RelayGate
from sync.relay.mirror import Mirror
from sync.relay.shelf import Shelf
from sync.relay.status import is_disk_full, read_status
from sync.server.app import assemble
from sync.server.database.storage import Storage
from sync.server.files.blobs import BlobFolder, is_hash
from sync.server.people.auth import Caller
from sync.server.problems import ProblemError, no_room
from sync.server.routes import blobs, devices, feeds
from sync.server.routes.common import address_of, beside, caller_of, message, message_body, ndjson
from sync.server.wire.bodies import read_body
from sync.server.wire.limiting import Buckets, is_loopback
from sync.server.wire.metrics import Metrics


@dataclass
class Desk:
    """What the handlers work with; the names are those that the centre's handlers use."""

    config: RelayConfig
    relay_id: str
    office: Office
    key: ReceiptKey
    storage: Storage
    gate: RelayGate
    records: Shelf
    blobs: BlobFolder
    mirror: Mirror
    ahead: Ahead
    anchors: RelayAnchors
    forwarder: Forwarder
    server_id: str
    """The centre's id: cursors are the centre's."""
    calls: Buckets
    registrations: Buckets
    metrics: Metrics = field(default_factory=Metrics)
    uploads: dict[tuple[str, str], object] = field(default_factory=dict)


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.centre
    return desk


async def health(request: Request) -> Response:
    desk = desk_of(request)
    nonce = request.query_params.get("nonce", "")[:64]
    health = Health(nonce, desk.relay_id, stamp(desk.config.clock.now()), limits=desk.config.limits)
    return message(health, headers={"cache-control": "no-store"})


async def about(request: Request) -> Response:
    """Say what this is: a relay, of which centre, by which name, and what a stick for it is encrypted to."""
    desk = desk_of(request)
    return JSONResponse(
        {
            "protocol": {"min": PROTOCOL_VERSION, "max": PROTOCOL_VERSION},
            "limits": desk.config.limits.to_json(),
            "encodings": ["zstd", "gzip", "identity"],
            "relay": desk.office.to_json(),
        }
    )


async def keys(request: Request) -> Response:
    return JSONResponse({"keys": to_json([desk_of(request).key])})


async def register(request: Request) -> Response:
    """Let a laptop in by its device key; one that the centre did not tell of yet makes us ask it again."""
    desk = desk_of(request)
    desk.registrations.take(address_of(request))
    registration = await message_body(request, Registration)
    try:
        return message(await beside(lambda: desk.gate.register(registration)), 201)
    except ProblemError as problem:
        if problem.code == Code.UNKNOWN_KEY:
            desk.forwarder.look_again()
        raise


async def batch(request: Request) -> Response:
    caller = await caller_of(request)
    _check_room(desk_of(request))
    limits = desk_of(request).config.limits
    body = await read_body(request, limits.line_bytes)
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > limits.batch_records or (len(lines) > 1 and len(body) > limits.batch_bytes):
        raise ProblemError(413, Code.TOO_LARGE)
    if not lines:
        raise ProblemError(400, Code.BAD_REQUEST, "empty")
    return ndjson(result.to_json() for result in await _take(request, caller, lines))


async def put(request: Request) -> Response:
    caller = await caller_of(request)
    _check_room(desk_of(request))
    line = await read_body(request, desk_of(request).config.limits.line_bytes)
    (result,) = await _take(request, caller, [line.strip()])
    return message(result)


def _check_room(desk: Desk) -> None:
    """Raise `ProblemError` 503 where the disk is nearly full: what is held must go on, and receipts must find room."""
    if is_disk_full(desk.config.data):
        raise no_room()


async def _take(request: Request, caller: Caller, lines: list[bytes]) -> tuple[LineResult, ...]:
    desk = desk_of(request)
    results = await beside(
        lambda: desk.records.take(caller, lines, lambda sha256: desk.blobs.offset(caller.device_id, sha256))
    )
    if any(result.code == Code.RELAYED for result in results):
        desk.forwarder.wake.set()
    return results


async def patch(request: Request) -> Response:
    """Take the rest of a file; the last one of a record lets it go on."""
    _check_room(desk_of(request))
    answer = await blobs.patch(request)
    if answer.status_code == 201:
        desk_of(request).forwarder.wake.set()
    return answer


async def anchors(request: Request) -> Response:
    """Take the head of a laptop's audit chain; 200 with the centre's word about it, 202 while there is none."""
    caller, desk = await caller_of(request), desk_of(request)
    anchor = await message_body(request, Anchor)
    newest = await beside(lambda: desk.anchors.take(caller, anchor))
    desk.forwarder.wake.set()
    return JSONResponse({}, 202) if newest is None else message(newest)


async def published(request: Request) -> Response:
    """Read a checklist; nothing else that lies here is for reading."""
    await caller_of(request)
    desk, sha256 = desk_of(request), request.path_params["sha256"]
    if not is_hash(sha256) or not await beside(lambda: desk.mirror.is_published(sha256)):
        raise ProblemError(404, Code.NOT_FOUND)
    return FileResponse(desk.blobs.path(sha256), media_type=protocol.BYTES, headers={"etag": f'"{sha256}"'})


async def earlier(request: Request) -> Response:
    """Answer an earlier visit that the laptop's own feed names; one that is not here yet is there the next time."""
    caller, desk = await caller_of(request), desk_of(request)
    record_id = request.path_params["record_id"]
    try:
        found = await beside(lambda: desk.ahead.record(caller.scope, record_id))
    except KeyError as error:
        raise ProblemError(404, Code.NOT_FOUND) from error
    if found is None:
        desk.forwarder.look_again()
        raise ProblemError(404, Code.NOT_FOUND)
    return JSONResponse(found)


async def picture(request: Request) -> Response:
    """Answer a small picture of such a visit."""
    caller, desk = await caller_of(request), desk_of(request)
    sha256 = request.path_params["sha256"]
    path = await beside(lambda: desk.ahead.picture(caller.scope, sha256))
    if path is None:
        raise ProblemError(404, Code.NOT_FOUND)
    return FileResponse(path, media_type=protocol.BYTES)


async def status_page(request: Request) -> Response:
    """Show the keeper, on this machine only, what lies here and when the centre was reached."""
    if not is_loopback(address_of(request)):
        raise ProblemError(404, Code.NOT_FOUND)
    desk = desk_of(request)
    found = await beside(lambda: read_status(desk.storage))
    held = found.held
    rows = (
        ("เครื่องที่รู้จัก · Laptops known", found.laptops),
        ("กำลังรับจากเครื่อง · Coming in", held.arriving),
        ("รับฝากแล้ว รอส่งศูนย์ · Waiting for the centre", held.waiting),
        ("ในจำนวนนี้เร่งด่วน · Urgent among them", held.urgent),
        ("ศูนย์ไม่รับ ต้องแก้ไข · Refused", held.parked),
        ("ศูนย์มีฉบับอื่น · In conflict", held.conflict),
        ("ศูนย์รับแล้ว · Received by the centre", held.received),
        ("ติดต่อศูนย์ได้ล่าสุด · Centre last reached", found.contact or "-"),
        ("ใบรับล่าสุด · Last receipt", found.last_received or "-"),
        ("ปัญหา · Trouble", found.trouble or "-"),
    )
    cells = "".join(
        f"<tr><th>{html.escape(words)}</th><td>{html.escape(str(value))}</td></tr>" for words, value in rows
    )
    name = html.escape(desk.office.name)
    return HTMLResponse(
        '<!doctype html><html lang="th"><meta charset="utf-8"><meta http-equiv="refresh" content="10">'
        f"<title>เครื่องกลางสำนักงาน {name}</title>"
        "<style>body{font-family:sans-serif;margin:2em}th{text-align:left;font-weight:400;padding:.3em 2em .3em 0}"
        "td{font-weight:600}</style>"
        f"<h1>เครื่องกลางสำนักงาน · Office relay {name}</h1><table>{cells}</table></html>"
    )


ROUTES = (
    ("GET", protocol.HEALTH, health),
    ("GET", "/", about),
    ("GET", protocol.KEYS, keys),
    ("POST", protocol.DEVICES, register),
    ("POST", protocol.TOKENS, devices.tokens),
    ("POST", protocol.BLOBS_MISSING, blobs.missing),
    ("PATCH", protocol.BLOBS + "/{sha256}", patch),
    ("HEAD", protocol.BLOBS + "/{sha256}", blobs.head),
    ("GET", protocol.BLOBS + "/{sha256}", published),
    ("GET", protocol.BLOBS + "/{sha256}" + protocol.THUMBNAIL, picture),
    ("POST", protocol.RECORDS_BATCH, batch),
    ("GET", protocol.RECORDS + "/{record_id}", earlier),
    ("PUT", protocol.RECORDS + "/{record_id}/revisions/{revision_id}", put),
    ("POST", protocol.ANCHORS, anchors),
    ("GET", protocol.CHANGES, feeds.changes),
    ("GET", protocol.SNAPSHOTS + "/{collection}", feeds.snapshot),
    ("GET", protocol.SNAPSHOTS + "/{collection}/{sha256}", feeds.snapshot_file),
)


def create_app(desk: Desk) -> Starlette:
    """Return the application; the forwarder runs from its start to its end."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        desk.forwarder.start()
        yield
        await beside(desk.forwarder.stop)
        desk.storage.close()

    more = [Route("/", status_page, methods=["GET"])]
    app = assemble(ROUTES, more, server_id=desk.relay_id, metrics=desk.metrics, lifespan=lifespan)
    app.state.centre = desk
    return app
