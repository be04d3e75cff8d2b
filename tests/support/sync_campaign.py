"""Real processes under fire: a laptop with its encrypted store, a centre, and a line between them that breaks.

A schedule seals some records, then lets the laptop's process send them while either process is killed (SIGKILL) at
bytes drawn from a seed and connections are reset both ways. In the end every record must be at the centre once and
whole.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from checklists.clock import SystemClock
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from tests.support.store_workspace import answer, begin, content, new_store, photo, reopen
from tests.support.sync_outbox import photo as noise
from tests.support.sync_proxy import BreakingProxy, cuts_by_seed
from tests.support.sync_server import REPO, CentreProcess

END_SECONDS = 180.0
POLL_SECONDS = 0.005
PHOTO_BYTES = (200_000, 2_000_000)
"""What a laptop's photos weigh; with much smaller ones the heads of the calls would be what is measured."""
LINE_BYTES = 1_500
"""Of one of these envelopes as it travels, compressed."""


@dataclass
class Result:
    """What one schedule amounts to."""

    seed: int
    problems: list[str] = field(default_factory=list)
    revisions: int = 0
    kills: int = 0
    connections: int = 0
    relayed: int = 0
    bytes_up: int = 0
    bytes_needed: int = 0


def fill_workspace(folder: Path, rng: random.Random, prefix: str) -> dict[str, list[bytes]]:
    """Seal one to three records with photos. Returns their photos by record."""
    made: dict[str, list[bytes]] = {}
    store = new_store(folder, SystemClock())
    for number in range(rng.randint(1, 3)):
        record_id, photos = f"{prefix}-{number}", []
        begin(store, record_id, f"v-{number}")
        answer(store, 1, "pass", record_id)
        for shot in range(rng.randint(0, 3)):
            data = noise(rng.randrange(2**32), rng.randint(*PHOTO_BYTES))
            photo(store, f"{record_id}-{shot}", data, record_id)
            photos.append(data)
        store.records.finalise(record_id, content())
        made[record_id] = photos
    store.close()
    return made


class LaptopProcess:
    """The laptop's program, started again after every kill."""

    def __init__(self, workspace: Path, url: str, code: str) -> None:
        self._command = [sys.executable, "-m", "tests.support.sync_laptop", str(workspace), url, code]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=REPO)

    def ended(self) -> int | None:
        assert self._process is not None
        return self._process.poll()

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(30)


def run_schedule(seed: int, folder: Path, centre: CentreProcess) -> Result:
    """Run one schedule against a running centre process; it is running again at the end."""
    rng = random.Random(seed)
    result = Result(seed)
    workspace = folder / f"laptop-{seed}"
    made = fill_workspace(workspace, rng, f"r-{seed}")
    code = centre.new_code()
    with BreakingProxy(centre.port, cuts_by_seed(seed, share=0.4, up_to=3_000_000)) as proxy:
        laptop = LaptopProcess(workspace, proxy.url, code)
        laptop.start()
        total = sum(len(p) for photos in made.values() for p in photos)
        for threshold in sorted(rng.randrange(max(total, 4_000)) for _ in range(rng.randint(1, 2))):
            if not _reached(proxy, threshold, laptop):
                break
            result.kills += 1
            if rng.random() < 0.5:
                laptop.kill()
                laptop.start()
            else:
                centre.kill()
                proxy.cut_all()
                centre.start()
        if _end(laptop) != 0:
            laptop.kill()
            result.problems.append(f"the laptop ended with {laptop.ended()}")
        result.connections, result.bytes_up = proxy.connections, proxy.bytes_up
    result.revisions = len(made)
    result.bytes_needed = total + result.revisions * LINE_BYTES
    result.problems += _compare(workspace, centre, made)
    if not result.problems:
        shutil.rmtree(workspace)
    return result


def _reached(proxy: BreakingProxy, threshold: int, laptop: LaptopProcess) -> bool:
    """Wait until so many bytes went up; False where the laptop was done before."""
    wait, until = threading.Event().wait, time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        if proxy.bytes_up >= threshold:
            return True
        if laptop.ended() is not None:
            return False
        wait(POLL_SECONDS)
    return False


def _end(laptop: LaptopProcess) -> int | None:
    wait, until = threading.Event().wait, time.monotonic() + END_SECONDS
    while laptop.ended() is None and time.monotonic() < until:
        wait(POLL_SECONDS)
    return laptop.ended()


def _compare(workspace: Path, centre: CentreProcess, made: dict[str, list[bytes]]) -> list[str]:
    """Compare what the laptop sealed and believes with what lies at the centre."""
    problems: list[str] = []
    store = reopen(workspace, SystemClock())
    handle = Centre.open(ServerConfig(centre.data))
    try:
        if store.outbox.pending():
            problems.append(f"still waiting: {[r.record_id for r in store.outbox.pending()]}")
        for record_id, photos in made.items():
            sealed = store.records.sealed(record_id)
            kept = [r for r in handle.records.record("00", record_id) if r["digest"] == sealed.digest]
            if len(kept) != 1:
                problems.append(f"{record_id} is at the centre {len(kept)} times")
                continue
            receipts = store.outbox.receipts(record_id)
            if [r.to_json() for r in receipts] != [kept[0]["receipt"]]:
                problems.append(f"{record_id} has another receipt than the centre's")
            for attachment in json.loads(sealed.envelope)["attachments"]:
                data = handle.blobs.path(attachment["sha256"]).read_bytes()
                if data not in photos:
                    problems.append(f"{record_id} has a corrupt photo")
    finally:
        handle.close()
        store.close()
    return problems
