"""What lies in a relay's folder and how long: nothing whose way has ended, and nothing that nobody names."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.model import VisitKind
from inspector_app.cli import ExitCode
from sync.protocol import Code
from sync.relay import app, forwarding
from sync.relay.app import Desk
from sync.relay.serving import open_desk
from sync.relay.status import note, read_status
from sync.relay.sweeping import ENDED_DAYS, STRAY_DAYS, sweep, sweep_strays
from sync.server.database.upsert import set_meta
from sync.server.problems import ProblemError
from tests.support.clock import FrozenClock
from tests.support.command_line import run
from tests.support.store_builders import visit
from tests.support.sync_server import RunningCentre
from tests.sync.relay.test_forwarding import at_the_centre, handed_over, record, take

DAY = 86400


def files(desk: Desk) -> int:
    return len([path for path in (desk.config.data / "blobs").glob("*/*") if path.is_file()])


def contents(desk: Desk) -> int:
    """Count the lines whose content lies here."""
    query = "SELECT count(*) FROM carried WHERE line IS NOT NULL"
    return int(desk.storage.read(lambda c: c.exec_driver_sql(query).scalar_one()))


def tidy(desk: Desk, days: int = 7) -> None:
    sweep(desk.storage, desk.blobs, clock=desk.config.clock, keep_days=days)


def test_content_goes_when_its_laptop_is_given_the_centres_receipt(desk: Desk, centre: RunningCentre) -> None:
    sealed = handed_over(desk, "a", visit=visit(kind=VisitKind.ACCIDENT))
    desk.forwarder.turn()
    tidy(desk)
    assert (contents(desk), files(desk)) == (1, 1)  # nobody came for it yet
    first = take(desk, sealed)
    tidy(desk)
    assert (contents(desk), files(desk)) == (0, 0)
    again = take(desk, sealed)  # the answer was lost
    assert (again.code, again.receipt) == (Code.HAVE, first.receipt)


def test_content_that_nobody_comes_for_goes_some_days_after_the_receipt(desk: Desk, noon: FrozenClock) -> None:
    sealed = handed_over(desk, "a", visit=visit(kind=VisitKind.ACCIDENT))
    desk.forwarder.turn()
    noon.jump(8 * DAY)
    tidy(desk)
    assert (contents(desk), files(desk)) == (0, 0)
    assert take(desk, sealed).code == Code.HAVE


def test_what_waits_for_the_centre_stays_however_long_that_takes(
    desk: Desk, centre: RunningCentre, noon: FrozenClock
) -> None:
    handed_over(desk, "a")
    noon.jump(400 * DAY)
    tidy(desk)
    assert (contents(desk), files(desk)) == (1, 1)
    noon.jump(12 * 3600)  # the night
    desk.forwarder.turn()
    assert at_the_centre(centre) == {"rev-a"}


def test_what_never_became_whole_and_what_the_centre_refused_goes_after_some_weeks(
    desk: Desk, noon: FrozenClock
) -> None:
    half = record("half", files=[b"a photo that never comes"])
    assert take(desk, half).code == Code.PENDING
    take(desk, record("refused"))
    desk.forwarder._all.failed("rev-refused", Code.INVALID, "", "", parked=True)
    assert take(desk, record("refused")).status == 422
    noon.jump((ENDED_DAYS - 1) * DAY)
    tidy(desk)
    assert contents(desk) == 2
    noon.jump(2 * DAY)
    tidy(desk)
    assert contents(desk) == 0
    assert take(desk, half).code == Code.PENDING  # as if it came for the first time


def test_files_that_nothing_names_and_parts_that_nobody_goes_on_with_go(desk: Desk) -> None:
    handed_over(desk, "a")
    stray, part = desk.blobs.path("ab" * 32), desk.blobs.part("laptop-1", "cd" * 32)
    for path in (stray, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    copy = desk.config.data / "stick-killed"
    copy.mkdir()
    assert sweep_strays(desk.storage, desk.config.data) == 0  # they may be on their way
    assert copy.exists()
    assert sweep_strays(desk.storage, desk.config.data, now=time.time() + (STRAY_DAYS + 1) * DAY) == 2
    assert (files(desk), stray.exists(), part.exists(), copy.exists()) == (1, False, False, False)


def test_content_goes_also_while_the_centre_is_away(
    desk: Desk, centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MIRROR_SECONDS", 0.0)
    sealed = handed_over(desk, "a", visit=visit(kind=VisitKind.ACCIDENT))
    desk.forwarder.turn()
    centre.centre.gate.revoke(desk.relay_id)
    take(desk, sealed)
    desk.forwarder.turn()
    assert read_status(desk.storage).trouble
    assert (contents(desk), files(desk)) == (0, 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps other users out by the folder's own list")
def test_no_other_user_of_the_machine_may_look_into_the_folder(desk: Desk) -> None:
    folder: Path = desk.config.data
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_restart_without_the_night_window_lets_go_what_waited_for_it(desk: Desk, centre: RunningCentre) -> None:
    handed_over(desk, "plain")
    desk.forwarder.turn()
    assert at_the_centre(centre) == set()
    object.__setattr__(desk.config, "night", None)
    desk.forwarder._all.let_go(forwarding.HELD)
    desk.forwarder.turn()
    assert at_the_centre(centre) == {"rev-plain"}


def test_the_relay_is_no_laptop_of_its_own(desk: Desk) -> None:
    assert read_status(desk.storage).laptops == 2


def test_an_old_copy_of_the_folder_put_back_loses_nothing(desk: Desk, centre: RunningCentre, tmp_path: Path) -> None:
    shutil.copytree(desk.config.data, tmp_path / "old copy")
    before, after = record("a"), record("b")
    for sealed in (before, after):
        take(desk, sealed)
    desk.forwarder.turn()
    old = open_desk(replace(desk.config, data=tmp_path / "old copy"))
    assert take(old, before).code == Code.RELAYED  # unknown there: the laptop has brought it again
    old.forwarder.turn()
    told = take(old, before)
    assert (told.code, told.receipt) == (Code.HAVE, take(desk, before).receipt)
    assert at_the_centre(centre) == {"rev-a", "rev-b"}
    old.forwarder._client.close()
    old.storage.close()


# --- a disk that is full ----------------------------------------------------------------------------------------------


def test_a_nearly_full_disk_is_told_to_the_keeper(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.relay.status.RESERVE_BYTES", 1 << 60)
    told = run("relay", "status", "--data", desk.config.data)
    assert "ดิสก์ของเครื่องกลางเต็ม" in told.out


def test_a_line_that_comes_to_a_nearly_full_disk_is_told_to_come_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.relay.status.RESERVE_BYTES", 1 << 60)
    with pytest.raises(ProblemError) as told:
        app._check_room(desk)
    assert (told.value.status, told.value.code, told.value.headers) == (503, Code.BUSY, {"retry-after": "300"})
    handed_over(desk, "a", visit=visit(kind=VisitKind.ACCIDENT))
    desk.forwarder.turn()
    assert read_status(desk.storage).held.received == 1


def test_trouble_that_nobody_foresaw_stands_in_the_status(desk: Desk) -> None:
    for error, code in ((OSError(errno.ENOSPC, "no room"), "disk-full"), (ValueError("a mistake"), "relay-fault")):
        desk.forwarder._tell(error)
        assert read_status(desk.storage).trouble == code


@pytest.mark.parametrize("code", ["offline", "line-cut", "wrong-server", "token-revoked", "certificate", "relay-fault"])
def test_the_keeper_is_told_of_the_relay_and_not_of_a_laptop(desk: Desk, code: str) -> None:
    note(desk.storage, trouble=code)
    told = run("relay", "status", "--data", desk.config.data)
    assert told.code == ExitCode.SYNC
    assert "เครื่องกลาง" in told.out
    assert "งานของท่าน" not in told.out


def test_data_of_a_newer_program_is_told_as_that(desk: Desk) -> None:
    desk.storage.write(lambda c: set_meta(c, "schema", "9999"))
    told = run("relay", "status", "--data", desk.config.data, "--json")
    assert (told.code, told.error["error"]) == (ExitCode.STORAGE, "newer-workspace")
