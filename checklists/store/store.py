"""The facade: one open workspace, its nouns, and the care around opening and closing.

One `Store` belongs to one thread. A writing one holds the workspace's lock; reading ones work beside it.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from checklists.clock import Clock, IdMaker, stamp
from checklists.crypto import WorkspaceKeys
from checklists.errors import DiskFullError
from checklists.store import workspace as folders
from checklists.store.attachments import Attachments
from checklists.store.audit import Audit
from checklists.store.checklists import Checklists
from checklists.store.core import Core
from checklists.store.database import Opened, open_database, open_reading
from checklists.store.files import AttachmentFiles, Disk, SystemDisk
from checklists.store.lock import WriterLock
from checklists.store.outbox import Outbox
from checklists.store.records import Records
from checklists.store.registry import Registry
from checklists.store.revisions import Revisions
from checklists.store.settings import Settings
from checklists.store.sites import Sites
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
            opened = _open(workspace, keys, disk, readonly=readonly)
            store = cls(_core(workspace, keys, clock, opened, disk), opened, lock)
        except BaseException:
            if lock:
                lock.release()
            raise
        if not readonly:
            store.tidy(reserve)
        return store

    def tidy(self, reserve: int = folders.RESERVE_BYTES) -> None:
        """Make the reserve file and remove files that no row names."""
        folders.keep_reserve(self.workspace, reserve)
        named = (str(row[0]) for row in self._core.db.rows("SELECT file_name FROM blob"))
        self._core.files.sweep(named, self._core.clock.now().timestamp())

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
    audit = Audit(opened.db, lambda: stamp(clock.now()), keys.person_id)
    files = AttachmentFiles(workspace, keys.name_key, disk)
    return Core(workspace, opened.db, keys, clock, IdMaker(clock), files, audit)
