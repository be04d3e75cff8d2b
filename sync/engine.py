"""One run of sending: probe the centre, text first, then files, and believe only receipts.

A run never sleeps and keeps nothing in memory that matters: after a crash at any step the next run finds in the outbox
and at the centre all it needs. Whoever owns the engine (window, command line, tests) decides when to run again;
`SyncReport.retry_at` says when it is worth it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from checklists.clock import Clock, stamp
from checklists.model import Changes
from checklists.sealing import Receipt, Sealed
from sync.client import Client
from sync.errors import (
    Action,
    AlreadyRunningError,
    BusyError,
    RefusedError,
    ServerFaultError,
    StoppedError,
    SyncError,
    WaitForError,
)
from sync.events import Connected, FilesChecked, RunFinished, RunStarted, SyncEvent, SyncReport, Trouble
from sync.plan import LONG_AGO, Random, backoff_seconds, earliest, is_relayed, ready
from sync.protocol import (
    IN_CONFLICT,
    PARKED,
    WAITING,
    LineResult,
    MissingBlob,
    Outbox,
    OutboxRow,
    SeekableReader,
)
from sync.push import Lacking, Push
from sync.uploads import Uploads, check_files


class SyncEngine:
    """Sends what waits in one outbox to one centre. One run at a time; any thread.

    `holds_files` names rows whose text goes and whose files wait (a metered line, a relay outside of its night window).
    `in_flight` is how many batches of text, or files of one record, are under way at once. With more than one each has
    a thread of its own, which no run outlives: `should_stop` and the progress of files (`emit`) are called from there,
    the outbox never.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: Client,
        *,
        clock: Clock,
        random: Random,
        emit: Callable[[SyncEvent], None] = lambda _event: None,
        should_stop: Callable[[], bool] = lambda: False,
        holds_files: Callable[[OutboxRow], bool] = lambda _row: False,
        in_flight: int = 1,
    ) -> None:
        self._holds_files = holds_files
        self._outbox = outbox
        self._client = client
        self._clock = clock
        self._random = random
        self._emit = emit
        self._should_stop = should_stop
        self._lock = threading.Lock()
        self._push = Push(
            outbox,
            client,
            clock=clock,
            random=random,
            emit=emit,
            should_stop=should_stop,
            in_flight=in_flight,
        )
        self._uploads = Uploads(outbox, client, emit=emit, should_stop=should_stop, in_flight=in_flight)
        self._failed_probes = 0

    def run(self, *, force: bool = False) -> SyncReport:
        """Send everything that is due; `force` also what still waits for its time. Trouble is an event, not an error.

        Raises `AlreadyRunningError` where another run has not ended, and `StorageError` of the local store.
        """
        if not self._lock.acquire(blocking=False):
            raise AlreadyRunningError
        try:
            report = self._run(force=force)
        finally:
            self._lock.release()
        self._emit(RunFinished(report))
        return report

    def _run(self, *, force: bool) -> SyncReport:
        rows = self._outbox.pending()
        sizes = [blob.size for row in rows for blob in row.blobs]
        self._emit(RunStarted(len(rows), len(sizes), sum(sizes)))
        self._push.tally.sent = 0
        sent_before = self._client.bytes_sent
        trouble = retry_at = ""
        files: tuple[FilesChecked, ...] = ()
        stopped = False
        try:
            self._connect()
            self._send_all(force=force)
            files = self._check_files(rows)
        except StoppedError:
            stopped = True
        except SyncError as error:
            trouble = error.code
            retry_at = self._retry_at(error)
            self._emit(Trouble(error.code, "", error.detail, retry_at, error.action.value))
        else:
            self._failed_probes = 0
        report = self._report(
            trouble, retry_at, stopped=stopped or self._should_stop(), bytes_sent=self._client.bytes_sent - sent_before
        )
        return replace(report, files=files)

    def _check_files(self, before: Sequence[OutboxRow]) -> tuple[FilesChecked, ...]:
        """Ask once more for the files of what got its receipt in this run. A line that breaks here proves nothing."""
        if self._client.session.through_relay:
            return ()  # a relay cannot answer for the centre; the centre's receipt already does
        left = {row.revision_id for row in self._outbox.pending()}
        done = [row for row in before if row.blobs and row.revision_id not in left]
        try:
            checked = check_files(self._client, done, self._client.limits.missing_hashes) if done else ()
        except SyncError:
            return ()
        for found in checked:
            self._emit(found)
            if found.missing:
                self._emit(Trouble("files-missing", found.record_id, ", ".join(found.missing)))
        return checked

    def _connect(self) -> None:
        health, offset = self._client.health()
        session = self._client.session
        self._emit(Connected(session.url, health.server_id, offset, session.through_relay))

    def _send_all(self, *, force: bool) -> None:
        """Go on until nothing is ready: a parent's receipt makes its child ready in the next round."""
        tried: set[str] = set()
        while not self._should_stop():
            to_relay = self._client.session.through_relay
            rows = ready(self._outbox.pending(), self._clock.now(), frozenset(tried), force=force, to_relay=to_relay)
            if not rows:
                return
            tried |= {row.revision_id for row in rows}
            lacking = self._push.send(rows)
            wanting = [row for row in rows if row.revision_id in lacking and not self._holds_files(row)]
            self._send_files({row.revision_id: row for row in wanting}, lacking)

    def _send_files(self, rows: Mapping[str, OutboxRow], lacking: Lacking) -> None:
        """Send files record by record; then send again the text of those whose receipt did not come along."""
        unsettled = dict(rows)
        whole: dict[str, OutboxRow] = {}
        for revision_id, row in rows.items():
            if self._should_stop():
                return
            if revision_id in unsettled and self._send_files_of(row, lacking[revision_id], unsettled):
                whole[revision_id] = row
        again = [row for revision_id, row in whole.items() if revision_id in unsettled]
        still = self._push.send(again) if again else {}
        for revision_id, missing in still.items():
            self._push.set_back(whole[revision_id], WaitForError(code="missing-blobs", count=len(missing)))

    def _send_files_of(self, row: OutboxRow, missing: Sequence[MissingBlob], unsettled: dict[str, OutboxRow]) -> bool:
        """Send one record's files and settle what they completed. False where this record must wait."""
        try:
            results = self._uploads.send(row, missing)
        except StoppedError:
            raise
        except SyncError as error:
            if error.action in (Action.STOP, Action.SIGN_IN):
                raise
            self._push.set_back(row, error)
            if isinstance(error, (RefusedError, ServerFaultError, BusyError)) or error.action is Action.FIX:
                return False
            raise
        self._settle(results, unsettled)
        return True

    def _settle(self, results: Sequence[LineResult], unsettled: dict[str, OutboxRow]) -> None:
        for result in results:
            row = unsettled.get(result.revision_id)
            if row is not None and self._push.settle(row, result) is None:
                del unsettled[result.revision_id]

    # --- what it amounts to -------------------------------------------------------------------------------------------

    def _retry_at(self, error: SyncError) -> str:
        """Say when to try again by itself: never where a person must act first."""
        if error.action in (Action.STOP, Action.SIGN_IN):
            return ""
        seconds = backoff_seconds(self._failed_probes, self._random, error.retry_after)
        self._failed_probes += 1
        return stamp(self._clock.now() + timedelta(seconds=seconds))

    def _report(self, trouble: str, retry_at: str, *, stopped: bool, bytes_sent: int) -> SyncReport:
        rows = self._outbox.pending()
        states = [row.state for row in rows]
        return SyncReport(
            sent=self._push.tally.sent,
            waiting=states.count(WAITING),
            parked=states.count(PARKED),
            conflicts=states.count(IN_CONFLICT),
            relayed=sum(1 for row in rows if is_relayed(row)),
            bytes_sent=bytes_sent,
            trouble=trouble,
            retry_at=max(retry_at, self._next_due(rows)) if (retry_at or not trouble) else "",
            stopped=stopped,
        )

    def _next_due(self, rows: Sequence[OutboxRow]) -> str:
        due = earliest(rows)
        return stamp(self._clock.now()) if due == LONG_AGO else due


