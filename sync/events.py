"""News of a sync run, as frozen values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.sealing import Receipt

CLOCK_MAY_BE_OFF_MS = 5 * 60 * 1000
"""A laptop's clock that differs more from the centre's is told to the person."""


class RecordStep:
    """Where a record stands in this run; words on screen are made from these."""

    WAITING = "waiting"
    SENDING_TEXT = "sending-text"
    SENDING_FILES = "sending-files"
    PENDING = "pending"  # the text is there, files are not all
    RELAYED = "relayed"  # an office relay holds all of it; the centre has not received it
    RECEIVED = "received"
    CONFLICT = "conflict"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; `records` are waiting, `blobs` files and `total_bytes` hang on them at most."""

    records: int
    blobs: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Connected:
    """The centre, or our relay, answered and is the right one. `clock_offset_ms` is server minus laptop, or None."""

    server: str
    server_id: str
    clock_offset_ms: int | None = None
    relay: bool = False

    @property
    def clock_off_minutes(self) -> int:
        """Return by how many minutes the laptop's clock is wrong where that is worth telling, else 0."""
        off = abs(self.clock_offset_ms or 0)
        return round(off / 60_000) if off > CLOCK_MAY_BE_OFF_MS else 0


@dataclass(frozen=True, slots=True)
class RecordState:
    """Progress of one record; counts are of files and their bytes ("9 of 12")."""

    record_id: str
    revision_id: str
    state: str
    blobs_done: int = 0
    blobs_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt came, was checked against the digest and is kept: now, and only now, the record is sent."""

    record_id: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Relayed:
    """An office relay holds the record, whole and durably, and will forward it. The centre has not received it."""

    record_id: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class FilesChecked:
    """After a record's receipt the centre was asked for its files once more: "12 of 12", or the missing names."""

    record_id: str
    present: int
    total: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something went wrong; `record_id` is "" where it concerns the whole run. `retry_at` "" means not by itself."""

    code: str
    record_id: str = ""
    detail: str = ""
    retry_at: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run amounts to. `waiting`, `parked` and `conflicts` count what is left in the outbox after it.

    `relayed` are those among the waiting that an office relay holds: on their way, and not received by the centre.
    """

    sent: int = 0
    waiting: int = 0
    parked: int = 0
    conflicts: int = 0
    relayed: int = 0
    bytes_sent: int = 0
    trouble: str = ""
    retry_at: str = ""
    stopped: bool = False
    files: tuple[FilesChecked, ...] = ()

    @property
    def clean(self) -> bool:
        """Say whether nothing is left to send."""
        return not (self.waiting or self.parked or self.conflicts or self.trouble)


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended."""

    report: SyncReport


SyncEvent = RunStarted | Connected | RecordState | Received | Relayed | FilesChecked | Trouble | RunFinished
