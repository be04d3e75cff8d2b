"""`make bench`: every benchmark in turn, each in a process of its own, then one table of what ran.

    python bench/run.py [NAME …]

Figures are ratios within one run; absolute values are only for orientation. The long campaigns (`sync_kills`,
`sync_simulator`) are evidence rather than figures and run by their own commands.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CAMPAIGNS = frozenset({"sync_kills", "sync_simulator", "store_kill", "store_power"})
LIMIT_SECONDS = 900


def benchmarks() -> list[str]:
    """Return the names of all modules here that run by themselves, campaigns left out."""
    own = (p for p in sorted(Path(__file__).parent.glob("*.py")) if p.stem not in {"run", "__init__"})
    return [p.stem for p in own if '__name__ == "__main__"' in p.read_text("utf-8") and p.stem not in CAMPAIGNS]


def run(name: str) -> tuple[str, float]:
    """Run one benchmark with its output on ours; return how it ended and its seconds."""
    print(f"\n=== {name} " + "=" * (70 - len(name)), flush=True)
    since = time.monotonic()
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, env=environment, timeout=LIMIT_SECONDS, check=False
        )
        ended = "ok" if done.returncode == 0 else f"exit {done.returncode}"
    except subprocess.TimeoutExpired:
        ended = f"longer than {LIMIT_SECONDS} s"
    return ended, time.monotonic() - since


def main(names: list[str]) -> int:
    known = benchmarks()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    print(f"load average before: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    results = {name: run(name) for name in names or known}
    print(f"\n{'benchmark':<28}{'ended':<24}{'seconds':>8}")
    for name, (ended, seconds) in results.items():
        print(f"{name:<28}{ended:<24}{seconds:>8.1f}")
    return 0 if all(ended == "ok" for ended, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
