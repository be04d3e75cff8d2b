"""`make test-all`: the whole suite with what is heavy and long, the frozen program's smoke run, and what could not run.

Installs what it can (locked Python packages; Debian packages where root), runs everything in turn, and ends with a list
of what ran, what failed and what was *not run* with its reason. Nothing that did not run is counted as passed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# package -> a program it brings
DEBIAN = {"postgresql": "initdb", "default-jre-headless": "java", "fiu-utils": "fiu-run"}
PG_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []


def run(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    print("$", " ".join(command), flush=True)
    return subprocess.run(command, cwd=ROOT, text=True, env={**os.environ, **(env or {})}, check=False)


def install() -> list[str]:
    """Bring in what is heavy; return what could not be had."""
    missing = []
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    if run(*pip, "-r", "requirements-heavy.lock").returncode:
        missing.append("Python packages of requirements-heavy.lock")
    wanted = [
        package
        for package, program in DEBIAN.items()
        if not (shutil.which(program) or (program == "initdb" and PG_BIN))
    ]
    if wanted and (
        os.geteuid() != 0 or run("apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted).returncode
    ):
        missing += [f"Debian package {name}" for name in wanted]
    return missing


def suite() -> tuple[bool, list[str]]:
    """Run every test; return whether all that ran passed, and the reasons of those that did not run."""
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-rs", "--timeout=1800"]
    print("$", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(done.stdout)
    return done.returncode == 0, re.findall(r"^SKIPPED \[\d+\] (.*)$", done.stdout, re.MULTILINE)


def frozen() -> str | None:
    """Freeze the program and let it test itself; return why it failed, or None."""
    if run(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "build.spec").returncode:
        return "freezing failed"
    smoke = run(str(ROOT / "dist/inspector/inspector"), "--smoke", env={"QT_QPA_PLATFORM": "offscreen"})
    return f"smoke run ended with {smoke.returncode}" if smoke.returncode else None


def main() -> int:
    missing = install()
    passed, skipped = suite()
    broken = frozen()
    print("\n== make test-all ==")
    print("suite:", "passed" if passed else "FAILED")
    print("frozen program:", broken or "passed its smoke run")
    for reason in missing + skipped:
        print("not run:", reason)
    return 0 if passed and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
