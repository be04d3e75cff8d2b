"""Seeded schedules over real stores and the real centre (`sync_whole`), and what must be true after healing."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import zstandard

import sync.pull
from checklists.model import FormPin, Site
from checklists.sealing import digest
from checklists.store import build_registry
from sync.errors import SyncError
from sync.protocol import Review, ReviewComment, ReviewKind, Role
from sync.pull import COLLECTIONS
from sync.server import feed
from sync.server.people.auth import Caller
from sync.server.publishing import publish_assignments, publish_form, publish_registry_rows, publish_snapshot
from tests.support.clock import FrozenClock
from tests.support.sync_copy import shown_to
from tests.support.sync_line import Net
from tests.support.sync_whole import (
    HEALING_RUNS,
    NOON,
    SCOPE,
    Laptop,
    RealCentre,
    Templates,
    each,
    misfiled,
    missing_files,
    same_engines,
)

OFFICE = Caller("office", "p-9", Role.SUPERVISOR, SCOPE)
SMALL_PAGE = 3
_SHM = Path("/dev/shm")
MEMORY = _SHM if _SHM.is_dir() else None
"""Where schedules best lie; None is the usual place for temporary files."""


@dataclass
class Outcome:
    """What a schedule amounts to."""

    seed: int
    problems: list[str] = field(default_factory=list)
    calls: int = 0
    revisions: int = 0


def run_whole(seed: int, templates: Templates, build: Callable[..., Laptop] = Laptop) -> Outcome:
    """Run one seeded schedule and say everything that is wrong after healing."""
    with same_engines():
        return _run(seed, templates, build)


def _run(seed: int, templates: Templates, build: Callable[..., Laptop]) -> Outcome:
    rng = random.Random(seed)
    folder = templates.folder / "schedule"
    real = RealCentre(templates.copy("centre", folder / "centre"), FrozenClock(NOON))
    net = Net(real, rng, rng.choice((0.05, 0.2, 0.4)))
    desk = Desk(real, rng, folder)
    trusted = (real.centre.key.public_bytes,)
    laptops = [
        build(
            name=f"laptop-{n}",
            folder=templates.copy(f"laptop-{n}", folder / f"laptop-{n}"),
            code=real.centre.make_code(scope=SCOPE),
            net=net,
            real=real,
            rng=rng,
            clock=FrozenClock(NOON),
            trusted=trusted,
        )
        for n in range(rng.choice((1, 1, 2, 3)))
    ]
    page, sync.pull.PAGE = sync.pull.PAGE, SMALL_PAGE
    try:
        _live(rng, laptops, desk, build)
        _heal(net, laptops)
        problems = list(_wrong(real, laptops, desk))
    finally:
        sync.pull.PAGE = page
        for laptop in laptops:
            laptop.die()
        real.close()
        shutil.rmtree(folder)
    return Outcome(seed, problems, net.calls, len(list(each(laptops))))


def _live(rng: random.Random, laptops: list[Laptop], desk: Desk, build: Callable[..., Laptop]) -> None:
    """Let time go by: inspectors work, the office publishes, programs run, machines fail, clocks jump."""
    for step in range(rng.randint(4, 9)):
        laptop = rng.choice(laptops)
        rng.choice((laptop.correct, lambda: laptop.inspect(step)))()  # noqa: B023 - called at once
        if len(laptops) < 3 and laptop.promises and rng.random() < 0.1:
            laptops.append(_copied(laptop, len(laptops), build))
        if rng.random() < 0.6:
            desk.work()
        laptop.clock.advance(rng.uniform(0, 400))
        if rng.random() < 0.1:
            laptop.clock.jump(rng.choice((-400, 400)) * 86_400)
        if rng.random() < 0.1:
            laptop.real.restart()
        laptop.run(force=rng.random() < 0.2)


def _copied(laptop: Laptop, number: int, build: Callable[..., Laptop]) -> Laptop:
    """Copy a whole workspace to another computer, as people do: two laptops now correct the same records."""
    laptop.die()
    folder = laptop.folder.with_name(f"copy-{number}")
    shutil.copytree(laptop.folder, folder)
    return build(
        name=folder.name,
        folder=folder,
        code=laptop.code,
        net=laptop.net,
        real=laptop.real,
        rng=laptop.rng,
        clock=FrozenClock(laptop.clock.now()),
        trusted=laptop.trusted,
        promises=list(laptop.promises),
    )


def _heal(net: Net, laptops: list[Laptop]) -> None:
    net.heal()
    for _ in range(HEALING_RUNS):
        for laptop in laptops:
            laptop.clock.advance(600)
            if "token-revoked" in laptop.troubles[-1:]:  # of a copied workspace: a person registers it anew
                laptop.sign_in_again(laptop.real.centre.make_code(scope=SCOPE))
            laptop.run()
        if not any(row.state == "waiting" for laptop in laptops for row in laptop.store.outbox.pending()):
            break
    for laptop in laptops:
        laptop.run(force=True)


# --- the office -----------------------------------------------------------------------------------------------------


class Desk:
    """What the centre's people do meanwhile: work is given and taken back, checklists, reviews, the registry."""

    def __init__(self, real: RealCentre, rng: random.Random, folder: Path) -> None:
        self._real = real
        self._rng = rng
        self._folder = folder
        self.sites: dict[str, str] = {}
        self.published = False

    def work(self) -> None:
        self._rng.choice((self._assign, self._assign, self._form, self._review, self._registry, self._snapshot))()
        if self._rng.random() < 0.15:  # tombstones grow old: whoever did not ask since then must start over
            self._real.centre.storage.write(lambda c: feed.purge(c, NOON + timedelta(days=401)))

    def _assign(self) -> None:
        scope = self._rng.choice(("00", SCOPE))
        rows: list[dict[str, Any]] = [
            {"id": f"{scope}-w{self._rng.randrange(6)}", "n": self._rng.random(), "gone": self._rng.random() < 0.3}
            for _ in range(self._rng.randint(1, 5))
        ]
        publish_assignments(self._real.centre, scope, {str(row["id"]): row for row in rows}.values())

    def _form(self) -> None:
        xml = f"<h:html>{self._rng.randrange(5)}</h:html>".encode()
        publish_form(self._real.centre, FormPin("factory", f"1.{self._rng.randrange(3)}", digest(xml)), xml)

    def _review(self) -> None:
        kept = self._real.centre.records.listing(SCOPE, after=0, limit=100)
        if kept:
            one = self._rng.choice(kept)
            review = Review(
                f"review-{self._rng.randrange(2**32)}",
                one["record_id"],
                one["revision_id"],
                ReviewKind.RETURN,
                "2026-11-22T13:00:00.000+07:00",
                "หัวหน้า",
                (ReviewComment("FA-B01", "ภาพไม่ชัด"),),
            )
            self._real.centre.reviews.add(OFFICE, [review], False)

    def _registry(self) -> int:
        names = {f"{self._rng.randrange(8):014}": f"โรงงาน {self._rng.randrange(1000)}" for _ in range(3)}
        gone = {i for i in names if self._rng.random() < 0.2}
        rows = [(i, None if i in gone else Site(site_id=i, name_th=n).to_json()) for i, n in names.items()]
        cursor = publish_registry_rows(self._real.centre, rows)
        self.sites |= names
        for site_id in gone:
            del self.sites[site_id]
        return int(cursor)

    def _snapshot(self) -> None:
        """Publish the whole registry as a file that stands at the changes' own cursor."""
        cursor = str(self._registry())
        made = self._folder / f"registry-{cursor}.db"
        sites = (Site(site_id=i, name_th=n) for i, n in sorted(self.sites.items()))
        manifest = build_registry(made, sites, source="test", cursor=cursor, key=self._real.centre.key)
        text = json.dumps(manifest.to_json())
        publish_snapshot(self._real.centre, made, collection="registry", cursor=cursor, manifest=text)
        self.published = True


