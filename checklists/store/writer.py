"""The one writer thread of the window's process: whole steps, in the order they were handed over."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from checklists.errors import StorageError
from checklists.store.store import Store

T = TypeVar("T")
_Task = tuple[Callable[[Store], Any], "Future[Any]"]


class StoreWriter:
    """Opens the writing `Store` in its own thread and runs steps there.

    The constructor waits for the store to open and raises what opening raised. An error of a step goes to its future;
    the next step runs all the same.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._queue: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, args=(open_store, opened), name="store-writer")
        self._thread.start()
        try:
            opened.result()
        except BaseException:
            self._closed = True
            self._thread.join()
            raise

    def submit(self, step: Callable[[Store], T]) -> Future[T]:
        """Hand a step over; its result is durable when the future is done. Raises `StorageError` once closed."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise StorageError("the writer is closed")
            self._queue.put((step, future))
        return future

    def drain(self, timeout: float | None = None) -> None:
        """Wait until everything handed over so far is done. Raises `TimeoutError`."""
        self.submit(lambda _: None).result(timeout)

    def close(self) -> None:
        """Finish what was handed over, close the store, end the thread. Safe to call twice."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _work(self, open_store: Callable[[], Store], opened: Future[None]) -> None:
        try:
            store = open_store()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the store
            opened.set_exception(error)
            return
        opened.set_result(None)
        try:
            while (task := self._queue.get()) is not None:
                _run(task, store)
        finally:
            store.close()


def _run(task: _Task, store: Store) -> None:
    step, future = task
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(step(store))
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the step
        future.set_exception(error)
