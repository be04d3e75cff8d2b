"""Memory of laptop and centre while 500 photos of 1 MB go over: the peak of both after all against after 50.

    python -m bench.sync_memory [PHOTOS]

One record with all photos, sent by the engine; the photos are made as they are read, so that none lies in memory.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
from pathlib import Path

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.sealing import digest
from sync.client import Client, Session
from sync.engine import SyncEngine
from sync.server import make_device_code
from sync.transport import RequestsTransport
from tests.support.sync_outbox import MemoryOutbox, photo, sealed_record
from tests.support.sync_server import CentreProcess

KEY = DeviceKey.generate()
SIZE = 1_000_000


class MadeAsRead(MemoryOutbox):
    """Keeps the number of a photo instead of its bytes."""

    def open_blob(self, sha256: str):  # type: ignore[no-untyped-def]  # as in the base class
        self.files[sha256] = photo(self.numbers[sha256], SIZE)
        try:
            return super().open_blob(sha256)
        finally:
            del self.files[sha256]

    numbers: dict[str, int]


def centre_peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def send(client: Client, name: str, numbers: range) -> None:
    outbox = MadeAsRead()
    outbox.numbers = {}
    outbox.put(sealed_record(KEY, name, record_id=name, files=_made(numbers, outbox.numbers)))
    assert SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run().sent == 1


def _made(numbers: range, names: dict[str, int]):  # type: ignore[no-untyped-def]  # a generator of bytes
    for number in numbers:
        data = photo(number, SIZE)
        names[digest(data)] = number
        yield data


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name, CentreProcess(Path(name) / "centre") as centre:
        client = Client(RequestsTransport(), Session(url=centre.url), clock=SystemClock())
        client.register(make_device_code(centre.data), device_id="d-1", key=KEY)
        send(client, "few", range(count // 10))
        few = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, centre_peak_mb(centre.pid))
        send(client, "many", range(count // 10, count))
        many = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, centre_peak_mb(centre.pid))
        client.close()
    for who, before, after in zip(("laptop", "centre"), few, many, strict=True):
        told = f"({after:.0f} against {before:.0f} MB)"
        print(f"peak memory of the {who}, {count} photos / {count // 10} {after / before:7.2f}   {told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
