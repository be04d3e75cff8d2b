"""Sending to the centre: registering this laptop once, then runs of the sync engine, straight or through a relay.

The session with the centre (address, tokens, receipt keys) is one encrypted setting of the store, `sync.session`. Where
an office relay was joined and is near, it is the way; else the centre itself.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from checklists.clock import Clock, stamp
from checklists.errors import InspectorError
from checklists.model import Changes, RecordSummary
from inspector_app.actions.factories import ahead
from inspector_app.actions.laptop import anchoring
from inspector_app.actions.reference import editions
from inspector_app.actions.sending import near_relay, network, plans

if TYPE_CHECKING:
    from checklists.store import OutboxRow, Store
    from sync.client import Client, Session
    from sync.events import SyncEvent, SyncReport
    from sync.pull import PullReport

SETTING = "sync.session"
CLOCK = "clock.offset_ms"
"""Setting: the centre's clock minus this laptop's, as last measured; each record that is sealed tells it."""
FETCHED = "sync.fetched-at"
"""Setting: when the centre's rows were last fetched to their end (RFC 3339)."""
IN_FLIGHT = 2
"""Batches, or files of a record, on their way at once: while the centre files one, the next is made and travels."""
Submit = Callable[[Callable[[Any], Any]], Future[Any]]
"""`StoreWriter.submit`: where the window's process has one writer thread; None writes directly."""


class NoServerError(InspectorError):
    """No centre is set up in this workspace yet."""

    code = "no-server"


class NotEnrolledError(InspectorError):
    """The centre is known, but this laptop was never registered there."""

    code = "not-enrolled"


class Way(StrEnum):
    """By which way a run goes: the relay where one is near, or one of the two and nothing else."""

    NEAREST = "nearest"
    CENTRE = "centre"
    RELAY = "relay"


class NoRelayError(InspectorError):
    """The relay was asked for, and this laptop never joined one."""

    code = "no-relay"


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
    transport = RequestsTransport(trust=network.trust_of(store), proxies=network.proxies_for(store, session.url))
    client = Client(transport, session, clock=clock, save=_saver(store, SETTING, submit))
    try:
        yield client
    finally:
        client.close()


def _saver(store: Store, setting: str, submit: Submit | None) -> Callable[[Session], None]:
    """Return what keeps a session durably, by the writer thread where there is one."""

    def save(new: Session) -> None:
        text = new.to_text()
        if submit is None:
            store.settings.set(setting, text)
        else:
            submit(lambda writing: writing.settings.set(setting, text)).result()

    return save


@contextlib.contextmanager
def client_on(store: Store, way: Way, *, clock: Clock, url: str = "", submit: Submit | None = None) -> Iterator[Client]:
    """Return a client on this way. A relay counts as near when it answers within seconds and is the one we joined.

    Raises `NoRelayError`, `NoServerError`, `NotEnrolledError`; with `Way.RELAY` what the relay's line raises.
    """
    from sync.errors import SyncError

    relay = None if url or way is Way.CENTRE else near_relay.relay_of(store)
    if way is Way.RELAY and relay is None:
        raise NoRelayError
    if relay is not None:
        save = _saver(store, near_relay.SETTING, submit)
        client = near_relay.client_of_relay(store, relay, session_of(store), clock=clock, save=save)
        with contextlib.closing(client):
            try:
                client.health(seconds=near_relay.NEAR_SECONDS)
                near_relay.join_again(store, client, session_of(store))
            except SyncError:
                if way is Way.RELAY:
                    raise
            else:
                yield client
                return
    with client_of(store, clock=clock, url=url, submit=submit) as client:
        if not client.session.registered:
            raise NotEnrolledError(url=client.session.url)
        yield client


def _for_address(session: Session, url: str) -> Session:
    """Return the session for this address; the same centre under a new address keeps its tokens."""
    return session if session.url == url else replace(session, url=url)


def register(store: Store, url: str, code: str, *, clock: Clock, submit: Submit | None = None) -> None:
    """Exchange a one-time code for this laptop's tokens; its device key is known to the centre from then on."""
    with client_of(store, clock=clock, url=url, submit=submit) as client:
        if not client.session.server_id:
            client.health()
        client.register(code, device_id=store.keys.device_id, key=store.keys.device_key, name=store.keys.person_name)
        if client.session.former:  # restored from a backup: what came after it is lost there, and here it is not
            _steps("outbox", store.outbox, submit).offer_again(client.session.former)


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
    way: Way = Way.NEAREST,
    hold_files: bool = False,
) -> SyncReport:
    """Send what waits. Trouble is told by events and the report; raises only when there is no centre to ask.

    `hold_files` sends text and keeps photos back (a metered line). Raises what `client_on` raises.
    """
    from sync.engine import QueuedOutbox, SyncEngine

    with client_on(store, way, clock=clock, url=url, submit=submit) as client:
        outbox = store.outbox if submit is None else QueuedOutbox(store.outbox, submit)
        write = _setter(store, submit)
        engine = SyncEngine(
            outbox,
            client,
            clock=clock,
            random=random.SystemRandom(),
            emit=_noting_clock(emit, write),
            should_stop=should_stop,
            holds_files=lambda _row: hold_files,
            in_flight=IN_FLIGHT,
        )
        started = clock.monotonic()
        report = engine.run(force=force)
        plans.learn_speed(store, report.bytes_sent, clock.monotonic() - started, write)
        if not report.trouble and not report.stopped:
            pulled = _exchange(store, client, clock=clock, emit=emit, should_stop=should_stop, submit=submit)
            if pulled is not None:
                on_pulled(pulled)
                if not pulled.stopped:
                    write(FETCHED, stamp(clock.now()))
        if url and client.session.url != session_of(store).url and report.trouble == "":
            _keep_address(store, client.session, submit)
        return report


