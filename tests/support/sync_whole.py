"""The whole thing under faults: real encrypted stores on the laptops, the real centre's application, a lying line.

Nothing is simulated but the line (`sync_line`) and the clocks: laptops are `checklists.store` workspaces driven by the
production client, the centre is the ASGI application with its SQLite database and files, called in this process. A
laptop's program may die before and after every call and every statement of its database; the centre is closed and
opened again. Then the line heals, and both sides are compared row by row and byte by byte.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import anyio.to_thread

from checklists.clock import BANGKOK
from checklists.errors import StorageError
from checklists.sealing import Receipt, Sealed, read_json
from checklists.store import Store
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.errors import SyncError
from sync.pull import Home, Pull, refresh_registry
from sync.server.app import create_app
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.database import tables
from sync.server.database.storage import Storage
from sync.server.wire.limiting import Rate
from sync.transport import Request, Response
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import answer, begin, content, new_store, photo, reopen
from tests.support.sync_line import CrashError, Net, SimTransport
from tests.support.sync_outbox import photo as noise

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)
SCOPE = "12"
HEALING_RUNS = 30
STATEMENTS = 0.004
"""Share of the line's rate with which a program dies at one statement: one run has some dozens of them."""


class RealCentre:
    """The application, called as its server would call it; `restart` is what a crash of its machine leaves."""

    def __init__(self, data: Path, clock: FrozenClock) -> None:
        never = Rate(per_second=1e9, burst=1e9)
        self._config = ServerConfig(data, clock=clock, calls=never, registrations=never)
        self._loop = asyncio.new_event_loop()
        self.centre = Centre.open(self._config)
        self._app = create_app(self._config, self.centre)
        self.server_id = self.centre.server_id

    def restart(self) -> None:
        self.centre.close()
        self.centre = Centre.open(self._config)
        self._app = create_app(self._config, self.centre)
        self.server_id = self.centre.server_id

    def close(self) -> None:
        self.centre.close()
        self._loop.close()

    def revisions(self) -> Sequence[Any]:
        """Return every revision that lies here, also those that wait for files."""
        return self.centre.storage.read(lambda c: c.execute(tables.revisions.select()).all())

    def handle(self, request: Request, device: str) -> Response:
        assert isinstance(request.body, (bytes, type(None)))
        return self._loop.run_until_complete(call_app(self._app, request, request.body or b"", whole=True))

    def cut(self, request: Request, device: str, arrived: bytes) -> None:
        self._loop.run_until_complete(call_app(self._app, request, arrived, whole=False))


async def call_app(app: Any, request: Request, body: bytes, *, whole: bool) -> Response:
    """Run an application on one call. Its worker threads are left out: nothing else runs beside it here."""
    incoming = [{"type": "http.request", "body": body, "more_body": not whole}]
    status, headers, pieces = 500, {}, []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        else:
            pieces.append(message.get("body", b""))

    with mock.patch.object(anyio.to_thread, "run_sync", _inline):
        await app(_scope(request), receive, send)
    return Response(status, headers, b"".join(pieces))


async def _inline(step: Callable[..., Any], *args: Any, **_how: Any) -> Any:
    return step(*args)


def _scope(request: Request) -> dict[str, Any]:
    parts = urlsplit(request.url)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},  # a reader that leaves is told by send, not by receive
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in request.headers.items()],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 80),
    }


_KNOWN: dict[Path, Storage] = {}
_open = Storage._sqlite


def _as_before(file: Path) -> Storage:
    known = _KNOWN.get(file) or _KNOWN.setdefault(file, _open(file))
    return Storage(known._writer, known._reader, single_writer=True)


def same_engines() -> AbstractContextManager[object]:
    """Open a database of the same path by the engine it had: SQLAlchemy compiles all statements anew for another.

    Connections are closed and made as ever; nothing else is kept.
    """
    return mock.patch.object(Storage, "_sqlite", _as_before)


