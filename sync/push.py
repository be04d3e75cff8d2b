"""Sends the text of sealed records and settles what the centre answers.

A record counts as sent only when a receipt names its own digest, is this centre's and its signature holds. Several
batches may be under way at once (`in_flight`): no two of them hold a child and its parent, so their order is nothing to
anybody. Only the calls run in other threads; the outbox is read and written by the caller's.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta

from checklists.clock import Clock, stamp
from checklists.errors import InspectorError, SealError
from checklists.sealing import parse_receipt, wire_line
from sync.client import Client, Flights, action_of, made
from sync.errors import (
    Action,
    BusyError,
    ExpiredError,
    LocalFileError,
    NotOurServerError,
    RefusedError,
    ServerFaultError,
    SignInError,
    SyncError,
    WaitForError,
)
from sync.events import Received, RecordState, RecordStep, Relayed, SyncEvent, Trouble
from sync.plan import RELAYED_AGAIN, Random, batches, setback
from sync.protocol import Code, LineResult, MissingBlob, Outbox, OutboxRow

Lacking = dict[str, tuple[MissingBlob, ...]]
"""Revision id -> the files that the centre still waits for."""
Batch = Sequence[tuple[OutboxRow, bytes]]
"""Rows with their wire lines."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A batch under way."""

    batch: Batch
    answer: Future[tuple[LineResult, ...]]


@dataclass
class Tally:
    """What this run did so far."""

    sent: int = 0


