"""What every test gets: a frozen clock, Bangkok's zone, no network but loopback, and no thread left behind."""

from __future__ import annotations

import ipaddress
import os
import secrets
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = os.environ.get("INSPECTOR_TEST_PLATFORM", "offscreen")
os.environ["TZ"] = "Asia/Bangkok"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # tests never touch a person's key store
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="inspector-tests-")  # nor the files kept for that person
if hasattr(time, "tzset"):
    time.tzset()

import pytest

from checklists.clock import BANGKOK, IdMaker
from tests.support.clock import FrozenClock

NOON = datetime(2026, 11, 22, 10, 42, tzinfo=BANGKOK)


@pytest.fixture(autouse=True, scope="session")
def state_folder() -> Iterator[Path]:
    """Where the program keeps what it keeps for a person outside of workspaces; gone at the end of the run."""
    folder = Path(os.environ["XDG_STATE_HOME"])
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def state_of_its_own(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty one: copies of one template workspace must not know of each other."""
    monkeypatch.setenv("XDG_STATE_HOME", str(state_folder / secrets.token_hex(8)))


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at 22 Nov 2026 (B.E. 2569) 10:42 in Bangkok until a test moves it."""
    return FrozenClock(NOON)


@pytest.fixture
def ids(clock: FrozenClock) -> IdMaker:
    return IdMaker(clock)


class NetworkUseError(AssertionError):
    """A test tried to reach something else than this machine."""


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves the machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(original):  # type: ignore[no-untyped-def]
        def call(self: socket.socket, address: object) -> object:
            if not _is_loopback(address):
                raise NetworkUseError(f"a test tried to reach {address!r}")
            return original(self, address)

        return call

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Fail the test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    for _ in range(200):  # threads that were told to stop may need a moment
        left = [t for t in threading.enumerate() if t not in before and t.is_alive() and not _harmless(t)]
        if not left:
            return
        left[0].join(timeout=0.02)
    pytest.fail(f"threads left running: {[t.name for t in left]}")


def _harmless(thread: threading.Thread) -> bool:
    """Tell threads that are not ours to stop: Qt's own (seen as dummies) and xdist's."""
    return isinstance(thread, threading._DummyThread) or thread.name.startswith("execnet")
