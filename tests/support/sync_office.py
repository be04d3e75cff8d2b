"""An office under faults, in one process: laptops, the production relay between them and the real centre.

Nothing is simulated but the two lines (`sync_line`), the clocks and the laptops' folders, which are in memory here
(`sync_whole` has real ones). The relay is its ASGI application, its shelf, its forwarding and its mirror over a
database and files; its program may die before and after every transaction, every file that is put into place and every
call of its own, and is opened again on what lies in its folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import zstandard
from sqlalchemy import select

from checklists.model import Changes
from checklists.sealing import Receipt, parse_wire_line, read_json
from sync import protocol
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.errors import CutError, SyncError
from sync.events import SyncReport
from sync.protocol import Code, Role
from sync.pull import Pull
from sync.relay import RelayConfig
from sync.relay.app import create_app
from sync.relay.config import RelayState
from sync.relay.serving import open_desk
from sync.relay.status import read_status
from sync.relay.tables import carried, carried_blobs
from sync.server.identity import load_key
from sync.server.wire.limiting import Rate
from sync.transport import Request, Response
from tests.support.clock import FrozenClock
from tests.support.sync_copy import MemoryCopy
from tests.support.sync_line import CrashError, Net, SimTransport
from tests.support.sync_outbox import MemoryOutbox
from tests.support.sync_simulator import KEYS
from tests.support.sync_whole import NOON, SCOPE, RealCentre, call_app

STEPS = 0.1
"""Share of a line's rate with which a program dies at one of its own steps."""
UNBELIEVABLE = frozenset({"wrong-server", "not-our-server"})
ADDRESS = "http://127.0.0.1"


class RelayHost:
    """The relay as a machine: answers laptops, forwards when told to, dies and comes again."""

    def __init__(self, folder: Path, real: RealCentre, rng: random.Random) -> None:
        never = Rate(per_second=1e9, burst=1e9)
        self.clock = FrozenClock(NOON)
        self.rng = rng
        self.real = real
        self.outer = Net(real, rng, 0.0)
        self.deaths = 0
        self.faults: list[str] = []
        self._config = RelayConfig(folder, clock=self.clock, calls=never, registrations=never)
        self._loop = asyncio.new_event_loop()
        self._open()

    def _open(self) -> None:
        self.desk = open_desk(self._config)
        self.server_id = self.desk.relay_id
        self._app = create_app(self.desk)
        state, forwarder = RelayState(self._config.data), self.desk.forwarder
        forwarder._client.close()
        forwarder._random = self.rng
        forwarder._client = Client(
            _Watched(self.outer, self), state.session, clock=self.clock, save=_dying(state.keep, self._maybe_die)
        )
        storage, blobs = self.desk.storage, self.desk.blobs
        vars(storage).update(write=_dying(storage.write, self._maybe_die))
        vars(blobs).update(keep=_dying(blobs.keep, self._maybe_die))

    def _maybe_die(self) -> None:
        if self.rng.random() < self.outer.rate * STEPS:
            raise CrashError

    def restart(self) -> None:
        """End the program where it stands and start it on what lies in its folder."""
        self.deaths += 1
        self.desk.storage.close()
        rate, self.outer.rate = self.outer.rate, 0.0
        self._open()
        self.outer.rate = rate

    def close(self) -> None:
        self.desk.storage.close()
        self._loop.close()

    # --- for laptops --------------------------------------------------------------------------------------------------

    def handle(self, request: Request, device: str) -> Response:
        assert isinstance(request.body, (bytes, type(None)))
        return self._answer(request, request.body or b"", whole=True)

    def cut(self, request: Request, device: str, arrived: bytes) -> None:
        self._answer(request, arrived, whole=False)

    def _answer(self, request: Request, body: bytes, *, whole: bool) -> Response:
        try:
            return self._loop.run_until_complete(call_app(self._app, request, body, whole=whole))
        except CrashError as error:
            self.restart()
            raise CutError from error

    # --- to the centre ------------------------------------------------------------------------------------------------

    def turn(self, *, fetches: bool = True) -> str:
        """Forward and fetch once, as the relay's thread does. Returns its trouble."""
        if fetches:
            self.desk.forwarder.look_again()
        try:
            self.desk.forwarder.turn()
        except CrashError:
            self.restart()
            return "crash"
        return read_status(self.desk.storage).trouble

    def rows(self) -> dict[str, Any]:
        """Return what lies on the shelf, by revision."""
        found = self.desk.storage.read(lambda c: c.execute(select(carried)).all())
        return {row.revision_id: row for row in found}

    def holds(self, revision_id: str) -> bool:
        """Say whether a line lies here whole, or the centre's word about it."""
        row = self.rows().get(revision_id)
        if row is None or row.receipt:
            return row is not None
        claims = select(carried_blobs.c.sha256).where(carried_blobs.c.revision_id == revision_id)
        names = self.desk.storage.read(lambda c: c.execute(claims).scalars().all())
        return row.line is not None and all(self.desk.blobs.path(name).is_file() for name in names)

    def look_at(self, request: Request) -> None:
        """Look at what is forwarded: no child goes while its parent lies here whole and waits."""
        if not request.url.endswith(protocol.RECORDS_BATCH) or not isinstance(request.body, bytes):
            return
        here = self.rows()
        for line in _lines(request):
            base = here.get(str(read_json(parse_wire_line(line).envelope)["base_revision_id"]))
            if base is not None and base.relayed and not base.receipt and base.state == protocol.WAITING:
                self.faults.append(f"a child went before its parent {base.revision_id}")