class Push:
    """The text half of a run over one outbox."""

    def __init__(
        self,
        outbox: Outbox,
        client: Client,
        *,
        clock: Clock,
        random: Random,
        emit: Callable[[SyncEvent], None],
        should_stop: Callable[[], bool],
        in_flight: int = 1,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._clock = clock
        self._random = random
        self._emit = emit
        self._should_stop = should_stop
        self._in_flight = in_flight
        self.tally = Tally()

    def send(self, rows: Sequence[OutboxRow]) -> Lacking:
        """Send the rows in batches. Returns what those that are pending at the centre still lack."""
        lacking: Lacking = {}
        flying: deque[Flight] = deque()
        with Flights(self._in_flight) as flights:
            try:
                for batch in batches(self._lines(rows), self._client.limits):
                    if self._should_stop():
                        break
                    flying.append(Flight(batch, flights.start(self._call(batch))))
                    if len(flying) == flights.width:
                        lacking |= self._land(flying.popleft())
                while flying:
                    lacking |= self._land(flying.popleft())
            except SyncError:
                for flight in flying:  # what they brought counts; what they say of the line is known
                    with contextlib.suppress(SyncError):
                        self._land(flight)
                raise
        return lacking

    def settle(self, row: OutboxRow, result: LineResult) -> tuple[MissingBlob, ...] | None:
        """Do what a result asks for. Returns the missing files of a pending record, None for one that is settled."""
        if result.revision_id != row.revision_id:
            raise NotOurServerError("result of another revision", revision_id=result.revision_id)
        action = action_of(result)
        if action is None and result.code == Code.RELAYED:
            self._note_relayed(row, result)
            return None
        if action is None and result.status == 202:
            self._emit(_pending_state(row, result.missing))
            return result.missing
        if action is None:
            self._acknowledge(row, result)
        elif action is Action.CONFLICT:
            self._outbox.failed(row.revision_id, result.code, result.detail, "", conflict_head=result.head)
            self._say(row, RecordStep.CONFLICT)
            self._emit(Trouble(result.code, row.record_id, result.detail, action=action.value))
        else:
            self.set_back(row, _error_for(action, result))
        return None

    def set_back(self, row: OutboxRow, error: SyncError) -> None:
        """Count a failed attempt of one record and say so."""
        back = setback(row, error, self._clock.now(), self._random)
        self._outbox.failed(row.revision_id, back.code, back.message, back.next_at, parked=back.parked)
        self._say(row, RecordStep.PARKED if back.parked else RecordStep.WAITING)
        self._emit(Trouble(back.code, row.record_id, back.message, back.next_at, error.action.value))

    # --- one batch ----------------------------------------------------------------------------------------------------

    def _lines(self, rows: Sequence[OutboxRow]) -> Iterator[tuple[OutboxRow, bytes]]:
        """Read each row's sealed bytes; one that cannot be read is parked and the rest goes on."""
        for row in rows:
            try:
                sealed = self._outbox.sealed(row.revision_id)
                if sealed.digest != row.digest:
                    raise SealError("digest", what="digest", digest=row.digest)
                line = wire_line(sealed).encode()
            except SyncError:
                raise
            except InspectorError as error:
                self.set_back(row, LocalFileError(error.detail, code=error.code))
                continue
            self._say(row, RecordStep.SENDING_TEXT)
            yield row, line

    def _call(self, batch: Batch) -> Callable[[], tuple[LineResult, ...]]:
        lines = [line for _, line in batch]
        return lambda: self._client.send_lines(lines)

    def _land(self, flight: Flight) -> Lacking:
        """Settle a batch. A server fault or a refusal touches its rows only; everything else ends the run."""
        batch = flight.batch
        try:
            results = self._results(flight)
        except RefusedError as error:
            if len(batch) > 1:
                middle = len(batch) // 2
                halves = (batch[:middle], batch[middle:])
                first, second = (self._land(Flight(half, made(self._call(half)))) for half in halves)
                return first | second
            self.set_back(batch[0][0], error)
            return {}
        except SyncError as error:
            if error.action not in (Action.STOP, Action.SIGN_IN):
                for row, _ in batch:
                    self.set_back(row, error)
            if isinstance(error, ServerFaultError):
                return {}
            raise
        return self._settle_all([row for row, _ in batch], results)

    def _results(self, flight: Flight) -> tuple[LineResult, ...]:
        """Wait for the answer. Tokens that ran out are renewed here, and the batch goes once more."""
        try:
            return flight.answer.result()
        except ExpiredError as error:
            self._client.renew(error.access)
            return self._call(flight.batch)()

    def _settle_all(self, rows: Sequence[OutboxRow], results: Sequence[LineResult]) -> Lacking:
        lacking: Lacking = {}
        for row, result in zip(rows, results, strict=True):
            missing = self.settle(row, result)
            if missing is not None:
                lacking[row.revision_id] = missing
        return lacking

    def _acknowledge(self, row: OutboxRow, result: LineResult) -> None:
        if result.receipt is None:
            raise NotOurServerError("no receipt", revision_id=row.revision_id)
        try:
            receipt = parse_receipt(result.receipt)
            self._client.check_receipt(receipt, row.digest, row.revision_id)
        except SealError as error:
            raise NotOurServerError("receipt", what=error.data.get("what")) from error
        self._outbox.acknowledge(receipt)
        self.tally.sent += 1
        self._say(row, RecordStep.RECEIVED)
        self._emit(Received(row.record_id, receipt))

    def _note_relayed(self, row: OutboxRow, result: LineResult) -> None:
        """An office relay holds it: the row stays, and asks for the centre's receipt at a later run."""
        try:
            receipt = parse_receipt(result.receipt or {})
            self._client.check_relayed(receipt, row.digest, row.revision_id)
        except SealError as error:
            raise NotOurServerError("relayed", what=error.data.get("what")) from error
        next_at = stamp(self._clock.now() + timedelta(seconds=RELAYED_AGAIN))
        self._outbox.failed(row.revision_id, Code.RELAYED, receipt.received_at, next_at)
        self._say(row, RecordStep.RELAYED)
        self._emit(Relayed(row.record_id, receipt))

    def _say(self, row: OutboxRow, state: str) -> None:
        blobs, size = len(row.blobs), sum(b.size for b in row.blobs)
        done = state in (RecordStep.RECEIVED, RecordStep.RELAYED)
        self._emit(
            RecordState(row.record_id, row.revision_id, state, blobs if done else 0, blobs, size if done else 0, size)
        )


def _pending_state(row: OutboxRow, missing: Sequence[MissingBlob]) -> RecordState:
    """Say how many files of the row are at the centre: 9 of 12."""
    offsets = {m.sha256: m.offset for m in missing}
    blobs = {b.sha256: b.size for b in row.blobs}
    return RecordState(
        row.record_id,
        row.revision_id,
        RecordStep.PENDING,
        blobs_done=sum(1 for sha256 in blobs if sha256 not in offsets),
        blobs_total=len(blobs),
        bytes_done=sum(offsets.get(sha256, size) for sha256, size in blobs.items()),
        bytes_total=sum(blobs.values()),
    )


def _error_for(action: Action, result: LineResult) -> SyncError:
    """Make the error that a line's result stands for."""
    kinds: dict[Action, type[SyncError]] = {
        Action.FIX: RefusedError,
        Action.WAIT_FOR: WaitForError,
        Action.SIGN_IN: SignInError,
    }
    kind = kinds.get(action, BusyError if result.status < 500 else ServerFaultError)
    return kind(result.detail, code=result.code, pointer=result.pointer)
