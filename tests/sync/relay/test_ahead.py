"""What is fetched ahead reaches a laptop that sees nothing but its relay; the relay fetches it once for all."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from checklists.clock import SystemClock
from checklists.sealing import digest
from checklists.store import Store
from inspector_app.actions.factories import ahead
from sync.client import Session
from sync.engine import SyncEngine
from sync.errors import RefusedError
from sync.prefetch import Prefetch
from sync.protocol import Code, Role
from sync.pull import Pull
from sync.relay.app import Desk
from sync.relay.status import KeptAhead, read_status
from sync.server.database import tables
from sync.server.publishing import publish_assignments
from tests.support.clock import FrozenClock
from tests.support.command_line import run
from tests.support.photos import large
from tests.support.sync_outbox import MemoryOutbox, sealed_record
from tests.support.sync_relay import OfficeLaptop, RelayProcess, key_of, patiently
from tests.support.sync_server import RunningCentre

COLLEAGUE = 5


@pytest.fixture
def site(centre: RunningCentre) -> str:
    """Let a colleague who never comes to this office send three visits of one site. Returns its id."""
    key, outbox = key_of(COLLEAGUE), MemoryOutbox()
    client = centre.client(key, device_id="d-5")
    for number in range(3):
        photo = large(number)
        line = sealed_record(key, f"rev-{number}", record_id=f"r-{number}", files=[photo], device_id="d-5")
        outbox.put(line, [photo])
        assert SyncEngine(outbox, client, clock=SystemClock(), random=random.Random(1)).run().clean
    client.close()
    (row, *_) = centre.centre.records.listing("00", after=0, limit=1)
    return str(row["site_id"])


def test_an_assigned_sites_last_visits_come_through_the_relay_with_small_pictures(
    centre: RunningCentre, sessions: dict[int, Session], store: Store, site: str, tmp_path: Path
) -> None:
    publish_assignments(centre.centre, "00", [{"id": "a-1", "site_id": site}])
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        laptop = OfficeLaptop(1, sessions[1], relay.url)
        laptop.join()
        fetched: list[int] = []

        def come() -> bool:
            Pull(store.pulled, store.checklists, laptop.client).run()
            fetched.append(ahead.fetch(store, store.pulled, laptop.client, lambda: False))
            return sum(fetched) == 2

        patiently(come)
        extracts = ahead.earlier(store, site)
        assert {extract["record_id"] for extract in extracts} == {"r-1", "r-2"}
        assert all(extract["format"].startswith("inspector-factory-extract/") for extract in extracts)
        pictures = ahead.thumbnails(store, site)
        assert set(pictures) == {digest(large(1)), digest(large(2))}
        for picture in pictures.values():
            with Image.open(io.BytesIO(picture)) as opened:
                assert max(opened.size) <= 320
        with pytest.raises(RefusedError):  # the photo itself is nobody's to read here
            laptop.client.fetch_blob(digest(large(1)), io.BytesIO())
        with pytest.raises(RefusedError):
            laptop.client.record("r-of-nobody")
        laptop.close()


def test_what_only_a_laptop_plans_is_fetched_when_it_asks_and_stays_for_the_next(
    centre: RunningCentre, sessions: dict[int, Session], store: Store, site: str, tmp_path: Path
) -> None:
    with RelayProcess(tmp_path / "relay", centre.url) as relay:
        relay.start(centre.code(role=Role.RELAY))
        laptop, other = (OfficeLaptop(number, sessions[number], relay.url) for number in (1, 2))
        laptop.join()
        fetched: list[int] = []

        def come() -> bool:
            Pull(store.pulled, store.checklists, laptop.client).run()
            fetched.append(Prefetch(store.pulled, laptop.client).run([site]))
            return sum(fetched) == 2

        patiently(come)
        assert fetched[0] == 0  # nobody had asked before
        centre.centre.gate.revoke(relay_of(centre))
        other.join()
        assert other.client.record("r-2")["revisions"][0]["revision_id"] == "rev-2"
        for one in (laptop, other):
            one.close()


def relay_of(centre: RunningCentre) -> str:
    """Return the device id of the centre's one relay."""
    devices = centre.centre.storage.read(lambda c: c.execute(tables.devices.select()).all())
    return next(str(row.device_id) for row in devices if row.role == Role.RELAY.value)