def _lines(request: Request) -> list[bytes]:
    kind = request.headers.get("content-encoding", "")
    assert isinstance(request.body, bytes)
    body = request.body
    if kind == "zstd":
        body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    elif kind == "gzip":
        body = gzip.decompress(body)
    return [line for line in body.split(b"\n") if line.strip()]


class _Watched(SimTransport):
    """The relay's end of its line to the centre."""

    def __init__(self, net: Net, host: RelayHost) -> None:
        super().__init__(net, "relay")
        self._host = host

    def send(self, request: Request) -> Response:
        self._host.look_at(request)
        return super().send(request)


def _dying(step: Callable[..., Any], maybe_die: Callable[[], None]) -> Callable[..., Any]:
    def call(*args: Any, **more: Any) -> Any:
        maybe_die()
        result = step(*args, **more)
        maybe_die()
        return result

    return call


# --- a laptop of the office -----------------------------------------------------------------------------------------


class WatchedOutbox(MemoryOutbox):
    """An outbox that looks at every claim at the moment at which it is made; the program may die around it."""

    def __init__(self, laptop: OfficeLaptop) -> None:
        super().__init__()
        self._laptop = laptop
        self.faults: list[str] = []

    def acknowledge(self, receipt: Receipt) -> Changes:
        self._laptop.maybe_die()
        if receipt.server_id != self._laptop.real.server_id or not is_whole(self._laptop.real, self, receipt):
            self.faults.append(f"{receipt.revision_id} was called received while it was not whole at the centre")
        changes = super().acknowledge(receipt)
        self._laptop.maybe_die()
        return changes

    def failed(self, revision_id: str, code: str, *args: Any, **more: Any) -> Changes:
        self._laptop.maybe_die()
        if code == Code.RELAYED and not self._laptop.host.holds(revision_id):
            self.faults.append(f"{revision_id} was called relayed while it was not whole at the relay")
        return super().failed(revision_id, code, *args, **more)


def is_whole(real: RealCentre, outbox: MemoryOutbox, receipt: Receipt) -> bool:
    """Say whether a revision lies at the centre with all its files, byte for byte."""
    row = outbox.rows[receipt.revision_id]
    found = real.centre.records.record(SCOPE, row.record_id)
    return any(r["digest"] == row.digest for r in found) and all(
        (path := real.centre.blobs.path(blob.sha256)).is_file() and path.read_bytes() == outbox.files[blob.sha256]
        for blob in row.blobs
    )


