"""What is fetched ahead is there when there is no line: whole earlier records with small pictures, and no more."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import Audience
from checklists.store import Store
from inspector_app.actions.factories import ahead
from sync.client import Client
from sync.engine import SyncEngine
from sync.errors import ServerFaultError
from sync.prefetch import EARLIER, Prefetch
from sync.protocol import Collection
from sync.pull import Pull
from sync.server.publishing import publish_about, publish_assignments
from tests.support.photos import large
from tests.support.sync_outbox import MemoryOutbox, sealed_record
from tests.support.sync_server import RunningCentre

SITE = "site-1"


@pytest.fixture
def earlier(centre: RunningCentre) -> str:
    """Let a colleague's laptop send three inspections of one site, each with a photo. Returns the site's id."""
    key, outbox = DeviceKey.from_seed(b"\2" * 32), MemoryOutbox()
    client = centre.client(key, device_id="d-2")
    for number in range(3):
        photo = large(number)
        outbox.put(
            sealed_record(key, f"rev-{number}", record_id=f"r-{number}", files=[photo], device_id="d-2"), [photo]
        )
        send_all(outbox, client)
    client.close()
    (row, *_) = centre.centre.records.listing("00", after=0, limit=1)
    return str(row["site_id"])


def send_all(outbox: MemoryOutbox, client: Client) -> None:
    report = SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run()
    assert report.clean, report


def pull(store: Store, client: Client) -> None:
    Pull(store.pulled, store.checklists, client).run()


def test_the_last_two_visits_of_an_assigned_site_come_with_small_pictures(
    store: Store, client: Client, centre: RunningCentre, earlier: str
) -> None:
    publish_assignments(centre.centre, "00", [{"id": "a-1", "site_id": earlier}])
    pull(store, client)
    assert ahead.fetch(store, store.pulled, client, lambda: False) == 2
    assert {row.id for row in store.pulled.list(EARLIER, about=earlier)} == {"r-1", "r-2"}
    for picture in ahead.thumbnails(store, earlier).values():
        with Image.open(io.BytesIO(picture)) as opened:
            assert max(opened.size) <= 320
    assert ahead.fetch(store, store.pulled, client, lambda: False) == 0  # nothing is fetched twice


def test_only_what_the_factory_may_see_is_kept_ahead(
    store: Store, client: Client, centre: RunningCentre, earlier: str
) -> None:
    publish_assignments(centre.centre, "00", [{"id": "a-1", "site_id": earlier}])
    pull(store, client)
    ahead.fetch(store, store.pulled, client, lambda: False)
    for extract in ahead.earlier(store, earlier):
        assert extract["format"].startswith("inspector-factory-extract/")
        audiences = {one.get("audience", Audience.FACTORY) for one in extract["attachments"]}
        assert audiences <= {Audience.PUBLIC, Audience.FACTORY}


def test_a_site_that_is_no_longer_next_is_dropped(
    store: Store, client: Client, centre: RunningCentre, earlier: str
) -> None:
    pull(store, client)
    prefetch = Prefetch(store.pulled, client)
    assert prefetch.run([earlier]) == 2
    assert prefetch.run([]) == 0
    assert store.pulled.list(EARLIER) == ()


def test_a_visit_that_makes_the_centre_fail_does_not_keep_the_others_away(
    store: Store, client: Client, earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(store, client)
    newest, *_ = store.pulled.list(Collection.INSPECTIONS, about=earlier)
    ask = client.record

    def failing(record_id: str) -> dict[str, object]:
        if record_id == newest.id:
            raise ServerFaultError
        return ask(record_id)

    monkeypatch.setattr(client, "record", failing)
    assert Prefetch(store.pulled, client).run([earlier]) == 1


def test_open_orders_and_what_was_reported_are_there_without_a_line(
    store: Store, client: Client, centre: RunningCentre
) -> None:
    publish_about(centre.centre, "00", Collection.ORDERS, [{"id": "o-1", "site_id": SITE, "due": "2026-12-01"}])
    publish_about(centre.centre, "00", Collection.REPORTED, [{"id": "f-1", "site_id": SITE, "workers": 40}])
    pull(store, client)
    assert [one["due"] for one in ahead.open_orders(store, SITE)] == ["2026-12-01"]
    assert [one["workers"] for one in ahead.reported(store, SITE)] == [40]
    publish_about(centre.centre, "00", Collection.ORDERS, [{"id": "o-1", "site_id": SITE, "gone": True}])
    pull(store, client)
    assert ahead.open_orders(store, SITE) == ()


def test_what_is_no_picture_has_no_thumbnail(client: Client, centre: RunningCentre, key: DeviceKey) -> None:
    outbox = MemoryOutbox()
    outbox.put(sealed_record(key, files=[b"no picture"]), [b"no picture"])
    send_all(outbox, client)
    (blob,) = next(iter(outbox.rows.values())).blobs
    with pytest.raises(Exception, match="not-found"):
        client.fetch_thumbnail(blob.sha256, io.BytesIO())
