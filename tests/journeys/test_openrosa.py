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


def test_a_record_with_photos_is_planned_goes_in_several_posts_once_and_is_never_called_sent(
    inspector: CommandLine, central: Central, tmp_path: Path
) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    central.limit, log = 60_000, tmp_path / "log.txt"
    plan = inspector.json("sync", "--openrosa", central.url, "--dry-run")["plan"]
    assert (plan["revisions"], plan["files"] > 12, plan["posts"] > 1, plan["limit"]) == (1, True, True, 60_000)
    assert central.posts == []
    assert "ยังไม่ได้ส่งอะไร" in inspector("sync", "--openrosa", central.url, "--dry-run").out
    told = inspector("sync", "--openrosa", central.url, "--log", log)
    assert (told.code, len(central.posts)) == (ExitCode.OK, plan["posts"])
    assert f"{record_id}: ส่งมอบส่วนที่ 1 จาก {plan['posts']}" in told.out
    assert "ไม่ออกใบรับ" in told.out
    assert all(len(post) <= central.limit for post in central.posts)
    assert len(set(central.submissions)) == 1  # the sealed bytes, repeated
    (revision,) = central.kept[0].versions
    assert len(central.kept[0].files) == plan["files"]
    lines = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line[1] for line in lines] == [*["posted"] * plan["posts"], "taken/taken", "end"]
    assert {line[2] for line in lines[:-1]} == {record_id}
    again = inspector.json("sync", "--openrosa", central.url)
    assert (again["fates"], len(central.posts)) == ({}, plan["posts"])
    assert inspector.json("records", "--state", "sent")["records"] == []
    assert revision.startswith("uuid:")


@pytest.mark.parametrize(
    ("answer", "fate", "word"),
    [
        pytest.param(423, "again", "ยังรับบันทึกนี้ไม่ได้ ลองใหม่ภายหลัง", id="Kobo: still being processed"),
        pytest.param(404, "wait-for", "จะส่งอีกครั้งครั้งหน้า", id="unknown form, or unknown base"),
        pytest.param((409, "not currently accepting"), "fix", "ปิดรับ", id="form closed"),
    ],
)
def test_what_was_not_taken_is_told_in_words_and_only_what_is_parked_waits_for_force(
    inspector: CommandLine,
    central: Central,
    tmp_path: Path,
    answer: int | tuple[int, str],
    fate: str,
    word: str,
) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    central.answers = [answer]
    told = inspector("sync", "--openrosa", central.url)
    assert told.code == ExitCode.SYNC
    assert word in told.out
    assert record_id in told.out
    if fate == "fix":
        parked = inspector("sync", "--openrosa", central.url)
        assert (parked.code, len(central.posts)) == (ExitCode.SYNC, 1)
        assert word in parked.out
        assert "--force" in parked.out
    central.forms = None if answer != 404 else {("factory_act_general", "x"): "open"}
    central.answers = [202]  # Kobo's word for what it has already
    again = inspector.json("sync", "--openrosa", central.url, "--force")
    assert (again["taken"], set(again["fates"].values())) == (1, {"taken"})


def test_a_wrong_key_is_told_as_the_other_systems(inspector: CommandLine, central: Central, tmp_path: Path) -> None:
    inspections.sealed(inspector, tmp_path)
    central.answers = [403]
    told = inspector("sync", "--openrosa", central.key_url)
    assert told.code == ExitCode.SYNC
    assert "ระบบปลายทางไม่รับกุญแจ" in told.err
    assert "/key/…/projects/1" in told.err  # whoever reads the screen does not get the key
    assert "ลงทะเบียน" not in told.err  # it is not our centre that refused
    assert inspector.json("sync", "--openrosa", central.key_url)["taken"] == 1


def test_a_name_and_password_are_given_in_a_file_or_asked_for(
    inspector: CommandLine, central: Central, tmp_path: Path
) -> None:
    inspections.sealed(inspector, tmp_path)
    central.login, file = ("somsri", "ลับ"), tmp_path / "password.txt"
    url = central.url + "/somsri"
    assert "ระบบปลายทางไม่รับกุญแจ" in inspector("sync", "--openrosa", url).err
    file.write_text("ผิด\n", encoding="utf-8")
    who = ("--openrosa-user", "somsri")
    assert "--openrosa-user" in inspector("sync", "--openrosa", url, *who, "--openrosa-password-file", file).err
    asked: list[str] = []
    told = inspector("sync", "--openrosa", url, *who, ask=lambda prompt: asked.append(prompt) or "ลับ")  # type: ignore[func-returns-value]  # append, then the answer
    assert (told.code, asked) == (ExitCode.OK, ["รหัสผ่านของระบบปลายทาง: "])


def test_a_line_that_breaks_says_so_keeps_its_log_and_goes_on_next_time(
    inspector: CommandLine, central: Central, tmp_path: Path
) -> None:
    inspections.sealed(inspector, tmp_path)
    central.limit, central.cut, log = 60_000, ["answer"], tmp_path / "log.txt"
    told = inspector("sync", "--openrosa", central.url, "--log", log)
    assert told.code == ExitCode.SYNC
    assert "สายหลุดระหว่างส่งมอบ" in told.err
    assert log.exists()
    assert inspector.json("sync", "--openrosa", central.url)["taken"] == 1
    assert len(central.kept) == 1


def test_an_address_without_such_a_server_and_one_that_does_not_answer_are_told_apart(
    inspector: CommandLine, centre: ServedCentre
) -> None:
    assert "ไม่ใช่ระบบ OpenRosa" in inspector("sync", "--openrosa", centre.url).err
    assert "ติดต่อระบบปลายทางไม่ได้" in inspector("sync", "--openrosa", "http://127.0.0.1:9").err


def test_the_forms_over_there_come_to_a_folder(inspector: CommandLine, central: Central, tmp_path: Path) -> None:
    central.forms, central.media = {("survey", "3"): "open"}, {"list.csv": b"a,b"}
    told = inspector("sync", "--openrosa", central.url, "--forms", tmp_path / "forms")
    assert "survey รุ่น 3" in told.out
    assert (tmp_path / "forms" / "survey-3-media" / "list.csv").read_bytes() == b"a,b"
