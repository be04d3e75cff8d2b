"""Seeded schedules over an office (`sync_office`), and what must be true after healing."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import zstandard

import sync.pull
from checklists.clock import stamp
from checklists.model import VisitKind
from checklists.sealing import Sealed
from sync.errors import SyncError
from sync.plan import is_relayed
from sync.protocol import IN_CONFLICT, PARKED, REGISTRY_SCOPE, WAITING
from sync.server.database import tables
from tests.support.clock import FrozenClock
from tests.support.store_builders import visit
from tests.support.sync_copy import shown_to
from tests.support.sync_line import Net
from tests.support.sync_office import OfficeLaptop, OfficeTemplates, RelayHost, is_whole
from tests.support.sync_outbox import sealed_record
from tests.support.sync_simulator import FILES, KEYS
from tests.support.sync_whole import NOON, SCOPE, RealCentre, misfiled, same_engines
from tests.support.sync_whole_schedule import SMALL_PAGE, Desk

HEALING_ROUNDS = 25
Work = dict[int, list[Sealed]]


@dataclass
class Outcome:
    """What a schedule amounts to."""

    seed: int
    problems: list[str] = field(default_factory=list)
    calls: int = 0
    revisions: int = 0
    deaths: int = 0
    """How often the relay died."""


def run_office(seed: int, templates: OfficeTemplates) -> Outcome:
    """Run one seeded schedule and say everything that is wrong after healing."""
    with same_engines():
        return _run(seed, templates)


def _run(seed: int, templates: OfficeTemplates) -> Outcome:
    rng = random.Random(seed)
    folder = templates.folder / "schedule"
    real = RealCentre(templates.copy("centre", folder / "centre"), FrozenClock(NOON))
    host = RelayHost(templates.copy("relay", folder / "relay"), real, rng)
    host.outer.rate = rng.choice((0.1, 0.3, 0.5))
    inner, direct = Net(host, rng, rng.choice((0.1, 0.3))), Net(real, rng, rng.choice((0.1, 0.4)))
    laptops = [OfficeLaptop(n, host, inner, direct, rng, dict(templates.sessions[n])) for n in range(rng.randint(1, 3))]
    desk = Desk(real, rng, folder)
    page, sync.pull.PAGE = sync.pull.PAGE, SMALL_PAGE
    try:
        _live(rng, laptops, host, desk)
        _heal(rng, laptops, host)
        problems = list(_wrong(laptops, host))
    finally:
        sync.pull.PAGE = page
        host.close()
        real.close()
        shutil.rmtree(folder)
    calls = inner.calls + direct.calls + host.outer.calls
    return Outcome(seed, problems, calls, sum(len(x.outbox.rows) for x in laptops), host.deaths)


# --- what happens ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=5_000)
def _sealed(
    device: int, record_id: str, revision_id: str, base: str | None, files: tuple[int, ...], urgent: bool
) -> Sealed:
    return sealed_record(
        KEYS[device],
        revision_id,
        record_id=record_id,
        base=base,
        files=[FILES[n] for n in files],
        device_id=f"d-{device}",
        visit=visit(kind=VisitKind.ACCIDENT if urgent else VisitKind.PLANNED),
        sections=[],
        findings=[],
        measurements=[],
        answers=[],
        sealed_at=stamp(NOON),
    )


def _plan(rng: random.Random, laptops: list[OfficeLaptop]) -> Work:
    """Make up what each laptop seals: a chain of its own, an edit of a shared record, sometimes a poison record."""

    def one(*told: Any) -> Sealed:
        files = tuple(sorted(rng.sample(range(len(FILES)), rng.choice((0, 0, 1, 2)))))
        return _sealed(*told, files, rng.random() < 0.3)

    work: Work = {}
    for laptop in laptops:
        n, sealed, base = laptop.number, [], None
        for step in range(rng.randint(1, 3)):
            sealed.append(one(n, f"own-{n}", f"own-{n}-{step}", base))
            base = f"own-{n}-{step}"
        if n == 0:
            sealed.append(one(0, "shared", "shared-0", None))
        if rng.random() < 0.6:
            sealed.append(one(n, "shared", f"shared-1-{n}", "shared-0"))
        if rng.random() < 0.1:
            laptop.poison = f"poison-{n}"
            sealed.insert(0, one((n + 1) % 3, f"poison-{n}", laptop.poison, None))
        work[n] = sealed
    return work


def _live(rng: random.Random, laptops: list[OfficeLaptop], host: RelayHost, desk: Desk) -> None:
    """Let time go by: inspectors work, programs run on either way, the relay forwards, machines fail, clocks jump."""
    work = _plan(rng, laptops)
    for _ in range(rng.randint(4, 9)):
        laptop = rng.choice(laptops)
        for sealed in work[laptop.number][: rng.randint(0, 2)]:
            laptop.outbox.put(sealed, FILES)
            work[laptop.number].remove(sealed)
        for _ in range(rng.choice((0, 0, 1, 2))):
            desk.work()
        for clock in (laptop.clock, host.clock):
            clock.advance(rng.uniform(0, 400))
            if rng.random() < 0.06:
                clock.jump(rng.choice((-400, 400)) * 86_400)
        rng.choice(_chances(rng, laptop, host))()
        laptop.run(by_relay=rng.random() < 0.75, force=rng.random() < 0.2)
        if rng.random() < 0.6:
            host.turn(fetches=rng.random() < 0.4)
        _look_for_what_is_gone(laptops, host)
    for laptop in laptops:
        for sealed in work[laptop.number]:
            laptop.outbox.put(sealed, FILES)


def _look_for_what_is_gone(laptops: list[OfficeLaptop], host: RelayHost) -> None:
    """What a laptop was told that the relay holds must lie there until the centre's word is here."""
    told = {row.revision_id for laptop in laptops for row in laptop.outbox.pending() if is_relayed(row)}
    host.faults += [f"{revision_id} is gone from the relay" for revision_id in sorted(told - set(host.rows()))]


