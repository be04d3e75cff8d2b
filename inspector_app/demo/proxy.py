"""A line that breaks: forwards TCP to the centre, cuts everything once after so many bytes, stays dead for a while."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

_PART = 16 * 1024
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with 0 seconds: closing sends a reset, as a broken line looks."""


class BreakingLine:
    """Listens on a free port of this computer; `cut_after` counts bytes on their way to the centre."""

    def __init__(self, target_port: int, *, cut_after: int, dead_seconds: float = 1.5) -> None:
        self._target = ("127.0.0.1", target_port)
        self._cut_after = cut_after
        self._dead_seconds = dead_seconds
        self._dead_until = 0.0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.forwarded = 0
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="demo-line", daemon=True)  # type: ignore[arg-type]  # bound methods
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            if time.monotonic() < self._dead_until:
                self._drop(near)
                continue
            try:
                far = socket.create_connection(self._target, timeout=10)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            self._start(self._pump, near, far, True)
            self._start(self._pump, far, near, False)

    def _pump(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(_PART):
                target.sendall(part)
                if counted and self._count(len(part)):
                    break
        self._drop(source, target)

    def _count(self, size: int) -> bool:
        """Count bytes; cut all connections when the mark is passed, once."""
        with self._lock:
            self.forwarded += size
            if self.cuts or self.forwarded < self._cut_after:
                return False
            self.cuts += 1
            self._dead_until = time.monotonic() + self._dead_seconds
            victims = list(self._open)
        self._drop(*victims)
        return True

    def _drop(self, *sockets: socket.socket) -> None:
        for one in sockets:
            with self._lock:
                self._open.discard(one)
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        """Stop listening, drop everything, end the threads."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            victims = list(self._open)
        self._drop(*victims)
        for thread in self._threads:
            thread.join(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
