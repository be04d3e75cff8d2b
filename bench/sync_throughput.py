# ruff: noqa: E402 - the imports stand after the path
"""Sync against what bounds it, as ratios in one run: `python bench/sync_throughput.py [--quick]`.

The yardsticks, each measured in turn with ours, round by round, and the median of the rounds' ratios taken:

* an empty handler: the same uvicorn, a handler that reads the body and answers `{}`; requests sends the same line;
* raw inserts: the same SQLite, write-ahead log and `synchronous=FULL` as the centre, the same envelopes' bytes under
  their own ids, 100 per commit, into one database that stays open and checkpoints as it fills;
* loopback + write + fsync: one handler that writes each photo to a file of its own and syncs it.

On our side everything is on: full durability, canonical bytes and signatures checked, every receipt signed by itself.
Batches and photos go as the program sends them, two at once (`IN_FLIGHT`); the yardsticks one after the other, as a
simple program would.
Client, centre and yardsticks share the cores of this machine. Records are 3.5 KB (the smallest there is), 20 KB, and as
large as the general factory inspection of the handbook makes them.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import functools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

import requests
from sqlcipher3 import dbapi2

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey, signature_is_good
from checklists.model import AnswerRow, SectionResult, Words, to_json
from checklists.sealing import Sealed, wire_line
from inspector_app.actions.sending.syncing import IN_FLIGHT
from sync.client import Client, Flights, Session
from sync.engine import SyncEngine
from sync.protocol import Limits, LineResult
from sync.server import make_device_code
from sync.server.intake.lines import read_line
from sync.transport import RequestsTransport
from tests.support import store_builders
from tests.support.clock import FrozenClock
from tests.support.handbook_records import desk
from tests.support.sync_far import far_line
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import CentreProcess

KEY = DeviceKey.generate()
ITEMS = 36
WORDS = (
    "พื้น",
    "ทางเดิน",
    "ชำรุด",
    "ถังดับเพลิง",
    "หมดอายุ",
    "ป้าย",
    "เตือน",
    "ไม่ชัดเจน",
    "สายไฟ",
    "เปลือย",
    "ท่อ",
    "รั่ว",
    "ฝุ่น",
    "เสียงดัง",
    "ระบายอากาศ",
)
Make = Callable[[int, str], Sealed]


@contextlib.contextmanager
def baselines(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.sync_baselines", "--folder", str(folder / "bare")]
    (folder / "bare").mkdir()
    process = subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def small(number: int, tag: str) -> Sealed:
    """About 3.5 KB: the smallest envelope there is."""
    return sealed_record(KEY, f"{tag}-{number}", record_id=f"{tag}-{number}")


def big(number: int, tag: str) -> Sealed:
    """About 20 KB: 36 items with answers, results and notes that differ from record to record."""
    words = random.Random(f"{tag}-{number}")
    notes = [" ".join(words.choices(WORDS, k=5)) for _ in range(ITEMS)]
    items = tuple(store_builders.item(f"FA-{n:03}", note=note) for n, note in enumerate(notes))
    answers = [AnswerRow(f"/data/sec/fa_{n:03}/fa_{n:03}_v", "", "pass") for n in range(ITEMS)]
    sections = to_json((SectionResult("B", Words("อาคาร", "Building"), items),))
    name = f"{tag}-{number}"
    return sealed_record(KEY, name, record_id=name, sections=sections, answers=to_json(answers))


@functools.cache
def _inspection() -> dict[str, Any]:
    """Return the members that a general factory inspection fills, as the store seals one."""
    clock = FrozenClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as folder:
        inspector = desk(Path(folder), clock)
        inspector.seal(inspector.begin())
        (row,) = inspector.store.outbox.pending()
        envelope = json.loads(inspector.store.outbox.sealed(row.revision_id).envelope)
        inspector.store.close()
    return {name: envelope[name] for name in ("sections", "answers", "scores", "submission")}


def whole(number: int, tag: str) -> Sealed:
    """About 95 KB: the general factory inspection, with notes at every third item."""
    name, members = f"{tag}-{number}", copy.deepcopy(_inspection())
    words = random.Random(name)
    for item in (item for section in members["sections"] for item in section["items"][::3]):
        item["note"] = " ".join(words.choices(WORDS, k=5))
    return sealed_record(KEY, name, record_id=name, **members)


def rate(count: int, step: Callable[[int], object]) -> float:
    started = time.perf_counter()
    for number in range(count):
        step(number)
    return count / (time.perf_counter() - started)


class RawInserts:
    """The database that does nothing but store."""

    def __init__(self, folder: Path, tag: str) -> None:
        self._database = dbapi2.connect(str(folder / f"raw-{tag}.db"), isolation_level=None)
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=full")
        self._database.execute("create table r (id text primary key, envelope blob)")

    def rate(self, named: list[tuple[str, bytes]], per_commit: int = 100) -> float:
        """Return records per second."""
        started = time.perf_counter()
        for start in range(0, len(named), per_commit):
            self._database.execute("begin immediate")
            self._database.executemany("insert into r values (?, ?)", named[start : start + per_commit])
            self._database.execute("commit")
        return len(named) / (time.perf_counter() - started)

    def close(self) -> None:
        self._database.close()


def plain_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def client_of(centre: CentreProcess, url: str = "") -> Client:
    """Return a device's client; each round has one, because the centre rightly slows down one that never stops."""
    client = Client(RequestsTransport(), Session(url=url or centre.url), clock=SystemClock())
    client.register(make_device_code(centre.data), device_id="d-1", key=KEY)
    return client


