"""Sends files so that a cut line costs nothing: each goes on from where the centre says it stands.

Nothing about progress is kept on the laptop: the centre's own offset is the truth, also after a restart or a reboot.
Several files of a record may be under way at once (`in_flight`). Their threads read and send them; the caller's thread
opens them, asks the centre and decides how each goes on.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from checklists.errors import InspectorError
from sync.client import Client, Flights
from sync.errors import CutError, ExpiredError, LocalFileError, OfflineError, OffsetError, RefusedError, StoppedError
from sync.events import FilesChecked, RecordState, RecordStep, SyncEvent
from sync.protocol import BlobRef, Code, LineResult, MissingBlob, Outbox, OutboxRow, SeekableReader

TRIES_WITHOUT_PROGRESS = 3
SAY_EVERY = 256 * 1024
"""Bytes between two progress events."""


class FilePart:
    """The rest of a file from `start` on, as a request body with a known length that can stop in the middle."""

    def __init__(
        self,
        file: SeekableReader,
        start: int,
        size: int,
        *,
        should_stop: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> None:
        self._file = file
        self._left = size - start
        self._length = size - start
        self._at = start
        self._should_stop = should_stop
        self._progress = progress
        file.seek(start)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes. A file that fails or ends early is our trouble, not the line's."""
        if self._should_stop():
            raise StoppedError
        wanted = self._left if size < 0 else min(size, self._left)
        if not wanted:
            return b""
        try:
            data = self._file.read(wanted)
        except OSError as error:
            raise LocalFileError(type(error).__name__) from error
        if not data:
            raise LocalFileError("short", left=self._left)
        self._left -= len(data)
        self._at += len(data)
        self._progress(self._at)
        return data


@dataclass
class _Upload:
    """A file that is to be sent: from where on, and how often it came no further."""

    blob: BlobRef
    offset: int
    tries: int = 0


class _Progress:
    """How far the files of a record are. Told by whichever threads send them, said by one at a time."""

    def __init__(self, row: OutboxRow, uploads: Sequence[_Upload], emit: Callable[[SyncEvent], None]) -> None:
        self._row = row
        self._at = {upload.blob.sha256: upload.offset for upload in uploads}
        self._emit = emit
        self._lock = threading.Lock()

    def goes_on(self, upload: _Upload) -> None:
        with self._lock:
            self._at[upload.blob.sha256] = upload.offset

    def reached(self, blob: BlobRef, at: int) -> None:
        with self._lock:
            if at - self._at[blob.sha256] >= SAY_EVERY or at == blob.size:
                self._at[blob.sha256] = at
                self._emit(_state(self._row, self._at))


