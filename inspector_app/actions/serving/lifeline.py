"""A child process that must not outlive whoever started it.

The parent holds the writing end of the child's standard input and never writes. When the parent ends, however it ends
(SIGKILL too), the child reads the end of the file and stops itself. Works the same on Windows.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable


def stop_like_a_person() -> None:
    """Ask this process to stop as `kill` does, so that it closes what it has open."""
    signal.raise_signal(signal.SIGTERM)


def leave_at_once() -> None:
    """End without any handler: what is acknowledged is durable, and nobody is left to see the rest."""
    os._exit(1)


def watch(stop: Callable[[], None]) -> threading.Thread | None:
    """Call `stop` in a thread of its own once the standard input ends; None where there is none."""
    if sys.stdin is None:
        return None
    source = sys.stdin.fileno()

    def wait() -> None:
        while os.read(source, 1024):  # not through the buffered stream: its lock, held here, is fatal at shutdown
            pass
        stop()

    thread = threading.Thread(target=wait, name="lifeline", daemon=True)
    thread.start()
    return thread
