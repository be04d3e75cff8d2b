"""What exists only while somebody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checklists.crypto import WorkspaceKeys
from checklists.model import Officer
from checklists.store import Store, StoreWriter
from inspector_app.gui.saving import Saver
from inspector_app.gui.sync_worker import SyncWorker


@dataclass(frozen=True, slots=True)
class Workplace:
    """What is there only after sign-in; made in one piece and closed in one piece."""

    store: Store
    writer: StoreWriter
    saver: Saver
    sync: SyncWorker
    officer: Officer
    keys: WorkspaceKeys
    open_store: Callable[[], Store]
    """Opens one more reading store, for a pool task or the sync thread; close it there."""
