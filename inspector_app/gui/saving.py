"""Writing without waiting: hands whole steps to the writer thread and tells when they are safe.

"Saved" is said only after the commit was acknowledged by the writer. Nothing here touches SQL or waits, except
`drain`, which sealing and closing call.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from checklists.clock import Clock
from checklists.model import AnswerRow, Changes, NodeRef, RepeatRow
from inspector_app.gui.refresh import RefreshHub

Step = Callable[[Any], Any]


class Writer(Protocol):
    """What is needed of `checklists.store.StoreWriter`; tests use a slow and a failing one."""

    def submit(self, step: Step) -> Future[Any]: ...
    def drain(self, timeout: float | None = None) -> Any: ...


class SavedState(StrEnum):
    """What the head says about saving."""

    NOTHING = "nothing"  # nothing written since the window opened
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"


class Saver(QObject):
    """The window's way to the store. `submit` returns at once; callbacks come on the main thread, in order."""

    state_changed = Signal()
    failed = Signal(object)
    _finished = Signal(object)

    def __init__(self, writer: Writer, clock: Clock, refresh: RefreshHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer, self._clock, self._refresh = writer, clock, refresh
        self._waiting = 0
        self._error: BaseException | None = None
        self.saved_at: datetime | None = None
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> SavedState:
        if self._error is not None:
            return SavedState.FAILED
        if self._waiting:
            return SavedState.SAVING
        return SavedState.SAVED if self.saved_at else SavedState.NOTHING

    @property
    def error(self) -> BaseException | None:
        """The error of the last step, until a later one succeeds."""
        return self._error

    @property
    def waiting(self) -> int:
        """Steps handed over whose commit is not acknowledged yet."""
        return self._waiting

    def submit(
        self,
        step: Step,
        on_done: Callable[[Any], object] | None = None,
        on_failed: Callable[[BaseException], object] | None = None,
    ) -> None:
        """Hand `step(store)` to the writer. What it returns goes to `on_done`, `Changes` in it to the refresh hub."""
        self._waiting += 1
        self.state_changed.emit()
        future = self._writer.submit(step)
        future.add_done_callback(lambda done: self._finished.emit((done, on_done, on_failed)))

    def drain(self, timeout: float = 10.0) -> bool:
        """Wait until everything handed over is on disk and its callbacks have run; True when nothing is left."""
        with contextlib.suppress(TimeoutError):
            self._writer.drain(timeout)
        QCoreApplication.sendPostedEvents(self, 0)
        return self._waiting == 0

    def _deliver(self, message: tuple[Future[Any], Callable[[Any], object] | None, Any]) -> None:
        future, on_done, on_failed = message
        self._waiting -= 1
        error = future.exception()
        self._error = error
        if error is None:
            self.saved_at = self._clock.now()
            result = future.result()
            self._publish(result)
            if on_done is not None:
                on_done(result)
        else:
            if on_failed is not None:
                on_failed(error)
            self.failed.emit(error)
        self.state_changed.emit()

    def _publish(self, result: Any) -> None:
        parts = result if isinstance(result, tuple) else (result, getattr(result, "changes", None))
        for part in parts:
            if isinstance(part, Changes):
                self._refresh.publish(part)


class AnswerChanges(Protocol):
    """What is needed of a session's `ChangeSet`."""

    @property
    def answers(self) -> tuple[AnswerRow, ...]: ...
    @property
    def rows(self) -> tuple[RepeatRow, ...]: ...
    @property
    def removed_rows(self) -> tuple[str, ...]: ...


class RecordSaver(QObject):
    """Saves one open draft: answers, place of the cursor, progress. One per open record."""

    saved = Signal(str)  # RFC 3339 time of the acknowledged commit
    failed = Signal(object)

    def __init__(self, saver: Saver, record_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._saver, self._record_id = saver, record_id

    def save(
        self,
        changes: AnswerChanges | None,
        *,
        cursor: NodeRef | None = None,
        progress: tuple[int, int, int] | None = None,
        language: str | None = None,
    ) -> None:
        """Hand the changed answers to the writer; `progress` is (answered, total, failed)."""
        record_id = self._record_id
        answers = changes.answers if changes else ()
        rows = changes.rows if changes else ()
        removed = changes.removed_rows if changes else ()

        def step(store: Any) -> Any:
            return store.records.save_answers(
                record_id,
                answers,
                rows=rows,
                removed_rows=removed,
                cursor=cursor,
                language=language,
                progress=progress,
            )

        self._saver.submit(step, self._done, self.failed.emit)

    def drain(self, timeout: float = 10.0) -> bool:
        return self._saver.drain(timeout)

    def _done(self, _: object) -> None:
        at = self._saver.saved_at
        self.saved.emit(at.isoformat(timespec="milliseconds") if at else "")
