"""`inspector sync --openrosa URL`: sealed records handed to another ministry's server, told as what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.cli import ExitCode
from tests.support import inspections
from tests.support.command_line import CommandLine
from tests.support.openrosa_central import Central, running_central
from tests.support.served_centre import ServedCentre


@pytest.fixture
def central() -> Iterator[Central]:
    with running_central() as central:
        yield central


def test_a_record_with_photos_goes_in_several_posts_once_and_is_never_called_sent(
    inspector: CommandLine, central: Central, tmp_path: Path
) -> None:
    inspections.sealed(inspector, tmp_path)
    central.limit = 60_000
    told = inspector.json("sync", "--openrosa", central.url)
    (revision_id,) = told["fates"]
    assert (told["taken"], told["fates"][revision_id], told["unnamed"]) == (1, "taken", {})
    assert len(central.posts) > 1
    assert all(len(post) <= central.limit for post in central.posts)
    assert len(set(central.submissions)) == 1  # the sealed bytes, repeated
    assert f"<instanceID>uuid:{revision_id}</instanceID>".encode() in central.submissions[0].replace(b"orx:", b"")
    posts = len(central.posts)
    assert inspector.json("sync", "--openrosa", central.url)["fates"] == {}
    assert len(central.posts) == posts
    assert inspector.json("records", "--state", "sent")["records"] == []


@pytest.mark.parametrize(
    ("status", "fate", "word"),
    [
        pytest.param(423, "again", "ลองใหม่", id="Kobo: still being processed"),
        pytest.param(404, "wait-for", "จะส่งอีกครั้งครั้งหน้า", id="unknown form, or unknown base"),
        pytest.param(413, "fix", "ไม่รับ", id="larger than the server takes"),
    ],
)
def test_what_was_not_taken_is_told_in_words_and_goes_at_the_next_run(
    inspector: CommandLine, central: Central, tmp_path: Path, status: int, fate: str, word: str
) -> None:
    inspections.sealed(inspector, tmp_path)
    central.answers = [status]
    told = inspector("sync", "--openrosa", central.url)
    assert told.code == ExitCode.SYNC
    assert word in told.out
    central.answers = [202]  # Kobo's word for what it has already
    again = inspector.json("sync", "--openrosa", central.url)
    assert (again["taken"], set(again["fates"].values())) == (1, {"taken"})


def test_a_wrong_key_is_told_as_the_other_systems(inspector: CommandLine, central: Central, tmp_path: Path) -> None:
    inspections.sealed(inspector, tmp_path)
    central.answers = [403]
    told = inspector("sync", "--openrosa", central.url)
    assert told.code == ExitCode.SYNC
    assert "ระบบปลายทางไม่รับกุญแจ" in told.err
    assert "ลงทะเบียน" not in told.err  # it is not our centre that refused
    assert inspector.json("sync", "--openrosa", central.url)["taken"] == 1


def test_an_address_without_such_a_server_and_one_that_does_not_answer_are_told_apart(
    inspector: CommandLine, centre: ServedCentre
) -> None:
    assert "ไม่ใช่ระบบ OpenRosa" in inspector("sync", "--openrosa", centre.url).err
    assert "ติดต่อระบบปลายทางไม่ได้" in inspector("sync", "--openrosa", "http://127.0.0.1:9").err
