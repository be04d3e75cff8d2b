"""Sending to the centre: registering this laptop once, then runs of the sync engine.

The session with the centre (address, tokens, receipt keys) is one encrypted setting of the store, `sync.session`.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock
from checklists.errors import InspectorError
from checklists.model import Changes, RecordSummary

if TYPE_CHECKING:
    from checklists.store import OutboxRow, Store
    from sync.client import Client, Session
    from sync.events import SyncEvent, SyncReport
    from sync.pull import PullReport

SETTING = "sync.session"
Submit = Callable[[Callable[[Any], Any]], Future[Any]]
"""`StoreWriter.submit`: where the window's process has one writer thread; None writes directly."""


class NoServerError(InspectorError):
    """No centre is set up in this workspace yet."""

    code = "no-server"


class NotEnrolledError(InspectorError):
    """The centre is known, but this laptop was never registered there."""

    code = "not-enrolled"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One revision in the outbox with the record it belongs to."""

    summary: RecordSummary
    row: OutboxRow


def session_of(store: Store) -> Session:
    """Return what the workspace knows of its centre."""
    from sync.client import Session

    return Session.from_text(store.settings.get(SETTING))


@contextlib.contextmanager
def client_of(store: Store, *, clock: Clock, url: str = "", submit: Submit | None = None) -> Iterator[Client]:
    """Return a client for the workspace's centre, or for `url`; new tokens are durable before they are used."""
    from sync.client import Client
    from sync.transport import RequestsTransport, check_address

    session = session_of(store)
    if url:
        session = _for_address(session, check_address(url))
    elif not session.url:
        raise NoServerError

    def save(new: Session) -> None:
        text = new.to_text()
        if submit is None:
            store.settings.set(SETTING, text)
        else:
            submit(lambda writing: writing.settings.set(SETTING, text)).result()

    client = Client(RequestsTransport(), session, clock=clock, save=save)
    try:
        yield client
    finally:
        client.close()


def _for_address(session: Session, url: str) -> Session:
    """Return the session for this address; the same centre under a new address keeps its tokens."""
    return session if session.url == url else replace(session, url=url)


def register(store: Store, url: str, code: str, *, clock: Clock, submit: Submit | None = None) -> None:
    """Exchange a one-time code for this laptop's tokens; its device key is known to the centre from then on."""
    with client_of(store, clock=clock, url=url, submit=submit) as client:
        client.health()
        client.register(code, device_id=store.keys.device_id, key=store.keys.device_key, name=store.keys.person_name)


def sync_now(
    store: Store,
    *,
    clock: Clock,
    url: str = "",
    emit: Callable[[SyncEvent], None] = lambda _event: None,
    should_stop: Callable[[], bool] = lambda: False,
    submit: Submit | None = None,
    force: bool = False,
    on_pulled: Callable[[PullReport], None] = lambda _report: None,
) -> SyncReport:
    """Send what waits. Trouble is told by events and the report; raises only when there is no centre to ask."""
    from sync.engine import QueuedOutbox, SyncEngine

    with client_of(store, clock=clock, url=url, submit=submit) as client:
        if not client.session.registered:
            raise NotEnrolledError(url=client.session.url)
        outbox = store.outbox if submit is None else QueuedOutbox(store.outbox, submit)
        engine = SyncEngine(
            outbox,
            client,
            clock=clock,
            random=random.SystemRandom(),
            emit=emit,
            should_stop=should_stop,
        )
        report = engine.run(force=force)
        if not report.trouble and not report.stopped:
            pulled = _exchange(store, client, emit=emit, submit=submit)
            if pulled is not None:
                on_pulled(pulled)
        if url and client.session.url != session_of(store).url and report.trouble == "":
            _keep_address(store, client.session, submit)
        return report


def _exchange(
    store: Store, client: Client, *, emit: Callable[[SyncEvent], None], submit: Submit | None
) -> PullReport | None:
    """After sending: leave the head of the audit chain at the centre, and fetch what the centre has for this laptop.

    Trouble here takes nothing back of what was sent; it is told, and the next run tries again.
    """
    from sync.errors import SyncError
    from sync.events import Trouble
    from sync.protocol import Anchor
    from sync.pull import Pull

    try:
        head = store.audit.head()
        if head.seq:
            client.anchor(Anchor(head.seq, head.hash))
            _steps("audit", store.audit, submit).anchor(head.seq, head.hash, client.session.server_id)
        return Pull(
            _steps("pulled", store.pulled, submit), _steps("checklists", store.checklists, submit), client
        ).run()
    except SyncError as error:
        emit(Trouble(error.code, "", error.detail, "", error.action.value))
        return None


class _Steps:
    """A noun of the store whose writes go through the writer thread, one after the other, and wait for their commit."""

    WRITES = frozenset({"anchor", "apply_page", "mark_stale", "put"})

    def __init__(self, noun: str, reading: object, submit: Submit) -> None:
        self._noun, self._reading, self._submit = noun, reading, submit

    def __getattr__(self, name: str) -> Any:
        if name not in self.WRITES:
            return getattr(self._reading, name)
        return lambda *args, **more: self._submit(
            lambda store: getattr(getattr(store, self._noun), name)(*args, **more)
        ).result()


def _steps(noun: str, reading: Any, submit: Submit | None) -> Any:
    return reading if submit is None else _Steps(noun, reading, submit)


def _keep_address(store: Store, session: Session, submit: Submit | None) -> Changes:
    """Keep a new address of the same centre once it has answered there."""
    if submit is None:
        return store.settings.set(SETTING, session.to_text())
    changes: Changes = submit(lambda writing: writing.settings.set(SETTING, session.to_text())).result()
    return changes


def overview(store: Store) -> tuple[Waiting, ...]:
    """Return everything without a receipt, oldest first, with its record."""
    return tuple(Waiting(store.records.summary(row.record_id), row) for row in store.outbox.pending())