def show(name: str, rounds: list[tuple[float, float]], unit: str, floor: str) -> None:
    """Print the median ratio of the rounds (ours, base), their spread and the median rates."""
    ratios = sorted(ours / base for ours, base in rounds)
    ours, base = (statistics.median(r[side] for r in rounds) for side in (0, 1))
    told = f"({ours:9.1f} against {base:9.1f} {unit}; {ratios[0]:.2f}-{ratios[-1]:.2f})"
    print(f"{name:58} {statistics.median(ratios):7.2f}   {told}   floor {floor}", flush=True)


def one_by_one(client: Client, tag: str, wires: list[bytes]) -> float:
    def send(number: int) -> None:
        assert client.send_line(f"{tag}-{number}", f"{tag}-{number}", wires[number]).status == 201

    return rate(len(wires), send)


def together_in(wires: list[bytes]) -> int:
    """Return how many of these lines one call may carry."""
    limits = Limits()
    return min(limits.batch_records, limits.batch_bytes // max(map(len, wires)))


def in_batches(client: Client, wires: list[bytes]) -> float:
    """Return records per second, with two batches on their way at once, as the program sends them (`sync.push`)."""
    started, most = time.perf_counter(), together_in(wires)
    calls = (functools.partial(client.send_lines, wires[n : n + most]) for n in range(0, len(wires), most))
    flying: deque[Future[tuple[LineResult, ...]]] = deque()
    with Flights(IN_FLIGHT) as flights:
        for call in calls:
            flying.append(flights.start(call))
            if len(flying) == flights.width:
                assert all(r.status == 201 for r in flying.popleft().result())
        assert all(r.status == 201 for answer in flying for r in answer.result())
    return len(wires) / (time.perf_counter() - started)


def texts(centre: CentreProcess, url: str, folder: Path, make: Make, label: str, rounds: int, batch: int) -> None:
    """Measure single calls and batches of one size of record, `rounds` times in turn with their yardsticks."""
    session, raw, lone = plain_session(), RawInserts(folder, label), batch // 4
    single, together, gain, alone_rates = [], [], [], []
    for turn in range(rounds):
        client = client_of(centre)
        alone = [make(n, f"{label}-a{turn}") for n in range(lone)]
        lines = [make(n, f"{label}-b{turn}") for n in range(batch)]
        wires = [wire_line(s).encode() for s in alone]
        nothing = rate(lone, lambda n, wires=wires: session.put(f"{url}/empty", data=wires[n]))  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
        ours = one_by_one(client, f"{label}-a{turn}", wires)
        single.append((ours, nothing))
        lone_raw = raw.rate([(f"{label}-{turn}-lone-{n}", s.envelope) for n, s in enumerate(alone)], per_commit=1)
        alone_rates.append((1 / (1 / nothing + 1 / lone_raw), nothing))
        stored = raw.rate([(f"{label}-{turn}-{n}", s.envelope) for n, s in enumerate(lines)])
        filed = in_batches(client, [wire_line(s).encode() for s in lines])
        together.append((filed, stored))
        gain.append((filed, ours))
        client.close()
    raw.close()
    most = together_in([wire_line(s).encode() for s in lines])
    print(f"-- records of {len(lines[0].envelope) / 1000:.1f} KB, {most} in a batch")
    show("single PUT / PUT to an empty handler", single, "records/s", ">= 0.35")
    show("batch / raw SQLite insert of 100 per commit", together, "records/s", ">= 0.2")
    show("batch / single PUT", gain, "records/s", ">= 8")
    bounds(alone[0], alone_rates, statistics.median(base for _, base in together))


def bounds(sealed: Sealed, alone: list[tuple[float, float]], stored: float) -> None:
    """Print what is the least that must be done, measured in the same run."""
    show("  bound: an empty handler, then one raw commit", alone, "records/s", "of the first")
    message, count = bytes(40), 300
    proof = 1 / rate(count, lambda _n: signature_is_good(KEY.public_bytes, sealed.signature, message))
    receipt = 1 / rate(count, lambda _n: KEY.sign(message))
    read = 1 / rate(count, lambda _n: read_line(sealed.envelope))
    for words, seconds in (
        ("proof + receipt + raw insert", proof + receipt),
        ("the same + reading", proof + receipt + read),
    ):
        bound = 1 / (seconds + 1 / stored)
        print(f"  bound: {words}, on one core {bound / stored:26.2f} of raw   ({bound:9.1f} records/s)")


def engine_run(centre: CentreProcess, url: str, rounds: int) -> None:
    """The figure of the main job: 100 records without photos through the whole engine, receipts checked."""
    session, figures = plain_session(), []
    for turn in range(rounds):
        client, outbox = client_of(centre), MemoryOutbox()
        for n in range(100):
            outbox.put(small(n, f"engine-{turn}"))
        lines = [wire_line(s).encode() for s in outbox.sealed_by_id.values()]
        base = rate(100, lambda n, lines=lines: session.put(f"{url}/empty", data=lines[n]))  # type: ignore[misc]  # as above
        engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1), in_flight=IN_FLIGHT)
        started = time.perf_counter()
        assert engine.run().sent == 100
        figures.append((100 / (time.perf_counter() - started), base))
        client.close()
    show("sync of 100 records / 100 PUTs to an empty handler", figures, "records/s", "more is better")


