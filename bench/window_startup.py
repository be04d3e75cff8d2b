"""How fast the window is there, as ratios in one run.

1. The first painted sign-in window, through the program's own entry, against an empty painted QMainWindow; whole
   processes, so imports count.
2. From the right passphrase to a usable home list, key derivation apart, against the same empty window.

    python bench/window_startup.py [--rounds 7] [--records 200]

Runs alternate, so that another program on the machine disturbs both alike; medians are compared. The first turn fills
the file cache, compiles the modules and does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
LIMITS = {"sign_in": 1.6, "home": 3.0}

EXEC = """
from PySide6.QtWidgets import QApplication
def painted_once(*_):
    QApplication.processEvents()
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            window.repaint()
    print("painted", flush=True)
    return 0
QApplication.exec = painted_once
"""
"""Instead of an event loop without end: what is painted first, said, and over. The same for both programs."""

EMPTY = f"""
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
{EXEC}
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1093, 614)
window.show()
app.exec()
"""

SIGN_IN = f"""
import sys
sys.argv = ["inspector", "--workspace", sys.argv[1]]
from inspector_app.__main__ import run
{EXEC}
run()
"""

HOME = """
import json, sys, time
from pathlib import Path
from inspector_app.gui import application
from inspector_app.actions.laptop import workspace
app = application.create_application()
window = application.create_window(Path(sys.argv[1]))
window.show()
app.processEvents()
keys = workspace.sign_in(Path(sys.argv[1]), passphrase="demo-2569")  # key derivation, not timed
begun = time.perf_counter()
window._open_workspace(keys)
while window.shell is None:
    app.processEvents()
    time.sleep(0.0005)
while not (window.focusWidget() and window.shell.current.isVisible()):
    app.processEvents()
window.repaint()
print(json.dumps((time.perf_counter() - begun) * 1000), flush=True)
window.close()
"""


def run(program: str, folder: Path) -> tuple[float, str]:
    """Return milliseconds from start to the printed line, and the line; modules are compiled, as when installed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(REPO)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder.parent / "compiled")
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        cwd=REPO,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        taken = (time.perf_counter() - begun) * 1000
        process.wait()
    if not line:
        raise RuntimeError("the program printed nothing")
    return taken, line


def make_workspace(folder: Path, records: int) -> None:
    sys.path.insert(0, str(REPO))
    from checklists.clock import SystemClock
    from tests.support import window_workspace

    clock = SystemClock()
    keys = window_workspace.make(folder, clock, factories=5000)
    sites = window_workspace.some_sites(50)
    with window_workspace.opened(folder, keys, clock) as store:
        for number in range(records):
            progress = (number % 54, 54, number % 5)
            window_workspace.draft(store, clock, str(number), sites[number % 50], progress=progress)


def measure(rounds: int, records: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        make_workspace(folder, records)
        times: dict[str, list[float]] = {"empty": [], "sign_in": [], "home": []}
        for turn in range(rounds + 1):  # the first turn fills the file cache and compiles
            empty, _ = run(EMPTY, folder)
            sign_in, _ = run(SIGN_IN, folder)
            _, line = run(HOME, folder)
            if turn:
                times["empty"].append(empty)
                times["sign_in"].append(sign_in)
                times["home"].append(json.loads(line))
    return {what: statistics.median(values) for what, values in times.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--records", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    medians = measure(options.rounds, options.records)
    ratios = {what: medians[what] / medians["empty"] for what in LIMITS}
    if options.json:
        print(json.dumps({"median_ms": medians, "ratio": ratios, "limit": LIMITS}))
    else:
        for words, what, limit in (
            ("empty QMainWindow, whole process", "empty", ""),
            ("sign-in painted, whole process", "sign_in", "(≤ 1.6)"),
            ("right passphrase → usable home, no key derivation", "home", "(≤ 3)"),
        ):
            print(f"{words:52}{medians[what]:6.0f} ms  {medians[what] / medians['empty']:.2f}  {limit}")
    return 0 if all(ratios[what] <= limit for what, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
