"""A real centre on a free port: in a thread for most tests, as a process of its own where it is to be killed."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import uvicorn

from checklists.clock import Clock, SystemClock
from checklists.crypto import DeviceKey
from sync.client import Client, Session
from sync.protocol import Role
from sync.server.app import create_app
from sync.server.centre import Centre
from sync.server.config import DEFAULT_SCOPE, ServerConfig
from sync.server.serving import listening_socket, uvicorn_config
from sync.transport import RequestsTransport, Transport

REPO = Path(__file__).resolve().parents[2]
READY_SECONDS = 30


@dataclass
class RunningCentre:
    """A centre that listens in this process."""

    url: str
    port: int
    centre: Centre

    def code(self, **options: object) -> str:
        return self.centre.make_code(**{"scope": DEFAULT_SCOPE, **options})  # type: ignore[arg-type]  # test sugar

    def client(
        self,
        key: DeviceKey,
        *,
        device_id: str = "d-1",
        url: str = "",
        transport: Transport | None = None,
        clock: Clock | None = None,
        **options: object,
    ) -> Client:
        """Return a registered client with its own connection."""
        client = Client(transport or RequestsTransport(), Session(url=url or self.url), clock=clock or SystemClock())
        client.register(self.code(**options), device_id=device_id, key=key)
        return client


@contextlib.contextmanager
def running_centre(config: ServerConfig, *, tls: tuple[Path, Path] | None = None) -> Iterator[RunningCentre]:
    """Run a centre in a thread until the block ends."""
    with listening_socket("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        centre = Centre.open(config)
        settings = uvicorn_config(
            create_app(config, centre), tls_cert=tls[0] if tls else None, tls_key=tls[1] if tls else None
        )
        ready = threading.Event()
        server = _Threaded(settings, ready)
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]), name="centre")
        thread.start()
        try:
            assert ready.wait(READY_SECONDS), "the centre did not start"
            scheme = "https" if tls else "http"
            host = "localhost" if tls else "127.0.0.1"
            yield RunningCentre(f"{scheme}://{host}:{port}", port, centre)
        finally:
            server.should_exit = True
            thread.join(READY_SECONDS)


class _Threaded(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[object] | None = None) -> None:
        await super().startup(sockets=sockets)  # type: ignore[arg-type]  # uvicorn's own list of sockets
        self._ready.set()


class ServerProcess:
    """A server as a child process that says in one line of JSON where it listens; on the same port after a restart."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self, *words: str) -> dict[str, Any]:
        """Start `python -m …` and return its line. Raises `ValueError` where it ended without one."""
        self._process = subprocess.Popen([sys.executable, "-m", *words], cwd=REPO, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        event: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.port = event["port"]
        return event

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._reap()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._reap()

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait(READY_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self.stop()


class CentreProcess(ServerProcess):
    """A centre as a child process, on the same port and data after each restart."""

    def __init__(self, data: Path, port: int = 0) -> None:
        super().__init__()
        self.data = data
        self.port = port
        self.code = ""
        self.server_id = ""

    def start(self) -> None:
        event = self.launch("sync.server", "--data", str(self.data), "--port", str(self.port))
        self.code, self.server_id = event["code"], event["server_id"]

    def new_code(self, role: Role = Role.INSPECTOR) -> str:
        """Make a further one-time code by a second handle on the data, as `inspector admin device` does."""
        handle = Centre.open(ServerConfig(self.data))
        try:
            return handle.make_code(scope=DEFAULT_SCOPE, role=role)
        finally:
            handle.close()

    def __enter__(self) -> Self:
        self.start()
        return self
