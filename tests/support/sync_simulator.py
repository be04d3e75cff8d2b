"""Seeded schedules of faults that drive the production client (engine, push, uploads, client) and the centre's rules.

In memory and single-threaded: one to three laptops with chained and concurrent edits, files, a poison record; every
call may be lost, answered in vain, doubled, delivered late and out of order, refused, answered by a portal or a stale
cache, cut in the middle of a file; the program may die at every step; clocks jump. Then the line heals, and everything
that inspectors rely on is checked. A failing seed is printed and belongs into the regression list.

Real are: SyncEngine, Push, Uploads, Client, plan, the wire lines, and `sync.server.filing`. Simulated are: the network,
the centre's tables and files (dicts), the signature of receipts (a hash: 10,000 schedules would otherwise spend their
time in Ed25519).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import zstandard

from checklists.clock import BANGKOK, stamp
from checklists.crypto import DeviceKey
from checklists.errors import SealError
from checklists.sealing import Receipt, Sealed, digest, parse_wire_line, read_json
from sync import protocol
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.errors import CutError, OfflineError
from sync.protocol import Code, LineResult, MissingBlob, ReceiptKey, RevisionState, Tokens
from sync.server import filing
from sync.server.filing import Decision, Line, Shelf
from sync.server.rows import line_of
from sync.transport import Request, Response
from tests.support.clock import FrozenClock
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record

SERVER_ID = "5a1e0000-0000-4000-8000-000000000001"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)
NOON_TEXT = stamp(NOON)
HEALING_RUNS = 40


class CrashError(BaseException):
    """The laptop's program dies here; nothing in memory survives."""


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


@lru_cache(maxsize=20_000)
def read_line(raw: bytes) -> tuple[Line, Sealed]:
    found = parse_wire_line(raw)
    return line_of(read_json(found.envelope), found.digest, "00"), found


def fake_signature(receipt: Receipt) -> str:
    seen = (receipt.receipt_id, receipt.digest, receipt.record_id, receipt.revision_id, receipt.server_id, receipt.seq)
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def check_fake_signature(receipt: Receipt, _public_key: bytes) -> None:
    if receipt.signature != fake_signature(receipt):
        raise SealError("signature", what="receipt")


# --- the centre -----------------------------------------------------------------------------------------------------


@dataclass
class Mistakes:
    """Planted protocol mistakes; the empty set is the real protocol."""

    names: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self.names


