"""Running a relay as a process: registers at the centre once, then takes and forwards until it is told to stop."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from checklists.errors import InspectorError
from sync.errors import Action, NotOurServerError, SyncError
from sync.protocol import Code, ReceiptKey, Role
from sync.relay.ahead import Ahead
from sync.relay.anchors import RelayAnchors
from sync.relay.app import Desk, create_app
from sync.relay.certificate import ensure_certificate
from sync.relay.config import RelayConfig, RelayState
from sync.relay.forwarding import Forwarder, client_of
from sync.relay.gate import RelayGate
from sync.relay.mirror import Mirror
from sync.relay.renewal import settle_centre
from sync.relay.shelf import Shelf
from sync.relay.sticks import office_of
from sync.relay.tables import open_storage
from sync.server.files.blobs import BlobFolder
from sync.server.identity import load_key
from sync.server.serving import Announcing, announce_on_stdout, listening_socket, uvicorn_config
from sync.server.wire.limiting import Buckets, is_loopback
from sync.transport import check_address, pairing_word


class NotARelayError(InspectorError):
    """The code was not made for a relay: the centre would refuse what it carries. `role` in data."""

    code = "not-a-relay"


class RelayNotRegisteredError(InspectorError):
    """This relay has no session with a centre yet: it needs `--centre` and a one-time code."""

    code = "relay-not-registered"


class RelayRegistrationError(InspectorError):
    """Registering at the centre did not come to its end; the same call may be made again with the same code.

    `what` in data: `line` (nobody there, or the line was cut) or `bad-code`.
    """

    code = "relay-registration"


def open_desk(config: RelayConfig) -> Desk:
    """Open the relay's data. Raises `RelayNotRegisteredError` where it never was at a centre."""
    storage = open_storage(config.data)
    state = RelayState(config.data)
    session = state.session
    if not session.registered:
        storage.close()
        raise RelayNotRegisteredError
    settle_centre(storage, session)
    state.keep_name(config.name)
    key = load_key(config.data)
    public = ReceiptKey(key.key_id, key.public_bytes.hex())
    blobs = BlobFolder(config.data)
    gate = RelayGate(storage, clock=config.clock, relay_id=state.relay_id, key=public, secret=state.secret)
    mirror = Mirror(storage, blobs, gate, data=config.data, clock=config.clock)
    ahead = Ahead(storage, config.data, clock=config.clock)
    anchors = RelayAnchors(storage, gate, clock=config.clock)
    return Desk(
        config=config,
        relay_id=state.relay_id,
        office=office_of(config.data),
        key=public,
        storage=storage,
        gate=gate,
        records=Shelf(storage, blobs, gate, clock=config.clock, key=key, relay_id=state.relay_id),
        blobs=blobs,
        mirror=mirror,
        ahead=ahead,
        anchors=anchors,
        forwarder=Forwarder(config, state, storage, blobs, mirror=mirror, ahead=ahead, anchors=anchors),
        server_id=session.server_id,
        calls=Buckets(config.calls),
        registrations=Buckets(config.registrations),
    )


def register(config: RelayConfig, code: str) -> None:
    """Exchange a one-time code of the role `relay` for this relay's tokens, and learn at once who may come.

    A code that this relay was registered with before is not sent again: whoever starts it with the command of the first
    time needs no line for that. Raises `RelayRegistrationError`, `NotARelayError` for a code of another role, and
    `SyncError` for what asking again does not mend.
    """
    state = RelayState(config.data)
    before = state.session
    state.keep(replace(before, url=check_address(config.centre or before.url)))
    if state.has_used(code):
        return
    client = client_of(config, state, threading.Event())
    try:
        answer = client.register(code, device_id=state.relay_id, key=load_key(config.data), name=config.name)
    except SyncError as error:
        if error.action is Action.AGAIN and not isinstance(error, NotOurServerError):
            raise RelayRegistrationError(what="line", url=state.session.url) from error
        if error.code == Code.BAD_CODE:
            raise RelayRegistrationError(what="bad-code") from error
        raise
    finally:
        client.close()
    if answer.role not in (Role.RELAY, Role.OFFICE, Role.CENTRE):
        state.keep(before)
        raise NotARelayError(role=answer.role)
    state.keep_used(code)


def run(
    config: RelayConfig,
    host: str,
    port: int,
    *,
    code: str = "",
    tls: tuple[Path, Path] | None = None,
    announce: Callable[[dict[str, object]], None] = announce_on_stdout,
) -> None:
    """Serve until told to stop (Ctrl+C, SIGTERM). Port 0 takes a free one.

    On this machine's own address it speaks plain HTTP; on any other with `tls`, or with a certificate of its own that
    laptops know by its word. Raises `OSError` for a taken port (without a file name) or a folder that cannot be
    written, and what `register` and `open_desk` raise.
    """
    with listening_socket(host, port) as listener:
        if code:
            register(config, code)
        elif config.centre and (state := RelayState(config.data)).session.registered:
            state.keep(replace(state.session, url=check_address(config.centre)))
        desk = open_desk(config)
        files = tls or (None if is_loopback(host) else ensure_certificate(config.data, config.clock))
        event = {
            "event": "listening",
            "scheme": "https" if files else "http",
            "host": host,
            "port": listener.getsockname()[1],
            "word": word_of(files[0]) if files else "",
            "relay_id": desk.relay_id,
            "centre_id": desk.server_id,
        }
        settings = uvicorn_config(
            create_app(desk), tls_cert=files[0] if files else None, tls_key=files[1] if files else None
        )
        Announcing(settings, lambda: announce(event)).run(sockets=[listener])


def word_of(certificate: Path) -> str:
    """Return the word of a certificate file."""
    data = ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))
    return pairing_word(hashlib.sha256(data).hexdigest())
