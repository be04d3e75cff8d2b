"""Calls in the air: a few at once, each in a thread of its own; whoever started them looks at what came of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar

T = TypeVar("T")


class Flights:
    """Up to `width` calls at once; with a width of 1 each is made at once in the caller's thread.

    Leaving the block waits for all of them: no thread and no call outlives it.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="inspector-flight") if width > 1 else None

    def start(self, call: Callable[[], T]) -> Future[T]:
        return made(call) if self._pool is None else self._pool.submit(call)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True)


def made(call: Callable[[], T]) -> Future[T]:
    """Make a call here and now; what it raises is raised where its result is asked for."""
    future: Future[T] = Future()
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 - it is raised by `result`, as that of a call in a thread is
        future.set_exception(error)
    return future
