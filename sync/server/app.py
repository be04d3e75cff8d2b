"""The centre as an ASGI application (Starlette: FastAPI's own base, without the parts that a byte protocol cannot use).

Every answer, also a refusal, carries the caller's nonce and this server's id, so that a client can tell it from a
captive portal's.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync import protocol
from sync.protocol import BASE, Code
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.database.storage import is_full
from sync.server.problems import ProblemError, no_room, problem_response
from sync.server.routes import blobs, bundles, devices, feeds, openrosa, records
from sync.server.wire.metrics import Measured, Metrics, name_of
from sync.server.wire.openapi import document

log = logging.getLogger("inspector.centre")

ROUTES = (
    ("PUT", protocol.RECORDS + "/{record_id}/revisions/{revision_id}", records.put),
    ("POST", protocol.RECORDS_BATCH, records.batch),
    ("PATCH", protocol.BLOBS + "/{sha256}", blobs.patch),
    ("GET", protocol.HEALTH, devices.health),
    ("GET", "/", devices.about),
    ("GET", protocol.KEYS, devices.keys),
    ("GET", "/openapi.json", devices.openapi),
    ("POST", protocol.DEVICES, devices.register),
    ("GET", protocol.DEVICES, devices.listing),
    ("POST", protocol.TOKENS, devices.tokens),
    ("POST", protocol.ANCHORS, devices.anchors),
    ("POST", protocol.BLOBS_MISSING, blobs.missing),
    ("HEAD", protocol.BLOBS + "/{sha256}", blobs.head),
    ("GET", protocol.BLOBS + "/{sha256}", blobs.get),
    ("GET", protocol.BLOBS + "/{sha256}" + protocol.THUMBNAIL, blobs.small),
    ("PATCH", protocol.BUNDLES + "/{sha256}", bundles.patch),
    ("HEAD", protocol.BUNDLES + "/{sha256}", bundles.head),
    ("GET", protocol.RECORDS, records.listing),
    ("GET", protocol.RECORDS + "/{record_id}", records.one),
    ("GET", protocol.CHANGES, feeds.changes),
    ("GET", protocol.SNAPSHOTS + "/{collection}", feeds.snapshot),
    ("GET", protocol.SNAPSHOTS + "/{collection}/{sha256}", feeds.snapshot_file),
    ("POST", protocol.REVIEWS_BATCH, feeds.reviews),
)
"""Tried in this order: those that carry records and files stand first."""


class Signed:
    """Adds nonce and server id to every answer."""

    def __init__(self, app: ASGIApp, server_id: str) -> None:
        self._app = app
        self._server_id = server_id.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = protocol.NONCE_HEADER.encode()
        nonce = next((value for key, value in scope["headers"] if key == name), b"")[:64]
        ours = [(name, nonce), (protocol.SERVER_HEADER.encode(), self._server_id)]

        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *ours]
            await send(message)

        await self._app(scope, receive, signed)


async def _problem(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem_response(error)


async def _http_problem(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return problem_response(ProblemError(status, Code.NOT_FOUND if status == 404 else Code.BAD_REQUEST))


async def _fault(request: Request, error: Exception) -> Response:
    if is_full(error):
        log.error("no room left: %s %s is put off", request.method, name_of(request.scope))
        return problem_response(no_room())
    log.error("fault in %s %s", request.method, name_of(request.scope), exc_info=error)  # a path may hold a token
    return problem_response(ProblemError(500, Code.FAULT))


def create_app(config: ServerConfig, centre: Centre | None = None) -> Starlette:
    """Return the application; it opens its data now and closes it when the server shuts down."""
    opened = centre or Centre.open(config)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        opened.close()

    more = [Route("/metrics", devices.metrics, methods=["GET"]), *openrosa.routes()]
    app = assemble(ROUTES, more, server_id=opened.server_id, metrics=opened.metrics, lifespan=lifespan)
    app.state.centre = opened
    app.state.openapi = document(ROUTES)
    return app


Routes = Sequence[tuple[str, str, Callable[[Request], Awaitable[Response]]]]
"""(method, path below `BASE`, handler)."""
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def assemble(
    routes: Routes, more: Sequence[Route], *, server_id: str, metrics: Metrics, lifespan: Lifespan
) -> Starlette:
    """Return an application whose every answer, also a refusal, is one of ISF-Sync/1 by this server."""
    app = Starlette(
        routes=[*(Route(BASE + path, handler, methods=[method]) for method, path, handler in routes), *more],
        exception_handlers={ProblemError: _problem, HTTPException: _http_problem, Exception: _fault},
        lifespan=lifespan,
    )
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Guarded)
    app.add_middleware(Signed, server_id=server_id)
    return app


class Guarded:
    """Turns a fault that no handler foresaw into our problem answer, inside the signing of answers.

    Starlette answers faults outside of all middleware, where nonce and server id would be missing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"%00" in scope["raw_path"] or b"%00" in scope["query_string"]:  # PostgreSQL takes no NUL in a text
            await problem_response(ProblemError(400, Code.BAD_REQUEST, "nul"))(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is there to answer
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets a problem and we get the log
            answer = await _fault(Request(scope), error)
            if not begun:
                await answer(scope, receive, send)
