"""A centre that was restored from a backup behind a relay: what it lost comes again, from the relay and the laptop."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.store import Store
from inspector_app.actions.sending import near_relay, syncing
from inspector_app.actions.sending.syncing import Way
from sync.errors import RefusedError, WrongServerError
from sync.protocol import Role
from sync.relay import status_of
from sync.server.centre import Centre
from sync.server.config import ServerConfig
from sync.server.identity import renew_server_id
from tests.support.store_workspace import begin, content, photo
from tests.support.sync_relay import RelayProcess, patiently
from tests.support.sync_server import CentreProcess

CLOCK = SystemClock()


def seal(store: Store, record_id: str) -> None:
    begin(store, record_id, f"v-{record_id}")
    photo(store, f"p-{record_id}", record_id.encode() * 100, record_id)
    store.records.finalise(record_id, content())


def sent_by_relay(store: Store) -> bool:
    report = syncing.sync_now(store, clock=CLOCK, force=True, way=Way.RELAY)
    return not store.outbox.pending() and not report.trouble


def at_the_centre(data: Path) -> set[str]:
    handle = Centre.open(ServerConfig(data))
    try:
        return {row["record_id"] for row in handle.records.listing("00", after=0, limit=100)}
    finally:
        handle.close()


def test_what_a_restored_centre_lost_comes_from_the_relay_and_the_laptop_gets_its_receipts(
    store: Store, tmp_path: Path
) -> None:
    """Three records are received through the relay, and the last one's laptop has not come for its receipt; the centre
    comes back from a backup that has only the first. What the relay gave over is the laptop's to bring."""
    data, backup = tmp_path / "centre", tmp_path / "backup"
    with CentreProcess(data) as centre, RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.new_code(Role.RELAY))
        syncing.register(store, centre.url, centre.new_code(), clock=CLOCK)
        patiently(lambda: joined(store, relay.url))
        seal(store, "r-1")
        patiently(lambda: sent_by_relay(store))
        centre.stop()
        shutil.copytree(data, backup)
        centre.start()
        seal(store, "r-2")
        patiently(lambda: sent_by_relay(store))
        seal(store, "r-3")
        assert not sent_by_relay(store)
        patiently(lambda: status_of(relay.data).held.received == 3)
        centre.stop()
        shutil.rmtree(data)
        restore(backup, data)
        centre.start()

        syncing.register(store, centre.url, centre.new_code(), clock=CLOCK)
        assert {row.record_id for row in store.outbox.pending()} == {"r-1", "r-2", "r-3"}
        with pytest.raises(WrongServerError):  # the relay would still give the receipts of before
            sent_by_relay(store)
        assert at_the_centre(data) == {"r-1"}

        relay.stop()
        relay.start(centre.new_code(Role.RELAY))
        patiently(lambda: status_of(relay.data).held.received == 1)  # from the relay's shelf, no laptop needed
        assert at_the_centre(data) == {"r-1", "r-3"}
        patiently(lambda: sent_by_relay(store))
        assert at_the_centre(data) == {"r-1", "r-2", "r-3"}
        assert {r.server_id for r in store.outbox.receipts("r-2")} == {
            *syncing.session_of(store).former,
            centre.server_id,
        }


def joined(store: Store, url: str) -> bool:
    try:
        near_relay.join(store, url, "", syncing.session_of(store), clock=CLOCK, write=store.settings.set)
    except RefusedError:  # the centre has not told the relay of this laptop yet
        return False
    return True


def restore(backup: Path, data: Path) -> None:
    shutil.copytree(backup, data)
    handle = Centre.open(ServerConfig(data))
    renew_server_id(handle.storage)
    handle.close()
