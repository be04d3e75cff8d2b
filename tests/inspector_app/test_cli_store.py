"""The commands of the local store: people, recovery key, erasing, versions of a record side by side and on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checklists import crypto
from checklists.crypto import derive
from inspector_app.cli.table import ExitCode
from tests.support.clock import FrozenClock
from tests.support.command_line import CommandLine

OTHER = "รหัสผ่านของคนที่สอง"


@pytest.fixture
def inspector(tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr(derive, "calibrated", crypto.KdfCost.weak_for_tests)
    command = CommandLine(tmp_path / "w", clock=clock)
    command.init()
    return command


@pytest.fixture
def colleague(inspector: CommandLine, tmp_path: Path) -> Callable[..., int]:
    """Somebody else on the same laptop, with a passphrase of their own; returns a command's exit code."""
    file = tmp_path / "other.txt"
    file.write_text(OTHER, "utf-8")
    inspector.json("person", "add", "--name", "อนันต์ ตัวอย่าง", "--new-passphrase-file", file)
    other = CommandLine(inspector.folder, clock=inspector.clock)

    def run(*words: object) -> int:
        other.passphrase_file = file
        return other(*words).code

    return run


# --- people ---


def test_a_person_who_was_removed_gets_in_no_more(inspector: CommandLine, colleague: Callable[..., int]) -> None:
    assert colleague("records") == ExitCode.OK
    gone = inspector.json("person", "remove", "อนันต์ ตัวอย่าง")["person"]
    assert gone["name"] == "อนันต์ ตัวอย่าง"
    assert colleague("records") == ExitCode.KEY
    assert [p["name"] for p in inspector.json("person", "list")["people"]] == ["นางสาวตัวอย่าง ใจดี"]
    assert inspector.json("verify")["good"]


def test_nobody_removes_themselves_or_a_stranger(inspector: CommandLine) -> None:
    assert inspector.json("person", "remove", "นางสาวตัวอย่าง ใจดี", code=ExitCode.STORAGE)["error"] == "own-way-in"
    assert inspector.json("person", "remove", "ไม่มีคนนี้", code=ExitCode.NOT_FOUND)["error"] == "not-found"


def test_a_new_recovery_key_replaces_the_old_one(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "calibrated", crypto.KdfCost.weak_for_tests)
    inspector = CommandLine(tmp_path / "w", clock=clock)
    old, key, new = inspector.init()["recovery_key"], tmp_path / "key.txt", tmp_path / "new.txt"
    fresh = inspector.json("recovery", "new")["recovery_key"]
    assert fresh != old
    new.write_text("รหัสใหม่ที่จำได้", "utf-8")
    for text, code in ((old, ExitCode.KEY), (fresh, ExitCode.OK)):
        key.write_text(text, "utf-8")
        words = ("recover", "--recovery-key-file", key, "--new-passphrase-file", new)
        assert inspector(*words).code == code


def test_who_has_no_role_for_the_restricted_part_makes_no_recovery_key(
    inspector: CommandLine, colleague: Callable[..., int]
) -> None:
    assert colleague("recovery", "new") == ExitCode.STORAGE


def test_an_erased_workspace_opens_no_more(inspector: CommandLine, tmp_path: Path) -> None:
    inspector.json("backup")
    assert inspector("erase", "--confirm", "wrong").code == ExitCode.USAGE
    draft(inspector, tmp_path)
    told = inspector.json("erase", "--confirm", "w", code=ExitCode.STORAGE)
    assert told["error"] == "unsent-work"
    inspector.json("erase", "--confirm", "w", "--unsent-too")
    assert inspector("records").code == ExitCode.STORAGE
    assert [p.name for p in inspector.folder.rglob("*.json") if p.name in {"keys.json", "tries.json"}] == []


def test_wrong_passphrases_are_answered_with_a_growing_wait(inspector: CommandLine, clock: FrozenClock) -> None:
    right = inspector.passphrase_file.read_text("utf-8")
    for wait, tries in ((60, 5), (300, 1), (1800, 1)):
        inspector.passphrase_file.write_text("ไม่ใช่รหัสนี้", "utf-8")
        for _ in range(tries):
            assert inspector.json("records", code=ExitCode.KEY)["error"] == "wrong-passphrase"
        inspector.passphrase_file.write_text(right, "utf-8")
        told = inspector.json("records", code=ExitCode.KEY)
        assert told["error"] == "locked-out"
        assert str(wait) in told["todo"]["en"]
        clock.advance(wait + 1)
    assert inspector.json("records")["records"] == []


def draft(inspector: CommandLine, tmp_path: Path) -> str:
    site = tmp_path / "site.json"
    site.write_text('{"name_th": "โรงงานไม่มีป้าย", "kind": "unregistered"}', "utf-8")
    made = inspector.json("new", "--checklist", "factory_act_general", "--unregistered", site)
    return str(made["record_id"])


def test_a_record_of_one_version_has_nothing_to_compare(inspector: CommandLine, tmp_path: Path) -> None:
    record_id = draft(inspector, tmp_path)
    assert inspector.json("record", "compare", record_id, code=ExitCode.NOT_FOUND)["error"] == "one-version"
    assert inspector.json("record", "revisions", record_id)["revisions"] == []
    assert [r["record_id"] for r in inspector.json("records", "--search", "ไม่มีป้าย")["records"]] == [record_id]
    assert inspector.json("records", "--search", "ไม่มีอย่างอื่น")["records"] == []


# --- plain text on the disk ---


def test_doctor_finds_what_the_program_left_readable_in_a_temp_folder(
    inspector: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temp"
    (temporary / "Inspector.a1b2").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    draft(inspector, tmp_path)
    assert plain_text(inspector, code=ExitCode.OK) == "good"
    (temporary / "Inspector.a1b2" / "spool").write_text("รายงาน โรงงานไม่มีป้าย ริมคลอง", "utf-8")
    assert plain_text(inspector, code=ExitCode.NOT_PROVEN) == "bad"


def plain_text(inspector: CommandLine, *, code: int) -> str:
    told = inspector.json("doctor", code=code)
    return next(c["outcome"] for c in told["checks"] if c["name"] == "plain-text")


@pytest.mark.parametrize("name", ["OneDrive - กระทรวง", "Dropbox"])
def test_doctor_warns_of_a_folder_that_a_service_copies(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(derive, "calibrated", crypto.KdfCost.weak_for_tests)
    inspector = CommandLine(tmp_path / name / "w", clock=clock)
    assert inspector.init()["cloud"] == name
    told = inspector.json("doctor", code=ExitCode.NOT_PROVEN)
    assert {c["name"] for c in told["checks"] if c["outcome"] == "bad"} == {"place"}
