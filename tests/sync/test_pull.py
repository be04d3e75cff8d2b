"""What the centre knows reaches the laptop: whole, once, and never over what was written here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import FormPin, Site
from checklists.sealing import digest, wire_line
from checklists.store import Store, build_registry
from sync.client import Client
from sync.errors import CursorExpiredError, CutError, NotOurServerError, RefusedError
from sync.protocol import Collection, Review, ReviewComment, ReviewKind, Role
from sync.pull import Pull, download, pull_registry, refresh_registry
from sync.server import feed
from sync.server.config import ServerConfig
from sync.server.identity import renew_server_id
from sync.server.publishing import publish_assignments, publish_form, publish_registry_rows, publish_snapshot
from sync.transport import Request, RequestsTransport, Response
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, new_store
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_server import RunningCentre, running_centre
from tests.support.sync_whole import home_of

XML = b"<h:html/>"
PIN = FormPin("factory_act_general", "1.0", digest(XML))


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    with new_store(tmp_path / "workspace", clock) as opened:
        yield opened


@pytest.fixture
def pull(store: Store, client: Client) -> Pull:
    return Pull(store.pulled, store.checklists, client)


def test_assignments_come_with_their_cursor_and_only_once(centre: RunningCentre, store: Store, pull: Pull) -> None:
    publish_assignments(centre.centre, "00", [{"id": "w-1", "site_id": "s-1"}, {"id": "w-2", "site_id": "s-2"}])
    assert pull.run().rows == 2
    assert {r.id: r.about for r in store.pulled.list("assignments")} == {"w-1": "s-1", "w-2": "s-2"}
    assert pull.run().rows == 0


def test_what_is_withdrawn_goes_away_here_too(centre: RunningCentre, store: Store, pull: Pull) -> None:
    publish_assignments(centre.centre, "00", [{"id": "w-1"}, {"id": "w-2"}])
    pull.run()
    publish_assignments(centre.centre, "00", [{"id": "w-1", "gone": True}])
    assert pull.run().rows == 1
    assert [r.id for r in store.pulled.list("assignments")] == ["w-2"]


def test_another_provinces_work_is_not_given(centre: RunningCentre, store: Store, pull: Pull) -> None:
    publish_assignments(centre.centre, "12", [{"id": "w-1"}])
    assert pull.run().rows == 0


def test_a_laptop_that_moves_loses_the_old_provinces_rows_and_gets_the_new_ones(
    centre: RunningCentre, store: Store, key: DeviceKey
) -> None:
    for scope in ("00", "11", "12"):
        publish_assignments(centre.centre, scope, [{"id": f"w-{scope}"}])
    person = centre.centre.users.add("ผู้ตรวจ ตัวอย่าง", Role.INSPECTOR, "11").user_id
    client = centre.client(key, person_id=person)
    pull = Pull(store.pulled, store.checklists, client)
    pull.run()
    assert [r.id for r in store.pulled.list("assignments")] == ["w-00", "w-11"]
    centre.centre.users.change(person, role=Role.INSPECTOR, scope="12")
    assert pull.run().started_over
    assert [r.id for r in store.pulled.list("assignments")] == ["w-00", "w-12"]
    assert not pull.run().started_over
    client.close()


def test_many_pages_make_one_pull(
    centre: RunningCentre, store: Store, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.pull.PAGE", 7)
    publish_assignments(centre.centre, "00", [{"id": f"w-{n:02}"} for n in range(50)])
    report = pull.run()
    assert (report.rows, report.pages) == (50, 8)
    assert len(store.pulled.list("assignments")) == 50


def test_a_checklist_comes_with_its_form_checked_by_hash(centre: RunningCentre, store: Store, pull: Pull) -> None:
    publish_form(centre.centre, PIN, XML)
    assert pull.run().forms == 1
    assert store.checklists.get(PIN.sha256) == (PIN, XML)


def test_a_form_that_is_not_what_its_row_says_is_not_taken(centre: RunningCentre, store: Store, pull: Pull) -> None:
    publish_form(centre.centre, PIN, XML)
    centre.centre.blobs.path(PIN.sha256).write_bytes(b"<other/>")
    with pytest.raises(NotOurServerError):
        pull.run()
    assert store.pulled.cursor() == ""
    assert not store.checklists.has(PIN.sha256)


def test_an_inspection_sent_by_one_laptop_is_history_on_another(
    centre: RunningCentre, store: Store, pull: Pull, key: DeviceKey
) -> None:
    colleague_key = DeviceKey.generate()
    colleague = centre.client(colleague_key, device_id="d-2")
    sealed = sealed_record(colleague_key, "rev-9", record_id="r-9", device_id="d-2")
    (result,) = colleague.send_lines([wire_line(sealed).encode()])
    assert result.status == 201
    colleague.close()
    pull.run()
    (row,) = store.pulled.list("inspections", about="10120000525545")
    assert row.id == "r-9"
    assert row.body is not None
    assert row.body["overall"] == "correct"
    assert row.body["findings"][0]["item_id"] == "FA-B02"


# --- reviews --------------------------------------------------------------------------------------------------------


def review(kind: ReviewKind = ReviewKind.RETURN, text: str = "ภาพไม่ชัด", **changes: str) -> Review:
    values = {"review_id": "rv-1", "record_id": "r-1", "revision_id": "rev-1", "at": "2026-11-22", "author": "p-2"}
    return Review(kind=kind, comments=(ReviewComment("FA-B02", text),), **{**values, **changes})


@pytest.fixture
def supervisor(centre: RunningCentre) -> Iterator[Client]:
    client = centre.client(DeviceKey.generate(), device_id="d-boss", role=Role.SUPERVISOR)
    yield client
    client.close()


def test_a_return_reaches_the_inspector_with_its_comments_pinned_to_items(
    client: Client, supervisor: Client, store: Store, pull: Pull, key: DeviceKey
) -> None:
    client.send_lines([wire_line(sealed_record(key)).encode()])
    assert [r.status for r in supervisor.send_reviews([review()])] == [201]
    assert [r.status for r in supervisor.send_reviews([review()])] == [200]
    pull.run()
    (row,) = store.pulled.list("reviews", about="r-1")
    assert row.body is not None
    assert row.body["comments"] == [{"item_id": "FA-B02", "text": "ภาพไม่ชัด"}]


def test_a_return_without_a_reason_is_refused(client: Client, supervisor: Client, key: DeviceKey) -> None:
    client.send_lines([wire_line(sealed_record(key)).encode()])
    assert [r.status for r in supervisor.send_reviews([review(text=" ")])] == [422]


def test_a_review_of_what_the_centre_does_not_have_waits(supervisor: Client) -> None:
    assert [r.status for r in supervisor.send_reviews([review()])] == [424]


def test_an_inspector_does_not_review(client: Client) -> None:
    with pytest.raises(RefusedError) as error:
        client.send_reviews([review()])
    assert error.value.code == "forbidden"


def test_a_return_never_touches_unsent_work(
    centre: RunningCentre, client: Client, supervisor: Client, store: Store, pull: Pull, key: DeviceKey
) -> None:
    begin(store, "r-1")
    before = store.records.draft("r-1")
    client.send_lines([wire_line(sealed_record(key)).encode()])
    supervisor.send_reviews([review()])
    pull.run()
    assert store.records.draft("r-1") == before


# --- starting over --------------------------------------------------------------------------------------------------


def test_a_cursor_older_than_the_tombstones_starts_over_without_touching_our_own_work(
    centre: RunningCentre, store: Store, pull: Pull
) -> None:
    begin(store, "r-1")
    publish_assignments(centre.centre, "00", [{"id": "w-1"}])
    pull.run()
    publish_assignments(centre.centre, "00", [{"id": "w-2"}, {"id": "w-1", "gone": True}])
    later = SystemClock().now() + timedelta(days=401)
    assert centre.centre.storage.write(lambda c: feed.purge(c, later)) == 1
    report = pull.run()
    assert report.started_over
    assert [r.id for r in store.pulled.list("assignments")] == ["w-2"]
    assert store.records.summary("r-1").record_id == "r-1"


def test_a_walk_in_pages_from_the_beginning_is_not_told_to_begin_again(
    centre: RunningCentre, store: Store, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cursor lies below the tombstones that are gone, but it has no older rows that they would concern."""
    monkeypatch.setattr("sync.pull.PAGE", 2)
    publish_assignments(centre.centre, "00", [{"id": f"w-{n}"} for n in range(6)])
    publish_assignments(centre.centre, "00", [{"id": "w-5", "gone": True}])
    later = SystemClock().now() + timedelta(days=401)
    centre.centre.storage.write(lambda c: feed.purge(c, later))
    report = pull.run()
    assert (report.started_over, report.rows, report.pages) == (False, 5, 3)


