"""Ctrl+C while something is sent: the first ends the run at its next safe place, the second at once."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def orderly(on_first: Callable[[], object]) -> Iterator[Callable[[], bool]]:
    """Yield what says whether the person asked to stop; `on_first` is called when they do.

    A second Ctrl+C raises `KeyboardInterrupt` as usual. Outside the main thread nothing is caught.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        asked.set()
        on_first()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
