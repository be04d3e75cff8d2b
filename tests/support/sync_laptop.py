"""A laptop's sync as a process of its own, to be killed: `python -m tests.support.sync_laptop WORKSPACE URL CODE`.

Opens the real encrypted store, registers once, runs the real engine until nothing waits, ends with 0 when all is sent.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sync.errors
import sync.plan
from checklists.clock import Clock, SystemClock
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.events import SyncReport
from sync.transport import RequestsTransport
from tests.support.store_workspace import reopen

PATIENCE = 150.0


def main(workspace: Path, url: str, code: str) -> int:
    sync.plan.BACKOFF_BASE = 0.02  # seconds; the campaign has no time for real ones
    sync.plan.BACKOFF_CAP = 0.2
    clock = SystemClock()
    store = reopen(workspace, clock)
    session = Session.from_text(store.settings.get("sync.session"))
    client = Client(
        RequestsTransport(),
        Session.from_json({**session.to_json(), "url": url}),
        clock=clock,
        save=lambda s: store.settings.set("sync.session", s.to_text()),
    )
    wait = threading.Event().wait
    while not client.session.registered:
        try:
            client.register(code, device_id=store.keys.device_id, key=store.keys.device_key)
        except sync.errors.SyncError:
            wait(0.05)
    engine = SyncEngine(store.outbox, client, clock=clock, random=random.Random(), in_flight=2)
    report = run_patiently(engine, clock=clock, wait=wait, patience=PATIENCE)
    client.close()
    store.close()
    return 0 if report.clean else 1


def run_patiently(
    engine: SyncEngine, *, clock: Clock, wait: Callable[[float], object], patience: float, force: bool = True
) -> SyncReport:
    """Run again and again while something waits that time alone can help, for at most `patience` seconds.

    `wait` sleeps the given seconds (`threading.Event().wait`: it ends at once when the event is set).
    """
    started = clock.monotonic()
    report = engine.run(force=force)
    while report.retry_at and not report.stopped and (report.waiting or report.trouble):
        left = patience - (clock.monotonic() - started)
        if left <= 0:
            break
        wait(max(0.05, min(_seconds_until(report.retry_at, clock), left)))
        report = engine.run()
    return report


def _seconds_until(moment: str, clock: Clock) -> float:
    try:
        return (datetime.fromisoformat(moment) - clock.now()).total_seconds()
    except ValueError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
