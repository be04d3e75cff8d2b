"""The facade: one open workspace, its nouns, and the care around opening and closing.

One `Store` belongs to one thread. A writing one holds the workspace's lock; reading ones work beside it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from checklists.clock import Clock, IdMaker
from checklists.crypto import WorkspaceKeys
from checklists.errors import DiskFullError
from checklists.sealing import wire_line
from checklists.store import care, restoring
from checklists.store import workspace as folders
from checklists.store.attachments import Attachments
from checklists.store.audit import RESTORED, Audit, ChainHead
from checklists.store.checklists import Checklists
from checklists.store.core import Core
from checklists.store.database import Opened, open_database, open_reading
from checklists.store.evidence import Evidence
from checklists.store.files import AttachmentFiles, Disk, SystemDisk
from checklists.store.lock import WriterLock
from checklists.store.orders import Orders
from checklists.store.outbox import Outbox
from checklists.store.plain_text import PlainText, find_plain_text
from checklists.store.proof import VerifyReport, export_record
from checklists.store.pulled import Pulled
from checklists.store.records import Records
from checklists.store.registry import Registry
from checklists.store.restricted import Restricted
from checklists.store.revisions import Revisions
from checklists.store.settings import Settings
from checklists.store.sites import Sites
from checklists.store.verify import verify_all
from checklists.store.visits import Visits


class Store:
    """One open workspace. Use `Store.open`; close it or use it as a context manager."""

    def __init__(self, core: Core, opened: Opened, lock: WriterLock | None) -> None:
        self._core, self._lock, self._closed = core, lock, False
        self.workspace = core.workspace
        self.keys = core.keys
        self.readonly = lock is None
        self.unclean_end = opened.unclean
        self.settings = Settings(core)
        self.checklists = Checklists(core)
        self.registry = Registry(core)
        self.sites = Sites(core, self.registry)
        self.visits = Visits(core)
        self.audit = core.audit
        self.attachments = Attachments(core)
        self._revisions = Revisions(core)
        self.records = Records(core, self.visits, self._revisions, self.attachments)
        self.outbox = Outbox(core, self._revisions, self.attachments)
        self.orders = Orders(core)
        self.evidence = Evidence(core)
        self.pulled = Pulled(core)
        self.restricted = Restricted(core)

    @classmethod
    def create(
        cls, workspace: Path, keys: WorkspaceKeys, *, clock: Clock, reserve: int = folders.RESERVE_BYTES
    ) -> Store:
        """Make the folders of a new workspace around its key file, then open it for writing."""
        folders.create(workspace, keys.workspace_id)
        return cls.open(workspace, keys, clock=clock, reserve=reserve)

    @classmethod
    def open(
        cls,
        workspace: Path,
        keys: WorkspaceKeys,
        *,
        clock: Clock,
        readonly: bool = False,
        reserve: int = folders.RESERVE_BYTES,
        disk: Disk | None = None,
    ) -> Store:
        """Open a workspace. `readonly` needs no lock and works beside a writer.

        Raises `NotAWorkspaceError`, `NewerWorkspaceError`, `WorkspaceLockedError`, `DamagedStoreError`,
        `ReadOnlyStoreError`, `DiskFullError`.
        """
        folders.require_folder(workspace)
        folders.check(workspace, keys.workspace_id)
        disk = disk or SystemDisk()
        lock = None if readonly else WriterLock(workspace / folders.LOCK)
        try:
            if lock:
                restoring.finish(workspace)
                restoring.refuse_missing(workspace)
            opened = _open(workspace, keys, disk, readonly=readonly)
            store = cls(_core(workspace, keys, clock, opened, disk), opened, lock)
        except BaseException:
            if lock:
                lock.release()
            raise
        if not readonly:
            store._begin(reserve)
        return store

    def _begin(self, reserve: int) -> None:
        try:
            self._tell_of_restore()
            self.audit.compare_clock()
            self.tidy(reserve)
        except BaseException:
            self.close()
            raise

    def _tell_of_restore(self) -> None:
        """Write into the chain that this database came from a backup, so that an honest restore is visible."""
        note = self.workspace / folders.RESTORED
        if note.exists():
            told = json.loads(note.read_text("utf-8"))
            self.audit.note(RESTORED, "workspace", self.keys.workspace_id, told)
            note.unlink()

    def tidy(self, reserve: int = folders.RESERVE_BYTES) -> None:
        """Make the reserve file and remove files that no row names."""
        folders.keep_reserve(self.workspace, reserve)
        if not restoring.has_quarantine(self.workspace):  # else keys of files may be in a database moved aside only
            named = (str(row[0]) for row in self._core.db.rows("SELECT file_name FROM blob"))
            self._core.files.sweep(named, time.time())

    # --- care and proof ---------------------------------------------------------------------------------------------

    def verify(
        self,
        *,
        receipt_keys: Mapping[str, bytes] | None = None,
        anchors: tuple[ChainHead, ...] = (),
        files: bool = True,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> VerifyReport:
        """Say what of this workspace is proven, broken, unproven. `receipt_keys`: the centre's public keys by id."""
        return verify_all(
            self._core,
            self._revisions,
            self.outbox,
            receipt_keys=receipt_keys or {},
            anchors=anchors,
            progress=progress,
            files=files,
        )

    def export_record(self, record_id: str, revision_id: str | None = None) -> bytes:
        """Return a sealed record as a file that proves itself (`verify_export`)."""
        sealed = self.records.sealed(record_id, revision_id)
        receipts = [r for r in self.outbox.receipts(record_id) if r.digest == sealed.digest]
        return export_record(wire_line(sealed), self.keys.device_key.public_bytes, receipts)

    def back_up(self, seconds: float | None = None) -> care.Backup | None:
        """Make a rolling, checked backup; None where space is too short for it. A reading store can make it as well.

        Raises `BackupError`, with `what="time"` where it was broken off after `seconds`.
        """
        return care.back_up(self._core, seconds=seconds)

    def copy_to(self, folder: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Copy the whole workspace, encrypted as it is, to another disk."""
        care.copy_to(self._core, folder, progress)

    def quick_check(self) -> tuple[care.Fault, ...]:
        return care.quick_check(self._core)

    def deep_check(self, progress: Callable[[int, int], None] = lambda _done, _all: None) -> tuple[care.Fault, ...]:
        return care.deep_check(self._core, progress)

    def repair(self) -> tuple[care.Fault, ...]:
        return care.repair(self._core)

    def room(self) -> care.Room:
        return care.room(self.workspace)

    def find_plain_text(self, markers: Iterable[bytes] = (), folders_too: Iterable[Path] = ()) -> tuple[PlainText, ...]:
        """Search the raw files for texts and picture bytes of this workspace; finding any is a fault."""
        return find_plain_text(self._core, markers, folders_too)

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Close; the last writer empties the log first. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self.registry.close()
        self._core.db.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(workspace: Path, keys: WorkspaceKeys, disk: Disk, *, readonly: bool) -> Opened:
    path = workspace / folders.DATABASE
    if readonly:
        return open_reading(path, keys.database_key)
    try:
        return open_database(path, keys.database_key, backups=workspace / "backups", disk=disk)
    except DiskFullError:
        if not folders.free_reserve(workspace):
            raise
        return open_database(path, keys.database_key, backups=workspace / "backups", disk=disk)


def _core(workspace: Path, keys: WorkspaceKeys, clock: Clock, opened: Opened, disk: Disk) -> Core:
    audit = Audit(opened.db, clock, keys.person_id)
    files = AttachmentFiles(workspace, keys.name_key, disk)
    return Core(workspace, opened.db, keys, clock, IdMaker(clock), files, audit)
