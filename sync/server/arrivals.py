"""What happens to lines before the database sees them: read, checked, their signatures proven, packed for storage.

Proving a signature is the dearest step of a line. It runs beside the reading, in threads that need no interpreter lock
for it, so that a batch uses a second core.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

import zstandard

from checklists.crypto import signature_is_good
from checklists.errors import SealError
from checklists.sealing import ENVELOPE_DOMAIN, Sealed
from sync.protocol import Code, LineResult
from sync.server.auth import Caller
from sync.server.lines import read_line, read_wire_line
from sync.server.rights import Right, has
from sync.server.rows import Arrived, DeviceOfKey, line_of

DeviceOf = Callable[[str], DeviceOfKey | None]
"""Whose key this is, None for one that is not registered."""

PACK_LEVEL = 1
ALONE = 4
"""Lines up to which checking beside costs more than it saves."""


class _Packing(threading.local):
    """A compressor for each thread: making one costs more than using it."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=PACK_LEVEL).compress


_packing = _Packing()


@dataclass
class _Proofs:
    """Signatures being proven in threads. `bad` holds the places in the batch of those that are not good."""

    bad: set[int] = field(default_factory=set)
    _waiting: SimpleQueue[tuple[int, bytes, Sealed] | None] = field(default_factory=SimpleQueue)

    def want(self, place: int, public_key: bytes, sealed: Sealed) -> None:
        self._waiting.put((place, public_key, sealed))

    def work(self) -> None:
        """Prove until told that nothing more comes."""
        while (job := self._waiting.get()) is not None:
            place, public_key, sealed = job
            if not is_proven(sealed, public_key):
                self.bad.add(place)

    def end(self, workers: int) -> None:
        for _ in range(workers):
            self._waiting.put(None)


def is_proven(sealed: Sealed, public_key: bytes) -> bool:
    """Check a signature over a digest that was made of these bytes a moment ago."""
    return signature_is_good(public_key, sealed.signature, ENVELOPE_DOMAIN + bytes.fromhex(sealed.digest))


class Reception:
    """Reads and checks lines. Any thread; `close` when done."""

    def __init__(self) -> None:
        self._workers = max(1, (os.cpu_count() or 1) - 1)
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="proof")

    def close(self) -> None:
        self._pool.shutdown()

    def take(self, caller: Caller, lines: Sequence[bytes], device_of: DeviceOf) -> list[Arrived | LineResult]:
        """Return each line as what arrived, or why it is refused."""
        proofs = _Proofs()
        if len(lines) <= ALONE:
            read = [_read(caller, raw, place, device_of, proofs) for place, raw in enumerate(lines)]
            proofs.end(1)
            proofs.work()
        else:
            working = [self._pool.submit(proofs.work) for _ in range(self._workers)]
            try:
                read = [_read(caller, raw, place, device_of, proofs) for place, raw in enumerate(lines)]
            finally:
                proofs.end(self._workers)
                for one in working:
                    one.result()
        return [_forged(item) if place in proofs.bad else item for place, item in enumerate(read)]


def _forged(item: Arrived | LineResult) -> LineResult:
    """Return the refusal of a line whose signature is not good; one that could not be read keeps its own."""
    revision_id = item.line.revision_id if isinstance(item, Arrived) else item.revision_id
    if isinstance(item, LineResult) and not revision_id:
        return item
    return LineResult(revision_id, 422, Code.BAD_SIGNATURE, "signature")


def _read(caller: Caller, raw: bytes, place: int, device_of: DeviceOf, proofs: _Proofs) -> Arrived | LineResult:
    """Read one line; its signature is asked for and not yet proven."""
    revision_id = ""
    try:
        sealed = read_wire_line(raw)
        device = device_of(sealed.key_id)
        if device is not None:
            proofs.want(place, device.public_key, sealed)
        envelope, extract = read_line(sealed.envelope)
        revision_id = envelope["revision_id"]
    except SealError as error:
        what, member = str(error.data.get("what", "")), str(error.data.get("member", ""))
        return LineResult(revision_id, 422, Code.INVALID, what, pointer=f"/{member}" if member else "")
    if device is None:
        return LineResult(revision_id, 403, Code.UNKNOWN_KEY, sealed.key_id)
    if envelope["device_id"] != device.device_id:
        return LineResult(revision_id, 422, Code.INVALID, "device", pointer="/device_id")
    if device.device_id != caller.device_id and not has(caller, Right.CARRY):
        return LineResult(revision_id, 403, Code.NOT_ASSIGNED)
    packed = _packing.compress(sealed.envelope)
    return Arrived(line_of(envelope, sealed.digest, device.scope), sealed, extract, packed)
