"""An office under fire: two laptops, a relay and a centre as processes, and two lines that break.

A schedule lets both laptops send through the relay while relay and centre are killed (SIGKILL) at bytes drawn from a
seed and connections on both lines are reset. In the end every record is at the centre once and whole, each laptop has
the centre's own receipt, and nothing was ever called received before.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from checklists.clock import SystemClock
from checklists.errors import InspectorError
from checklists.sealing import digest
from sync.client import Client, Session
from sync.events import Received
from sync.protocol import Role
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.transport import RequestsTransport
from tests.support.sync_campaign import END_SECONDS, POLL_SECONDS, Result
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_proxy import BreakingProxy, cuts_by_seed
from tests.support.sync_relay import OfficeLaptop, RelayProcess, key_of
from tests.support.sync_server import CentreProcess


def run_schedule(seed: int, folder: Path, centre: CentreProcess) -> Result:
    """Run one schedule against a running centre process; it is running again at the end."""
    rng, result = random.Random(seed), Result(seed)
    sessions = _enrol(centre, seed)
    fates = (cuts_by_seed(seed, share=0.3, up_to=800_000), cuts_by_seed(seed + 1, share=0.3, up_to=800_000))
    with (
        BreakingProxy(centre.port, fates[0]) as outer,
        RelayProcess(folder / f"relay-{seed}", outer.url) as relay,
        BreakingProxy(0, fates[1]) as inner,
    ):
        _start(relay, centre.new_code(Role.RELAY))
        inner.target = relay.port
        laptops = [OfficeLaptop(number, session, inner.url) for number, session in sessions.items()]
        files = {laptop.device_id: _fill(laptop, rng, f"{seed}-{laptop.device_id}") for laptop in laptops}
        threads = [threading.Thread(target=_send, args=(laptop, result)) for laptop in laptops]
        for thread in threads:
            thread.start()
        _fire(rng, result, relay, centre, inner, outer, threads)
        for thread in threads:
            thread.join(END_SECONDS)
        result.problems += [f"{t.name} did not end" for t in threads if t.is_alive()]
        for laptop in laptops:
            result.problems += _compare(laptop, centre, files[laptop.device_id])
            result.relayed += laptop.relayed
            result.revisions += len(laptop.outbox.rows)
            laptop.close()
        result.connections = inner.connections + outer.connections
        result.bytes_up = inner.bytes_up + outer.bytes_up
        result.bytes_needed = 2 * sum(len(data) for photos in files.values() for data in photos)
    return result


def _enrol(centre: CentreProcess, seed: int) -> dict[int, Session]:
    """Register two laptops at the centre, over a good line, as on the day they are handed out."""
    sessions = {}
    for number in (1, 2):
        client = Client(RequestsTransport(), Session(url=centre.url), clock=SystemClock())
        number_of_key = 1 + (2 * seed + number) % 250
        client.register(centre.new_code(), device_id=f"laptop-{number_of_key}", key=key_of(number_of_key))
        sessions[number_of_key] = client.session
        client.close()
    return sessions


def _start(relay: RelayProcess, code: str) -> None:
    """Start the relay; the line may break while it registers, and the code may be used again."""
    for _ in range(40):
        try:
            relay.start(code)
        except ValueError:  # it ended without a word
            relay.stop()
        else:
            return
    raise AssertionError("the relay never started")


def _fill(laptop: OfficeLaptop, rng: random.Random, prefix: str) -> list[bytes]:
    photos = []
    for number in range(rng.randint(1, 3)):
        data = [photo(rng.randrange(2**32), rng.randint(50_000, 400_000)) for _ in range(rng.randint(0, 2))]
        laptop.outbox.put(
            sealed_record(
                laptop.key,
                f"rev-{prefix}-{number}",
                record_id=f"r-{prefix}-{number}",
                files=data,
                device_id=laptop.device_id,
            ),
            data,
        )
        photos += data
    return photos


def _send(laptop: OfficeLaptop, result: Result) -> None:
    """Join and sync until everything is received, whatever breaks meanwhile."""
    try:
        laptop.join()
        laptop.sync_until_received()
    except (AssertionError, InspectorError) as error:
        result.problems.append(f"{laptop.device_id}: {error!r}")


def _fire(
    rng: random.Random,
    result: Result,
    relay: RelayProcess,
    centre: CentreProcess,
    inner: BreakingProxy,
    outer: BreakingProxy,
    threads: list[threading.Thread],
) -> None:
    """Kill relay or centre when so many bytes have passed, and start it again."""
    wait, until = threading.Event().wait, time.monotonic() + END_SECONDS
    for threshold in sorted(rng.randrange(1, 1_200_000) for _ in range(3)):
        while inner.bytes_up + outer.bytes_up < threshold and time.monotonic() < until:
            if not any(thread.is_alive() for thread in threads):
                return
            wait(POLL_SECONDS)
        result.kills += 1
        if rng.random() < 0.7:
            relay.kill()
            inner.cut_all()
            relay.start()
        else:
            centre.kill()
            outer.cut_all()
            centre.start()


def _compare(laptop: OfficeLaptop, centre: CentreProcess, photos: list[bytes]) -> list[str]:
    problems: list[str] = []
    handle = Centre.open(ServerConfig(centre.data))
    try:
        for row in laptop.outbox.rows.values():
            found = [r for r in handle.records.record("00", row.record_id) if r["digest"] == row.digest]
            if len(found) != 1:
                problems.append(f"{row.record_id} is at the centre {len(found)} times")
                continue
            receipt = laptop.outbox.receipts.get(row.revision_id)
            if receipt is None or receipt.to_json() != found[0]["receipt"]:
                problems.append(f"{row.record_id} has another receipt than the centre's")
        here = {digest(data) for data in photos}
        kept = {sha256: digest(handle.blobs.path(sha256).read_bytes()) for sha256 in here}
        problems += [f"{sha256} is corrupt" for sha256, told in kept.items() if told != sha256]
        said = [e.receipt.server_id for e in laptop.events if isinstance(e, Received)]
        if any(server_id != handle.server_id for server_id in said):
            problems.append("something was called received that the centre did not receive")
    finally:
        handle.close()
    return problems
