"""Fetching the centre's factory registry: one signed file at first, its changes after that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checklists.clock import Clock
from checklists.model import Changes
from inspector_app.actions.sending.syncing import Submit, Way, client_on
from sync.errors import StoppedError

if TYPE_CHECKING:
    from checklists.store import Store

CENTRE = "registry.centre"
"""Setting: the id of the centre that the registry in use came from."""


def fetch(
    store: Store,
    *,
    clock: Clock,
    progress: Callable[[int, int], None] = lambda _done, _size: None,
    should_stop: Callable[[], bool] = lambda: False,
    submit: Submit | None = None,
    way: Way = Way.NEAREST,
) -> Changes:
    """Fetch and install it; no changes where ours is the newest. A cut or stopped download goes on where it was.

    Raises `SyncError` (`stopped` where a person asked for it), and `RegistryFileError` for a file that the centre did
    not sign; the registry in use stays then.
    """
    from sync.pull import Home, refresh_registry

    def watched(done: int, size: int) -> None:
        if should_stop():
            raise StoppedError
        progress(done, size)

    with client_on(store, way, clock=clock, submit=submit) as client:
        trusted = [bytes.fromhex(key.public_key) for key in client.session.receipt_keys]
        keeper = store.registry if submit is None else _Installer(store, submit)
        home = Home(store.settings.get(CENTRE) or "", _noting(store, submit))
        return refresh_registry(keeper, client, store.workspace / "tmp", home=home, trusted=trusted, progress=watched)


def _noting(store: Store, submit: Submit | None) -> Callable[[str], object]:
    """Return what notes which centre the registry in use came from."""
    if submit is None:
        return lambda centre_id: store.settings.set(CENTRE, centre_id)
    return lambda centre_id: submit(lambda writing: writing.settings.set(CENTRE, centre_id)).result()


class _Installer:
    """The registry whose cursor is read here and whose changes go through the window's writer."""

    def __init__(self, store: Store, submit: Submit) -> None:
        self._store, self._submit = store, submit

    def cursor(self) -> str:
        return self._store.registry.cursor()

    def install(self, path: object, *, trusted: object = ()) -> Changes:
        changes: Changes = self._submit(lambda store: store.registry.install(path, trusted=trusted)).result()
        return changes

    def apply_delta(self, puts: object, gone: object, cursor: str) -> Changes:
        changes: Changes = self._submit(lambda store: store.registry.apply_delta(puts, gone, cursor)).result()
        return changes