@dataclass
class OfficeLaptop:
    """One device that goes by the relay or straight; its outbox, its copy and its sessions survive its program."""

    number: int
    host: RelayHost
    inner: Net
    direct: Net
    rng: random.Random
    sessions: dict[bool, Session]
    """By whether it is the relay's."""
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOON))
    copy: MemoryCopy = field(default_factory=MemoryCopy)
    poison: str = ""
    unbelievable: list[str] = field(default_factory=list)
    outbox: WatchedOutbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = WatchedOutbox(self)

    @property
    def real(self) -> RealCentre:
        return self.host.real

    @property
    def name(self) -> str:
        return f"d-{self.number}"

    def maybe_die(self) -> None:
        if self.rng.random() < self.inner.rate * STEPS:
            raise CrashError

    def run(self, *, by_relay: bool, force: bool = False) -> str:
        """Send and fetch once on one of the two ways. Returns the trouble; a crash leaves what is kept."""
        client = self.client(by_relay)
        try:
            trouble = self._run(client, force=force)
        except CrashError:
            return "crash"
        except SyncError as error:
            trouble = error.code
        if trouble in UNBELIEVABLE:
            self.unbelievable.append(trouble)
        if by_relay and trouble in ("token-expired", "token-revoked", "sign-in"):
            self._join_again()
        return trouble

    def client(self, by_relay: bool) -> Client:
        def save(session: Session) -> None:
            self.maybe_die()
            self.sessions[by_relay] = session

        transport = SimTransport(self.inner if by_relay else self.direct, self.name)
        nonces = iter(range(self.rng.randrange(2**32), 2**63))
        return Client(transport, self.sessions[by_relay], clock=self.clock, save=save, nonce=lambda: f"n{next(nonces)}")

    def _run(self, client: Client, *, force: bool) -> str:
        engine = SyncEngine(self.outbox, client, clock=self.clock, random=self.rng)
        report: SyncReport = engine.run(force=force)
        if not report.trouble:
            Pull(self.copy, self.copy, client).run()
        return report.trouble

    def _join_again(self) -> None:
        """Join the relay once more, as its key allows; no person is needed."""
        with contextlib.suppress(SyncError, CrashError):
            self.client(True).join_relay(self.sessions[False], device_id=self.name, key=KEYS[self.number])


# --- templates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfficeTemplates:
    """A centre that knows three laptops and a relay that they have joined: made once, copied for each schedule."""

    folder: Path
    sessions: tuple[dict[bool, Session], ...]

    @classmethod
    def make(cls, folder: Path) -> OfficeTemplates:
        rng, clock = random.Random(0), FrozenClock(NOON)
        real = RealCentre(folder / "centre", clock)
        net = Net(real, rng, 0.0)
        sessions = []
        for number, key in enumerate(KEYS):
            client = Client(SimTransport(net, "d"), Session(url=ADDRESS), clock=clock)
            client.register(real.centre.make_code(scope=SCOPE), device_id=f"d-{number}", key=key)
            sessions.append({False: client.session})
        (folder / "relay").mkdir()
        state = RelayState(folder / "relay")
        office = Client(SimTransport(net, "relay"), Session(url=ADDRESS), clock=clock, save=state.keep)
        code = real.centre.make_code(scope=SCOPE, role=Role.RELAY)
        office.register(code, device_id=state.relay_id, key=load_key(folder / "relay"))
        host = RelayHost(folder / "relay", real, rng)
        host.turn()
        inner = Net(host, rng, 0.0)
        for number, known in enumerate(sessions):
            client = Client(SimTransport(inner, "d"), Session(url=ADDRESS), clock=clock)
            client.join_relay(known[False], device_id=f"d-{number}", key=KEYS[number])
            known[True] = replace(client.session)
        host.close()
        real.close()
        return cls(folder, tuple(sessions))

    def copy(self, name: str, target: Path) -> Path:
        shutil.copytree(self.folder / name, target)
        return target
