"""An office relay as a child process, on the same port and data after each restart, and laptops that use it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.errors import SyncError
from sync.events import Relayed, SyncEvent, SyncReport
from sync.transport import RequestsTransport
from tests.support.sync_outbox import MemoryOutbox
from tests.support.sync_server import READY_SECONDS, REPO

PATIENCE = 60.0


class RelayProcess:
    """`python -m sync.relay`; killed as a power cut would, and started again."""

    def __init__(self, data: Path, centre: str, *, more: Sequence[str] = (), module: str = "sync.relay") -> None:
        self.data = data
        self.centre = centre
        self.port = 0
        self._more = tuple(more)
        self._module = module
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, code: str = "") -> Self:
        words = [sys.executable, "-m", self._module, "--data", str(self.data), "--port", str(self.port)]
        words += ["--centre", self.centre, *(("--code", code) if code else ()), *self._more]
        self._process = subprocess.Popen(words, cwd=REPO, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = json.loads(self._process.stdout.readline())["port"]
        return self

    def kill(self) -> None:
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


class OfficeLaptop:
    """A laptop with an outbox in memory that knows its centre and sends through the relay."""

    def __init__(self, number: int, centre: Session, url: str) -> None:
        self.key = key_of(number)
        self.device_id = f"laptop-{number}"
        self.outbox = MemoryOutbox()
        self.events: list[SyncEvent] = []
        self._centre = centre
        self.client = Client(RequestsTransport(), Session(url=url), clock=SystemClock())

    def join(self) -> None:
        """Get the relay's tokens, as often as it takes until the relay has heard of this laptop."""
        patiently(self._join)

    def _join(self) -> bool:
        try:
            self.client.join_relay(self._centre, device_id=self.device_id, key=self.key)
        except SyncError:
            return False
        return True

    def sync(self) -> SyncReport:
        engine = SyncEngine(
            self.outbox, self.client, clock=SystemClock(), random=random.Random(1), emit=self.events.append
        )
        return engine.run(force=True)

    def sync_until_received(self) -> None:
        patiently(lambda: self.sync().clean)

    @property
    def relayed(self) -> int:
        """How many records the relay said it holds."""
        return len({event.record_id for event in self.events if isinstance(event, Relayed)})

    def close(self) -> None:
        self.client.close()


def key_of(number: int) -> DeviceKey:
    return DeviceKey.from_seed(bytes([number]) * 32)


def patiently(step: object) -> None:
    """Repeat until it says True; an assertion after a minute."""
    wait, until = threading.Event().wait, time.monotonic() + PATIENCE
    while not step():  # type: ignore[operator]  # a callable
        assert time.monotonic() < until, "it did not come to pass"
        wait(0.05)
