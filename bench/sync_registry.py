"""The registry on a laptop: the centre's ready-made file against inserting its rows; how large a delta is on the wire.

    python -m bench.sync_registry [FACTORIES]

Ours is the whole of it: fetched over loopback, hash, signature and the file itself checked, in use with its search
index. The yardstick is `executemany` of rows that are shaped already, then the same index, with nothing made durable.
Floors: at most 0.5; a delta of 1 % at most 0.1 MB.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import Site, to_json
from checklists.store import Store, registry_file
from checklists.store.driver import connect_plain
from sync.client import Client, Session
from sync.protocol import Collection
from sync.pull import Home, pull_registry
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.publishing import publish_registry_rows, publish_snapshot
from sync.transport import Request, RequestsTransport, Response
from tests.support.store_names import sites
from tests.support.store_workspace import new_store
from tests.support.sync_server import CentreProcess

KEY = DeviceKey.generate()


class Counting(RequestsTransport):
    """Counts the bytes of answers as they came over the wire."""

    received = 0

    def send(self, request: Request) -> Response:
        answer = super().send(request)
        self.received += len(answer.body)
        return answer


def inserted(folder: Path, everything: list[Site]) -> float:
    """Return the seconds of plain inserts and their index."""
    rows = [registry_file._row(site) for site in everything]
    columns = registry_file._COLUMNS
    db = connect_plain(folder / "plain.db", create=True)
    try:
        registry_file._not_durable_yet(db)
        began = time.perf_counter()
        db.script(registry_file.TABLES)
        with db.tx():
            db.many(f"INSERT INTO site ({columns}) VALUES ({', '.join('?' * 10)})", rows)
            db.script(registry_file.INDEXES)
        return time.perf_counter() - began
    finally:
        db.close()


def fetched(client: Client, store: Store, folder: Path, count: int) -> float:
    began = time.perf_counter()
    pull_registry(store.registry, client, folder, home=Home(), trusted=[KEY.public_bytes])
    seconds = time.perf_counter() - began
    assert store.registry.count() == count
    assert store.registry.search("โรงงาน") is not None
    return seconds


def delta(client: Client, transport: Counting, handle: Centre, changed: list[Site]) -> int:
    """Return the bytes of the page that carries these changes."""
    publish_registry_rows(handle, [(s.site_id, to_json(replace(s, name_th=s.name_th + " ใหม่"))) for s in changed])
    before = transport.received
    page = client.changes("1", [Collection.REGISTRY], limit=5000)
    assert len(page.rows) >= len(changed) - 1
    return transport.received - before


def main(count: int) -> None:
    everything = list(sites(count))
    with tempfile.TemporaryDirectory() as name, new_store(Path(name) / "w", SystemClock()) as store:
        folder = Path(name)
        file = folder / "registry-1.db"
        registry_file.build(file, everything, source="bench", cursor="1", key=KEY)
        with CentreProcess(folder / "centre") as centre:
            handle = Centre.open(ServerConfig(folder / "centre"))
            manifest = registry_file.manifest_path(file).read_text(encoding="utf-8")
            publish_snapshot(handle, file, collection=Collection.REGISTRY, cursor="1", manifest=manifest)
            transport = Counting()
            client = Client(transport, Session(url=centre.url), clock=SystemClock())
            client.register(handle.make_code(scope="00"), device_id="d-1", key=KEY)
            ours, plain = fetched(client, store, folder / "pull", count), inserted(folder, everything)
            size = delta(client, transport, handle, everything[: count // 100])
            handle.close()
            client.close()
    told = f"({ours:.2f} s against {plain:.2f} s)"
    print(f"{count} registry rows in use / executemany with its index {ours / plain:7.2f}   {told}")
    print(f"delta of {count // 100} rows, MB {size / 1e6:7.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