# --- what is not wanted any more goes, what is refused waits ----------------------------------------------------------


def turn(desk: Desk) -> None:
    """Let the relay ask the centre for what is new."""
    desk.forwarder.look_again()
    desk.forwarder.turn()


def pictures(desk: Desk) -> int:
    return len(list((desk.config.data / "pictures").glob("*")))


def ask(desk: Desk, record_id: str) -> bool:
    """Ask as a laptop does; say whether it is here."""
    return desk.ahead.record("00", record_id) is not None


def test_visits_of_a_site_that_is_assigned_no_more_go_with_their_pictures(
    centre: RunningCentre, desk: Desk, site: str
) -> None:
    publish_assignments(centre.centre, "00", [{"id": "a-1", "site_id": site}])
    turn(desk)
    assert (read_status(desk.storage).ahead.kept, pictures(desk)) == (2, 2)
    publish_assignments(centre.centre, "00", [{"id": "a-1", "gone": True}])
    turn(desk)
    assert (read_status(desk.storage).ahead.kept, pictures(desk)) == (0, 0)


@pytest.mark.usefixtures("site")
def test_a_visit_that_a_laptop_asked_for_stays_while_laptops_ask_for_it(desk: Desk, noon: FrozenClock) -> None:
    turn(desk)
    assert not ask(desk, "r-0")
    turn(desk)
    for days in (20, 20):
        noon.jump(days * 86400)
        turn(desk)
        assert ask(desk, "r-0")
    noon.jump(31 * 86400)
    turn(desk)
    assert (read_status(desk.storage).ahead.kept, pictures(desk)) == (0, 0)


@pytest.mark.usefixtures("site")
def test_of_what_laptops_asked_for_only_the_newest_is_kept(
    desk: Desk, noon: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.relay.ahead.MOST_ASKED", 2)
    turn(desk)
    for record_id in ("r-0", "r-1", "r-2"):
        ask(desk, record_id)
        noon.jump(60)
        turn(desk)
    assert [ask(desk, record_id) for record_id in ("r-1", "r-2")] == [True, True]
    assert (read_status(desk.storage).ahead.kept, pictures(desk)) == (2, 2)


class Refusing:
    """A centre that gives no record."""

    def __init__(self) -> None:
        self.asked = 0

    def record(self, _record_id: str) -> dict[str, object]:
        self.asked += 1
        raise RefusedError(code=Code.FORBIDDEN)


@pytest.mark.usefixtures("site")
def test_what_the_centre_refuses_is_asked_for_ever_later_and_told_to_the_keeper(desk: Desk, noon: FrozenClock) -> None:
    centre = Refusing()
    desk.forwarder.turn()
    turn(desk)
    assert desk.ahead.record("00", "r-0") is None
    asked = []
    for hours in (0, 0.5, 0.6, 1.5, 1):
        noon.jump(int(hours * 3600))
        desk.ahead.fetch(centre, lambda: False)  # type: ignore[arg-type]  # the one call that it makes
        asked.append(centre.asked)
    assert asked == [1, 1, 2, 2, 3]
    with pytest.raises(KeyError):  # the laptop is not told to come again at once
        desk.ahead.record("00", "r-0")
    assert read_status(desk.storage).ahead == KeptAhead(kept=0, refused=1, code="forbidden")
    told = run("relay", "status", "--data", desk.config.data)
    assert "ศูนย์ยังไม่ให้การตรวจครั้งก่อน 1 ครั้ง (forbidden)" in told.out
    noon.jump(-400 * 86400)  # the clock was wrong: nothing waits for a year
    desk.ahead.fetch(centre, lambda: False)  # type: ignore[arg-type]  # the one call that it makes
    assert centre.asked == 4