class Uploads:
    """The file half of a run over one outbox."""

    def __init__(
        self,
        outbox: Outbox,
        client: Client,
        *,
        emit: Callable[[SyncEvent], None],
        should_stop: Callable[[], bool],
        in_flight: int = 1,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._emit = emit
        self._should_stop = should_stop
        self._in_flight = in_flight

    def send(self, row: OutboxRow, missing: Sequence[MissingBlob]) -> tuple[LineResult, ...]:
        """Send the missing files of one record. Returns the results that the last of them brought along."""
        waiting = deque(_uploads_of(row, missing))
        progress = _Progress(row, tuple(waiting), self._emit)
        flying: dict[Future[tuple[LineResult, ...]], _Upload] = {}
        results: tuple[LineResult, ...] = ()
        with Flights(self._in_flight) as flights:
            while waiting or flying:
                while waiting and len(flying) < flights.width:
                    upload = waiting.popleft()
                    flying[flights.start(self._call(upload, progress))] = upload
                answer = next(iter(wait(flying, return_when=FIRST_COMPLETED).done))
                upload = flying.pop(answer)
                brought = self._land(upload, answer)
                if brought is None:
                    waiting.appendleft(upload)
                    progress.goes_on(upload)
                else:
                    results += brought
        return results

    def _call(self, upload: _Upload, progress: _Progress) -> Callable[[], tuple[LineResult, ...]]:
        """Open a file and return the call that sends the rest of it."""
        blob, offset = upload.blob, upload.offset
        try:
            file = self._outbox.open_blob(blob.sha256)
        except (InspectorError, OSError) as error:
            raise LocalFileError(str(error), code=getattr(error, "code", LocalFileError.code)) from error

        def call() -> tuple[LineResult, ...]:
            with contextlib.closing(file):
                part = FilePart(
                    file,
                    offset,
                    blob.size,
                    should_stop=self._should_stop,
                    progress=lambda at: progress.reached(blob, at),
                )
                return self._client.send_part(blob.sha256, part, offset=offset, length=blob.size).results

        return call

    def _land(self, upload: _Upload, answer: Future[tuple[LineResult, ...]]) -> tuple[LineResult, ...] | None:
        """Return what a whole file brought along; None where it goes on, as long as the centre's offset moves."""
        try:
            return answer.result()
        except OffsetError as error:
            reached: int | None = error.offset
        except CutError:
            reached = self._ask_offset(upload.blob)
        except RefusedError as error:
            if error.code != Code.DIGEST_MISMATCH:
                raise
            reached = 0
        except ExpiredError as error:
            self._client.renew(error.access)
            reached = upload.offset
        if reached is None:
            return ()
        upload.tries = 0 if reached > upload.offset else upload.tries + 1
        if upload.tries >= TRIES_WITHOUT_PROGRESS:
            raise RefusedError(code=Code.DIGEST_MISMATCH) if reached == 0 else OfflineError("no progress")
        upload.offset = reached
        return None

    def _ask_offset(self, blob: BlobRef) -> int | None:
        """Ask where a file stands after a cut; None where it is complete."""
        for missing in self._client.missing_blobs([(blob.sha256, blob.size)]):
            if missing.sha256 == blob.sha256:
                return missing.offset
        return None


def _uploads_of(row: OutboxRow, missing: Sequence[MissingBlob]) -> list[_Upload]:
    blobs = {blob.sha256: blob for blob in row.blobs}
    for asked in missing:
        if asked.sha256 not in blobs:
            raise RefusedError("asks for a file that the record does not have", code=Code.INVALID, sha256=asked.sha256)
    return [_Upload(blobs[asked.sha256], asked.offset) for asked in missing]


def check_files(client: Client, rows: Sequence[OutboxRow], most: int) -> tuple[FilesChecked, ...]:
    """Ask the centre which files of these records it lacks, `most` at once; one answer per record that has files."""
    sizes = {blob.sha256: blob.size for row in rows for blob in row.blobs}
    wanted = sorted(sizes.items())
    lacking = {
        found.sha256
        for start in range(0, len(wanted), most)
        for found in client.missing_blobs(wanted[start : start + most])
    }
    return tuple(_checked(row, lacking) for row in rows if row.blobs)


def _checked(row: OutboxRow, lacking: set[str]) -> FilesChecked:
    missing = tuple(blob.name or blob.sha256 for blob in row.blobs if blob.sha256 in lacking)
    return FilesChecked(row.record_id, len(row.blobs) - len(missing), len(row.blobs), missing)


def _state(row: OutboxRow, at: Mapping[str, int]) -> RecordState:
    """Say how far the files of a record are; one that is not in `at` was at the centre before."""
    blobs = {blob.sha256: blob.size for blob in row.blobs}
    return RecordState(
        row.record_id,
        row.revision_id,
        RecordStep.SENDING_FILES,
        blobs_done=sum(1 for sha256, size in blobs.items() if at.get(sha256, size) >= size),
        blobs_total=len(blobs),
        bytes_done=sum(at.get(sha256, size) for sha256, size in blobs.items()),
        bytes_total=sum(blobs.values()),
    )
