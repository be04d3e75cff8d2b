"""Handing sealed records to an OpenRosa server such as ODK Central. It gives no receipt, so nothing becomes *sent*."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from checklists.errors import AnswerError
from inspector_app.actions.sending import network

if TYPE_CHECKING:
    from checklists.model import Changes
    from checklists.store import Store
    from sync.openrosa import Handed

SETTING = "openrosa."


class OwnCentreError(AnswerError):
    """A centre of ours is at this address, and takes a record with its signature by its own protocol; `url` in data."""

    code = "own-centre"


class SettingsLedger:
    """Remembers in the store's settings what a server took, so that nothing is handed over twice."""

    def __init__(self, store: Store) -> None:
        self._settings = store.settings

    def has(self, server: str, revision_id: str) -> bool:
        return revision_id in self._taken(server)

    def note(self, server: str, revision_id: str) -> Changes:
        return self._settings.set(SETTING + server, json.dumps([*self._taken(server), revision_id]))

    def _taken(self, server: str) -> list[str]:
        return list(json.loads(self._settings.get(SETTING + server) or "[]"))


def hand_over(store: Store, url: str, *, should_stop: Callable[[], bool] = lambda: False) -> Handed:
    """Hand what waits to the server at `url` (before `/formList`).

    Raises `OwnCentreError`, and `SyncError` for the line or the sign-in.
    """
    from sync.errors import OfflineError
    from sync.openrosa import HandOver, OpenRosaClient
    from sync.transport import RequestsTransport, check_address

    address = check_address(url)
    transport = RequestsTransport(trust=network.trust_of(store), proxies=network.proxies_for(store, address))
    with contextlib.closing(transport):
        client = OpenRosaClient(transport, address)
        try:
            ours = client.is_our_centre()
        except OfflineError as error:
            raise OfflineError(code="openrosa-offline", url=url) from error
        if ours:
            raise OwnCentreError(url=url)
        return HandOver(store.outbox, client, SettingsLedger(store), should_stop=should_stop).run()
