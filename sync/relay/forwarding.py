"""Forwarding to the centre: urgent records first, then the rest, as fast as the cap and as late as the night allow.

A thread of its own. It keeps nothing in memory that matters: after a kill the next start finds all on the shelf.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from datetime import datetime, timedelta

from checklists.clock import stamp
from checklists.errors import InspectorError
from sync.client import Client
from sync.engine import SyncEngine
from sync.events import Received, SyncEvent, SyncReport, Trouble
from sync.protocol import WAITING, OutboxRow
from sync.relay import spool
from sync.relay.ahead import Ahead
from sync.relay.anchors import RelayAnchors
from sync.relay.config import RelayConfig, RelayState
from sync.relay.mirror import Mirror
from sync.relay.outbox import RelayOutbox, is_urgent
from sync.relay.pace import CappedTransport
from sync.relay.status import note
from sync.relay.sweeping import sweep, sweep_strays
from sync.server.database.storage import Storage, is_full
from sync.server.files.blobs import BlobFolder
from sync.server.problems import DISK_FULL
from sync.transport import RequestsTransport, Trust

log = logging.getLogger("inspector.relay")

IDLE_SECONDS = 30.0
MIRROR_SECONDS = 300.0
STRAYS_SECONDS = 86400.0
HELD = "held-for-night"
"""Code of a record whose text the centre has and whose files wait for the night."""


FAULT = "relay-fault"
"""Trouble that nobody foresaw; the log has it."""


def client_of(config: RelayConfig, state: RelayState, stop: threading.Event) -> Client:
    """Return the relay's client at the centre; its tokens are durable before they are used."""
    transport = CappedTransport(RequestsTransport(trust=Trust(config.ca_file)), config.cap, stop.wait)
    return Client(transport, state.session, clock=config.clock, save=state.keep)


class Forwarder:
    """Runs until told to stop; `wake` is set when something new may go."""

    def __init__(
        self,
        config: RelayConfig,
        state: RelayState,
        storage: Storage,
        blobs: BlobFolder,
        *,
        mirror: Mirror,
        ahead: Ahead,
        anchors: RelayAnchors,
    ) -> None:
        self._config = config
        self._storage = storage
        self._blobs = blobs
        self._mirror = mirror
        self._ahead = ahead
        self._anchors = anchors
        self._urgent = RelayOutbox(storage, blobs, clock=config.clock, urgent_only=True)
        self._all = RelayOutbox(storage, blobs, clock=config.clock)
        self._random = random.Random()  # noqa: S311 - jitter, not a secret
        self._stop = threading.Event()
        self._client = client_of(config, state, self._stop)
        self._mirrored_at = 0.0
        self._swept_at: float | None = None
        self._strays_at: float | None = None
        self._thread = threading.Thread(target=self._loop, name="inspector-relay")
        self.wake = threading.Event()

    def start(self) -> None:
        self._all.let_go(HELD)  # the window may be another one today, or none
        self._thread.start()

    def stop(self) -> None:
        """Stop at the next safe place and wait for it."""
        self._stop.set()
        self.wake.set()
        self._thread.join()
        self._client.close()

    def look_again(self) -> None:
        """Ask the centre soon for what it has: a laptop came that it did not tell us of yet."""
        self._mirrored_at = 0.0
        self.wake.set()

    def _loop(self) -> None:
        while not self._stop.is_set():
            self.wake.clear()
            try:
                seconds = self.turn()
            except Exception as error:  # the one thread that brings records on must not end
                log.exception("forwarding failed")
                self._tell(error)
                seconds = IDLE_SECONDS
            self.wake.wait(seconds)

    def _tell(self, error: Exception) -> None:
        """Tell the keeper, where there is room left to write it down."""
        with contextlib.suppress(Exception):
            note(self._storage, trouble=DISK_FULL if is_full(error) else FAULT)

    def turn(self) -> float:
        """Forward what may go and fetch what is new. Returns after how many seconds it is worth another turn."""
        trouble = retry_at = ""
        for outbox in (self._urgent, self._all):
            report = self._send(outbox)
            trouble, retry_at = report.trouble, report.retry_at
            if trouble or self._stop.is_set():
                break
        if not trouble and not self._stop.is_set():
            trouble = self._fetch()
        self._note(trouble)
        self._sweep()
        return self._pause(trouble, retry_at)

    def _send(self, outbox: RelayOutbox) -> SyncReport:
        engine = SyncEngine(
            outbox,
            self._client,
            clock=self._config.clock,
            random=self._random,
            emit=self._hear,
            should_stop=self._stop.is_set,
            holds_files=self._holds,
        )
        report = engine.run()
        for row in outbox.pending():
            if row.state == WAITING and row.blobs and not row.next_at and self._holds(row):
                outbox.failed(row.revision_id, HELD, "", self._night_begins())
        return report

    def _holds(self, row: OutboxRow) -> bool:
        night = self._config.night
        return night is not None and not is_urgent(row) and not night.is_open(self._config.clock.now())

    def _night_begins(self) -> str:
        now, night = self._config.clock.now(), self._config.night
        assert night is not None  # noqa: S101 - only called while something is held for it
        at = now.replace(hour=night.start.hour, minute=night.start.minute, second=0, microsecond=0)
        return stamp(at if at > now else at + timedelta(days=1))

    def _fetch(self) -> str:
        try:
            self._anchors.forward(self._client, self._stop.is_set)
            if self._mirrored_at and time.monotonic() - self._mirrored_at < MIRROR_SECONDS:
                return ""
            self._mirror.run(self._client, self._stop.is_set)
            self._ahead.fetch(self._client, self._stop.is_set)
            spool.forward(self._config.data, self._client, self._stop.is_set)
        except (InspectorError, OSError) as error:
            log.info("fetching failed: %s", getattr(error, "code", type(error).__name__))
            return str(getattr(error, "code", "file"))
        self._mirrored_at = time.monotonic()
        return ""

    def _sweep(self) -> None:
        """Drop what is not needed any more, whether or not the centre is there; strays once a day."""
        now = time.monotonic()
        if self._swept_at is not None and now - self._swept_at < MIRROR_SECONDS:
            return
        sweep(self._storage, self._blobs, clock=self._config.clock, keep_days=self._config.keep_days)
        if self._strays_at is None or now - self._strays_at > STRAYS_SECONDS:
            sweep_strays(self._storage, self._config.data)
            self._strays_at = now
        self._swept_at = now

    def _hear(self, event: SyncEvent) -> None:
        if isinstance(event, Received):
            note(self._storage, received=event.receipt.received_at)
        elif isinstance(event, Trouble):
            log.info("%s %s", event.code, event.record_id)

    def _note(self, trouble: str) -> None:
        reached = {} if trouble else {"contact": stamp(self._config.clock.now())}
        note(self._storage, trouble=trouble, **reached)

    def _pause(self, trouble: str, retry_at: str) -> float:
        if not trouble:
            due = [_seconds(row.next_at, self._config.clock.now()) for row in self._all.pending() if row.next_at]
            return max(0.05, min([IDLE_SECONDS, *due]))
        if not retry_at:
            return IDLE_SECONDS
        return max(0.05, min(IDLE_SECONDS, _seconds(retry_at, self._config.clock.now())))


def _seconds(moment: str, now: datetime) -> float:
    return (datetime.fromisoformat(moment) - now).total_seconds()
