"""Signs of life, devices, tokens, keys, anchors."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from checklists.clock import stamp
from checklists.model import to_json
from sync.protocol import DEFAULT_ENCODINGS, PROTOCOL_VERSION, Anchor, Code, Health, Registration
from sync.server.bundles import recipient_of
from sync.server.identity import receipt_keys
from sync.server.ministry import queue as ministry_queue
from sync.server.people.rights import Right, require
from sync.server.people.roster import roster
from sync.server.problems import ProblemError
from sync.server.routes.common import address_of, beside, caller_of, centre_of, json_body, message, message_body
from sync.server.wire.limiting import is_loopback


async def health(request: Request) -> Response:
    centre = centre_of(request)
    nonce = request.query_params.get("nonce", "")[:64]
    return message(
        Health(nonce, centre.server_id, stamp(centre.config.clock.now()), limits=centre.config.limits),
        headers={"cache-control": "no-store"},
    )


async def about(request: Request) -> Response:
    issuer = centre_of(request).gate.issuer
    return JSONResponse(
        {
            "protocol": {"min": PROTOCOL_VERSION, "max": PROTOCOL_VERSION},
            "limits": centre_of(request).config.limits.to_json(),
            "encodings": list(DEFAULT_ENCODINGS),
            "sign_in": issuer.config.for_laptops() if issuer is not None else {},
        }
    )


async def keys(request: Request) -> Response:
    found = await beside(lambda: receipt_keys(centre_of(request).storage))
    return JSONResponse({"keys": to_json(found)})


async def register(request: Request) -> Response:
    centre = centre_of(request)
    centre.registrations.take(address_of(request))
    registration = await message_body(request, Registration)
    registered = await beside(lambda: centre.gate.register(registration))
    return message(replace(registered, bundle_key=recipient_of(centre.config.data).hex()), 201)


async def listing(request: Request) -> Response:
    """Answer a relay or office with the devices of its scope and their public keys."""
    caller = await caller_of(request)
    require(caller, Right.CARRY)
    found = await beside(lambda: centre_of(request).storage.read(lambda c: roster(c, caller.scope)))
    return JSONResponse({"devices": to_json(found)})


async def tokens(request: Request) -> Response:
    centre_of(request).calls.take(address_of(request))
    refresh = (await json_body(request)).get("refresh")
    if not isinstance(refresh, str):
        raise ProblemError(422, Code.INVALID, pointer="/refresh")
    return message(await beside(lambda: centre_of(request).gate.renew(refresh)))


async def metrics(request: Request) -> Response:
    """Answer Prometheus on this machine only; elsewhere it is as if there were nothing."""
    if not is_loopback(address_of(request)):
        raise ProblemError(404, Code.NOT_FOUND)
    centre = centre_of(request)
    gauges = await beside(lambda: {**centre.records.counts(), **ministry_queue.gauges(centre.storage)})
    return PlainTextResponse(centre.metrics.text(gauges))


async def openapi(request: Request) -> Response:
    return JSONResponse(request.app.state.openapi)


async def anchors(request: Request) -> Response:
    """Keep the head of a laptop's audit chain, signed by the laptop; whoever may carry lines may bring it."""
    caller = await caller_of(request)
    anchor = await message_body(request, Anchor)
    return message(await beside(lambda: centre_of(request).anchors.take(caller, anchor)))