# --- a laptop -------------------------------------------------------------------------------------------------------


@dataclass
class Promise:
    """What an inspector was told is sealed on a laptop: must be at the centre in the end, to the byte."""

    sealed: Sealed
    record_id: str
    revision_id: str
    files: tuple[bytes, ...]


@dataclass
class Laptop:
    """A workspace and its program. What is not in the folder does not survive a crash."""

    name: str
    folder: Path
    code: str
    net: Net
    real: RealCentre
    rng: random.Random
    clock: FrozenClock
    trusted: tuple[bytes, ...]
    promises: list[Promise] = field(default_factory=list)
    false_claims: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _store: Store | None = None

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = reopen(self.folder, self.clock)
        return self._store

    def die(self) -> None:
        """End the program; the next one finds the folder as it is."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # --- the inspector's work -----------------------------------------------------------------------------------------

    def inspect(self, number: int) -> None:
        record_id = f"{self.name}-{number}"
        begin(self.store, record_id, f"v-{record_id}")
        answer(self.store, 1, self.rng.choice(("pass", "fail")), record_id)
        files = tuple(noise(self.rng.randrange(2**32), self.rng.choice((1, 700, 3000))) for _ in range(self._shots()))
        for shot, data in enumerate(files):
            photo(self.store, f"{record_id}-{shot}", data, record_id)
        self._promise(record_id, self.store.records.finalise(record_id, content())[0], files)

    def _shots(self) -> int:
        return self.rng.choice((0, 1, 1, 2))

    def correct(self) -> None:
        """Correct one of the laptop's sealed records, with one photo more."""
        if not self.promises:
            return
        before = self.rng.choice(self.promises)
        record_id = before.record_id
        self.store.records.begin_correction(record_id, reason="แก้ไข", author=make.OFFICER)
        head = next(p for p in reversed(self.promises) if p.record_id == record_id)
        data = noise(self.rng.randrange(2**32), 900)
        photo(self.store, f"{record_id}-more-{len(self.promises)}-{self.name}", data, record_id)
        sealed = self.store.records.finalise(record_id, content())[0]
        self._promise(record_id, sealed, (*head.files, data))

    def _promise(self, record_id: str, sealed: Sealed, files: tuple[bytes, ...]) -> None:
        self.promises.append(Promise(sealed, record_id, read_json(sealed.envelope)["revision_id"], files))

    # --- sync -------------------------------------------------------------------------------------------------------

    def run(self, *, force: bool = False) -> None:
        """Send and fetch once, as the program does; it may die on the way."""
        try:
            self._run(force=force)
        except CrashError:
            self.die()
        except SyncError as error:
            self.troubles.append(error.code)
        except StorageError as error:  # the store itself refuses what must not be
            self.faults.append(str(error))

    def _run(self, *, force: bool) -> None:
        store, client = self.store, self.client()
        with self._fragile(store):
            if not client.session.registered:
                client.register(self.code, device_id=store.keys.device_id, key=store.keys.device_key)
            report = SyncEngine(store.outbox, client, clock=self.clock, random=self.rng).run(force=force)
            if report.trouble:
                self.troubles.append(report.trouble)
                return
            self.fetch(store, client)

    def client(self) -> Client:
        settings = self.store.settings
        session = Session.from_text(settings.get("sync.session"))
        return Client(
            SimTransport(self.net, self.name),
            session if session.url else Session(url="http://127.0.0.1"),
            clock=self.clock,
            save=lambda s: settings.set("sync.session", s.to_text()),
        )

    def fetch(self, store: Store, client: Client) -> None:
        """Fetch what the centre has for this laptop (planted mistakes do it otherwise)."""
        Pull(store.pulled, store.checklists, client).run()
        refresh_registry(store.registry, client, self.folder / "tmp", home=home_of(store), trusted=self.trusted)

    def sign_in_again(self, code: str) -> None:
        """Exchange a new code, as a person does whom the centre no longer knows."""
        self.code = code
        session = Session.from_text(self.store.settings.get("sync.session"))
        self.store.settings.set("sync.session", replace(session, tokens=None).to_text())

    def _fragile(self, store: Store) -> Fragile:
        return Fragile(store, self._maybe_die, self._check_claim)

    def _maybe_die(self) -> None:
        if self.rng.random() < self.net.rate * STATEMENTS:
            raise CrashError

    def _check_claim(self, receipt: Receipt) -> None:
        """A receipt is believed: at this very moment the revision and all its files must be at the centre."""
        promise = next(p for p in self.promises if p.revision_id == receipt.revision_id)
        kept = self.real.centre.records.record(SCOPE, promise.record_id)
        whole = any(r["digest"] == promise.sealed.digest for r in kept)
        if not whole or missing_files(self.real, promise):
            self.false_claims.append(promise.revision_id)


