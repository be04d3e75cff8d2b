"""A checklist of over 100 items opened: from the record's id to a session that can be answered and judged.

    python -m bench.app_open_checklist [ROUNDS]

The base is lxml parsing the same XForm text once, which nobody can do without. `cold` is the first opening in a process
(imports and compilation of the form), `warm` every later one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lxml import etree

from checklists.clock import IdMaker, SystemClock
from checklists.crypto import KdfCost
from checklists.model import Officer
from inspector_app import demo_data
from inspector_app.actions.factories import sites
from inspector_app.actions.inspection import records
from inspector_app.actions.laptop import workspace
from inspector_app.credentials import NoSecretStore
from inspector_app.demo import inspection

PASSPHRASE = "of the benchmark"
COLD = """
import sys, time
from pathlib import Path
from checklists.clock import SystemClock
from inspector_app.actions.laptop import workspace
folder, record_id = Path(sys.argv[1]), sys.argv[2]
keys = workspace.sign_in(folder, passphrase=sys.argv[3])
store = workspace.open_store(folder, keys, clock=SystemClock(), readonly=True)
since = time.perf_counter()
from inspector_app.actions.inspection import records
records.load(store, record_id, clock=SystemClock()).evaluate()
print(time.perf_counter() - since)
store.close()
"""


def timed(work: object, rounds: int) -> float:
    """Return the median of so many runs in milliseconds."""
    taken = []
    for _ in range(rounds):
        since = time.perf_counter()
        work()  # type: ignore[operator]  # any function without arguments
        taken.append(time.perf_counter() - since)
    return statistics.median(taken) * 1000


def main(rounds: int) -> None:
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "workspace"
        officer = Officer("p", "ตัวอย่าง", lead=True)
        made = workspace.create(
            place,
            officer=officer,
            passphrase=PASSPHRASE,
            clock=clock,
            secrets=NoSecretStore(),
            cost=KdfCost.weak_for_tests(),
        )
        with workspace.open_store(place, made.keys, clock=clock) as store:
            sites.import_demo(store, 100)
            started = records.start(
                store,
                site=demo_data.first_factory(),
                form_id=inspection.CHECKLIST,
                team=(officer,),
                clock=clock,
                ids=IdMaker(clock),
            )
            opened = records.load(store, started.record_id, clock=clock)
            records.answer(store, opened, {"A00": "full"}, clock=clock)
            items = len(opened.evaluate().items)
            xml = opened.definition.xml
            base = timed(lambda: etree.fromstring(xml), rounds)
            warm = timed(lambda: records.load(store, started.record_id, clock=clock), rounds)
            judged = timed(lambda: opened.evaluate(), rounds)
        words = [sys.executable, "-c", COLD, str(place), started.record_id, PASSPHRASE]
        cold = statistics.median(
            float(subprocess.run(words, capture_output=True, text=True, check=True).stdout) * 1000 for _ in range(3)
        )
    print(f"{inspection.CHECKLIST}: {items} items in sight of {len(opened.outline.items)}, {len(xml) / 1000:.0f} kB")
    for name, value in (
        ("lxml parse (base)", base),
        ("opened, warm", warm),
        ("judged", judged),
        ("opened, cold", cold),
    ):
        print(f"{name:<20}{value:9.2f} ms   {value / base:6.1f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
