"""An office relay as a child process, on the same port and data after each restart, and laptops that use it."""

from __future__ import annotations

import random
import threading
import time
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
from tests.support.sync_server import ServerProcess

PATIENCE = 60.0


class RelayProcess(ServerProcess):
    """Killed as a power cut would, and started again."""

    def __init__(self, data: Path, centre: str) -> None:
        super().__init__()
        self.data = data
        self.centre = centre

    def start(self, code: str = "") -> Self:
        words = ["--data", str(self.data), "--port", str(self.port), "--centre", self.centre]
        self.launch("tests.support.sync_relay_main", *words, *(("--code", code) if code else ()))
        return self


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