def home_of(store: Store) -> Home:
    """Return where a workspace notes whose registry it has."""
    return Home(store.settings.get("registry.centre") or "", lambda one: store.settings.set("registry.centre", one))


class Fragile:
    """Lets the program die before and after each statement inside the block, and looks at every claim of a receipt."""

    def __init__(self, store: Store, maybe_die: Callable[[], None], claim: Callable[[Receipt], None]) -> None:
        self._db = store._core.db
        self._outbox = store.outbox
        self._maybe_die = maybe_die
        self._claim = claim

    def __enter__(self) -> None:
        db, outbox = self._db, self._outbox
        run, many, acknowledge = db.run, db.many, outbox.acknowledge

        def dying(step: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any) -> Any:
                self._maybe_die()
                result = step(*args)
                self._maybe_die()
                return result

            return call

        def claimed(receipt: Receipt) -> Any:
            changes = acknowledge(receipt)
            self._claim(receipt)
            return changes

        vars(db).update(run=dying(run), many=dying(many))
        vars(outbox).update(acknowledge=claimed)

    def __exit__(self, *_error: object) -> None:
        for owner, names in ((self._db, ("run", "many")), (self._outbox, ("acknowledge",))):
            for name in names:
                vars(owner).pop(name)


def missing_files(real: RealCentre, promise: Promise) -> list[str]:
    """Return the files of a promise that do not lie at the centre as they were taken."""
    bad = []
    for attachment in read_json(promise.sealed.envelope)["attachments"]:
        path = real.centre.blobs.path(attachment["sha256"])
        if not path.exists() or path.read_bytes() not in promise.files:
            bad.append(str(attachment["sha256"]))
    return bad


# --- templates: made once, copied for each schedule -----------------------------------------------------------------


@dataclass(frozen=True)
class Templates:
    """Ready-made folders of three laptops; making keys and schemas anew would be most of a schedule's time."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Templates:
        for number in range(3):
            new_store(folder / f"laptop-{number}", FrozenClock(NOON)).close()
        RealCentre(folder / "centre", FrozenClock(NOON)).close()
        return cls(folder)

    def copy(self, name: str, target: Path) -> Path:
        shutil.copytree(self.folder / name, target)
        return target


def each(laptops: list[Laptop]) -> Iterator[Promise]:
    for laptop in laptops:
        yield from laptop.promises


def misfiled(kept: Sequence[Any], sealed: set[str]) -> Iterator[str]:
    """Yield in words what is wrong with the centre's revisions, whoever sent them."""
    if len({row.revision_id for row in kept}) != len(kept):
        yield "a revision is stored twice"
    numbers = [row.seq for row in kept if row.state != "pending"]
    if None in numbers or len(set(numbers)) != len(numbers):
        yield "a number is given twice or missing"
    for record_id in {row.record_id for row in kept}:
        if sum(1 for row in kept if row.record_id == record_id and row.head) != 1:
            yield f"{record_id} has not one head"
    if strangers := {row.revision_id for row in kept} - sealed:
        yield f"nobody sealed {strangers}"
