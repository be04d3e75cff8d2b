"""The registry: a checked file that goes on after a cut, whoever lies on the way, and its changes after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import Site
from checklists.store import Store, build_registry
from sync.client import Client
from sync.errors import CutError, NotOurServerError
from sync.protocol import Collection
from sync.pull import download, pull_registry, refresh_registry
from sync.server import feed
from sync.server.config import ServerConfig
from sync.server.publishing import publish_registry_rows, publish_snapshot
from sync.transport import Request, RequestsTransport, Response
from tests.support.clock import FrozenClock
from tests.support.store_workspace import new_store
from tests.support.sync_liars import answering
from tests.support.sync_server import RunningCentre, running_centre
from tests.support.sync_whole import home_of


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    with new_store(tmp_path / "workspace", clock) as opened:
        yield opened


@pytest.fixture
def publisher() -> DeviceKey:
    return DeviceKey.generate()


def offer(centre: RunningCentre, folder: Path, publisher: DeviceKey, cursor: str, count: int = 200) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"registry-{cursor}.db"
    sites = (Site(site_id=f"{n:014}", name_th=f"โรงงานตัวอย่าง {n}", province_code="12") for n in range(count))
    manifest = build_registry(file, sites, source="test", cursor=cursor, key=publisher)
    publish_snapshot(centre.centre, file, collection="registry", cursor=cursor, manifest=json.dumps(manifest.to_json()))
    return file


def test_the_registry_comes_as_a_file_that_is_checked_and_installed(
    centre: RunningCentre, store: Store, client: Client, tmp_path: Path, publisher: DeviceKey
) -> None:
    offer(centre, tmp_path / "made", publisher, "20")
    changes = pull_registry(
        store.registry, client, tmp_path / "down", home=home_of(store), trusted=[publisher.public_bytes]
    )
    assert changes.touches("registry")
    assert (store.registry.count(), store.registry.cursor()) == (200, "20")
    assert list((tmp_path / "down").iterdir()) == []
    assert not pull_registry(store.registry, client, tmp_path / "down", home=home_of(store)).items


class CutOnce(RequestsTransport):
    """Breaks the line once, in the middle of a download."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def send(self, request: Request) -> Response:
        if request.sink is None:
            return super().send(request)
        self.asked.append(request.headers.get("range", ""))
        if len(self.asked) == 1:
            super().send(
                Request(request.method, request.url, {**request.headers, "range": "bytes=0-4999"}, sink=request.sink)
            )
            raise CutError
        return super().send(request)


def test_a_cut_download_goes_on_where_it_stopped(
    centre: RunningCentre, tmp_path: Path, publisher: DeviceKey, key: DeviceKey
) -> None:
    made = offer(centre, tmp_path / "made", publisher, "20")
    transport = CutOnce()
    client = centre.client(key, transport=transport)
    manifest = client.snapshot("registry")
    assert manifest is not None
    with pytest.raises(CutError):
        download(client, manifest, tmp_path / "down")
    file = download(client, manifest, tmp_path / "down")
    client.close()
    assert transport.asked == ["", "bytes=5000-"]
    assert file.read_bytes() == made.read_bytes()


def test_a_portal_in_the_middle_of_a_download_spoils_nothing(
    centre: RunningCentre, tmp_path: Path, publisher: DeviceKey, key: DeviceKey
) -> None:
    made = offer(centre, tmp_path / "made", publisher, "20")
    client = centre.client(key, transport=CutOnce())
    manifest = client.snapshot("registry")
    assert manifest is not None
    with pytest.raises(CutError):
        download(client, manifest, tmp_path / "down")
    with answering(200, "text/html") as portal:
        client.session = replace(client.session, url=portal)
        with pytest.raises(NotOurServerError):
            download(client, manifest, tmp_path / "down")
    (part,) = (tmp_path / "down").iterdir()
    assert part.read_bytes() == made.read_bytes()[:5000]
    client.session = replace(client.session, url=centre.url)
    assert download(client, manifest, tmp_path / "down").read_bytes() == made.read_bytes()
    client.close()


class NoRanges(CutOnce):
    """A proxy on the way that knows no ranges: after the cut the whole file comes."""

    def send(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name != "range" or not self.asked}
        return super().send(replace(request, headers=headers))


def test_the_whole_file_begins_anew_where_somebody_on_the_way_knows_no_ranges(
    centre: RunningCentre, tmp_path: Path, publisher: DeviceKey, key: DeviceKey
) -> None:
    made = offer(centre, tmp_path / "made", publisher, "20")
    client = centre.client(key, transport=NoRanges())
    manifest = client.snapshot("registry")
    assert manifest is not None
    with pytest.raises(CutError):
        download(client, manifest, tmp_path / "down")
    said: list[tuple[int, int]] = []
    file = download(client, manifest, tmp_path / "down", progress=lambda done, size: said.append((done, size)))
    client.close()
    assert file.read_bytes() == made.read_bytes()
    assert said[-1] == (manifest.size, manifest.size)


