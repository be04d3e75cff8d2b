"""Batches of 100 at a centre on PostgreSQL against the same on SQLite, in one run: `python -m bench.sync_postgres`.

Both databases are durable at every commit and stand on the same disk. Floor: 0.5.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from checklists.crypto import DeviceKey
from checklists.sealing import wire_line
from sync.protocol import Registration, Role, registration_message
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.people.auth import Caller
from tests.support.sync_outbox import sealed_record
from tests.support.sync_postgres import cluster, fresh_database, missing

KEY = DeviceKey.generate()
CALLER = Caller("d-1", "", Role.INSPECTOR, "00")


def opened(data: Path, database: str = "") -> Centre:
    centre = Centre.open(ServerConfig(data, database))
    code = centre.make_code(scope="00")
    proof = KEY.sign(registration_message(code, "d-1", KEY.key_id)).hex()
    centre.gate.register(Registration(code, "d-1", KEY.key_id, KEY.public_bytes.hex(), proof))
    return centre


def rate(centre: Centre, lines: list[bytes]) -> float:
    began = time.perf_counter()
    for start in range(0, len(lines), 100):
        results = centre.records.file_lines(CALLER, lines[start : start + 100], lambda _sha256: 0)
        assert all(result.status == 201 for result in results)
    return len(lines) / (time.perf_counter() - began)


def main() -> None:
    if missing():
        print(f"not run: {missing()} is not here")
        return
    ratios = []
    with tempfile.TemporaryDirectory() as name, cluster() as url:
        lite = opened(Path(name) / "lite")
        big = opened(Path(name) / "big", fresh_database(url, "bench", serializable=False))
        for turn in range(7):
            tags = [f"t{turn}-{n}" for n in range(500)]
            lines = [wire_line(sealed_record(KEY, tag, record_id=tag)).encode() for tag in tags]
            slower, faster = rate(big, lines), rate(lite, lines)
            ratios.append((slower / faster, slower, faster))
        lite.close()
        big.close()
    ratio, slower, faster = (statistics.median(r[n] for r in ratios) for n in range(3))
    print(f"PostgreSQL batch / SQLite batch {ratio:7.2f}   ({slower:.0f} against {faster:.0f} records/s)")


if __name__ == "__main__":
    main()
