"""An office relay from the laptop's side: joining it once, and whether it is near.

The relay is joined by its address and the word that it shows; it needs no code, since the centre has told it of this
laptop's key. The laptop's tokens for the centre are never shown to it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checklists.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from checklists.model import Changes
    from checklists.store import Store
    from sync.bundle_format import Office
    from sync.client import Client, Session

SETTING = "sync.relay"
FINGERPRINT = "sync.relay-fingerprint"
OFFICE = "sync.office"
NEAR_SECONDS = 3.0


def relay_of(store: Store) -> Session | None:
    """Return what this laptop knows of its relay, None where it never joined one."""
    from sync.client import Session

    text = store.settings.get(SETTING)
    return Session.from_text(text) if text else None


def office_of(store: Store) -> Office | None:
    """Return the office that a stick may be addressed to, None where this laptop knows none."""
    from sync.bundle_format import Office

    text = store.settings.get(OFFICE)
    return Office.from_json(json.loads(text)) if text else None


def believe_office(store: Store, file: Path, word: str, centre: Session) -> Changes:
    """Keep the office of a file that was carried here, for a laptop that never reached its relay; a writing store.

    Raises `BundleError` (`office-file`, `office-word`, `office-centre`), `OSError`.
    """
    from sync.bundle import believe_office as believed

    office = believed(file, word, centre_id=centre.server_id)
    return store.settings.set(OFFICE, json.dumps(office.to_json(), ensure_ascii=False))


def client_of_relay(
    store: Store,
    relay: Session,
    centre: Session,
    *,
    clock: Clock,
    save: Callable[[Session], object],
    fingerprint: str = "",
) -> Client:
    """Return a client for the relay: no proxy, exactly its own certificate, receipts as the centre's keys and ids say.

    A relay joined under a centre's former id is joined to that centre: `join_again` asks whether it has followed.
    """
    from sync.client import Client
    from sync.transport import RequestsTransport, Trust

    pinned = fingerprint or store.settings.get(FINGERPRINT) or ""
    session = replace(relay, receipt_keys=centre.receipt_keys, former=centre.former)
    return Client(RequestsTransport(trust=Trust(fingerprint=pinned)), session, clock=clock, save=save)


def join(
    store: Store, url: str, word: str, centre: Session, *, clock: Clock, write: Callable[[str, str], object]
) -> Session:
    """Join the relay at an address; `write` keeps settings. Raises `SyncError` as `Client.join_relay` says.

    `CertificateError` (`pairing-word`) is raised where the machine there does not show this word.
    """
    from sync.bundle import office_at
    from sync.client import Session
    from sync.transport import check_address, fingerprint_at

    address = check_address(url)
    fingerprint = fingerprint_at(address, word) if address.startswith("https:") else ""

    def save(session: Session) -> None:
        write(FINGERPRINT, fingerprint)
        write(SETTING, session.to_text())

    client = client_of_relay(store, Session(url=address), centre, clock=clock, save=save, fingerprint=fingerprint)
    try:
        keys = store.keys
        client.join_relay(centre, device_id=keys.device_id, key=keys.device_key, name=keys.person_name)
        write(OFFICE, json.dumps(office_at(client).to_json(), ensure_ascii=False))
        return client.session
    finally:
        client.close()


def join_again(store: Store, client: Client, centre: Session) -> None:
    """Join the relay anew where its centre was restored from a backup, or where our tokens ran out there.

    Neither word nor code is asked for: `client` accepts that one machine only, and our key is known there. Raises
    `WrongServerError` while the relay still serves the centre of before: what that said is not to be believed any more.
    """
    from sync.errors import SignInError

    try:
        if client.session.centre_id == centre.server_id:
            client.missing_blobs(())  # asks for nothing, and shows whether we are still let in
            return
    except SignInError:
        pass
    client.join_relay(centre, device_id=store.keys.device_id, key=store.keys.device_key)


def leave(store: Store) -> None:
    """Forget the relay; what it holds still reaches the centre, and its receipts on a stick are still believed."""
    store.settings.forget(SETTING)
    store.settings.forget(FINGERPRINT)
