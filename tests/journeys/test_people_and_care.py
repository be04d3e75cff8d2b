"""Several inspectors on one laptop, changed and forgotten passphrases, backups and corrections, by the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from inspector_app.actions.laptop import workspace
from inspector_app.cli import ExitCode
from tests.support import inspections
from tests.support.command_line import PASSPHRASE, CommandLine
from tests.support.served_centre import ServedCentre

OTHER = "รหัสของคนที่สอง"


def secret(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text + "\n", encoding="utf-8")
    return folder / name


def as_other(inspector: CommandLine, text: str) -> CommandLine:
    """Return the same workspace for whoever has this passphrase."""
    other = CommandLine(inspector.folder)
    other.passphrase_file = secret(inspector.folder.parent, "other.txt", text)
    return other


def test_a_second_inspector_signs_in_with_a_passphrase_of_their_own(inspector: CommandLine, tmp_path: Path) -> None:
    new = secret(tmp_path, "new", OTHER)
    inspector.json("person", "add", "--name", "นายสอง ตัวอย่าง", "--office", "สอจ.", "--new-passphrase-file", new)
    names = [p["name"] for p in inspector.json("person", "list")["people"]]
    assert names == [inspections.OFFICER, "นายสอง ตัวอย่าง"]
    second = as_other(inspector, OTHER)
    assert second.json("records")["records"] == []
    keys = workspace.sign_in(inspector.folder, passphrase=OTHER)
    with workspace.open_store(inspector.folder, keys, clock=inspector.clock) as store:
        assert workspace.officer(store).office == "สอจ."


def test_a_changed_passphrase_opens_and_the_old_one_no_longer_does(inspector: CommandLine, tmp_path: Path) -> None:
    inspector.json("passphrase", "--new-passphrase-file", secret(tmp_path, "new", OTHER))
    assert inspector.json("records", code=ExitCode.KEY)["error"] == "wrong-passphrase"
    assert as_other(inspector, OTHER).json("records")["records"] == []


def test_a_new_passphrase_that_is_too_short_changes_nothing(inspector: CommandLine, tmp_path: Path) -> None:
    words = ("passphrase", "--new-passphrase-file", secret(tmp_path, "new", "สั้น"))
    assert inspector.json(*words, code=ExitCode.KEY)["error"] == "weak-passphrase"
    assert inspector.json("records")["records"] == []


def test_the_recovery_key_from_the_safe_replaces_a_forgotten_passphrase(tmp_path: Path) -> None:
    inspector = CommandLine(tmp_path / "new" / "workspace", passphrase=PASSPHRASE)
    key = secret(tmp_path, "key", inspector.init()["recovery_key"])
    new = secret(tmp_path, "new-passphrase", OTHER)
    inspector.json("recover", "--recovery-key-file", key, "--new-passphrase-file", new)
    assert as_other(inspector, OTHER).json("records")["records"] == []
    wrong = secret(tmp_path, "wrong", "AAAA-BBBB-CCCC")
    inspector.json("recover", "--recovery-key-file", wrong, "--new-passphrase-file", new, code=ExitCode.KEY)


def test_a_restored_backup_brings_the_earlier_state_back_and_keeps_what_it_replaced(inspector: CommandLine) -> None:
    first = inspections.start(inspector)
    made = inspector.json("backup")["backup"]
    inspections.start(inspector)
    assert Path(made).name in {b["name"] for b in inspector.json("restore")["backups"]}
    done = inspector.json("restore", Path(made).name)
    assert [r["record_id"] for r in inspector.json("records")["records"]] == [first]
    assert Path(done["aside"]).exists()


def test_a_copy_on_another_disk_is_a_whole_workspace(inspector: CommandLine, tmp_path: Path) -> None:
    record_id = inspections.start(inspector)
    inspector.json("backup", "--to", tmp_path / "disk" / "workspace")
    copy = CommandLine(tmp_path / "disk" / "workspace")
    assert [r["record_id"] for r in copy.json("records")["records"]] == [record_id]


def test_an_unknown_backup_is_not_found(inspector: CommandLine) -> None:
    assert inspector.json("restore", "no-such", code=ExitCode.NOT_FOUND)["error"] == "not-found"


def test_a_correction_is_a_new_version_with_a_reason_and_the_first_stays(
    inspector: CommandLine, tmp_path: Path
) -> None:
    record_id = inspections.sealed(inspector, tmp_path)
    before = inspector.json("show", record_id)["digest"]
    assert inspector.json("correct", record_id, "--reason", " ", code=ExitCode.ANSWER)["error"] == "no-reason"
    inspector.json("correct", record_id, "--reason", "อ่านค่าผิด")
    (tmp_path / "a.json").write_text(json.dumps({"B06.note": "กล่องสินค้าวางขวางประตู แก้คำบรรยาย"}), encoding="utf-8")
    inspector.json("answer", record_id, tmp_path / "a.json")
    inspections.sign_both(inspector, record_id, tmp_path)
    after = inspector.json("finalise", record_id)["digest"]
    envelope = inspector.json("show", record_id)["envelope"]
    assert after != before
    assert envelope["reason"] == "อ่านค่าผิด"
    assert envelope["base_revision_id"]
    assert inspector.json("verify")["good"]
    compared(inspector, record_id)
    printed(inspector, record_id, tmp_path, before, after)


def compared(inspector: CommandLine, record_id: str) -> None:
    """Both versions are listed and can be read side by side."""
    first, second = inspector.json("record", "revisions", record_id)["revisions"]
    assert (first["number"], second["number"], second["reason"]) == (1, 2, "อ่านค่าผิด")
    for names in ((), ("1",), ("1", "2"), (first["revision_id"][-6:], second["revision_id"][-6:])):
        told = inspector.json("record", "compare", record_id, *names)["comparison"]
        (row,) = (r for r in told["rows"] if r["kind"] == "item")
        assert (row["key"], row["member"], row["after"]["th"]) == ("B06", "note", "กล่องสินค้าวางขวางประตู แก้คำบรรยาย")
    lines = inspector("record", "compare", record_id, "--language", "th").out.splitlines()
    assert "อ่านค่าผิด" in lines[0]
    assert "  + กล่องสินค้าวางขวางประตู แก้คำบรรยาย" in lines
    assert inspector.json("record", "compare", record_id, "9", code=ExitCode.NOT_FOUND)["error"] == "not-found"
    assert inspector.json("record", "compare", record_id, "2", "1")["comparison"]["before"]["number"] == 2


def printed(inspector: CommandLine, record_id: str, folder: Path, *digests: str) -> None:
    """Either version can be printed, and the paper says which one it is."""
    for number, digest in enumerate(digests, 1):
        file = folder / f"{number}.pdf"
        inspector.json("report", record_id, "-o", file, "--revision", str(number))
        told = inspector.json("verify", file)
        assert told["good"]
        assert told["digest"] == digest
        assert ("superseded" in {c["name"] for c in told["checks"]}) is (number == 1)


def test_a_draft_cannot_be_corrected(inspector: CommandLine) -> None:
    record_id = inspections.start(inspector)
    assert inspector.json("correct", record_id, "--reason", "x", code=ExitCode.ANSWER)["error"] == "not-sealed"


def test_the_centre_and_the_key_store_both_know_of_a_workspace_that_was_rolled_back(
    inspector: CommandLine, centre: ServedCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector.json("sync", "--server", centre.url, "--code", centre.code)
    shutil.copytree(inspector.folder, tmp_path / "old")
    inspections.start(inspector)
    inspector.json("sync")
    shutil.rmtree(inspector.folder)
    (tmp_path / "old").rename(inspector.folder)
    assert broken(inspector) == {"chain-cut-keys"}
    inspector.json("sync")  # the centre says what it knows
    assert broken(inspector) == {"chain-cut-keys", "chain-cut-centre"}
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "empty"))  # a key store that was emptied hides nothing now
    assert "chain-cut-centre" in broken(inspector)


def broken(inspector: CommandLine) -> set[str]:
    told = inspector.json("verify", code=ExitCode.NOT_PROVEN)
    return {check["name"] for check in told["checks"] if check["outcome"] == "bad"}
