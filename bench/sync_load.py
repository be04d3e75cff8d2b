"""The load that the issue names: 500 devices with one 250-item record each, then 50 devices with 10 photos of 1 MB.

`python bench/sync_load.py [--devices 500] [--photo-devices 50]`; ends with 1 if anything is lost or an error is seen.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import AnswerRow, SectionResult, Words, to_json
from checklists.sealing import Sealed
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.events import SyncReport
from sync.protocol import Registration, registration_message
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.transport import RequestsTransport
from tests.support import store_builders
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import CentreProcess

ITEMS = 250
AT_ONCE = 20


def record(key: DeviceKey, device_id: str, files: list[bytes]) -> Sealed:
    items = tuple(store_builders.item(f"FA-{n:03}", note="ข้อความบันทึกของผู้ตรวจ") for n in range(ITEMS))
    answers = [AnswerRow(f"/data/sec/fa_{n:03}/fa_{n:03}_v", "", "pass") for n in range(ITEMS)]
    sections = to_json((SectionResult("B", Words("อาคาร", "Building"), items),))
    name = f"{device_id}-record"
    return sealed_record(
        key, name, record_id=name, device_id=device_id, files=files, sections=sections, answers=to_json(answers)
    )


def enrol(handle: Centre, url: str, device_id: str, key: DeviceKey) -> Session:
    """Register at the centre's desk: 500 registrations from one address would rightly be slowed down."""
    code = handle.make_code(scope="00")
    proof = key.sign(registration_message(code, device_id, key.key_id)).hex()
    given = handle.gate.register(Registration(code, device_id, key.key_id, key.public_bytes.hex(), proof))
    return Session(
        url=url,
        server_id=given.server_id,
        device_id=device_id,
        tokens=given.tokens,
        receipt_keys=given.receipt_keys,
    )


def one_device(session: Session, key: DeviceKey, photos: int) -> SyncReport:
    device_id = session.device_id
    files = [photo(random.randrange(2**40), 1_000_000) for _ in range(photos)]
    outbox = MemoryOutbox()
    outbox.put(record(key, device_id, files), files)
    client = Client(RequestsTransport(), session, clock=SystemClock())
    report = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random()).run()
    client.close()
    return report


def wave(centre: CentreProcess, handle: Centre, count: int, photos: int) -> int:
    keys = [DeviceKey.generate() for _ in range(count)]
    sessions = [enrol(handle, centre.url, f"w{photos}-{n}", key) for n, key in enumerate(keys)]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reports = list(pool.map(lambda n: one_device(sessions[n], keys[n], photos), range(count)))
    seconds = time.perf_counter() - started
    bad = [r for r in reports if not r.clean or r.sent != 1]
    print(f"{count} devices, {photos} photos each: {len(bad)} not sent, {seconds:.1f} s ({count / seconds:.1f}/s)")
    for report in bad[:5]:
        print("  ", report)
    return len(bad)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--photo-devices", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "centre"
        with CentreProcess(data) as centre:
            handle = Centre.open(ServerConfig(data))
            bad = wave(centre, handle, asked.devices, 0) + wave(centre, handle, asked.photo_devices, 10)
            stored = len(handle.records.listing("00", after=0, limit=1000))
            print(f"at the centre: {stored} of {asked.devices + asked.photo_devices} records, whole and with receipts")
            handle.close()
    return 1 if bad or stored != asked.devices + asked.photo_devices else 0


if __name__ == "__main__":
    sys.exit(main())