class SimCentre:
    """The centre in dicts. Files lines by the production rules."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.shelf = Shelf()
        self.lines: dict[str, tuple[Line, Sealed]] = {}
        self.stored: list[str] = []  # revision ids in the order of their numbers
        self.parts: dict[tuple[str, str], bytes] = {}
        self.files: dict[str, bytes] = {}

    def handle(self, request: Request, device: str) -> Response:
        path = request.url.split(protocol.BASE, 1)[1]
        if path.startswith(protocol.HEALTH):
            return self._json(
                request, 200, {"nonce": path.partition("nonce=")[2], "server_id": SERVER_ID, "time": NOON_TEXT}
            )
        if path == protocol.RECORDS_BATCH:
            return self._batch(request, device)
        if path == protocol.BLOBS_MISSING:
            wanted = [b["sha256"] for b in json.loads(request.body)["blobs"]]  # type: ignore[arg-type]  # always bytes
            lacking = [
                MissingBlob(h, len(self.parts.get((device, h), b""))).to_json() for h in wanted if h not in self.files
            ]
            return self._json(request, 200, {"missing": lacking})
        return self._part(request, device, path.rpartition("/")[2])

    def _json(self, request: Request, status: int, members: Mapping[str, Any], **more: str) -> Response:
        return Response(status, {**self._headers(request, protocol.JSON), **more}, json.dumps(members).encode())

    def _headers(self, request: Request, kind: str) -> dict[str, str]:
        nonce = request.headers[protocol.NONCE_HEADER]
        return {"content-type": kind, protocol.NONCE_HEADER: nonce, protocol.SERVER_HEADER: SERVER_ID}

    def problem(self, request: Request, status: int, code: str, **more: str) -> Response:
        return Response(
            status, {**self._headers(request, protocol.PROBLEM), **more}, json.dumps({"code": code}).encode()
        )

    # --- records ---

    def _batch(self, request: Request, device: str) -> Response:
        body = request.body
        assert isinstance(body, bytes)
        if request.headers.get("content-encoding") == "zstd":
            body = zstandard.ZstdDecompressor().decompress(body, max_output_size=2**24)
        results = [self._file(raw, device) for raw in body.splitlines()]
        text = "".join(json.dumps(r.to_json()) + "\n" for r in results)
        return Response(200, self._headers(request, protocol.NDJSON), text.encode())

    def _file(self, raw: bytes, device: str) -> LineResult:
        line, envelope = read_line(raw)
        if line.index["device_id"] != device:
            return LineResult(line.revision_id, 403, Code.NOT_ASSIGNED)
        self.shelf.parts = {h: len(data) for (owner, h), data in self.parts.items() if owner == device}
        self.shelf.blobs = {h: len(data) for h, data in self.files.items()}
        decision = self._decide(line)
        self.lines[line.revision_id] = (
            (line, envelope) if decision.state else self.lines.get(line.revision_id, (line, envelope))
        )
        return self._carry_out(line, decision)

    def _decide(self, line: Line) -> Decision:
        known = self.shelf.revisions.get(line.revision_id)
        if "no-idempotency" in self.mistakes and known and known.state is not RevisionState.PENDING:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        if "conflict-not-sticky" in self.mistakes and known and known.state is RevisionState.CONFLICT:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        if "receipt-without-files" in self.mistakes:
            self.shelf.blobs |= {b.sha256: b.size for b in line.blobs}
        decision = filing.decide(line, self.shelf)
        if "unknown-base-as-conflict" in self.mistakes and decision.code is Code.UNKNOWN_BASE and line.base_revision_id:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        if "last-writer-wins" in self.mistakes and decision.code is Code.CONFLICT and known is None:
            return Decision(201, Code.CREATED, RevisionState.ACCEPTED, takes_head=True)
        return decision

    def _carry_out(self, line: Line, decision: Decision) -> LineResult:
        receipt = None
        if decision.whole:
            if not ("conflict-dropped" in self.mistakes and decision.code is Code.CONFLICT):
                self.stored.append(line.revision_id)
            receipt = self._receipt(line, len(self.stored))
        filing.remember(line, decision, self.shelf, receipt)
        known = self.shelf.revisions.get(line.revision_id)
        given = known.receipt if known and decision.status in (200, 201, 409) and known.digest == line.digest else None
        if "new-receipt-for-duplicates" in self.mistakes and decision.code is Code.HAVE:
            given = self._receipt(line, len(self.stored) + 1000)
        return LineResult(
            line.revision_id,
            decision.status,
            decision.code.value,
            head=decision.conflict_head,
            missing=decision.missing,
            receipt=given,
        )

    def _receipt(self, line: Line, seq: int) -> dict[str, Any]:
        blank = Receipt(f"rc-{seq}", line.digest, line.record_id, line.revision_id, SERVER_ID, NOON_TEXT, seq, "k", "")
        members = {name: getattr(blank, name) for name in Receipt.__dataclass_fields__}
        return {**members, "signature": fake_signature(blank)}

    # --- files ---

    def _part(self, request: Request, device: str, sha256: str) -> Response:
        offset = int(request.headers[protocol.OFFSET_HEADER])
        length = int(request.headers[protocol.LENGTH_HEADER])
        if sha256 in self.files:
            return self._json(request, 200, {"offset": length, "complete": True, "results": []})
        have = self.parts.get((device, sha256), b"")
        if offset != len(have) and "append-anywhere" not in self.mistakes:
            return self.problem(request, 409, Code.OFFSET, **{protocol.OFFSET_HEADER: str(len(have))})
        assert isinstance(request.body, bytes)
        have += request.body
        self.parts[device, sha256] = have
        if len(have) < length:
            return self._json(request, 202, {"offset": len(have), "complete": False, "results": []})
        del self.parts[device, sha256]
        if digest(have) != sha256 and "append-anywhere" not in self.mistakes:
            return self.problem(request, 422, Code.DIGEST_MISMATCH)
        self.files[sha256] = have
        return self._json(request, 201, {"offset": length, "complete": True, "results": self._complete(sha256)})

    def _complete(self, sha256: str) -> list[dict[str, Any]]:
        results = []
        self.shelf.blobs = {h: len(data) for h, data in self.files.items()}
        for known in tuple(self.shelf.revisions.values()):
            line = self.lines[known.revision_id][0]
            if known.state is RevisionState.PENDING and any(b.sha256 == sha256 for b in line.blobs):
                decision = self._decide(line)
                if decision.whole:
                    results.append(self._carry_out(line, decision).to_json())
        return results


# --- the line -------------------------------------------------------------------------------------------------------

ANY_FAULTS = (
    "lost",
    "answer-lost",
    "twice",
    "late",
    "busy",
    "fault",
    "portal",
    "stale",
    "redirect",
    "crash",
    "crash-after",
)
FILE_FAULTS = ("cut", "cut", "cut-twice", "late", "late", "answer-lost", "twice", "busy", "crash", "crash-after")


class Net:
    """The line between the laptops and the centre: decides by its seed what happens to each call."""

    def __init__(self, centre: SimCentre, rng: random.Random, rate: float) -> None:
        self.centre = centre
        self.rng = rng
        self.rate = rate
        self.late: list[tuple[Request, str]] = []
        self.cache: dict[str, Response] = {}
        self.calls = 0

    def heal(self) -> None:
        """Deliver what still floats about, in any order, and break nothing more."""
        self.rate = 0.0
        self.rng.shuffle(self.late)
        for request, device in self.late:
            self.centre.handle(request, device)
        self.late.clear()

    def send(self, request: Request, device: str) -> Response:
        self.calls += 1
        if self.late and self.rng.random() < 0.3:
            delayed, owner = self.late.pop(self.rng.randrange(len(self.late)))
            self.centre.handle(delayed, owner)
        faults = FILE_FAULTS if request.method == "PATCH" else ANY_FAULTS
        fault = self.rng.choice(faults) if self.rng.random() < self.rate else ""
        if fault:
            return self._broken(fault, request, device)
        return self._through(request, device)

    def _through(self, request: Request, device: str) -> Response:
        response = self.centre.handle(request, device)
        self.cache[request.url] = response
        return response

    def _broken(self, fault: str, request: Request, device: str) -> Response:
        if fault == "crash":
            raise CrashError
        if fault == "lost":
            raise OfflineError
        if fault == "late":
            self.late.append((request, device))
            raise OfflineError("timeout")
        if fault in ("busy", "fault"):
            return self.centre.problem(request, 503 if fault == "busy" else 500, fault)
        if fault == "portal":
            return Response(200, {"content-type": "text/html"}, b"<html>Wi-Fi login</html>")
        if fault == "redirect":
            return Response(302, {"content-type": "text/html", "location": "http://portal/"}, b"")
        if fault == "stale" and request.url in self.cache:
            return self.cache[request.url]
        if fault in ("cut", "cut-twice"):
            return self._cut(request, device, twice=fault == "cut-twice")
        self._through(request, device)
        if fault == "twice":
            return self._through(request, device)
        if fault == "crash-after":
            raise CrashError
        raise CutError

    def _cut(self, request: Request, device: str, *, twice: bool) -> Response:
        assert isinstance(request.body, bytes)
        some = request.body[: self.rng.randrange(len(request.body) + 1)]
        for _ in range(2 if twice else 1):
            self.centre.handle(Request(request.method, request.url, request.headers, some), device)
        raise CutError


class SimTransport:
    """One laptop's end of the line. Reads file bodies whole, so that a doubled call has its bytes."""

    def __init__(self, net: Net, device: str) -> None:
        self._net = net
        self._device = device

    def send(self, request: Request) -> Response:
        body = request.body
        if body is not None and not isinstance(body, bytes):
            body = body.read()
        return self._net.send(Request(request.method, request.url, request.headers, body), self._device)

    def close(self) -> None:
        pass


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
    centre = SimCentre(Mistakes(mistakes))
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


def _wrong(centre: SimCentre, laptops: list[Laptop]) -> Any:
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


def _wrong_on(laptop: Laptop, centre: SimCentre) -> Any:
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
