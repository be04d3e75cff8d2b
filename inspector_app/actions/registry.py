"""Fetching the centre's factory registry: one signed file, fetched only where it is newer than ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checklists.clock import Clock
from inspector_app.actions.syncing import client_of

if TYPE_CHECKING:
    from checklists.model import Changes
    from checklists.store import Store


def fetch(store: Store, *, clock: Clock, progress: Callable[[int, int], None] = lambda _done, _size: None) -> Changes:
    """Fetch and install it; no changes where ours is the newest. A cut download goes on where it stopped.

    Raises `SyncError`, and `RegistryFileError` for a file that the centre did not sign; the registry in use stays then.
    """
    from sync.pull import pull_registry

    with client_of(store, clock=clock) as client:
        trusted = [bytes.fromhex(key.public_key) for key in client.session.receipt_keys]
        return pull_registry(store.registry, client, store.workspace / "tmp", trusted=trusted, progress=progress)