def test_what_was_begun_of_an_older_file_is_dropped(
    centre: RunningCentre, tmp_path: Path, publisher: DeviceKey, client: Client
) -> None:
    offer(centre, tmp_path / "made", publisher, "20")
    manifest = client.snapshot("registry")
    assert manifest is not None
    (tmp_path / "down").mkdir()
    (tmp_path / "down" / f"{'a' * 64}.part").write_bytes(b"of yesterday")
    (tmp_path / "down" / "something.part").write_bytes(b"of somebody else")
    file = download(client, manifest, tmp_path / "down")
    assert sorted(path.name for path in (tmp_path / "down").iterdir()) == sorted([file.name, "something.part"])


def test_changes_of_the_registry_are_small(centre: RunningCentre, client: Client) -> None:
    sites = [(f"{n:014}", Site(site_id=f"{n:014}", name_th="โรงงาน").to_json()) for n in range(100)]
    cursor = publish_registry_rows(centre.centre, sites)
    page = client.changes("0", [Collection.REGISTRY], limit=5000)
    assert len(page.rows) == 100
    assert page.cursor == cursor
    assert not client.changes(cursor, [Collection.REGISTRY]).rows


def test_the_registry_is_brought_up_to_date_by_its_changes_and_by_the_file_where_they_are_gone(
    centre: RunningCentre, store: Store, client: Client, tmp_path: Path, publisher: DeviceKey
) -> None:
    site = Site(site_id="9" * 14, name_th="โรงงานใหม่")
    start = publish_registry_rows(centre.centre, [("1" * 14, site.to_json())])
    offer(centre, tmp_path / "made", publisher, start)

    def refresh() -> None:
        refresh_registry(
            store.registry, client, tmp_path / "down", home=home_of(store), trusted=[publisher.public_bytes]
        )

    refresh()
    assert (store.registry.count(), store.registry.cursor()) == (200, start)
    changed = publish_registry_rows(centre.centre, [(site.site_id, site.to_json()), ("0" * 14, None)])
    refresh()
    assert (store.registry.count(), store.registry.cursor()) == (200, changed)
    assert store.registry.get(site.site_id) == site
    gone = publish_registry_rows(centre.centre, [("0" * 13 + "1", None)])
    offer(centre, tmp_path / "made", publisher, gone, count=150)
    later = SystemClock().now() + timedelta(days=401)
    centre.centre.storage.write(lambda c: feed.purge(c, later))
    refresh()
    assert (store.registry.count(), store.registry.cursor()) == (150, gone)


def test_the_registry_of_another_centre_is_replaced_by_this_ones_file_and_never_changed_by_its_rows(
    centre: RunningCentre, store: Store, client: Client, key: DeviceKey, tmp_path: Path, publisher: DeviceKey
) -> None:
    """The numbers of two centres are alike: only the noted id tells that a place at one is none at the other."""
    start = publish_registry_rows(centre.centre, [("1" * 14, None)])
    offer(centre, tmp_path / "made", publisher, start)
    refresh_registry(store.registry, client, tmp_path / "down", home=home_of(store), trusted=[publisher.public_bytes])
    with running_centre(ServerConfig(tmp_path / "other")) as other:
        theirs = other.client(key)
        added = Site(site_id="7" * 14, name_th="ของศูนย์อื่น")
        for _ in range(3):
            cursor = publish_registry_rows(other.centre, [(added.site_id, added.to_json())])

        def refresh() -> None:
            refresh_registry(
                store.registry, theirs, tmp_path / "down", home=home_of(store), trusted=[publisher.public_bytes]
            )

        refresh()
        assert (store.registry.count(), store.registry.cursor()) == (200, start)  # it has no file: nothing is mixed
        offer(other, tmp_path / "made", publisher, start, count=7)  # a file at the very cursor that we have
        refresh()
        assert (store.registry.count(), store.registry.cursor()) == (8, cursor)
        assert home_of(store).centre_id == other.centre.server_id
        theirs.close()


def test_the_registrys_tombstones_stay_until_its_file_has_taken_them_in(
    centre: RunningCentre, tmp_path: Path, publisher: DeviceKey
) -> None:
    start = publish_registry_rows(centre.centre, [("1" * 14, None)])
    offer(centre, tmp_path / "made", publisher, start)
    publish_registry_rows(centre.centre, [("2" * 14, None)])
    later = SystemClock().now() + timedelta(days=401)
    assert centre.centre.storage.write(lambda c: feed.purge(c, later)) == 1
