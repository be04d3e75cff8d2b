"""Seeded schedules of faults that drive the production client (engine, push, uploads, client) and the centre's rules.

In memory and single-threaded: one to three laptops with chained and concurrent edits, files, a poison record, over the
line of `sync_line`; the program may die at every step; clocks jump. Then the line heals, and everything that inspectors
rely on is checked. A failing seed is printed and belongs into the regression list.

Real are: SyncEngine, Push, Uploads, Client, plan, the wire lines, and `sync.server.intake.filing`. Simulated are the
network and the centre's tables and files (`sync_sim_centre`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from checklists.clock import BANGKOK, stamp
from checklists.crypto import DeviceKey
from checklists.sealing import Receipt, Sealed, digest
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.protocol import ReceiptKey, RevisionState, Tokens
from tests.support.clock import FrozenClock
from tests.support.sync_line import CrashError, Net, SimTransport
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_sim_centre import SERVER_ID, SimCentre, check_fake_signature

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)
HEALING_RUNS = 40


# --- records, made once and used by all schedules -------------------------------------------------------------------

KEYS = [DeviceKey.from_seed(bytes([n]) * 32) for n in range(1, 4)]
FILES = [photo(n, size) for n, size in enumerate((0, 10, 300, 700, 700, 1500))]


@lru_cache(maxsize=10_000)
def sealed(
    device: int,
    record_id: str,
    revision_id: str,
    base: str | None,
    files: tuple[int, ...],
    merges: tuple[str, ...] = (),
) -> Sealed:
    return sealed_record(
        KEYS[device],
        revision_id,
        record_id=record_id,
        base=base,
        files=[FILES[n] for n in files],
        device_id=f"d-{device}",
        merges=list(merges),
        sections=[],
        findings=[],
        measurements=[],
        answers=[],
        sealed_at=stamp(NOON),
    )


class FragileOutbox(MemoryOutbox):
    """An outbox whose program may die before or after every write; checks every claim that something is sent."""

    def __init__(self, net: Net, rng: random.Random) -> None:
        super().__init__()
        self._net = net
        self._rng = rng
        self.false_claims: list[str] = []

    def _maybe_die(self) -> None:
        if self._rng.random() < self._net.rate * 0.1:
            raise CrashError

    def acknowledge(self, receipt: Receipt) -> Any:
        self._maybe_die()
        centre = self._net.centre
        row = self.rows[receipt.revision_id]
        whole = receipt.revision_id in centre.stored and all(
            centre.files.get(b.sha256) == self.files[b.sha256] for b in row.blobs
        )
        if not whole:
            self.false_claims.append(receipt.revision_id)
        changes = super().acknowledge(receipt)
        self._maybe_die()
        return changes

    def failed(self, *args: Any, **kwargs: Any) -> Any:
        self._maybe_die()
        changes = super().failed(*args, **kwargs)
        self._maybe_die()
        return changes


# --- one schedule ---------------------------------------------------------------------------------------------------


@dataclass
class Laptop:
    """One device: its outbox survives crashes, its engine does not."""

    number: int
    outbox: FragileOutbox
    clock: FrozenClock
    net: Net
    rng: random.Random
    build: Callable[[Laptop], SyncEngine]
    engine: SyncEngine | None = None
    poison: str = ""

    def run(self, *, force: bool = False) -> None:
        """Run the engine once; a crash leaves only the outbox."""
        if self.engine is None:
            self.engine = self.build(self)
        try:
            self.engine.run(force=force)
        except CrashError:
            self.engine = None


def real_engine(laptop: Laptop) -> SyncEngine:
    return SyncEngine(laptop.outbox, real_client(laptop, Client), clock=laptop.clock, random=laptop.rng)


def real_client(laptop: Laptop, kind: type[Client]) -> Client:
    session = Session(
        url="http://127.0.0.1",
        server_id=SERVER_ID,
        device_id=f"d-{laptop.number}",
        tokens=Tokens("a", "r", 900),
        receipt_keys=(ReceiptKey("k", "00"),),
    )
    transport = SimTransport(laptop.net, f"d-{laptop.number}")
    nonces = iter(range(laptop.rng.randrange(2**32), 2**63))
    return kind(
        transport,
        session,
        clock=laptop.clock,
        nonce=lambda: f"n{next(nonces)}",
        check_signature=check_fake_signature,
    )


@dataclass
class Outcome:
    """What a schedule amounts to."""

    seed: int
    problems: list[str] = field(default_factory=list)
    calls: int = 0


def run_schedule(
    seed: int, mistakes: frozenset[str] = frozenset(), build: Callable[[Laptop], SyncEngine] = real_engine
) -> Outcome:
    """Run one seeded schedule and say everything that is wrong after healing."""
    rng = random.Random(seed)
    centre = SimCentre(mistakes)
    net = Net(centre, rng, rng.choice((0.1, 0.3, 0.5)))
    laptops = [Laptop(n, FragileOutbox(net, rng), FrozenClock(NOON), net, rng, build) for n in range(rng.randint(1, 3))]
    work = _plan_work(rng, laptops)
    for _ in range(rng.randint(3, 10)):
        for laptop in laptops:
            for put in work[laptop.number][: rng.randint(0, 2)]:
                put()
                work[laptop.number].remove(put)
        laptop = rng.choice(laptops)
        laptop.clock.advance(rng.uniform(0, 400))
        if rng.random() < 0.1:
            laptop.clock.jump(rng.choice((-400, 400)) * 86_400)
        laptop.run(force=rng.random() < 0.2)
    for puts in work.values():
        for put in puts:
            put()
    _heal(net, laptops)
    return Outcome(seed, list(_wrong(centre, laptops)), net.calls)


def _plan_work(rng: random.Random, laptops: list[Laptop]) -> dict[int, list[Callable[[], object]]]:
    """Make up what each laptop seals: a chain of its own, an edit of a shared record, sometimes a poison record."""
    work: dict[int, list[Callable[[], object]]] = {}
    for laptop in laptops:
        n, puts = laptop.number, []
        base: str | None = None
        for step in range(rng.randint(1, 3)):
            puts.append(_put(laptop, sealed(n, f"own-{n}", f"own-{n}-{step}", base, _some_files(rng))))
            base = f"own-{n}-{step}"
        if n == 0:
            puts.append(_put(laptop, sealed(0, "shared", "shared-0", None, _some_files(rng))))
        if rng.random() < 0.7:
            puts.append(_put(laptop, sealed(n, "shared", f"shared-1-{n}", "shared-0", _some_files(rng))))
        if rng.random() < 0.1:
            laptop.poison = f"poison-{n}"
            other = (n + 1) % 3
            puts.insert(0, _put(laptop, sealed(other, f"poison-{n}", laptop.poison, None, ())))
        work[n] = puts
    return work


def _some_files(rng: random.Random) -> tuple[int, ...]:
    return tuple(sorted(rng.sample(range(len(FILES)), rng.choice((0, 0, 1, 2)))))


def _put(laptop: Laptop, what: Sealed) -> Callable[[], object]:
    return lambda: laptop.outbox.put(what, FILES)


def _heal(net: Net, laptops: list[Laptop]) -> None:
    net.heal()
    for _ in range(HEALING_RUNS):
        for laptop in laptops:
            laptop.clock.advance(600)
            laptop.run()
        if not any(row.state == "waiting" for laptop in laptops for row in laptop.outbox.pending()):
            return


def _wrong(centre: SimCentre, laptops: list[Laptop]) -> Iterator[str]:
    """Yield in words everything that must not be after healing."""
    heads: dict[str, list[str]] = {}
    if len(set(centre.stored)) != len(centre.stored):
        yield "a revision is stored twice"
    for laptop in laptops:
        yield from _wrong_on(laptop, centre)
    accepted = [k for k in centre.shelf.revisions.values() if k.state is RevisionState.ACCEPTED]
    bases = [(k.record_id, centre.lines[k.revision_id][0].base_revision_id) for k in accepted]
    if len(set(bases)) != len(bases):
        yield "two accepted revisions have one base"
    for known in accepted:
        heads.setdefault(known.record_id, []).append(known.revision_id)
    for record_id, ids in heads.items():
        if centre.shelf.heads.get(record_id) not in ids:
            yield f"{record_id} has no head"
        if any(centre.lines[i][0].base_revision_id not in (None, *ids) for i in ids):
            yield f"{record_id} has a gap in its chain"
    for sha256, data in centre.files.items():
        if digest(data) != sha256:
            yield "a file is corrupt"


def _wrong_on(laptop: Laptop, centre: SimCentre) -> Iterator[str]:
    outbox = laptop.outbox
    for revision_id in outbox.false_claims:
        yield f"{revision_id} was called sent while it was not whole at the centre"
    for revision_id, row in outbox.rows.items():
        known = centre.shelf.revisions.get(revision_id)
        if revision_id == laptop.poison:
            if row.state != "parked":
                yield f"poison {revision_id} is not parked"
            continue
        if known is None or revision_id not in centre.stored:
            yield f"{revision_id} is lost"
            continue
        if known.state is RevisionState.PENDING:
            yield f"{revision_id} is still pending"
        if known.digest != row.digest:
            yield f"{revision_id} has other bytes at the centre"
        receipt = outbox.receipts.get(revision_id)
        if known.state is RevisionState.CONFLICT and (receipt or row.state != "conflict"):
            yield f"{revision_id} is a conflict that the laptop does not know of ({row.state})"
        if known.state is RevisionState.ACCEPTED and receipt is None:
            yield f"{revision_id} is {row.state} on the laptop ({row.last_error_code}) but accepted at the centre"
        if receipt is not None and receipt.to_json() != known.receipt:
            yield f"{revision_id} has another receipt than the centre's"
