"""A PostgreSQL cluster of a test's own, on a Unix socket in a temporary folder; for the heavy tests only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def missing() -> str:
    """Say what is not there, "" where PostgreSQL can be run."""
    if not _bin():
        return "the Debian package postgresql"
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError:
        return "the Python package psycopg"
    if os.geteuid() == 0 and _user() is None:
        return "a user postgres (the server refuses root)"
    return ""


def _bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _user() -> str | None:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


def _run(*command: str) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster; yields the SQLAlchemy URL of its `postgres` database without options."""
    binaries = _bin()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="inspector-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    try:
        _run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -k {folder} -c max_connections=60"
        log = str(folder / "log")
        _run(str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", log, "-w", "start")
        try:
            yield f"postgresql+psycopg://{owner}@/postgres?host={folder}"
        finally:
            _run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(url: str, name: str, *, serializable: bool) -> str:
    """Make an empty database in the cluster and return its URL; its default isolation is the one asked for."""
    import psycopg

    plain = url.replace("postgresql+psycopg://", "postgresql://")
    level = "serializable" if serializable else "read committed"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        connection.execute(f"alter database \"{name}\" set default_transaction_isolation to '{level}'")
    return url.replace("/postgres?", f"/{name}?")
