"""Importing a factory file of 200,000 rows: time, and how far memory grows over a file a tenth as long.

    python -m bench.handbook_import [ROWS]

Each size runs in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checklists.clock import SystemClock
from checklists.crypto import KdfCost
from checklists.model import Officer
from inspector_app.actions.factories import importing
from inspector_app.actions.laptop import workspace
from inspector_app.credentials import NoSecretStore
from tests.inspector_app.actions.test_importing import registry

ROWS = 200_000


def measure(rows: int) -> tuple[float, int]:
    """Import so many rows; return seconds of the import and the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        file, home = registry(Path(folder) / "f.csv", rows), Path(folder) / "w"
        who, secrets = Officer("p", "x"), NoSecretStore()
        made = workspace.create(
            home, officer=who, passphrase="passphrase", clock=SystemClock(), secrets=secrets,
            cost=KdfCost.weak_for_tests(),
        )  # fmt: skip
        with workspace.open_store(home, made.keys, clock=SystemClock()) as store:
            begun = time.perf_counter()
            importing.import_file(store, file, report=Path(folder) / "r.csv")
            took = time.perf_counter() - begun
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    if len(sys.argv) > 2:  # the child
        print(*measure(int(sys.argv[1])))
        return
    most = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    found = {}
    for rows in (most // 10, most):
        call = [sys.executable, "-m", "bench.handbook_import", str(rows), "child"]
        out = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
        found[rows] = float(out[0]), int(out[1])
        print(f"{rows:>8} rows: {found[rows][0]:6.1f} s, {found[rows][1]} MB at most")
    (_, small), (took, big) = found[most // 10], found[most]
    print(f"memory × {big / small:.2f} for rows × 10; {most / took:,.0f} rows a second")


if __name__ == "__main__":
    main()