# --- what must be true ----------------------------------------------------------------------------------------------


def _wrong(real: RealCentre, laptops: list[Laptop], desk: Desk) -> Iterator[str]:
    """Yield in words everything that must not be after healing."""
    kept = real.revisions()
    by_id = {row.revision_id: row for row in kept}
    yield from misfiled(kept, {p.revision_id for p in each(laptops)})
    for laptop in laptops:
        yield from _wrong_on(laptop, by_id)
        yield from _wrong_copy(laptop, desk)


def _wrong_on(laptop: Laptop, by_id: dict[str, Any]) -> Iterator[str]:
    """Compare what the laptop sealed and believes with what the centre has."""
    for fault in laptop.faults:
        yield f"{laptop.name}: its store refuses: {fault}"
    for revision_id in laptop.false_claims:
        yield f"{laptop.name}: {revision_id} was called sent while it was not whole at the centre"
    store = laptop.store
    left = {row.revision_id: row for row in store.outbox.pending()}
    for promise in laptop.promises:
        kept, row = by_id.get(promise.revision_id), left.get(promise.revision_id)
        if kept is None:
            yield f"{laptop.name}: {promise.revision_id} is lost ({row and row.state}, {laptop.troubles[-3:]})"
            continue
        if zstandard.ZstdDecompressor().decompress(kept.envelope) != promise.sealed.envelope:
            yield f"{laptop.name}: {promise.revision_id} has other bytes at the centre"
        if missing_files(laptop.real, promise):
            yield f"{laptop.name}: {promise.revision_id} lacks files"
        receipts = [r.to_json() for r in store.outbox.receipts(promise.record_id) if r.digest == promise.sealed.digest]
        if kept.state == "accepted" and (row or receipts != [json.loads(kept.receipt)]):
            yield f"{laptop.name}: {promise.revision_id} is accepted, but {row and row.last_error_code} here"
        if kept.state != "accepted" and (row is None or row.state != kept.state):
            yield f"{laptop.name}: {promise.revision_id} is {kept.state}, but {row and row.state} here"
    if not store.audit.verify().good:
        yield f"{laptop.name}: the audit chain is broken"


def _wrong_copy(laptop: Laptop, desk: Desk) -> Iterator[str]:
    """Compare the laptop's copy of the centre's rows with the centre's."""
    store = laptop.store
    ours = {(name, row.id): row.body for name in map(str, COLLECTIONS) for row in store.pulled.list(name)}
    try:
        theirs = shown_to(laptop.client())
    except SyncError as error:
        yield f"{laptop.name}: a walk from the beginning does not end: {error.code}"
        return
    if ours != theirs:
        more, less = sorted(ours.keys() - theirs.keys()), sorted(theirs.keys() - ours.keys())
        yield f"{laptop.name}: the copy differs: more {more}, less {less}, cursor {store.pulled.cursor()}"
    for row in store.pulled.list("forms"):
        if row.body is None or not store.checklists.has(row.body["sha256"]):
            yield f"{laptop.name}: {row.id} has no form"
    if desk.published and {s.site_id: s.name_th for s in store.registry.all()} != desk.sites:
        yield f"{laptop.name}: the registry differs"
