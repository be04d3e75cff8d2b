# ruff: noqa: E402 - the imports stand after the path
"""Sync against what bounds it, as ratios in one run: `python bench/sync_throughput.py [--quick]`.

Full durability, signed receipts and all checks are on. Client, centre and baselines share this machine's cores.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

import requests
from sqlcipher3 import dbapi2

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import AnswerRow, SectionResult, Words, to_json
from checklists.sealing import Sealed, wire_line
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.transport import RequestsTransport
from tests.support import store_builders
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_proxy import BreakingProxy, Fate
from tests.support.sync_server import CentreProcess

KEY = DeviceKey.generate()
ITEMS = 30


@contextlib.contextmanager
def baselines(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.sync_baselines", "--file", str(folder / "photo")]
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
    """About 35 KB: 30 items with answers, results and notes."""
    items = tuple(store_builders.item(f"FA-{n:03}", note="ข้อความบันทึกของผู้ตรวจ") for n in range(ITEMS))
    answers = [AnswerRow(f"/data/sec/fa_{n:03}/fa_{n:03}_v", "", "pass") for n in range(ITEMS)]
    sections = to_json((SectionResult("B", Words("อาคาร", "Building"), items),))
    return sealed_record(
        KEY, f"{tag}-{number}", record_id=f"{tag}-{number}", sections=sections, answers=to_json(answers)
    )


def rate(count: int, step: Callable[[int], object]) -> float:
    started = time.perf_counter()
    for number in range(count):
        step(number)
    return count / (time.perf_counter() - started)


def middle(times: int, measure: Callable[[int], float]) -> float:
    return statistics.median(measure(turn) for turn in range(times))


def raw_inserts(folder: Path, lines: list[Sealed]) -> float:
    """Records per second of plain inserts, 100 per commit, with full durability."""
    database = dbapi2.connect(str(folder / f"raw-{time.time_ns()}.db"), isolation_level=None)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=full")
    database.execute("create table r (id text primary key, envelope blob)")
    started = time.perf_counter()
    for start in range(0, len(lines), 100):
        database.execute("begin immediate")
        rows = [(f"{start}-{n}", s.envelope) for n, s in enumerate(lines[start : start + 100])]
        database.executemany("insert into r values (?, ?)", rows)
        database.execute("commit")
    seconds = time.perf_counter() - started
    database.close()
    return len(lines) / seconds


def client_of(centre: CentreProcess, url: str = "") -> Client:
    client = Client(RequestsTransport(), Session(url=url or centre.url), clock=SystemClock())
    client.register(centre.code, device_id="d-1", key=KEY)
    return client


def show(name: str, ours: float, base: float, unit: str, floor: str) -> None:
    print(f"{name:58} {ours / base:7.2f}   ({ours:9.1f} against {base:9.1f} {unit})   floor {floor}", flush=True)


def texts(client: Client, url: str, folder: Path, count: int, make: Callable[[int, str], Sealed], label: str) -> None:
    lines = [[make(n, f"{label}-{turn}") for n in range(count)] for turn in range(6)]
    wires = [[wire_line(s).encode() for s in turn] for turn in lines]
    size = len(lines[0][0].envelope)
    session = requests.Session()
    session.trust_env = False
    nothing = middle(3, lambda t: rate(count, lambda n: session.put(f"{url}/empty", data=wires[t][n])))
    single = middle(
        3, lambda t: rate(count, lambda n: client.send_line(f"{label}-{t}-{n}", f"{label}-{t}-{n}", wires[t][n]))
    )

    def batches(turn: int) -> float:
        started = time.perf_counter()
        for start in range(0, count, 100):
            results = client.send_lines(wires[3 + turn][start : start + 100])
            assert all(r.status == 201 for r in results)
        return count / (time.perf_counter() - started)

    batch = middle(3, batches)
    raw = middle(3, lambda t: raw_inserts(folder, lines[t]))
    print(f"-- records of {size / 1000:.1f} KB")
    show("single PUT / PUT to an empty handler", single, nothing, "records/s", ">= 0.35")
    show("batch of 100 / raw SQLite insert of 100 per commit", batch, raw, "records/s", ">= 0.2")
    show("batch of 100 / single PUT", batch, single, "records/s", ">= 8")


def engine_run(client: Client, url: str) -> None:
    """The figure of the main job: 100 records without photos through the whole engine."""
    session = requests.Session()
    session.trust_env = False

    def ours(turn: int) -> float:
        outbox = MemoryOutbox()
        for n in range(100):
            outbox.put(small(n, f"engine-{turn}"))
        engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1))
        started = time.perf_counter()
        assert engine.run().sent == 100
        return 100 / (time.perf_counter() - started)

    lines = [wire_line(small(n, "nothing")).encode() for n in range(100)]
    base = middle(3, lambda _t: rate(100, lambda n: session.put(f"{url}/empty", data=lines[n])))
    show("sync of 100 records / 100 PUTs to an empty handler", middle(3, ours), base, "records/s", "more is better")


def photos(client: Client, url: str, count: int) -> None:
    data = [photo(n, 1_000_000) for n in range(count)]
    session = requests.Session()
    session.trust_env = False
    bare = rate(count, lambda n: session.patch(f"{url}/write", data=data[n]))
    outbox = MemoryOutbox()
    outbox.put(sealed_record(KEY, "photos", record_id="photos", files=data), data)
    engine = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1))
    started = time.perf_counter()
    assert engine.run().sent == 1
    ours = count / (time.perf_counter() - started)
    show("photos of 1 MB / loopback + write + fsync", ours, bare, "photos/s", ">= 0.45")


def far_away(centre: CentreProcess, quick: bool) -> None:
    """100 records over a line of 200 ms there and back, in one batch and one by one."""
    with BreakingProxy(centre.port, lambda _n: Fate(delay=0.1)) as proxy:
        session = Client(RequestsTransport(), Session(url=proxy.url), clock=SystemClock())
        session.register(_code(centre), device_id="d-1", key=KEY)
        lines = [wire_line(small(n, "far")).encode() for n in range(100)]
        started = time.perf_counter()
        session.send_lines(lines)
        together = 100 / (time.perf_counter() - started)
        singles = 5 if quick else 15
        alone = rate(singles, lambda n: session.send_line("far", f"far-{n}", lines[n]))
        session.close()
    show("100 records at 200 ms round trip / one by one", together, alone, "records/s", ">= 50")


def _code(centre: CentreProcess) -> str:
    from sync.server import make_device_code

    return make_device_code(centre.data)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    print(f"load average before: {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory() as name,
        CentreProcess(Path(name) / "centre") as centre,
        baselines(Path(name)) as url,
    ):
        client = client_of(centre)
        texts(client, url, Path(name), 200 if quick else 1000, small, "small")
        texts(client, url, Path(name), 100 if quick else 300, big, "big")
        engine_run(client, url)
        photos(client, url, 10 if quick else 50)
        far_away(centre, quick)
        client.close()


if __name__ == "__main__":
    main()
