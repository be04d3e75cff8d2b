"""Running the centre as a process: listens on loopback unless told otherwise, and is never open.

When it is ready it prints one JSON line with its port and a fresh one-time code; whoever started it reads that line.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn

from sync.protocol import Role
from sync.server.app import create_app
from sync.server.centre import Centre
from sync.server.config import DEFAULT_SCOPE, ServerConfig
from sync.server.intake.readers import useful_readers

LOOPBACK = "127.0.0.1"


def announce_on_stdout(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Announcing(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind before anything else is done, so that a taken port is an error at once. Raises `OSError`.

    The protocol number must be named: asyncio switches Nagle's algorithm off only where it reads TCP there, and without
    that every small answer waits 40 ms for the other side's delayed acknowledgement (measured).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def uvicorn_config(app: object, *, tls_cert: Path | None = None, tls_key: Path | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application; uvicorn spells the type more narrowly
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        ssl_certfile=str(tls_cert) if tls_cert else None,
        ssl_keyfile=str(tls_key) if tls_key else None,
    )


def run(
    data: Path,
    host: str = LOOPBACK,
    port: int = 8765,
    *,
    scope: str = DEFAULT_SCOPE,
    database: str = "",
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    announce: Callable[[dict[str, object]], None] = announce_on_stdout,
) -> None:
    """Serve until told to stop (Ctrl+C, SIGTERM). Port 0 takes a free one. Raises `OSError` for a taken port."""
    config = ServerConfig.of(Path(data), database=database, readers=useful_readers())
    with listening_socket(host, port) as listener:
        centre = Centre.open(config)
        code = centre.make_code(scope=scope)
        event = {
            "event": "listening",
            "host": host,
            "port": listener.getsockname()[1],
            "code": code,
            "server_id": centre.server_id,
        }
        settings = uvicorn_config(create_app(config, centre), tls_cert=tls_cert, tls_key=tls_key)
        Announcing(settings, lambda: announce(event)).run(sockets=[listener])


def make_device_code(
    data: Path, *, role: str = "inspector", scope: str = DEFAULT_SCOPE, person_id: str = "", database: str = ""
) -> str:
    """Make a one-time code beside a running centre (`inspector admin device`)."""
    centre = Centre.open(ServerConfig.of(Path(data), database=database))
    try:
        return centre.make_code(role=Role(role), scope=scope, person_id=person_id)
    finally:
        centre.close()
