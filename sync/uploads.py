"""Sends files so that a cut line costs nothing: each goes on from where the centre says it stands.

Nothing about progress is kept on the laptop: the centre's own offset is the truth, also after a restart or a reboot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checklists.errors import InspectorError
from sync.client import Client
from sync.errors import CutError, LocalFileError, OfflineError, OffsetError, RefusedError, StoppedError, SyncError
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


class Uploads:
    """The file half of a run over one outbox."""

    def __init__(
        self,
        outbox: Outbox,
        client: Client,
        *,
        emit: Callable[[SyncEvent], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._emit = emit
        self._should_stop = should_stop

    def send(self, row: OutboxRow, missing: Sequence[MissingBlob]) -> tuple[LineResult, ...]:
        """Send the missing files of one record. Returns the results that the last of them brought along."""
        blobs = {blob.sha256: blob for blob in row.blobs}
        left = {m.sha256: m.offset for m in missing}
        results: tuple[LineResult, ...] = ()
        for sha256, offset in tuple(left.items()):
            if sha256 not in blobs:
                raise RefusedError("asks for a file that the record does not have", code=Code.INVALID, sha256=sha256)
            results += self._send_file(row, blobs, left, sha256, offset)
            del left[sha256]
        return results

    def _send_file(
        self, row: OutboxRow, blobs: dict[str, BlobRef], left: dict[str, int], sha256: str, offset: int
    ) -> tuple[LineResult, ...]:
        """Send one file to its end, going on after cuts as long as the centre's offset moves."""
        blob, tries = blobs[sha256], 0
        while True:
            try:
                return self._send_rest(row, blobs, left, blob, offset)
            except OffsetError as error:
                reached: int | None = error.offset
            except CutError:
                reached = self._ask_offset(blob)
            except RefusedError as error:
                if error.code != Code.DIGEST_MISMATCH:
                    raise
                reached = 0
            except OfflineError:
                raise
            except SyncError as error:
                if error.code != "renewed":
                    raise
                reached = offset
            if reached is None:
                return ()
            tries = 0 if reached > offset else tries + 1
            if tries >= TRIES_WITHOUT_PROGRESS:
                raise RefusedError(code=Code.DIGEST_MISMATCH) if reached == 0 else OfflineError("no progress")
            offset = reached

    def _send_rest(
        self, row: OutboxRow, blobs: dict[str, BlobRef], left: dict[str, int], blob: BlobRef, offset: int
    ) -> tuple[LineResult, ...]:
        said = offset

        def progress(at: int) -> None:
            nonlocal said
            if at - said >= SAY_EVERY or at == blob.size:
                said = left[blob.sha256] = at
                self._emit(_state(row, blobs, left))

        try:
            file = self._outbox.open_blob(blob.sha256)
        except (InspectorError, OSError) as error:
            raise LocalFileError(str(error), code=getattr(error, "code", LocalFileError.code)) from error
        try:
            part = FilePart(file, offset, blob.size, should_stop=self._should_stop, progress=progress)
            return self._client.send_part(blob.sha256, part, offset=offset, length=blob.size).results
        finally:
            file.close()

    def _ask_offset(self, blob: BlobRef) -> int | None:
        """Ask where a file stands after a cut; None where it is complete."""
        for missing in self._client.missing_blobs([(blob.sha256, blob.size)]):
            if missing.sha256 == blob.sha256:
                return missing.offset
        return None


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


def _state(row: OutboxRow, blobs: dict[str, BlobRef], left: dict[str, int]) -> RecordState:
    return RecordState(
        row.record_id,
        row.revision_id,
        RecordStep.SENDING_FILES,
        blobs_done=sum(1 for sha256, blob in blobs.items() if left.get(sha256, blob.size) >= blob.size),
        blobs_total=len(blobs),
        bytes_done=sum(left.get(sha256, blob.size) for sha256, blob in blobs.items()),
        bytes_total=sum(blob.size for blob in blobs.values()),
    )
