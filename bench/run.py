"""`make bench`: every benchmark in turn, each in a process of its own, then one table of ratios with their floors.

    python bench/run.py [--full] [NAME …]

Quick settings unless `--full`. Figures are ratios within one run; absolute values are only for orientation. The long
campaigns (`sync_kills`, `sync_simulator`) are evidence rather than figures and run by their own commands. The exit code
is 1 when a benchmark broke off; a figure below its floor is marked in the table.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import figures  # noqa: E402 - after the path

CAMPAIGNS = frozenset({"sync_kills", "sync_simulator", "store_kill", "store_power"})
LIMIT_SECONDS = {False: 150, True: 1800}


@dataclass(frozen=True, slots=True)
class Run:
    """How one benchmark ended."""

    output: str
    ended: str
    seconds: float


def benchmarks() -> list[str]:
    """Return the names of all modules here that run by themselves: known ones in their order, then the others."""
    own = (p for p in sorted(Path(__file__).parent.glob("*.py")) if p.stem not in {"run", "__init__"})
    found = [p.stem for p in own if '__name__ == "__main__"' in p.read_text("utf-8") and p.stem not in CAMPAIGNS]
    return sorted(found, key=lambda name: (name not in figures.QUICK, [*figures.QUICK, name].index(name)))


def run(name: str, *, full: bool) -> Run:
    """Run one benchmark within its limit; its children end with it."""
    print(f"\n=== {name} " + "=" * (70 - len(name)), flush=True)
    since = time.monotonic()
    words = [sys.executable, "-m", f"bench.{name}", *(() if full else figures.QUICK.get(name, ()))]
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=LIMIT_SECONDS[full])
        ended = "ok" if process.returncode == 0 else f"exit {process.returncode}"
    except subprocess.TimeoutExpired:
        _kill(process)
        output, _ = process.communicate()
        ended = f"stopped after {LIMIT_SECONDS[full]} s"
    print(output, end="", flush=True)
    return Run(output, ended, time.monotonic() - since)


def _kill(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)  # its own session: the benchmark and the servers that it started
    else:
        process.kill()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="every benchmark, one table")
    parser.add_argument("--full", action="store_true", help="the long settings")
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args(argv)
    known = benchmarks()
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    load = f", load average before {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{'full' if asked.full else 'quick'} settings, {os.cpu_count()} cores{load}")
    runs = {name: run(name, full=asked.full) for name in asked.names or known}
    outputs = {name: done.output for name, done in runs.items()}
    broken = {name: done for name, done in runs.items() if done.ended != "ok" and not _only_a_floor(done)}
    print("\n" + "=" * 75)
    print("\n".join(figures.table(outputs)))
    missing = figures.could_not_run(outputs) + [f"{name}: {done.ended}" for name, done in broken.items()]
    print("\ncould not run: " + ("; ".join(missing) or "nothing"))
    print("seconds: " + ", ".join(f"{name} {done.seconds:.0f}" for name, done in runs.items()))
    return 1 if broken else 0


def _only_a_floor(done: Run) -> bool:
    """Say whether a benchmark ended with 1 because of a floor: it printed its figures and no traceback."""
    return done.ended == "exit 1" and "Traceback" not in done.output and bool(done.output)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
