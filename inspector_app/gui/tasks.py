"""Work that must not stop the window: PDF, compiling a form, thumbnails, key derivation. Closed with the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")
WORKERS = 2  # the smallest laptop has two cores; photos and a report may run side by side


class Task:
    """One piece of work; `cancel()` keeps its answer from being delivered, `cancelled` lets long work stop early."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    @property
    def cancelled(self) -> bool:
        return self._flag.is_set()

    def cancel(self) -> None:
        self._flag.set()


class Tasks(QObject):
    """Runs work in the pool and calls back on the main thread. Not usable after `close`, which waits for what runs."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor: ThreadPoolExecutor | None = None
        self._open: dict[Task, Future[Any]] = {}
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_failed: Callable[[BaseException], object] | None = None,
    ) -> Task:
        """Start `work` in the pool. An error without `on_failed` is raised on the main thread, where it is logged."""
        task = Task()
        if self._closed:
            task.cancel()
            return task
        future = self._pool().submit(work)
        self._open[task] = future
        future.add_done_callback(lambda done: self._finished.emit((task, done, on_done, on_failed)))
        return task

    def _pool(self) -> ThreadPoolExecutor:
        """Return the pool, made with the first task: its module is not needed for the first window."""
        if self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="inspector-task")
        return self._executor

    @property
    def running(self) -> int:
        return len(self._open)

    def close(self) -> None:
        """Cancel what has not begun, wait for what runs, deliver nothing more."""
        self._closed = True
        for task in self._open:
            task.cancel()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._open.clear()

    def _deliver(self, message: tuple[Task, Future[Any], Callable[[Any], object] | None, Any]) -> None:
        task, future, on_done, on_failed = message
        self._open.pop(task, None)
        if task.cancelled or future.cancelled():
            return
        error = future.exception()
        if error is None:
            if on_done is not None:
                on_done(future.result())
        elif on_failed is not None:
            on_failed(error)
        else:
            raise error