def _chances(rng: random.Random, laptop: OfficeLaptop, host: RelayHost) -> list[Callable[[], object]]:
    quiet: list[Callable[[], object]] = [lambda: None] * 12
    return [*quiet, host.restart, host.real.restart]


def _heal(rng: random.Random, laptops: list[OfficeLaptop], host: RelayHost) -> None:
    """Mend the lines. In most schedules the laptops now see nothing but the relay, in some nothing but the centre."""
    by_relay = rng.random() < 0.8
    lines = (laptops[0].inner, laptops[0].direct, host.outer)
    for line in lines:
        line.rate = 0.0
    for line in lines:
        line.heal()
    for laptop in laptops:
        laptop.unbelievable.clear()
    for _ in range(HEALING_ROUNDS):
        for laptop in laptops:
            laptop.clock.advance(600)
            laptop.run(by_relay=by_relay)
        host.clock.advance(600)
        trouble = host.turn()  # a file whose first half was not true is fetched again at the next turn
        on_shelf = any(row.state == WAITING and not row.receipt and row.relayed for row in host.rows().values())
        if (
            not trouble
            and not on_shelf
            and not any(row.state == WAITING for x in laptops for row in x.outbox.pending())
        ):
            break
    for laptop in laptops:
        laptop.clock.advance(600)
        laptop.run(by_relay=by_relay, force=True)


# --- what must be true ----------------------------------------------------------------------------------------------


def _wrong(laptops: list[OfficeLaptop], host: RelayHost) -> Iterator[str]:
    """Yield in words everything that must not be after healing."""
    kept = host.real.revisions()
    by_id = {row.revision_id: row for row in kept}
    yield from misfiled(kept, {name for x in laptops for name in x.outbox.rows if name != x.poison})
    yield from host.faults
    yield from _wrong_at(host, by_id)
    yield from _wrong_mirror(host)
    for laptop in laptops:
        yield from _wrong_on(laptop, by_id)
        yield from _wrong_copy(laptop)


def _wrong_at(host: RelayHost, by_id: dict[str, Any]) -> Iterator[str]:
    """Compare the relay's shelf with the centre."""
    for revision_id, row in host.rows().items():
        at_centre = by_id.get(revision_id)
        if row.relayed == "" and not row.receipt:
            continue  # a laptop that went straight left it half: nobody was told anything
        if at_centre is None:
            yield f"{revision_id} never left the relay ({row.state} {row.last_error_code})"
        elif at_centre.state == "accepted" and (
            not row.receipt or json.loads(row.receipt) != json.loads(at_centre.receipt)
        ):
            yield f"{revision_id} is accepted, but {row.state} {row.last_error_code} at the relay"
        elif at_centre.state != "accepted" and row.state != IN_CONFLICT:
            yield f"{revision_id} is {at_centre.state}, but {row.state} {row.last_error_code} at the relay"


