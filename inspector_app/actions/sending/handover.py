"""Handing sealed records to an OpenRosa server such as ODK Central. It gives no receipt, so nothing becomes *sent*."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.errors import AnswerError
from inspector_app.actions.sending import network

if TYPE_CHECKING:
    from checklists.model import Changes
    from checklists.store import Store
    from sync.openrosa import FormEntry, Handed, Meaning, OpenRosaClient, Planned, Posted, Settled

SAID, LIST = "openrosa.said.", "openrosa.list."
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class OwnCentreError(AnswerError):
    """A centre of ours is at this address, and takes a record with its signature by its own protocol; `url` in data."""

    code = "own-centre"


@dataclass(frozen=True, slots=True)
class Login:
    """Name and password for a server that asks; an app user of ODK Central has its key in the address."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A form of the server on this computer, with the files beside it."""

    form_id: str
    version: str
    file: Path
    media: tuple[Path, ...]


class SettingsLedger:
    """Remembers in the store's settings what a server said of each revision, and its list of forms."""

    def __init__(self, store: Store) -> None:
        self._settings = store.settings
        self._said: dict[str, dict[str, Meaning]] = {}

    def said(self, server: str) -> Mapping[str, Meaning]:
        from sync.openrosa import Fate, Meaning, Why

        if server not in self._said:
            kept = json.loads(self._settings.get(SAID + server) or "{}")
            self._said[server] = {i: Meaning(Fate(m["fate"]), Why(m["why"]), m["words"]) for i, m in kept.items()}
        return self._said[server]

    def note(self, server: str, revision_id: str, meaning: Meaning) -> Changes:
        found = {**self.said(server), revision_id: meaning}
        text = json.dumps({i: asdict(m) for i, m in found.items()}, ensure_ascii=False)
        changes = self._settings.set(SAID + server, text)
        self._said[server] = found
        return changes

    def list_of(self, server: str) -> str:
        return self._settings.get(LIST + server) or ""

    def keep_list(self, server: str, text: str) -> Changes:
        return self._settings.set(LIST + server, text)


def hand_over(
    store: Store,
    url: str,
    *,
    login: Login | None = None,
    force: bool = False,
    tell: Callable[[Posted | Settled], object] = lambda _news: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Handed:
    """Hand what waits to the server at `url` (before `/formList`); `force` also tries what it refused before.

    Raises `OwnCentreError`, and `SyncError` for the line or the sign-in.
    """
    from sync.openrosa import HandOver

    ledger = SettingsLedger(store)
    with _client(store, url, login, ledger) as client:
        return HandOver(store.outbox, client, ledger, tell=tell, should_stop=should_stop).run(force=force)


def plan(store: Store, url: str, *, login: Login | None = None) -> Planned:
    """Say what would be handed over; nothing is sent. Raises as `hand_over`."""
    from sync.openrosa import HandOver

    ledger = SettingsLedger(store)
    with _client(store, url, login, ledger) as client:
        return HandOver(store.outbox, client, ledger).plan()


def fetch_forms(store: Store, url: str, folder: Path, *, login: Login | None = None) -> tuple[Fetched, ...]:
    """Fetch the server's forms with the files beside them into a folder. Raises `SyncError` and `OSError`."""
    with _client(store, url, login, SettingsLedger(store)) as client:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_fetch(client, entry, folder) for entry in client.form_list())


def _fetch(client: OpenRosaClient, entry: FormEntry, folder: Path) -> Fetched:
    stem = _UNSAFE.sub("_", f"{entry.form_id}-{entry.version}" if entry.version else entry.form_id).strip(".") or "form"
    file, beside = folder / f"{stem}.xml", folder / f"{stem}-media"
    file.write_bytes(client.download(entry.download_url))
    media = []
    for found in client.manifest(entry):
        beside.mkdir(exist_ok=True)
        media.append(beside / found.name)
        media[-1].write_bytes(client.download(found.download_url))
    return Fetched(entry.form_id, entry.version, file, tuple(media))


@contextlib.contextmanager
def _client(store: Store, url: str, login: Login | None, ledger: SettingsLedger) -> Iterator[OpenRosaClient]:
    """Open the line to the other server. Raises `OwnCentreError`, `OfflineError` with words of its own."""
    from sync.errors import CutError, OfflineError
    from sync.openrosa import LoginTransport, OpenRosaClient, shown
    from sync.transport import RequestsTransport, Transport, check_address

    address = check_address(url)
    transport: Transport = RequestsTransport(trust=network.trust_of(store), proxies=network.proxies_for(store, address))
    if login is not None:
        transport = LoginTransport(transport, address, login.user, login.password)
    with contextlib.closing(OpenRosaClient(transport, address, shelf=ledger)) as client:
        try:
            if client.is_our_centre():
                raise OwnCentreError(url=shown(url))
            yield client
        except CutError as error:
            raise CutError(code="openrosa-cut", url=shown(url)) from error
        except OfflineError as error:
            raise OfflineError(code="openrosa-offline", url=shown(url)) from error
