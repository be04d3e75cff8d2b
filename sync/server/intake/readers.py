"""Processes that read lines beside the centre's own: started at the first large batch, gone when the centre is.

Each is `python -m sync.server.intake.helper`, spoken to over its standard input and output; it ends when that closes,
so a killed centre leaves none behind. What one of them does not answer, the centre reads itself. POSIX only; elsewhere,
and in a packed program, the centre reads everything itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, cast

from sync.protocol import LineResult
from sync.server.intake.arrivals import Sender, read_lines
from sync.server.intake.rows import Arrived

Read = list[Arrived | LineResult]
SHARED_FROM = 24
"""Lines from which sharing pays."""
OWN = 4
"""Lines that the centre reads before it looks whether its helper is done."""
ROOT = Path(__file__).resolve().parents[3]


def useful_readers() -> int:
    """Return how many readers this machine has cores for beside the centre."""
    if os.name != "posix" or getattr(sys, "frozen", False):
        return 0
    return max(0, min(4, (os.cpu_count() or 1) - 1))


class _Reader:
    """One process. `is_ready` once it has said so."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sync.server.intake.helper"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C in a terminal is the centre's to act on
        )
        to_it, from_it = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self.hand = Connection(os.dup(to_it.fileno()), readable=False)
        self.take = Connection(os.dup(from_it.fileno()), writable=False)
        to_it.close()
        from_it.close()
        self._ready = False

    def is_ready(self) -> bool:
        if not self._ready and self.take.poll():
            self.take.recv()
            self._ready = True
        return self._ready

    def close(self) -> None:
        self.hand.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.take.close()


class Readers:
    """Shares large batches with up to `count` processes. Any thread."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._idle: list[_Reader] | None = None
        self._closed = False

    def close(self) -> None:
        """End the processes; one that is at work ends with the batch that it works for."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle or [], []
        for reader in idle:
            reader.close()

    def read(self, sender: Sender, lines: Sequence[bytes]) -> Read:
        """Do what `arrivals.read_lines` does, with help where there is some.

        From the front here, a few lines at a time; shares from the back go to whichever reader is idle just then, so
        that of two batches at once both are helped.
        """
        if len(lines) < SHARED_FROM:
            return read_lines(sender, lines)
        front: Read = []
        back: Read = []
        while (left := len(lines) - len(front) - len(back)) > OWN:
            reader = self._borrow()
            if reader is None:
                front += read_lines(sender, lines[len(front) : len(front) + OWN])
                continue
            end = len(lines) - len(back)
            try:
                share = _share(reader, sender, (front, lines[len(front) : end], max(OWN, left // 2)))
            except (OSError, EOFError):
                reader.close()
                continue
            self._give_back(reader)
            back = [*share, *back]
        return [*front, *read_lines(sender, lines[len(front) : len(front) + left]), *back]

    def _borrow(self) -> _Reader | None:
        with self._lock:
            if self._closed or not self._count:
                return None
            if self._idle is None:
                self._idle = [_Reader() for _ in range(self._count)]
            for place, reader in enumerate(self._idle):
                if reader.is_ready():
                    return self._idle.pop(place)
            return None

    def _give_back(self, reader: _Reader) -> None:
        with self._lock:
            if not self._closed and self._idle is not None:
                self._idle.append(reader)
                return
        reader.close()


def _share(reader: _Reader, sender: Sender, work: tuple[Read, Sequence[bytes], int]) -> Read:
    """Let the reader read the last lines, as many as the number says, and read on from the front meanwhile.

    It gets a share only while it has none: two who both write into a full pipe would wait for each other for ever.
    """
    front, lines, share = work
    mine = lines[: len(lines) - share]
    reader.hand.send((sender, lines[len(mine) :]))
    while mine and not reader.take.poll():
        front += read_lines(sender, mine[:OWN])
        mine = mine[OWN:]
    read: Read = reader.take.recv()
    return read