def test_tombstones_that_go_in_the_middle_of_a_walk_start_it_over(
    centre: RunningCentre, store: Store, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.pull.PAGE", 2)
    publish_assignments(centre.centre, "00", [{"id": f"w-{n}"} for n in range(6)])
    stops = iter((False, True))
    first = Pull(store.pulled, store.checklists, client, should_stop=lambda: next(stops)).run()
    assert (first.rows, first.stopped) == (2, True)
    publish_assignments(centre.centre, "00", [{"id": "w-0", "gone": True}])
    later = SystemClock().now() + timedelta(days=401)
    centre.centre.storage.write(lambda c: feed.purge(c, later))
    assert Pull(store.pulled, store.checklists, client).run().started_over
    assert {r.id for r in store.pulled.list("assignments")} == {f"w-{n}" for n in range(1, 6)}


def test_the_line_about_our_own_record_is_no_news(
    centre: RunningCentre, client: Client, store: Store, pull: Pull, key: DeviceKey
) -> None:
    begin(store, "r-1")
    client.send_lines(
        [wire_line(sealed_record(key, record_id=r, revision_id=f"rev-{r}")).encode() for r in ("r-1", "r-2")]
    )
    report = pull.run()
    assert (report.rows, report.own) == (1, 1)


def test_a_cursor_of_another_centre_is_expired(centre: RunningCentre, client: Client) -> None:
    other = feed.Cursor("another-centre", {"00": 5}).to_text()
    with pytest.raises(CursorExpiredError):
        client.changes(other, ["forms"])
    assert renew_server_id(centre.centre.storage) != centre.centre.server_id


# --- the registry ---------------------------------------------------------------------------------------------------


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


def test_photos_of_a_colleague_can_be_read_in_the_scope_unless_they_are_restricted(
    centre: RunningCentre, client: Client, key: DeviceKey
) -> None:
    data = photo(1, 5000)
    sealed = sealed_record(key, files=[data])
    (result,) = client.send_lines([wire_line(sealed).encode()])
    assert result.status == 202
    import io
    import random

    from sync.engine import SyncEngine
    from tests.support.sync_outbox import MemoryOutbox

    outbox = MemoryOutbox()
    outbox.put(sealed, [data])
    SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run()
    colleague = centre.client(DeviceKey.generate(), device_id="d-2")
    sink = io.BytesIO()
    colleague.fetch_blob(digest(data), sink, start=10)
    assert sink.getvalue() == data[10:]
    seen = colleague.record("r-1")["revisions"][0]
    assert "line" not in seen
    assert seen["extract"]["record_id"] == "r-1"
    colleague.close()
    stranger = centre.client(DeviceKey.generate(), device_id="d-3", scope="12")
    with pytest.raises(RefusedError):
        stranger.fetch_blob(digest(data), io.BytesIO())
    with pytest.raises(RefusedError):
        stranger.record("r-1")
    stranger.close()