class _HasOutbox(Protocol):
    @property
    def outbox(self) -> Any: ...


class QueuedOutbox:
    """An outbox that reads by its own connection and hands every write to the writer thread, waiting for its commit.

    `submit` is `StoreWriter.submit`.
    """

    def __init__(self, reading: Outbox, submit: Callable[[Callable[[Any], Changes]], Future[Changes]]) -> None:
        self._reading = reading
        self._submit = submit

    def pending(self) -> Sequence[OutboxRow]:
        return self._reading.pending()

    def sealed(self, revision_id: str) -> Sealed:
        return self._reading.sealed(revision_id)

    def open_blob(self, sha256: str) -> SeekableReader:
        return self._reading.open_blob(sha256)

    def acknowledge(self, receipt: Receipt) -> Changes:
        return self._submit(lambda store: store.outbox.acknowledge(receipt)).result()

    def failed(
        self,
        revision_id: str,
        code: str,
        message: str,
        next_at: str,
        *,
        parked: bool = False,
        conflict_head: str = "",
    ) -> Changes:
        def step(store: _HasOutbox) -> Changes:
            changes: Changes = store.outbox.failed(
                revision_id, code, message, next_at, parked=parked, conflict_head=conflict_head
            )
            return changes

        return self._submit(step).result()