def _wrong_on(laptop: OfficeLaptop, by_id: dict[str, Any]) -> Iterator[str]:
    """Compare what the laptop sealed and believes with what the centre has."""
    outbox = laptop.outbox
    yield from (f"{laptop.name}: {fault}" for fault in outbox.faults)
    if laptop.unbelievable:
        yield f"{laptop.name}: answers on good lines are not believed: {set(laptop.unbelievable)}"
    for revision_id, row in outbox.rows.items():
        kept, receipt = by_id.get(revision_id), outbox.receipts.get(revision_id)
        if revision_id == laptop.poison:
            if row.state != PARKED or kept is not None:
                yield f"{laptop.name}: poison {revision_id} is {row.state}"
            continue
        if kept is None:
            yield f"{laptop.name}: {revision_id} is lost ({row.state} {row.last_error_code})"
            continue
        if zstandard.ZstdDecompressor().decompress(kept.envelope) != outbox.sealed(revision_id).envelope:
            yield f"{laptop.name}: {revision_id} has other bytes at the centre"
        if not is_whole(laptop.real, outbox, _Named(revision_id)):  # type: ignore[arg-type]  # only its name is read
            yield f"{laptop.name}: {revision_id} is not whole"
        if kept.state == "accepted" and (receipt is None or receipt.to_json() != json.loads(kept.receipt)):
            yield f"{laptop.name}: {revision_id} is accepted, but {row.state} {row.last_error_code} here"
        if kept.state != "accepted" and (receipt is not None or row.state != kept.state):
            yield f"{laptop.name}: {revision_id} is {kept.state}, but {row.state} {row.last_error_code} here"


@dataclass(frozen=True)
class _Named:
    revision_id: str


def _wrong_mirror(host: RelayHost) -> Iterator[str]:
    """Compare the relay's mirror with the centre's feed: rows, numbers, registry."""

    def living(storage: Any) -> set[tuple[Any, ...]]:
        table = tables.feed
        rows = storage.read(lambda c: c.execute(table.select().where(table.c.body.is_not(None))).all())
        return {(r.scope, r.collection, r.id, r.seq, r.body) for r in rows if r.scope in ("00", SCOPE)}

    if living(host.desk.storage) != living(host.real.centre.storage):
        more = living(host.desk.storage) ^ living(host.real.centre.storage)
        yield f"the mirror differs: {sorted((r[1], r[2]) for r in more)}"
    theirs, ours = (_registry(s) for s in (host.real.centre.storage, host.desk.storage))
    newer = {name: body for name, body in theirs.items() if body[0] > _floor(host.desk.storage)}
    if {name: body for name, body in ours.items() if body[1] is not None} != {
        name: body for name, body in newer.items() if body[1] is not None
    }:
        yield "the mirror's registry differs"


def _registry(storage: Any) -> dict[str, tuple[int, str | None]]:
    table = tables.feed
    rows = storage.read(lambda c: c.execute(table.select().where(table.c.scope == REGISTRY_SCOPE)).all())
    return {r.id: (r.seq, r.body) for r in rows}


def _floor(storage: Any) -> int:
    query = tables.meta.select().where(tables.meta.c.name == f"floor:{REGISTRY_SCOPE}")
    row = storage.read(lambda c: c.execute(query).one_or_none())
    return int(row.value) if row else 0


def _wrong_copy(laptop: OfficeLaptop) -> Iterator[str]:
    try:
        ours, theirs = laptop.copy.bodies(), shown_to(laptop.client(by_relay=False))
    except SyncError as error:
        yield f"{laptop.name}: a walk from the beginning does not end: {error.code}"
        return
    if ours != theirs:
        more, less = sorted(ours.keys() - theirs.keys()), sorted(theirs.keys() - ours.keys())
        yield f"{laptop.name}: the copy differs: more {more}, less {less}"