def photos(centre: CentreProcess, url: str, rounds: int, count: int) -> None:
    session, figures = plain_session(), []
    for turn in range(rounds):
        client, outbox = client_of(centre), MemoryOutbox()
        data = [photo(turn * 1000 + n, 1_000_000) for n in range(count)]
        bare = rate(count, lambda n, data=data: session.patch(f"{url}/write", data=data[n]))  # type: ignore[misc]  # as above
        outbox.put(sealed_record(KEY, f"photos-{turn}", record_id=f"photos-{turn}", files=data), data)
        engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1), in_flight=IN_FLIGHT)
        started = time.perf_counter()
        assert engine.run().sent == 1
        figures.append((count / (time.perf_counter() - started), bare))
        client.close()
    show("photos of 1 MB / loopback + write + fsync", figures, "photos/s", ">= 0.45")


def far_away(centre: CentreProcess, rounds: int) -> None:
    """100 records over a line of 200 ms there and back, together and one by one, by the same client."""
    figures = []
    with far_line(centre.port, 0.1) as url:
        client = client_of(centre, url)
        for turn in range(rounds):
            lines = [wire_line(small(n, f"far-{turn}")).encode() for n in range(110)]
            together = in_batches(client, lines[:100])
            alone = rate(
                10, lambda n, turn=turn, lines=lines: client.send_line("far", f"far-{turn}-{100 + n}", lines[100 + n])
            )  # type: ignore[misc]  # as above
            figures.append((together, alone))
        client.close()
    show("100 records at 200 ms round trip / one by one", figures, "records/s", ">= 50")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds = 3 if quick else 7
    print(f"load average before: {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory() as name,
        CentreProcess(Path(name) / "centre") as centre,
        baselines(Path(name)) as url,
    ):
        texts(centre, url, Path(name), small, "small", rounds, 400 if quick else 800)
        texts(centre, url, Path(name), big, "big", rounds, 200 if quick else 400)
        texts(centre, url, Path(name), whole, "whole", rounds, 100 if quick else 200)
        engine_run(centre, url, rounds)
        photos(centre, url, rounds, 10 if quick else 20)
        far_away(centre, 3)


if __name__ == "__main__":
    main()