def _noting_clock(emit: Callable[[SyncEvent], None], write: Callable[[str, str], None]) -> Callable[[SyncEvent], None]:
    """Return what tells events and keeps how far this laptop's clock is off; a relay's clock proves nothing."""
    from sync.events import Connected

    def tell(event: SyncEvent) -> None:
        if isinstance(event, Connected) and not event.relay and event.clock_offset_ms is not None:
            write(CLOCK, str(event.clock_offset_ms))
        emit(event)

    return tell


def _exchange(
    store: Store,
    client: Client,
    *,
    clock: Clock,
    emit: Callable[[SyncEvent], None],
    should_stop: Callable[[], bool],
    submit: Submit | None,
) -> PullReport | None:
    """After sending: leave the head of the audit chain at the centre, and fetch what the centre has for this laptop.

    Trouble here takes nothing back of what was sent; it is told, and the next run tries again.
    """
    from sync.errors import RefusedError, SyncError
    from sync.events import Trouble
    from sync.pull import Pull

    try:
        try:
            anchoring.leave(store, client, submit)
        except RefusedError as error:  # evidence of a changed chain, and no reason to stay without work and registry
            emit(Trouble(error.code, "", error.detail, "", error.action.value))
        pulled = Pull(
            _steps("pulled", store.pulled, submit),
            _steps("checklists", store.checklists, submit),
            client,
            should_stop=should_stop,
        ).run()
    except SyncError as error:
        emit(Trouble(error.code, "", error.detail, "", error.action.value))
        return None
    _settle_editions(store, client.session, clock=clock, emit=emit, submit=submit)
    if not pulled.stopped:
        _fetch_ahead(store, client, emit=emit, should_stop=should_stop, submit=submit)
    return pulled


def _fetch_ahead(
    store: Store,
    client: Client,
    *,
    emit: Callable[[SyncEvent], None],
    should_stop: Callable[[], bool],
    submit: Submit | None,
) -> None:
    """Fetch the last visits of the sites that are next; trouble is told and the next run goes on."""
    from sync.errors import SyncError
    from sync.events import Trouble

    try:
        ahead.fetch(store, _steps("pulled", store.pulled, submit), client, should_stop)
    except SyncError as error:
        emit(Trouble(error.code, "", error.detail, "", error.action.value))


def _settle_editions(
    store: Store,
    session: Session,
    *,
    clock: Clock,
    emit: Callable[[SyncEvent], None],
    submit: Submit | None,
) -> None:
    """Take the centre's signed checklists into use; what is refused for its signatures is told."""
    from sync.events import Trouble

    def step(writing: Store) -> editions.Settled:
        return editions.settle(writing, session.receipt_keys, province=session.scope, clock=clock)

    done: editions.Settled = step(store) if submit is None else submit(step).result()
    for edition_id, kind in done.refused.items():
        if kind not in editions.LATER:
            emit(Trouble(f"edition.{kind}", "", edition_id, "", "fix"))


class _Steps:
    """A noun of the store whose writes go through the writer thread, one after the other, and wait for their commit."""

    WRITES = frozenset({"apply_page", "mark_stale", "offer_again", "put"})

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


def _setter(store: Store, submit: Submit | None) -> Callable[[str, str], None]:
    """Return what writes a setting, by the writer thread where there is one."""

    def write(name: str, value: str) -> None:
        if submit is None:
            store.settings.set(name, value)
        else:
            submit(lambda writing: writing.settings.set(name, value)).result()

    return write


def plan(store: Store, *, clock: Clock, way: Way = Way.NEAREST, url: str = "") -> plans.Plan:
    """Say what a run would send, how much and for how long, without sending anything; asks the centre what it has."""
    from sync.errors import SyncError

    rows = store.outbox.pending()
    try:
        with client_on(store, way, clock=clock, url=url) as client:
            return plans.ask(store, rows, client)
    except SyncError as error:
        return plans.unasked(store, rows, error.code)
    except (NoServerError, NotEnrolledError) as error:
        return plans.unasked(store, rows, error.code)


def join_relay(store: Store, url: str, word: str, *, clock: Clock, submit: Submit | None = None) -> Session:
    """Join an office relay; this laptop must be registered at its centre already. Raises as `near_relay.join`."""
    centre = session_of(store)
    if not centre.registered:
        raise NotEnrolledError(url=centre.url)
    return near_relay.join(store, url, word, centre, clock=clock, write=_setter(store, submit))


def _keep_address(store: Store, session: Session, submit: Submit | None) -> Changes:
    """Keep a new address of the same centre once it has answered there."""
    if submit is None:
        return store.settings.set(SETTING, session.to_text())
    changes: Changes = submit(lambda writing: writing.settings.set(SETTING, session.to_text())).result()
    return changes


def overview(store: Store) -> tuple[Waiting, ...]:
    """Return everything without a receipt, oldest first, with its record."""
    return tuple(Waiting(store.records.summary(row.record_id), row) for row in store.outbox.pending())
