"""A TCP proxy between laptop and centre that breaks lines by a seed: the wire-level liar of the tests."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass

PIECE = 16 * 1024
PACE = 0.004
"""Seconds per piece (4 MB/s): a killed centre loses what a fast real line has in flight, not whole socket buffers."""
IN_FLIGHT = 32 * 1024
"""Bytes that the system keeps for the far end; unbounded it is megabytes on loopback, which no real line holds."""
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Fate:
    """What happens to one connection: cut after so many bytes up or down (None: never), delay per piece in seconds."""

    cut_up: int | None = None
    cut_down: int | None = None
    delay: float = 0.0


def never(_number: int) -> Fate:
    return Fate()


def cuts_by_seed(seed: int, *, share: float = 0.5, up_to: int = 200_000) -> Callable[[int], Fate]:
    """Return fates by which a share of connections is reset somewhere in its first `up_to` bytes, either way."""
    rng = random.Random(seed)

    def fate(_number: int) -> Fate:
        if rng.random() >= share:
            return Fate(delay=PACE)
        if rng.random() < 0.7:
            return Fate(cut_up=rng.randrange(up_to), delay=PACE)
        return Fate(cut_down=rng.randrange(3_000), delay=PACE)

    return fate


class BreakingProxy:
    """Listens on loopback and forwards to `target` (a port that may be given later); one thread per direction."""

    def __init__(self, target: int, fate: Callable[[int], Fate] = never) -> None:
        self.target = target
        self.fate = fate
        self.connections = 0
        self.bytes_up = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = False
        self._open: set[socket.socket] = set()
        self._pumps: dict[socket.socket, int] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._acceptor = threading.Thread(target=self._accept, name="proxy")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> BreakingProxy:  # noqa: PYI034 - no subclasses
        self._acceptor.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._stopping = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        self._acceptor.join(10)
        for thread in self._threads:
            thread.join(10)

    def cut_all(self) -> None:
        """Reset every connection that is open now."""
        with self._lock:
            for end in tuple(self._open):
                _reset(end)
            self._open.clear()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            fate = self.fate(self.connections)
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_FLIGHT)
                far.settimeout(None)
            except OSError:
                _reset(near)
                continue
            with self._lock:
                self._open |= {near, far}
                self._pumps[near] = self._pumps[far] = 2
            for source, sink, limit, up in ((near, far, fate.cut_up, True), (far, near, fate.cut_down, False)):
                thread = threading.Thread(target=self._pump, args=(source, sink, limit, up, fate.delay), name="proxy")
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None, up: bool, delay: float) -> None:
        left = limit
        gate = threading.Event()
        try:
            while data := source.recv(PIECE):
                if delay:
                    gate.wait(delay)
                if left is not None and len(data) >= left:
                    sink.sendall(data[:left])
                    raise ConnectionResetError
                if left is not None:
                    left -= len(data)
                if up:
                    self.bytes_up += len(data)
                sink.sendall(data)
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            _reset(source)
            _reset(sink)
        finally:
            self._let_go(source)
            self._let_go(sink)

    def _let_go(self, end: socket.socket) -> None:
        """Close an end when neither direction needs it any more."""
        with self._lock:
            self._pumps[end] -= 1
            if self._pumps[end]:
                return
            del self._pumps[end]
            self._open.discard(end)
        end.close()


def _reset(end: socket.socket) -> None:
    """Close with RST, as a line does that goes away."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()
