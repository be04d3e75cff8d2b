"""What a relay fetches once for all: served with the centre's own cursors, checked by what the centre signed."""

from __future__ import annotations

import json
import logging
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.model import FormPin, Site
from checklists.sealing import digest
from checklists.store import Store, build_registry
from sync.client import Client, Session
from sync.errors import SyncError
from sync.protocol import Role
from sync.pull import Pull, pull_registry
from sync.server.publishing import publish_assignments, publish_form, publish_registry_rows, publish_snapshot
from sync.transport import RequestsTransport
from tests.support.sync_relay import OfficeLaptop, RelayProcess, patiently
from tests.support.sync_server import RunningCentre
from tests.support.sync_whole import home_of

XML = b"<h:html/>"
PIN = FormPin("factory_act_general", "1.0", digest(XML))


@pytest.fixture
def published(centre: RunningCentre, tmp_path: Path) -> None:
    """A checklist, work and a registry at the centre."""
    publish_form(centre.centre, PIN, XML)
    publish_assignments(centre.centre, "00", [{"id": "a-1", "site_id": "s-1"}, {"id": "a-2", "site_id": "s-2"}])
    sites = [Site(site_id=f"{n:014}", name_th=f"โรงงานตัวอย่าง {n}", province_code="12") for n in range(50)]
    cursor = publish_registry_rows(centre.centre, [(sites[0].site_id, sites[0].to_json())])
    file = tmp_path / f"registry-{cursor}.db"
    manifest = build_registry(file, sites, source="test", cursor=cursor, key=centre.centre.key)
    publish_snapshot(centre.centre, file, collection="registry", cursor=cursor, manifest=json.dumps(manifest.to_json()))


@pytest.mark.usefixtures("published")
def test_checklists_work_and_registry_come_from_the_relay_and_the_cursor_is_good_at_the_centre(
    centre: RunningCentre, sessions: dict[int, Session], store: Store, tmp_path: Path
) -> None:
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        laptop = OfficeLaptop(1, sessions[1], relay.url)
        laptop.join()
        patiently(lambda: Pull(store.pulled, store.checklists, laptop.client).run().rows == 3)
        assert {row.id for row in store.pulled.list("assignments")} == {"a-1", "a-2"}
        assert store.checklists.has(PIN.sha256)
        trusted = [bytes.fromhex(key.public_key) for key in sessions[1].receipt_keys]
        pull_registry(store.registry, laptop.client, tmp_path / "down", home=home_of(store), trusted=trusted)
        assert store.registry.count() == 50
        laptop.close()
    publish_assignments(centre.centre, "00", [{"id": "a-2", "gone": True}])
    straight = Client(RequestsTransport(), sessions[1], clock=SystemClock())
    report = Pull(store.pulled, store.checklists, straight).run()
    straight.close()
    assert (report.rows, report.started_over) == (1, False)
    assert {row.id for row in store.pulled.list("assignments")} == {"a-1"}


@pytest.mark.usefixtures("published")
def test_the_registrys_file_and_each_checklist_are_fetched_once_for_all_laptops(
    centre: RunningCentre, sessions: dict[int, Session], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="inspector.centre.calls")
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        laptops = [OfficeLaptop(number, session, relay.url) for number, session in sessions.items()]
        for laptop in laptops:
            laptop.join()
            patiently(lambda client=laptop.client: client.snapshot("registry") is not None)
            manifest = laptop.client.snapshot("registry")
            assert manifest is not None
            for sha256, fetch in (
                (manifest.sha256, partial(laptop.client.fetch_snapshot, manifest)),
                (PIN.sha256, partial(laptop.client.fetch_blob, PIN.sha256)),
            ):
                with (tmp_path / "fetched").open("wb") as sink:
                    fetch(sink)
                assert digest((tmp_path / "fetched").read_bytes()) == sha256
            laptop.close()
    calls = [json.loads(one.getMessage()) for one in caplog.records if one.name == "inspector.centre.calls"]
    assert Counter(c["handler"] for c in calls if c["handler"] in ("feeds.snapshot_file", "blobs.get")) == {
        "feeds.snapshot_file": 1,
        "blobs.get": 1,
    }


def test_nothing_else_that_lies_at_the_relay_can_be_read(laptops: list[OfficeLaptop], tmp_path: Path) -> None:
    for sha256 in (digest(b"anything"), "not-a-hash"):
        with pytest.raises(SyncError), (tmp_path / "out").open("wb") as sink:
            laptops[0].client.fetch_blob(sha256, sink)
    with pytest.raises(SyncError):
        laptops[0].client.records()
