"""What the centre knows reaches the laptop: whole, once, and never over what was written here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from checklists.clock import SystemClock
from checklists.crypto import DeviceKey
from checklists.model import FormPin
from checklists.sealing import digest, wire_line
from checklists.store import Store
from sync.client import ChangesPage, Client
from sync.errors import CursorExpiredError, CutError, RefusedError, SpoiltFileError
from sync.protocol import Review, ReviewComment, ReviewKind, Role
from sync.pull import Pull
from sync.server import feed
from sync.server.identity import renew_server_id
from sync.server.publishing import publish_assignments, publish_form
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, new_store
from tests.support.sync_outbox import photo, sealed_record
from tests.support.sync_server import RunningCentre

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


def test_members_of_a_row_that_nobody_here_knows_are_kept(centre: RunningCentre, store: Store, pull: Pull) -> None:
    row = {"id": "w-1", "site_id": "s-1", "of_a_later_centre": {"ก": [1, 2]}}
    publish_assignments(centre.centre, "00", [row])
    pull.run()
    (kept,) = store.pulled.list("assignments")
    assert kept.body == row


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


def test_a_centre_that_never_comes_to_an_end_is_not_asked_for_ever(
    store: Store, client: Client, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def endless(since: str, *_args: object, **_more: object) -> ChangesPage:
        asked.append(since)
        return ChangesPage((), since, more=True)

    monkeypatch.setattr(client, "changes", endless)
    with pytest.raises(CutError):
        pull.run()
    assert asked == [""]


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
    with pytest.raises(SpoiltFileError):
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
